"""Proposals: nothing is in the manuscript before it is accepted, and then once."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.proposal_store import Proposal
from inkstand.workspace.proposals import Proposals
from inkstand.workspace.saving import Saver
from inkstand_sdk.errors import ChangedMeanwhile, InputError, NotFound, UsageError

STORY = "# One\n\nThe quick brown fox jumped over the lazy dog. It slept.\n\nThe end came soon.\n"
NEW = "The slow brown fox jumped over the busy dog. It woke."
PLACE = (STORY.index("The quick"), STORY.index("\n\nThe end"))
MORE = "\n\nThen it rained. Nobody cared. The fox ran on."


@pytest.fixture
def saver(tmp_path: Path) -> Saver:
    book = tmp_path / "book"
    book.mkdir()
    workspace = Workspace.at(book, tmp_path / "data")
    return Saver(workspace, History(workspace.state))


@pytest.fixture
def proposals(saver: Saver) -> Proposals:
    return Proposals(saver)


@pytest.fixture
def path(saver: Saver) -> Path:
    path = saver.workspace.root / "one.md"
    path.write_bytes(STORY.encode())
    return path


def rewrite(proposals: Proposals, path: Path) -> Proposal:
    return proposals.add(path, PLACE, Proposal(file="", text=NEW, tool="test"), seen=STORY)


def append(proposals: Proposals, path: Path, story: str = STORY) -> Proposal:
    end = len(story.rstrip())
    return proposals.add(path, (end, end), Proposal(file="", text=MORE), seen=story)


def test_a_proposal_changes_no_file_and_is_kept_with_where_it_comes_from(
    proposals: Proposals, path: Path, saver: Saver
) -> None:
    made = Proposal(file="", text=NEW, tool="test", model="echo:one", requests=("r1",), why="Slow.")
    kept = proposals.add(path, PLACE, made, seen=STORY)

    assert path.read_bytes() == STORY.encode()
    again = Proposals(saver).get(kept.id)
    assert again == kept
    assert (again.file, again.tool, again.model, again.requests) == (
        "one.md",
        "test",
        "echo:one",
        ("r1",),
    )
    assert saver.history.get(again.snapshot).name == "one.md"
    assert [unit.hunk for unit in again.units] == [1, 2, 3]


def test_a_proposal_that_is_accepted_is_in_the_file_with_its_history(
    proposals: Proposals, path: Path, saver: Saver
) -> None:
    kept = rewrite(proposals, path)
    done = proposals.accept(kept.id)

    assert path.read_text() == STORY[: PLACE[0]] + NEW + STORY[PLACE[1] :]
    assert done.proposal.status == "accepted"
    latest = saver.history.of("one.md")[0]
    assert (latest.by, latest.why) == ("machine", f"accepted proposal {kept.id}")
    assert saver.history.data(saver.history.get(done.saved.before).sha256) == STORY.encode()
    with pytest.raises(UsageError, match="accepted already"):
        proposals.accept(kept.id)
    assert path.read_text().count(NEW) == 1


def test_hunks_are_accepted_one_by_one_and_the_others_wait(
    proposals: Proposals, path: Path
) -> None:
    kept = rewrite(proposals, path)

    assert proposals.accept(kept.id, hunks=[2]).proposal.status == "part"
    assert path.read_text() == STORY.replace("lazy", "busy")
    proposals.accept(kept.id, hunks=[1])
    assert path.read_text() == STORY.replace("lazy", "busy").replace("quick", "slow")
    assert proposals.accept(kept.id).proposal.status == "accepted"
    assert NEW in path.read_text()
    assert proposals.listed() == []


def test_sentences_are_accepted_in_any_order_and_stand_in_theirs(
    proposals: Proposals, path: Path
) -> None:
    kept = append(proposals, path)

    proposals.accept(kept.id, sentences=[2])
    assert path.read_text() == STORY.rstrip() + " Nobody cared.\n"
    proposals.accept(kept.id, sentences=[3])
    proposals.accept(kept.id, sentences=[1])
    assert path.read_text() == STORY.rstrip() + MORE + "\n"


def test_what_is_rejected_stays_in_the_store_and_out_of_the_file(
    proposals: Proposals, path: Path
) -> None:
    kept = append(proposals, path)
    proposals.accept(kept.id, sentences=[1])
    rejected = proposals.reject(kept.id)

    assert rejected.status == "accepted"
    assert [unit.state for unit in rejected.units] == ["accepted", "rejected", "rejected"]
    assert path.read_text() == STORY.rstrip() + "\n\nThen it rained.\n"
    other = rewrite(proposals, path)
    assert other.units
    assert proposals.reject(other.id).status == "rejected"
    assert proposals.listed() == []
    assert [each.text for each in proposals.listed(everything=True)] == [MORE, NEW]
    with pytest.raises(UsageError, match="rejected already"):
        proposals.accept(other.id)


def test_a_change_elsewhere_in_the_file_is_kept(proposals: Proposals, path: Path) -> None:
    kept = rewrite(proposals, path)
    changed = STORY.replace("# One", "# Chapter One\n\nA new first line.").replace("soon", "late")
    path.write_text(changed)
    proposals.accept(kept.id)

    assert path.read_text() == changed.replace(STORY[slice(*PLACE)], NEW)


def test_a_changed_place_is_never_written_over(proposals: Proposals, path: Path) -> None:
    kept = rewrite(proposals, path)
    changed = STORY.replace("lazy dog", "idle dog")
    path.write_text(changed)

    with pytest.raises(ChangedMeanwhile, match="hunk 2"):
        proposals.accept(kept.id)
    assert path.read_text() == changed
    assert proposals.get(kept.id).status == "stale"
    proposals.accept(kept.id, hunks=[1])
    assert path.read_text() == changed.replace("quick", "slow")


def test_a_text_that_was_written_on_is_not_continued_in_between(
    proposals: Proposals, path: Path
) -> None:
    kept = append(proposals, path)
    path.write_text(STORY + "\nI wrote on.\n")

    with pytest.raises(ChangedMeanwhile):
        proposals.accept(kept.id)
    assert path.read_text() == STORY + "\nI wrote on.\n"
    assert proposals.get(kept.id).text == MORE


def test_a_proposal_for_a_file_that_went_on_before_it_was_made_finds_its_place(
    proposals: Proposals, path: Path
) -> None:
    path.write_text("Before all.\n\n" + STORY.replace("soon", "late"))
    kept = rewrite(proposals, path)
    proposals.accept(kept.id)

    assert NEW in path.read_text()
    assert path.read_text().startswith("Before all.\n\n# One")


def test_a_deleted_file_is_not_made_again(proposals: Proposals, path: Path) -> None:
    kept = rewrite(proposals, path)
    path.unlink()

    with pytest.raises(ChangedMeanwhile, match="not there any more"):
        proposals.accept(kept.id)
    assert not path.exists()
    assert proposals.get(kept.id).text == NEW


def test_a_new_file_is_made_when_it_is_accepted(proposals: Proposals, saver: Saver) -> None:
    path = saver.workspace.root / "drafts" / "zweite Szene ÅÄ.md"
    kept = proposals.add(path, (0, 0), Proposal(file="", text="It began. It went on.\n"), seen="")

    assert not path.exists()
    proposals.accept(kept.id, sentences=[1])
    assert path.read_text() == "It began."
    proposals.accept(kept.id)
    assert path.read_text() == "It began. It went on.\n"


def test_a_file_that_came_to_be_since_is_not_written_over(
    proposals: Proposals, saver: Saver
) -> None:
    path = saver.workspace.root / "new.md"
    kept = proposals.add(path, (0, 0), Proposal(file="", text="It began.\n"), seen="")
    path.write_text("Mine.\n")

    with pytest.raises(ChangedMeanwhile):
        proposals.accept(kept.id)
    assert path.read_text() == "Mine.\n"


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_a_file_keeps_its_encoding_and_its_line_ends(
    proposals: Proposals, path: Path, encoding: str
) -> None:
    story = STORY.replace("\n", "\r\n") + "“Café” — naïve.\r\n"
    path.write_bytes(story.encode(encoding))
    kept = append(proposals, path, story)
    proposals.accept(kept.id, sentences=[1])
    proposals.accept(kept.id)

    assert path.read_bytes() == (story.rstrip() + MORE.replace("\n", "\r\n") + "\r\n").encode(
        encoding
    )


def test_no_proposal_leaves_the_workspace(
    proposals: Proposals, saver: Saver, tmp_path: Path
) -> None:
    outside = tmp_path / "other.md"
    outside.write_text("Mine.")
    (saver.workspace.root / "link.md").symlink_to(outside)

    for path in (outside, saver.workspace.root / "link.md", saver.workspace.root / "../x.md"):
        with pytest.raises(UsageError):
            proposals.add(path, (0, 0), Proposal(file="", text="No."), seen="Mine.")
    kept = proposals.add(
        saver.workspace.root / "a.md", (0, 0), Proposal(file="", text="x"), seen=""
    )
    (saver.workspace.root / "a.md").symlink_to(outside)
    with pytest.raises((UsageError, ChangedMeanwhile)):
        proposals.accept(kept.id)
    assert outside.read_text() == "Mine."


def test_wrong_numbers_are_told_of(proposals: Proposals, path: Path) -> None:
    kept = append(proposals, path)

    with pytest.raises(NotFound, match="no proposal 99"):
        proposals.accept(99)
    with pytest.raises(NotFound):
        proposals.get(10**30)
    with pytest.raises(UsageError, match="no hunk 4"):
        proposals.accept(kept.id, hunks=[1, 4])
    with pytest.raises(UsageError, match="no sentence 0"):
        proposals.accept(kept.id, sentences=[0])
    with pytest.raises(UsageError, match="code points"):
        proposals.add(path, (5, 10**6), Proposal(file="", text="x"), seen=STORY)
    assert path.read_text() == STORY


def test_a_file_that_cannot_be_written_leaves_the_proposal_waiting(
    proposals: Proposals, path: Path
) -> None:
    kept = append(proposals, path)
    path.chmod(0o444)
    with pytest.raises(InputError):
        proposals.accept(kept.id)
    path.chmod(0o644)

    assert path.read_text() == STORY
    assert proposals.get(kept.id).status == "waiting"
    assert proposals.accept(kept.id).proposal.status == "accepted"


def test_half_a_character_and_control_codes_do_no_harm(proposals: Proposals, path: Path) -> None:
    kept = proposals.add(path, (0, 0), Proposal(file="", text="Odd \ud83d text.\n\n"), seen=STORY)
    proposals.accept(kept.id)

    assert path.read_text() == "Odd ? text.\n\n" + STORY


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_new_paragraph_that_begins_with_the_same_word_takes_nothing_that_was_not_meant_for_it(
    proposals: Proposals, path: Path, end: str
) -> None:
    story = f"A clock struck four.{end}"
    path.write_bytes(story.encode())
    kept = proposals.add(path, (0, 1), Proposal(file="", text="The old"), seen=story)
    path.write_bytes(f"A preface.{end}{end}{story}".encode())
    proposals.accept(kept.id)

    assert path.read_bytes().decode() == f"A preface.{end}{end}The old clock struck four.{end}"


def test_a_proposal_follows_its_file_to_another_name(proposals: Proposals, path: Path) -> None:
    kept = append(proposals, path)
    moved = path.with_name("two.md")
    path.rename(moved)
    moved.write_bytes(b"A new beginning.\n\n" + moved.read_bytes())
    done = proposals.accept(kept.id)

    assert done.proposal.file == "two.md"
    assert proposals.get(kept.id).file == "two.md"
    assert moved.read_text() == f"A new beginning.\n\n{STORY.rstrip()}{MORE}\n"
    assert not path.exists()


def test_a_proposal_follows_nothing_if_two_files_may_be_its_own(
    proposals: Proposals, path: Path
) -> None:
    kept = append(proposals, path)
    text = path.read_bytes()
    path.rename(path.with_name("two.md"))
    path.with_name("three.md").write_bytes(text)
    with pytest.raises(ChangedMeanwhile, match="not there any more"):
        proposals.accept(kept.id)

    assert path.with_name("two.md").read_bytes() == path.with_name("three.md").read_bytes() == text
