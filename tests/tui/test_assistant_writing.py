"""Writing with a model from the assistant: it proposes, and the writer decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.assistant.pane import AssistantPane
from inkstand.tui.editor.editor import Editor
from inkstand.tui.messages import News, TokensTold
from inkstand.tui.proposals.diff import ProposalDiff


def pane_of(app: InkstandApp) -> AssistantPane:
    return app.screen.query_one(AssistantPane)


def editor_of(app: InkstandApp) -> Editor:
    return app.screen.query(Editor).first()


async def ready(app: InkstandApp, pilot: Pilot[None], settled: Any) -> AssistantPane:
    await settled(pilot, lambda: app.tools and editor_of(app).file)
    return pane_of(app)


async def ended(pane: AssistantPane, pilot: Pilot[None], settled: Any) -> None:
    await settled(pilot, lambda: pane.run_page.takes and not pane.run_page.is_at_work)
    assert [take.state for take in pane.run_page.takes] == ["done"] * len(pane.run_page.takes)


async def test_a_scene_is_gone_on_with_by_a_proposal_that_is_accepted(
    studio: Studio, book: Path, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await ready(app, pilot, settled)
        told: list[News] = []
        app.news.subscribe(pane, told.append)
        editor = editor_of(app)
        file = editor.file
        assert file is not None
        before = file.read_text(encoding="utf-8")
        await pilot.press("alt+enter")
        await ended(pane, pilot, settled)
        # Nothing is in the text before the writer says so.
        assert file.read_text(encoding="utf-8") == before
        assert editor.text == before
        outcome = pane.run_page.takes[0].outcome
        assert outcome is not None
        (number,) = outcome.proposals
        await settled(
            pilot, lambda: any(isinstance(each, TokensTold) and each.limit for each in told)
        )
        await pilot.press("s")
        await settled(pilot, lambda: app.screen.query(ProposalDiff))
        diff = app.screen.query_one(ProposalDiff)
        await settled(pilot, lambda: diff.proposal is not None and diff.body.has_focus)
        assert diff.number == number
        assert not editor.display
        await pilot.press("A")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        await settled(pilot, lambda: editor.text != before and editor.display)
        assert outcome.text in editor.text
        assert editor.text == file.read_text(encoding="utf-8")
        assert editor.view.has_focus
        await pilot.press("ctrl+z")
        assert editor.text == before


async def test_a_selection_is_rewritten_by_a_proposal_in_its_place(
    studio: Studio, book: Path, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await ready(app, pilot, settled)
        editor = editor_of(app)
        await pilot.press("alt+p")
        start, end = editor.selection
        assert editor.text[start:end].startswith("The door")
        await pilot.press("alt+3", *"short", "enter")
        await ended(pane, pilot, settled)
        await pilot.press("s")
        await settled(pilot, lambda: app.screen.query(ProposalDiff))
        diff = app.screen.query_one(ProposalDiff)
        await settled(pilot, lambda: diff.proposal is not None)
        assert diff.proposal is not None
        assert (diff.proposal.start, diff.proposal.end) == (start, end)
        assert diff.proposal.why == "short"
        await pilot.press("X")
        await settled(pilot, lambda: not app.screen.query(ProposalDiff))
        assert studio.desk(book).proposals.listed() == []
        assert editor.text[start:end].startswith("The door")


async def test_takes_stand_beside_each_other_and_the_one_that_is_taken_lays_the_others_aside(
    studio: Studio, book: Path, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await ready(app, pilot, settled)
        await app.open_tool("continue")
        await settled(pilot, lambda: pane.page == "tool")
        page = pane.tool_page
        page.input.row("words").query_one(Input).value = "20"  # type: ignore[union-attr]
        page.writing.row("takes").query_one(Input).value = "2"  # type: ignore[union-attr]
        await pilot.pause()
        await pilot.press("ctrl+r")
        await ended(pane, pilot, settled)
        first, second = pane.run_page.takes
        assert first.outcome is not None
        assert second.outcome is not None
        assert len(studio.desk(book).proposals.listed()) == 2
        await pilot.press("2")
        assert pane.run_page.chosen is second
        await pilot.press("s")
        await settled(pilot, lambda: app.screen.query(ProposalDiff))
        diff = app.screen.query_one(ProposalDiff)
        await settled(pilot, lambda: diff.proposal is not None and diff.body.has_focus)
        assert (diff.number,) == second.outcome.proposals
        await pilot.press("A")
        await settled(pilot, lambda: studio.desk(book).proposals.listed() == [])
        states = {
            each.id: each.status for each in studio.desk(book).proposals.listed(everything=True)
        }
        assert states == {first.outcome.proposals[0]: "rejected", diff.number: "accepted"}


async def test_without_a_model_the_pane_says_what_to_do(
    studio: Studio, book: Path, settled: Any
) -> None:
    studio.settings.put({"models.default": "nothing-like-it"})
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await ready(app, pilot, settled)
        await pilot.press("alt+3", *"hi", "enter")
        await settled(pilot, lambda: pane.run_page.takes and not pane.run_page.is_at_work)
        take = pane.run_page.takes[0]
        assert take.state == "failed"
        assert "nothing-like-it" in str(take.error)
        await pilot.press("escape")
        assert pane.page == "start"


async def test_keys_right_behind_that_of_a_pane_go_into_that_pane(
    studio: Studio, book: Path, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await ready(app, pilot, settled)
        before = editor_of(app).text
        # As a terminal sends them: none waits for what the one before it did.
        for key, character in (("alt+3", None), ("x", "x"), ("alt+1", None), ("tab", "\t")):
            app.post_message(Key(key, character))
        await settled(pilot, lambda: pane.start.prompt.text == "x")
        await pilot.pause()
        assert editor_of(app).text == before
