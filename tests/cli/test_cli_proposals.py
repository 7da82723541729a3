"""`inkstand proposals` and `inkstand provenance`, as a writer uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

Program = Any
STORY = (
    "# One\n\nThe house stood at the end of the lane, and nobody had lived there for years.\n\n"
    "She went in by the kitchen door, which was never locked.\n"
)


@pytest.fixture
def story(inkstand: Program) -> Path:
    inkstand.file("one.md", STORY)
    return Path(inkstand.folder) / "one.md"


def go_on(inkstand: Program, *more: str) -> tuple[int, str]:
    """Have the pocket model go on with the story; gives the proposal's number and its text."""
    done = inkstand("run", "continue", "one.md", "--words", "40", "--json", *more)
    output = done.json()
    assert f"1 proposal: inkstand proposals show {output['proposal']}" in done.err
    return output["proposal"], output["text"]


def test_what_a_tool_writes_is_in_the_file_once_it_is_accepted(
    inkstand: Program, story: Path
) -> None:
    number, text = go_on(inkstand)
    assert story.read_text() == STORY
    shown = inkstand("proposals", "show", str(number))
    assert "{+" in shown.out
    assert "\x1b" not in shown.out
    assert " ".join(text.split()) in " ".join(shown.out.split())
    assert [each["id"] for each in inkstand("proposals", "list", "--json").json()] == [number]

    done = inkstand("proposals", "accept", str(number))
    assert done.status == 0, done.err
    assert story.read_text() == f"{STORY.rstrip()}\n\n{text}\n"
    assert f"To undo that: inkstand proposals undo {number}\n" in done.out
    inkstand("proposals", "accept", str(number)).refused("accepted already", "proposals undo")
    undone = inkstand("proposals", "undo", str(number))
    assert undone.out == f"Proposal {number} is out of one.md.\nProposal {number} waits again.\n"
    assert story.read_text() == STORY
    assert inkstand("provenance", "--json").json()["words"]["machine"] == 0
    inkstand("proposals", "undo", str(number)).refused("Nothing of proposal", "proposals show")
    assert inkstand("proposals", "accept", str(number)).status == 0
    assert story.read_text() == f"{STORY.rstrip()}\n\n{text}\n"


def test_a_file_that_was_restored_is_told_to_be_as_it_was(inkstand: Program, story: Path) -> None:
    number, _ = go_on(inkstand)
    inkstand("proposals", "accept", str(number))
    story.write_text(STORY)
    done = inkstand("proposals", "undo", str(number))
    assert "nothing was written" in done.out
    assert story.read_text() == STORY
    assert inkstand("proposals", "list", "--json").json()[0]["status"] == "waiting"


def test_some_is_refused_and_some_taken_back(inkstand: Program, story: Path) -> None:
    number, _ = go_on(inkstand, "--words", "80")
    units = inkstand("proposals", "show", str(number), "--json").json()["proposal"]["units"]
    assert len(units) > 1
    done = inkstand("proposals", "reject", str(number), "--sentence", "1")
    assert done.out.startswith(f"A part of proposal {number} is rejected.\n")
    inkstand("proposals", "reject", str(number), "--sentence", "1").refused("rejected already")
    inkstand("proposals", "reject", str(number), "--hunk", "9").refused("no hunk 9")
    inkstand("proposals", "accept", str(number), "--sentence", "2")
    assert story.read_text() == f"{STORY.rstrip()}{units[1]['text']}\n"
    undone = inkstand("proposals", "undo", str(number), "--sentence", "2", "--json").json()
    assert undone["proposal"]["units"][0]["state"] == "rejected"
    assert undone["proposal"]["units"][1]["state"] == "waiting"
    assert story.read_text() == STORY


def test_only_some_sentences_are_taken_and_the_rest_is_rejected_and_kept(
    inkstand: Program, story: Path
) -> None:
    number, text = go_on(inkstand)
    shown = inkstand("proposals", "show", str(number), "--json").json()
    units = shown["proposal"]["units"]
    assert inkstand("proposals", "accept", str(number), "--sentence", "1").status == 0
    assert story.read_text() == f"{STORY.rstrip()}{units[0]['text']}\n"
    if len(units) > 1:
        assert inkstand("proposals", "reject", str(number)).status == 0
    assert inkstand("proposals", "list", "--json").json() == []
    kept = inkstand("proposals", "list", "--all", "--json").json()
    assert kept[0]["text"].strip() == text


