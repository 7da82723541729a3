"""`inkstand run continuity` and `inkstand ignore`, as a writer uses them."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

import inkstand as package

Program = Any
SAMPLE = Path(package.__file__).parent / "sample"
SLIPS = Path(__file__).parents[1] / "data" / "sample_slips.toml"
STORY = """\
# One

It was a Tuesday, and Mara Quill was up before it was light. Mara looked at the river.

The next day, which was a Saturday, Mara rose late. Nothing had come with the post.
"""


@pytest.fixture
def book(inkstand: Program) -> Path:
    folder = Path(inkstand.folder) / "book"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns(".inkstand"))
    return folder


def check(inkstand: Program, path: str, *more: str) -> Any:
    return inkstand("run", "continuity", path, "--json", *more).json()


def test_the_slips_of_the_sample_are_found_with_both_passages_and_nothing_false_beside_them(
    inkstand: Program, book: Path
) -> None:
    slips = tomllib.loads(SLIPS.read_text(encoding="utf-8"))["slips"]
    found = check(inkstand, "book")["findings"]
    assert {each["kind"] for each in found} == {slip["kind"] for slip in slips}
    for slip in slips:
        of_kind = [each for each in found if each["kind"] == slip["kind"]]
        quotes = [
            (passage["file"].rpartition("/")[2], passage["quote"])
            for each in of_kind
            for passage in each["passages"]
        ]
        for place in (slip["first"], slip["second"]):
            assert any(file == place["file"] and place["quote"] in quote for file, quote in quotes)
    for finding in found:
        for passage in finding["passages"]:
            if passage["scene"] >= 0:
                lines = (book / passage["file"]).read_text(encoding="utf-8").splitlines()
                assert passage["quote"].splitlines()[0] in lines[passage["line"] - 1]


def test_a_person_is_shown_what_is_wrong_both_passages_and_where_they_stand(
    inkstand: Program,
) -> None:
    inkstand.file("one.md", STORY)
    done = inkstand("run", "continuity", "one.md")
    assert done.status == 0, done.err
    assert "1. “The next day, which was a Saturday” does not follow “Tuesday”." in done.out
    assert "It was a Tuesday, and Mara Quill was up before it was light." in done.out
    assert "one.md:3" in done.out
    assert "one.md:5" in done.out
    assert "days · confidence 85% · days-" in done.out
    assert "\x1b" not in done.out
    assert "inkstand ignore days-" in done.err


def test_an_ignored_finding_is_seen_no_more_until_that_is_undone(
    inkstand: Program, book: Path
) -> None:
    (book / "manuscript" / "07-more.md").write_text(STORY, encoding="utf-8")
    before = check(inkstand, "book")
    id = next(each["id"] for each in before["findings"] if each["kind"] == "days")

    assert inkstand("ignore", id[:9], "--in", "book", "--note", "A dream.").status == 0
    assert tomllib.loads((book / "inkstand.toml").read_text())["ignored"] == {id: "A dream."}
    assert inkstand("ignore", "--in", "book", "--json").json() == [{"id": id, "note": "A dream."}]
    after = check(inkstand, "book")
    assert id not in {each["id"] for each in after["findings"]}
    assert (before["ignored"], after["ignored"]) == (0, 1)
    assert len(after["findings"]) == len(before["findings"]) - 1

    # Whatever is written elsewhere, it is the same finding.
    first = book / "manuscript" / "01-the-blank-column.md"
    first.write_text(first.read_text().replace("# ", "# Chapter ", 1) + "\nIt rained.\n")
    (book / "manuscript" / "07-more.md").rename(book / "manuscript" / "08-more.md")
    assert check(inkstand, "book")["ignored"] == 1

    done = inkstand("ignore", "--undo", id, "--in", "book")
    assert "Shown again" in done.out
    assert id in {each["id"] for each in check(inkstand, "book")["findings"]}


def test_a_single_file_has_its_ignored_findings_too_and_stays_as_it_is(inkstand: Program) -> None:
    inkstand.file("one.md", STORY)
    id = check(inkstand, "one.md")["findings"][0]["id"]
    done = inkstand("ignore", id)
    assert done.status == 0
    assert "It is kept in " in done.err
    assert [path.name for path in Path(inkstand.folder).iterdir()] == ["one.md"]
    assert check(inkstand, "one.md")["ignored"] == 1
    shown = inkstand("run", "continuity", "one.md").out
    assert "Nothing was found." in shown
    assert "Ignored: 1" in shown


def test_wrong_ids_and_kinds_are_refused_in_clear_words(inkstand: Program) -> None:
    inkstand.file("one.md", STORY)
    inkstand("ignore", "days-00000000").refused("no finding", "inkstand run continuity")
    inkstand("ignore", "--undo", "days-00000000").refused("no finding")
    inkstand("ignore", "--undo").refused("No finding was named")
    inkstand("run", "continuity", "one.md", "--kinds", "typos").refused("typos")
    inkstand.file("empty.md", " \n")
    inkstand("run", "continuity", "empty.md").refused("There is no text")


def test_only_what_is_asked_for_is_looked_for(inkstand: Program) -> None:
    inkstand.file("one.md", STORY)
    other = check(inkstand, "one.md", "--kinds", "eye_color", "--kinds", "names_alike")
    assert (other["findings"], other["checked"]) == ([], ["eye_color", "names_alike"])
    assert check(inkstand, "one.md", "--confidence", "0.99")["findings"] == []
    piped = inkstand("run", "continuity", "-", "--json", data=STORY.encode()).json()
    assert [each["kind"] for each in piped["findings"]] == ["days"]


def test_nothing_is_found_in_a_text_without_slips_or_in_another_language(
    inkstand: Program,
) -> None:
    inkstand.file("one.md", STORY.replace("Saturday", "Wednesday"))
    assert check(inkstand, "one.md")["findings"] == []
    inkstand.file(
        "deux.md", "Marie avait les yeux bleus. « Non », dit Marie. Ses yeux verts.\n" * 9
    )
    assert check(inkstand, "deux.md")["findings"] == []
