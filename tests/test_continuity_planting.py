"""The planter of continuity errors, its key, and how findings are scored against it."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.eval.continuity.alterations import in_first_person, in_present  # noqa: E402
from tests.eval.continuity.people import find_people  # noqa: E402
from tests.eval.continuity.planting import Planted, plant, undo  # noqa: E402
from tests.eval.continuity.scoring import Tallies, findings_in, score, total  # noqa: E402
from tests.eval.continuity.templates import (  # noqa: E402
    FOLDER,
    KINDS,
    SIDES,
    Side,
    load_templates,
)

RUN = FOLDER / "run.py"
PAGE = ROOT / "docs" / "explanation" / "continuity-accuracy.md"
NOVELS = ROOT.parent / "shared" / "data" / "novels"
MAIN_FIVE = ("eye_color", "hair_color", "age", "dead_speak", "kinship", "name_spelling")
PEOPLE = {
    "Hannah": "she",
    "Vincent": "he",
    "Dorothea": "she",
    "Laurence": "he",
    "Louisa": "she",
    "Bertram": "he",
}


def novel(paragraphs: int = 500, quotes: str = "“”") -> str:
    """A made-up novel of about 30,000 words that names six people."""
    rng = random.Random(7)
    places = ("harbor", "orchard", "kitchen", "chapel", "quarry", "mill")
    parts = []
    for number in range(paragraphs):
        name, he = rng.choice(list(PEOPLE.items()))
        his = "his" if he == "he" else "her"
        place, other = rng.sample(places, 2)
        parts.append(
            f"The rain had stopped over the {place}, where few people walk at that hour, and when "
            f"{name} turned from the gate {he} lifted {his} hand. {he.capitalize()} walked slowly "
            f"to the {other} and stood by the boats. {he.capitalize()} had {his} old coat on. "
            f"Nobody saw {name} laugh. {he.capitalize()} took a stone and threw it far out."
        )
        if number % 3 == 0:
            parts.append(f"{quotes[0]}It is late,{quotes[1]} said {name}.")
        if number % 50 == 49:
            parts.append(f"Chapter {number // 50 + 2}")
    return "\n\n".join(parts) + "\n"


TEXT = novel()


def planted(side: Side = "development", words: int = 1000, seed: int = 1) -> Planted:
    return plant(TEXT, "a-novel", load_templates(side), seed, words)


def reported(book: Planted, kinds: Sequence[str] = KINDS, sides: int = 2) -> dict[str, Any]:
    """What a tool would print that finds all errors of these kinds."""
    findings = []
    for error in book.errors:
        if error.kind in kinds:
            passages = {p.side: p for p in reversed(error.passages) if p.side < sides}
            findings.append(
                {
                    "kind": error.kind,
                    "passages": [
                        {"quote": p.quote, "line": book.text.count("\n", 0, p.start) + 1}
                        for p in passages.values()
                    ],
                }
            )
    return {"findings": findings}


def judged(book: Planted, output: dict[str, Any], clean: dict[str, Any] | None = None) -> Tallies:
    before = findings_in(TEXT, clean or {"findings": []})
    return score(book, findings_in(book.text, output), before)


@pytest.mark.parametrize("side", SIDES)
def test_without_what_the_key_tells_the_planted_text_is_the_clean_text(side: Side) -> None:
    book = planted(side)
    assert book.text != TEXT
    assert undo(book) == TEXT
    for error in book.errors:
        for passage in error.passages:
            assert book.text[passage.start : passage.end] == passage.quote
            assert passage.quote.strip() == passage.quote


def test_there_is_one_error_in_ten_thousand_words_unless_more_are_asked_for() -> None:
    assert len(plant(TEXT, "a-novel", load_templates("development"), 1).errors) == round(
        len(TEXT.split()) / 10_000
    )
    assert len(planted(words=1000).errors) > 25


def test_the_same_seed_plants_the_same_and_another_one_does_not() -> None:
    assert planted() == planted()
    assert planted(seed=2) != planted()


def test_the_kinds_have_equal_shares() -> None:
    counts = dict.fromkeys(KINDS, 0)
    for error in planted().errors:
        counts[error.kind] += 1
    assert max(counts.values()) - min(counts.values()) <= 2, counts


@pytest.mark.parametrize("side", SIDES)
def test_every_template_can_be_planted_in_some_book(side: Side) -> None:
    used: set[str] = set()
    for template in load_templates(side):
        for seed in range(4):
            book = plant(TEXT, "a-novel", [template], seed, 30_000)
            if book.errors:
                used.add(template.id)
                assert undo(book) == TEXT
                assert not re.search(r"[{}]", "".join(p.quote for p in book.errors[0].passages))
                break
    assert {t.id for t in load_templates(side)} == used


def test_held_out_templates_are_none_of_those_that_are_looked_at() -> None:
    words = [
        {
            s
            for t in load_templates(side)
            for s in (*t.statements, *t.id.split("/")[-1:])
            if not s.isdigit() and t.kind != "names_alike"
        }
        for side in SIDES
    ]
    assert not words[0] & words[1]


def test_there_are_enough_templates_of_each_kind() -> None:
    every = [t for side in SIDES for t in load_templates(side)]
    for kind in KINDS:
        counts = [len([t for t in load_templates(s) if t.kind == kind]) for s in SIDES]
        assert min(counts) >= (8 if kind in MAIN_FIVE else 4), kind
    assert len({t.id for t in every}) == len(every)


def test_template_files_name_only_kinds_that_there_are() -> None:
    for path in FOLDER.glob("*.toml"):
        assert set(tomllib.loads(path.read_text(encoding="utf-8"))) <= set(KINDS)


def test_contradicting_statements_stand_in_their_order_and_near_ones_close() -> None:
    near = {t.id for side in SIDES for t in load_templates(side) if t.near}
    for error in planted(words=800).errors:
        if len({p.side for p in error.passages}) > 1:
            first, second = error.passages
            assert first.side == 0
            assert first.end < second.start
            assert (second.start - first.end < 3000) == (error.template in near)


def test_speech_is_put_in_with_the_marks_of_the_book() -> None:
    text = novel(quotes='""')
    book = plant(text, "a-novel", load_templates("development"), 3, 700)
    spoken = [p.quote for e in book.errors for p in e.passages if " said " in p.quote]
    assert spoken
    assert "“" not in book.text
    assert "’" not in book.text


def test_people_are_told_with_their_gender_and_places_are_no_people() -> None:
    found = {one.name: one.gender for one in find_people(TEXT).main}
    assert found == {name: "male" if he == "he" else "female" for name, he in PEOPLE.items()}


def test_a_text_without_people_gets_no_errors() -> None:
    text = "The rain fell on the harbor and on the boats. " * 4000
    assert plant(text, "rain", load_templates("development"), 1).errors == ()


@pytest.mark.parametrize(
    ("told", "gender", "expected"),
    [
        ("She gave her brother her hand, and he took it.", "female", None),
        ("She gave her hand to nobody.", "female", "I gave my hand to nobody."),
        (
            "He has hurt himself, and his dog saw him.",
            "male",
            "I have hurt myself, and my dog saw me.",
        ),
        ("The dog slept.", "male", None),
    ],
)
def test_a_sentence_is_told_by_the_one_it_is_about(
    told: str, gender: str, expected: str | None
) -> None:
    assert in_first_person(told, gender) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("He moved the lamp and went out.", "He moves the lamp and goes out."),
        ("She stopped and cried.", None),
        ("She stopped at the gate.", "She stops at the gate."),
        ("She would go.", None),
        ("The dog barked at them.", None),
    ],
)
def test_a_sentence_is_put_in_the_present_only_as_a_whole(told: str, expected: str | None) -> None:
    assert in_present(told, "Ada", {"move": 3, "stop": 2, "bark": 1}) == expected


def test_a_tool_that_finds_all_errors_has_full_marks() -> None:
    book = planted()
    whole = total(judged(book, reported(book)), KINDS)
    assert whole.recall == whole.precision == 1
    assert whole.both == whole.found == whole.planted == len(book.errors)


def test_one_quoted_passage_finds_an_error_but_does_not_count_as_both() -> None:
    book = planted()
    ages = judged(book, reported(book, ["age"], sides=1))["age"]
    assert ages.found == ages.planted > 0
    assert ages.both == 0


def test_findings_of_another_kind_count_only_where_they_quote_both_passages() -> None:
    book = planted()
    output = reported(book, ["age"])
    for finding in output["findings"]:
        finding["kind"] = "kinship"
    tallies = judged(book, output)
    assert tallies["age"].recall == 1
    for finding in output["findings"]:
        del finding["passages"][0]
    tallies = judged(book, output)
    assert tallies["age"].recall == 0
    assert tallies["kinship"].precision == 0


def test_what_is_found_in_the_clean_novel_too_is_false_and_counted_apart() -> None:
    book = planted()
    alarm = {"kind": "age", "passages": [{"quote": TEXT[:60], "line": 1}]}
    output = reported(book, ["age"])
    output["findings"].append(alarm)
    ages = judged(book, output, {"findings": [alarm]})["age"]
    assert (ages.true, ages.findings, ages.old, ages.clean) == (
        ages.planted,
        ages.planted + 1,
        1,
        1,
    )
    assert ages.precision is not None
    assert ages.precision < 1 == ages.precision_of_new


def test_words_that_stand_often_are_looked_for_on_the_line_that_is_told() -> None:
    text = "the gate\nno\nthe gate\nthe gate\n"
    output = {"findings": [{"kind": "age", "passages": [{"quote": "the gate", "line": 3}]}]}
    assert findings_in(text, output)[0].spans == ((12, 20),)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(RUN), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )


def test_without_novels_the_measurement_is_skipped_and_ends_well(tmp_path: Path) -> None:
    done = run("--corpus", str(tmp_path / "nothing"))
    assert done.returncode == 0
    assert done.stdout.startswith("Skipped:")


def test_a_corpus_is_measured_with_the_real_tool_and_the_page_is_left_alone(
    tmp_path: Path,
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "gulls.txt").write_text(TEXT, encoding="utf-8")
    before = PAGE.read_bytes()
    kept = tmp_path / "kept"
    done = run("--corpus", str(corpus), "--keep", str(kept))
    assert done.returncode == 0, done.stderr
    assert "1 novels," in done.stdout
    assert "| Held-out |" in done.stdout
    assert PAGE.read_bytes() == before
    for side in SIDES:
        text = (kept / side / "gulls.txt").read_text(encoding="utf-8")
        key = json.loads((kept / side / "gulls.key.json").read_text(encoding="utf-8"))
        assert len(key) == round(len(TEXT.split()) / 10_000)
        for passage in (p for error in key for p in error["passages"]):
            assert text[passage["start"] : passage["end"]] == passage["quote"]


def test_errors_are_planted_in_real_novels_where_they_are() -> None:
    if not NOVELS.is_dir():
        pytest.skip(f"there are no novels in {NOVELS}")
    for path in sorted(NOVELS.glob("*.txt"))[:60:20]:
        text = path.read_bytes().decode("utf-8")
        book = plant(text, path.stem, load_templates("held_out"), 1)
        assert undo(book) == text
        assert len(book.errors) == round(len(text.split()) / 10_000)
        assert msgspec.json.decode(msgspec.json.encode(book), type=Planted) == book