def test_a_change_in_the_same_place_is_told_and_nothing_is_written(
    inkstand: Program, story: Path
) -> None:
    number, _ = go_on(inkstand)
    story.write_text(f"{STORY}\nI wrote on.\n")
    inkstand("proposals", "accept", str(number)).refused("has changed", "proposals show")
    assert story.read_text() == f"{STORY}\nI wrote on.\n"
    assert inkstand("proposals", "list", "--json").json()[0]["status"] == "stale"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("accept", "99"), "no proposal 99"),
        (("show", "x"), "not a valid integer"),
        (("accept", "1", "--hunk", "one"), "takes numbers"),
        (("accept", "1", "--hunk", ","), "takes numbers"),
        (("accept", "1", "--sentence", "0-99999999"), "too many"),
        (("list", "--in", "nowhere"), "no file or folder"),
        (("reject", "-1"), "No such option"),
    ],
)
def test_wrong_input_is_told(
    inkstand: Program, story: Path, arguments: tuple[str, ...], words: str
) -> None:
    inkstand("proposals", *arguments).refused(words)
    assert story.read_text() == STORY


def test_proposals_of_another_folder_are_found_by_its_name(inkstand: Program) -> None:
    inkstand.file("a book/one.md", STORY)
    done = inkstand("run", "continue", "a book/one.md", "--words", "20")
    assert "inkstand proposals show 1 --in 'a book/one.md'" in done.err
    assert inkstand("proposals", "list", "--json").json() == []
    shown = inkstand("proposals", "show", "1", "--in", "a book/one.md")
    assert "for one.md: waiting" in shown.out
    assert "inkstand proposals accept 1 --in 'a book/one.md'" in shown.err


def test_a_text_from_a_pipe_is_gone_on_with_and_nothing_is_kept(inkstand: Program) -> None:
    done = inkstand("run", "continue", "--words", "20", "--json", data=STORY.encode())
    assert done.json()["proposal"] == 0
    assert "proposals" not in done.err
    assert inkstand("proposals", "list").out.startswith("No proposal waits.")


def test_provenance_counts_words_by_who_wrote_them(inkstand: Program, story: Path) -> None:
    before = inkstand("provenance", "--json").json()["words"]
    assert (before["machine"], before["edited"]) == (0, 0)
    number, _ = go_on(inkstand)
    assert inkstand("provenance", "--json").json()["words"] == before
    inkstand("proposals", "accept", str(number))
    after = inkstand("provenance", "one.md", "--json").json()
    assert after["words"]["human"] == before["human"]
    assert after["words"]["machine"] > 0
    story.rename(story.with_name("two.md"))
    assert inkstand("provenance", "--json").json()["words"] == after["words"]

    report = inkstand("provenance", "--report").out
    assert report.startswith("# How")
    assert "written by a machine and accepted as it was" in report
    assert "pasted" in report
    table = inkstand("provenance", "--sentences")
    assert "machine, proposal" in table.out
    assert "inkstand generate" in table.err
    inkstand("provenance", "nowhere").refused("no file or folder")


def test_what_generate_writes_is_a_proposal_if_asked_for(inkstand: Program, story: Path) -> None:
    arguments = ("generate", "It was", "-n", "12", "--raw", "--json", "--propose")
    done = inkstand(*arguments, "one.md")
    text = done.json()["text"].strip()
    assert "1 proposal: inkstand proposals show 1" in done.err
    assert story.read_text() == STORY
    inkstand("proposals", "accept", "1")
    assert story.read_text() == f"{STORY.rstrip()}\n\n{text}\n"

    text = inkstand(*arguments, "one.md", "--at", "3").json()["text"].strip()
    inkstand("proposals", "accept", "2")
    assert story.read_text().startswith(f"# One\n\n{text}\n\nThe house")
    text = inkstand(*arguments, "new.md").json()["text"].strip()
    assert not story.with_name("new.md").exists()
    inkstand("proposals", "accept", "3")
    assert story.with_name("new.md").read_text() == f"{text}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("one.md", "--at", "start"), "end or the number of a line"),
        (("no/such/folder/one.md",), "no file or folder"),
        (("link.md",), "does not lie in the workspace"),
    ],
)
def test_a_place_that_cannot_be_is_told_before_anything_is_written(
    inkstand: Program, story: Path, arguments: tuple[str, ...], words: str
) -> None:
    outside = Path(inkstand.folder).parent / "outside.md"
    outside.write_text("Mine.")
    story.with_name("link.md").symlink_to(outside)
    inkstand("generate", "It was", "--propose", *arguments).refused(words)
    assert outside.read_text() == "Mine."
