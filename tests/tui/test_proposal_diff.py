"""A proposal on the screen: what would change, and what the writer's decision does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key
from textual.pilot import Pilot

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.editor.editor import Editor
from inkstand.tui.proposals.changes import By, groups_of, stretches
from inkstand.tui.proposals.diff import ProposalDiff
from inkstand.workspace.proposal_store import Proposal
from inkstand.workspace.units import applied, units_of
from inkstand_sdk.messages import GenerateResult

STORY = "# One\n\nThe quick brown fox jumped over the lazy dog. It slept.\n\nThe end came soon.\n"
OLD = "The quick brown fox jumped over the lazy dog. It slept."
NEW = "The slow brown fox jumped over the busy dog. It woke."


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "book" / "one.md"
    path.parent.mkdir()
    path.write_text(STORY)
    return path


@pytest.fixture
def studio(story: Path) -> Iterator[Studio]:
    with Studio(story.parent) as studio:
        yield studio


def propose(studio: Studio, story: Path) -> int:
    start = STORY.index(OLD)
    result = GenerateResult(text=NEW, finish="stop", model="m", backend="echo")
    span = (start, start + len(OLD))
    return studio.desk(story.parent).propose_change(story, span, result, seen=STORY, title="Slower")


async def opened(
    app: InkstandApp, pilot: Pilot[None], settled: Any, number: int
) -> tuple[ProposalDiff, Editor]:
    editor = app.screen.query(Editor).first()
    await settled(pilot, lambda: editor.file)
    assert app.write_screen is not None
    await app.write_screen.show_proposal(number)
    diff = app.screen.query_one(ProposalDiff)
    await settled(pilot, lambda: diff.proposal is not None and diff.body.has_focus)
    return diff, editor


async def test_changes_are_accepted_and_refused_one_by_one(
    studio: Studio, story: Path, settled: Any, snapshot: Any
) -> None:
    number = propose(studio, story)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        diff, editor = await opened(app, pilot, settled, number)
        assert diff.groups == [1, 2, 3]
        await pilot.press("down", "up")
        await settled(pilot, lambda: app.screen.query_one("#waiting").has_class("-some"))
        await settled(pilot, lambda: app.standing.model and app.tools)
        snapshot(app, "proposal-diff")
        await pilot.press("enter")
        await settled(pilot, lambda: diff.groups == [2, 3])
        await settled(pilot, lambda: "slow brown" in editor.text)
        await pilot.press("x")
        await settled(pilot, lambda: diff.groups == [3])
        assert story.read_text() == STORY.replace("quick", "slow")
        await pilot.press("enter")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert story.read_text() == STORY.replace("quick", "slow").replace("slept", "woke")
        await settled(pilot, lambda: editor.text == story.read_text())


async def test_a_sentence_is_accepted_and_taken_back(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        diff, editor = await opened(app, pilot, settled, number)
        await pilot.press("s")
        assert diff.groups == [1, 2]
        await pilot.press("enter")
        await settled(pilot, lambda: diff.groups == [2])
        assert story.read_text() == STORY.replace("quick", "slow").replace("lazy", "busy")
        await pilot.press("u")
        await settled(pilot, lambda: story.read_text() == STORY and editor.text == STORY)
        # It waits as before, and is written when it is accepted again.
        await settled(pilot, lambda: diff.groups == [1, 2])
        assert studio.desk(story.parent).proposals.get(number).status == "waiting"
        await pilot.press("a")
        await settled(pilot, lambda: diff.groups == [2])
        await settled(pilot, lambda: "slow" in story.read_text() and "slow" in editor.text)
        await pilot.press("a")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert story.read_text() == STORY.replace(OLD, NEW)
        await settled(pilot, lambda: editor.text == story.read_text())


async def test_each_undo_takes_one_accept_back(studio: Studio, story: Path, settled: Any) -> None:
    number = propose(studio, story)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        diff, editor = await opened(app, pilot, settled, number)
        await pilot.press("u")
        assert story.read_text() == STORY
        await pilot.press("a")
        await settled(pilot, lambda: diff.groups == [2, 3])
        await pilot.press("a")
        await settled(pilot, lambda: diff.groups == [3])
        await pilot.press("u")
        await settled(pilot, lambda: diff.groups == [2, 3])
        assert story.read_text() == STORY.replace("quick", "slow")
        await pilot.press("u")
        await settled(pilot, lambda: diff.groups == [1, 2, 3])
        assert story.read_text() == STORY
        await settled(pilot, lambda: editor.text == STORY)


async def test_keys_that_come_fast_are_followed_one_after_the_other(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        diff, editor = await opened(app, pilot, settled, number)
        for key in "auaua":
            app.post_message(Key(key, key))
        await settled(pilot, lambda: "slow" in story.read_text() and diff.groups == [2, 3])
        for key in "aau":
            app.post_message(Key(key, key))
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert story.read_text() == STORY.replace(OLD, NEW)
        await settled(pilot, lambda: editor.text == story.read_text())
        assert studio.desk(story.parent).proposals.get(number).status == "accepted"
        assert not [each for each in app._notifications if "Nothing of it" in each.message]


async def test_an_undo_in_the_text_has_the_proposal_wait_and_a_redo_takes_it(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    proposals = studio.desk(story.parent).proposals
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        _, editor = await opened(app, pilot, settled, number)
        await pilot.press("A")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        await settled(pilot, lambda: editor.text == STORY.replace(OLD, NEW))
        await settled(pilot, lambda: editor.view.has_focus)
        await pilot.press("ctrl+z")
        await settled(pilot, lambda: proposals.get(number).status == "waiting")
        assert story.read_text() == STORY
        await pilot.press("ctrl+y")
        await settled(pilot, lambda: proposals.get(number).status == "accepted")
        assert story.read_text() == STORY.replace(OLD, NEW)
        await pilot.press("ctrl+z")
        await settled(pilot, lambda: proposals.get(number).status == "waiting")
        await pilot.press("alt+a")
        await settled(pilot, lambda: app.screen.query(ProposalDiff))
        diff = app.screen.query_one(ProposalDiff)
        await settled(pilot, lambda: diff.proposal is not None and diff.body.has_focus)
        await pilot.press("A")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert story.read_text() == STORY.replace(OLD, NEW)


async def test_what_was_accepted_before_is_taken_back_where_it_is_shown_again(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    studio.desk(story.parent).proposals.accept(number)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        diff, _ = await opened(app, pilot, settled, number)
        assert diff.groups == []
        await pilot.press("u")
        await settled(pilot, lambda: diff.groups == [1, 2, 3])
        assert story.read_text() == STORY


async def test_to_look_at_what_was_restored_says_nothing_of_the_text(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    studio.desk(story.parent).proposals.accept(number)
    story.write_text(STORY)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, settled, number)
        await pilot.press("escape")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert not [each for each in app._notifications if "in the text" in each.message]


async def test_what_was_typed_meanwhile_is_kept_beside_what_is_accepted(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        editor = app.screen.query(Editor).first()
        await settled(pilot, lambda: editor.file)
        await pilot.press("ctrl+end", *"Soon!")
        await opened(app, pilot, settled, number)
        await pilot.press("A")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert story.read_text() == STORY.replace(OLD, NEW) + "Soon!"
        await settled(pilot, lambda: editor.text == story.read_text())


async def test_a_place_that_was_written_in_since_is_told_and_nothing_is_written(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    changed = STORY.replace("quick brown fox jumped over the lazy", "cat slept on the warm")
    story.write_text(changed)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(120, 40)) as pilot:
        diff, _ = await opened(app, pilot, settled, number)
        await pilot.press("A")
        await settled(pilot, lambda: diff.has_class("-trouble"))
        assert story.read_text() == changed
        await pilot.press("escape")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert [each.status for each in studio.desk(story.parent).proposals.listed()] == ["stale"]


async def test_a_proposal_that_is_left_for_later_still_waits(
    studio: Studio, story: Path, settled: Any
) -> None:
    number = propose(studio, story)
    app = InkstandApp(studio, story.parent)
    async with app.run_test(size=(60, 20)) as pilot:
        _, editor = await opened(app, pilot, settled, number)
        await pilot.press("escape")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert editor.display
        assert story.read_text() == STORY
        assert [each.id for each in studio.desk(story.parent).proposals.listed()] == [number]


WORDS = st.lists(st.sampled_from(["a", "b.", "c\n\n", "d", "e!", "f"]), max_size=25).map(" ".join)


@given(WORDS, WORDS, st.data())
def test_what_is_shown_holds_every_change_and_only_those(
    old: str, new: str, data: st.DataObject
) -> None:
    units = units_of(old, 0, len(old), new)
    states = data.draw(
        st.lists(
            st.sampled_from(["waiting", "accepted", "rejected"]),
            min_size=len(units),
            max_size=len(units),
        )
    )
    units = tuple(
        msgspec.structs.replace(unit, state=state)
        for unit, state in zip(units, states, strict=True)
    )
    proposal = Proposal(file="x", text=new, units=units)
    kinds: list[By] = ["change", "sentence"]
    by = data.draw(st.sampled_from(kinds))
    shown = stretches(proposal, old, by)
    waiting = [unit for unit in units if unit.state == "waiting"]
    assert {each.group for each in shown if each.group} == set(groups_of(proposal, by))
    if not waiting or any(each.kind == "gap" for each in shown):
        return
    done = [unit for unit in units if unit.state == "accepted"]
    before = "".join(each.text for each in shown if each.kind != "added")
    after = "".join(each.text for each in shown if each.kind != "removed")
    assert before == applied(old, done)
    assert after == applied(old, [unit for unit in units if unit.state != "rejected"])
