"""Accepts that are undone: the words leave the file, and the proposal waits again."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.desk import Desk
from inkstand.studio import Studio
from inkstand.workspace.proposal_store import Proposal
from inkstand.workspace.proposals import Proposals
from inkstand_sdk.errors import ChangedMeanwhile, InputError, UsageError
from inkstand_sdk.messages import GenerateResult

OLD = "The quick brown fox jumped over the lazy dog. It slept."
NEW = "The slow brown fox jumped over the busy dog. It woke."
STORY = f"# One\n\n{OLD}\n\nThe end came soon, and nobody in the town had seen it come.\n"
MORE = "\n\nThen it rained on the roof and on the lane. Nobody in the whole of the town cared."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "book" / "one.md"
    path.parent.mkdir()
    path.write_text(STORY)
    return path


@pytest.fixture
def desk(path: Path) -> Desk:
    return Studio(path.parent).desk()


@pytest.fixture
def proposals(desk: Desk) -> Proposals:
    return desk.proposals


def rewrite(desk: Desk, path: Path) -> int:
    result = GenerateResult(text=NEW, finish="stop", model="m", backend="echo")
    start = STORY.index(OLD)
    return desk.propose_change(path, (start, start + len(OLD)), result, seen=STORY)


def go_on(proposals: Proposals, path: Path) -> int:
    end = len(STORY.rstrip())
    return proposals.add(path, (end, end), Proposal(file="", text=MORE), seen=STORY).id


def test_what_is_undone_waits_and_is_written_when_it_is_accepted_again(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    for number in (rewrite(desk, path), go_on(proposals, path)):
        for _ in range(3):
            written = proposals.accept(number).saved.data
            assert proposals.is_in_text(number)
            assert path.read_bytes() == written != STORY.encode()
            undone = proposals.take_back(number)
            assert undone.proposal.status == proposals.get(number).status == "waiting"
            assert path.read_text() == STORY
            assert not proposals.is_in_text(number)
            assert [each for each in proposals.made() if each.proposal == number] == []


@pytest.mark.parametrize("chosen", [{"hunks": [1]}, {"sentences": [1]}, {"units": [0, 1]}])
def test_a_part_is_undone_and_the_others_stay(
    desk: Desk, proposals: Proposals, path: Path, chosen: dict[str, list[int]]
) -> None:
    number = rewrite(desk, path)
    proposals.accept(number)
    proposals.take_back(number, **chosen)
    kept = STORY.replace("slept", "woke")
    expected = kept.replace("lazy", "busy") if "hunks" in chosen else kept
    assert path.read_text() == expected
    assert proposals.get(number).status == "part"
    assert any(each.text.strip() == "It woke." for each in proposals.made())
    proposals.accept(number)
    assert path.read_text() == STORY.replace(OLD, NEW)


def test_what_was_written_elsewhere_since_stays(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    number = rewrite(desk, path)
    proposals.accept(number)
    path.write_text(f"{path.read_text()}\nMine.\n".replace("# One", "# The First"))
    proposals.take_back(number)
    assert path.read_text() == f"{STORY}\nMine.\n".replace("# One", "# The First")


def test_words_that_were_written_into_since_are_left_alone(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    number = rewrite(desk, path)
    proposals.accept(number)
    mine = path.read_text().replace("slow brown", "sloww, brown").replace("It woke", "He woke up")
    path.write_text(mine)
    with pytest.raises(ChangedMeanwhile):
        proposals.take_back(number)
    assert path.read_text() == mine
    assert proposals.get(number).status == "accepted"


def test_a_text_that_was_restored_meanwhile_is_not_written_again(
    proposals: Proposals, path: Path
) -> None:
    number = go_on(proposals, path)
    proposals.accept(number)
    path.write_text(STORY)
    assert not proposals.is_in_text(number)
    with pytest.raises(UsageError, match="undo"):
        proposals.accept(number)
    assert proposals.take_back(number).saved is None
    assert path.read_text() == STORY
    assert proposals.accept(number).proposal.status == "accepted"
    assert path.read_text() == STORY.rstrip() + MORE + "\n"


def test_what_was_put_back_by_hand_is_not_written_twice(proposals: Proposals, path: Path) -> None:
    number = go_on(proposals, path)
    proposals.accept(number)
    text, made = path.read_text(), [each.text for each in proposals.made()]
    proposals.take_back(number)
    path.write_text(text)
    assert proposals.accept(number).proposal.status == "accepted"
    assert path.read_text() == text
    assert [each.text for each in proposals.made()] == made


def test_a_file_that_was_made_goes_again(proposals: Proposals, path: Path) -> None:
    new = path.with_name("new.md")
    number = proposals.add_paragraph(new, None, Proposal(file="", text=MORE)).id
    proposals.accept(number)
    assert proposals.take_back(number).proposal.status == "waiting"
    assert not new.exists()
    proposals.accept(number)
    assert new.read_text() == f"{MORE.strip()}\n"
    new.unlink()
    assert proposals.take_back(number).saved is None
    proposals.accept(number)
    assert new.exists()


def test_what_was_never_accepted_cannot_be_undone(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    number = rewrite(desk, path)
    with pytest.raises(UsageError, match="Nothing of proposal"):
        proposals.take_back(number)
    proposals.accept(number, hunks=[1])
    with pytest.raises(UsageError, match="That part"):
        proposals.take_back(number, hunks=[2])
    with pytest.raises(UsageError, match="no hunk 9"):
        proposals.take_back(number, hunks=[9])
    assert proposals.get(number).status == "part"


@pytest.mark.parametrize("is_written", [True, False])
def test_an_undo_that_was_cut_off_is_ended_or_never_was(
    proposals: Proposals, path: Path, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
) -> None:
    number = go_on(proposals, path)
    text = proposals.accept(number).saved.data.decode()

    class Cut(BaseException):
        pass

    def cut(*_: object, **__: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        whole = proposals.store if is_written else proposals._saver
        patch.setattr(whole, "take_back" if is_written else "save", cut)
        with pytest.raises(Cut):
            proposals.take_back(number)
    assert path.read_text() == (STORY if is_written else text)
    assert proposals.get(number).status == ("waiting" if is_written else "accepted")
    assert len(proposals.made()) == (0 if is_written else 2)


def test_an_undo_that_cannot_be_written_changes_nothing(
    desk: Desk, proposals: Proposals, path: Path
) -> None:
    number = rewrite(desk, path)
    text = proposals.accept(number).saved.data
    path.chmod(0o444)
    with pytest.raises(InputError):
        proposals.take_back(number)
    path.chmod(0o644)
    assert path.read_bytes() == text
    assert proposals.get(number).status == "accepted"
    proposals.take_back(number)
    assert path.read_text() == STORY
