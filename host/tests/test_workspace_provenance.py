"""Whose words a manuscript is, after edits, moves and other editors."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.workspace import manuscript
from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.proposal_store import Proposal
from inkstand.workspace.proposals import Proposals
from inkstand.workspace.provenance import Provenance, provenance_of
from inkstand.workspace.saving import Saver

MINE = (
    "# One\n\nThe house stood at the end of the lane, and nobody had lived in it for years."
    " I had the key. “Yes,” she said.\n\nWe went in by the kitchen door, which was never locked.\n"
)
THEIRS = (
    "The stairs were dark and smelled of apples and old rope. “No.” He counted every step until"
    " he reached the landing. Somewhere above them, a clock that could not be running struck four."
)


@pytest.fixture
def proposals(tmp_path: Path) -> Proposals:
    book = tmp_path / "book"
    book.mkdir()
    workspace = Workspace.at(book, tmp_path / "data")
    return Proposals(Saver(workspace, History(workspace.state)))


@pytest.fixture
def path(proposals: Proposals) -> Path:
    path = proposals.workspace.root / "one.md"
    path.write_text(MINE, encoding="utf-8")
    end = len(MINE.rstrip())
    kept = proposals.add(path, (end, end), Proposal(file="", text=f"\n\n{THEIRS}"), seen=MINE)
    proposals.accept(kept.id)
    return path


def told(proposals: Proposals) -> Provenance:
    return provenance_of(manuscript.load(proposals.workspace.root), proposals.made())


def origins(provenance: Provenance) -> dict[str, str]:
    return {each.text: each.origin for scene in provenance.scenes for each in scene.sentences}


SENTENCES = [
    "The stairs were dark and smelled of apples and old rope.",
    "“No.”",
    "He counted every step until he reached the landing.",
    "Somewhere above them, a clock that could not be running struck four.",
]


def test_a_manuscript_without_tools_is_a_persons(proposals: Proposals) -> None:
    (proposals.workspace.root / "one.md").write_text(MINE)
    found = told(proposals)

    assert found.words.human == found.words.all > 20
    assert not proposals.store.path.exists()


def test_what_was_accepted_is_the_machines_and_the_rest_a_persons(
    proposals: Proposals, path: Path
) -> None:
    found = told(proposals)

    assert origins(found) == dict.fromkeys(SENTENCES, "machine")
    assert found.words.machine == 33
    assert found.words.edited == 0
    assert found.words.human == found.words.all - 33


def test_what_was_only_proposed_or_rejected_is_nobodys(proposals: Proposals) -> None:
    path = proposals.workspace.root / "one.md"
    path.write_text(MINE)
    kept = proposals.add(path, (0, 0), Proposal(file="", text=THEIRS), seen=MINE)
    assert told(proposals).words.machine == 0
    proposals.reject(kept.id)

    assert origins(told(proposals)) == {}


@pytest.mark.parametrize("quotes", ['"No."', "“No.”", "'No.'", "«No.»"])
def test_wrapping_and_quotation_marks_change_nothing(
    proposals: Proposals, path: Path, quotes: str
) -> None:
    text = path.read_text(encoding="utf-8").replace("“No.”", quotes)
    path.write_text(text.replace(" he ", "\nhe ").replace(" of ", "  of\n"), encoding="utf-8")

    assert list(origins(told(proposals)).values()) == ["machine"] * 4


def test_sentences_keep_their_origin_in_another_order_and_another_file(
    proposals: Proposals, path: Path
) -> None:
    path.write_text(MINE, encoding="utf-8")
    other = proposals.workspace.root / "two.txt"
    other.write_bytes(
        f"{SENTENCES[3]}\r\n\r\nI wrote this one.\r\n\r\n{SENTENCES[2]}".encode("utf-16")
    )

    assert origins(told(proposals)) == {SENTENCES[3]: "machine", SENTENCES[2]: "machine"}


@pytest.mark.parametrize(
    "edited",
    [
        "The stairs were dark and smelled of pears and old rope.",
        "The stairs were very dark, and they smelled of apples and of old rope.",
        "The narrow stairs were dark and smelled of apples.",
        "The stairs were dark and smelled of apples and old rope, and I was nine and afraid.",
    ],
)
def test_a_machines_sentence_that_a_person_changed_is_told_apart(
    proposals: Proposals, path: Path, edited: str
) -> None:
    text = path.read_text(encoding="utf-8").replace(SENTENCES[0], edited)
    path.write_text(text, encoding="utf-8")
    found = origins(told(proposals))

    assert found[edited] == "edited"
    assert [found[each] for each in SENTENCES[1:]] == ["machine"] * 3


def test_a_sentence_cut_in_two_is_still_from_the_machine(proposals: Proposals, path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("them, a clock", "them. A clock")
    path.write_text(text, encoding="utf-8")

    assert origins(told(proposals))["A clock that could not be running struck four."] == "edited"


def test_halves_too_short_to_be_known_by_themselves_are_known_together(
    proposals: Proposals, path: Path
) -> None:
    text = path.read_text(encoding="utf-8").replace("every step until", "every step. Until")
    path.write_text(text, encoding="utf-8")

    found = origins(told(proposals))
    assert found["He counted every step."] == "edited"
    assert found["Until he reached the landing."] == "edited"


def test_a_sentence_written_anew_is_a_persons(proposals: Proposals, path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(
        SENTENCES[0], "We climbed without a light, and I could hear my own heart at every turn."
    )
    path.write_text(text, encoding="utf-8")

    assert len(origins(told(proposals))) == 3


def test_a_short_sentence_of_a_person_that_a_machine_wrote_too_stays_the_persons(
    proposals: Proposals, path: Path
) -> None:
    other = proposals.workspace.root / "two.md"
    other.write_text("“Is it far?” I asked her, and she looked at me. “No.” We walked on.\n")

    assert [scene.words.machine for scene in told(proposals).scenes] == [33, 0]


def test_a_sentence_that_the_person_had_before_the_machine_repeated_it_stays_the_persons(
    proposals: Proposals,
) -> None:
    path = proposals.workspace.root / "one.md"
    path.write_text(MINE, encoding="utf-8")
    mine = "We went in by the kitchen door, which was never locked."
    text = f"\n\n{SENTENCES[0]} We went in by the garden door, which was never locked. {mine}"
    end = len(MINE.rstrip())
    kept = proposals.add(path, (end, end), Proposal(file="", text=text), seen=MINE)
    proposals.accept(kept.id)
    traced = told(proposals).scenes[0].sentences

    assert [each.text for each in traced].count(mine) == 1
    assert traced[-1].text == mine
    assert traced[-1].start > path.read_text(encoding="utf-8").index("stairs") - 20


def test_a_sentence_in_which_a_machine_changed_a_word_is_of_both(proposals: Proposals) -> None:
    path = proposals.workspace.root / "one.md"
    path.write_text(MINE, encoding="utf-8")
    at = MINE.index("lane")
    kept = proposals.add(path, (at, at + 4), Proposal(file="", text="road"), seen=MINE)
    proposals.accept(kept.id)
    found = told(proposals)

    assert [each.origin for each in found.scenes[0].sentences] == ["edited"]
    assert found.words.machine == 0


def test_only_accepted_sentences_count(proposals: Proposals) -> None:
    path = proposals.workspace.root / "one.md"
    path.write_text(MINE, encoding="utf-8")
    end = len(MINE.rstrip())
    kept = proposals.add(path, (end, end), Proposal(file="", text=f"\n\n{THEIRS}"), seen=MINE)
    proposals.accept(kept.id, sentences=[3])
    path.write_text(path.read_text(encoding="utf-8") + SENTENCES[0], encoding="utf-8")

    assert origins(told(proposals)) == {SENTENCES[2]: "machine"}


def test_a_short_sentence_that_was_accepted_by_itself_is_known_by_what_came_later(
    proposals: Proposals,
) -> None:
    path = proposals.workspace.root / "one.md"
    path.write_text(MINE, encoding="utf-8")
    end = len(MINE.rstrip())
    kept = proposals.add(path, (end, end), Proposal(file="", text=f"\n\n{THEIRS}"), seen=MINE)
    for number in (2, 1, 4, 3):
        proposals.accept(kept.id, sentences=[number])

    assert origins(told(proposals)) == dict.fromkeys(SENTENCES, "machine")
