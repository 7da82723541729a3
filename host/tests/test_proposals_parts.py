"""Parts of a proposal that the writer does not want, and changes that a face proposes."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.desk import Desk
from inkstand.studio import Studio
from inkstand.workspace.proposals import Proposals
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateResult

STORY = "The quick brown fox jumped over the lazy dog. It slept.\n"
NEW = "The slow brown fox jumped over the busy dog. It woke."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "book"
    book.mkdir()
    path = book / "one.md"
    path.write_text(STORY)
    return path


@pytest.fixture
def desk(path: Path) -> Desk:
    return Studio(path.parent).desk()


@pytest.fixture
def proposals(desk: Desk) -> Proposals:
    return desk.proposals


def rewrite(desk: Desk, path: Path) -> int:
    result = GenerateResult(text=NEW, finish="stop", model="m", backend="echo", request_id="r1")
    span = (0, len(STORY) - 1)
    return desk.propose_change(path, span, result, seen=STORY, title="Slower", why="Be slow.")


def test_a_change_that_is_proposed_says_whose_words_it_holds(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    kept = proposals.get(rewrite(desk, path))
    assert (kept.model, kept.requests, kept.title, kept.why) == (
        "echo:m",
        ("r1",),
        "Slower",
        "Be slow.",
    )
    assert path.read_text() == STORY


def test_a_hunk_that_is_rejected_is_never_written_and_the_others_wait(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    number = rewrite(desk, path)
    assert proposals.reject(number, hunks=[2]).status == "waiting"
    with pytest.raises(UsageError):
        proposals.accept(number, hunks=[2])
    assert proposals.accept(number).proposal.status == "accepted"
    assert path.read_text() == NEW.replace("busy", "lazy") + "\n"


def test_a_proposal_whose_last_part_is_rejected_is_over(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    number = rewrite(desk, path)
    proposals.reject(number, sentences=[1])
    assert proposals.reject(number, sentences=[2]).status == "rejected"
    assert proposals.listed() == []
    assert path.read_text() == STORY


def test_what_was_accepted_stays_when_the_rest_is_rejected(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    number = rewrite(desk, path)
    assert proposals.accept(number, hunks=[1]).proposal.status == "part"
    assert proposals.reject(number, hunks=[2]).status == "part"
    assert proposals.reject(number).status == "accepted"
    assert path.read_text() == STORY.replace("quick", "slow")
