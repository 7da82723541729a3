"""Tools in the assistant: those of a third party, those that fail, and those that never end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.tui.third_party import installed
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static, TextArea

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.assistant.pane import AssistantPane
from inkstand.tui.assistant.result_view import ResultView
from inkstand.tui.editor.editor import Editor
from inkstand_sdk.testing.environments import PluginEnvironment


@pytest.fixture(scope="module")
def third_party(tmp_path_factory: pytest.TempPathFactory) -> PluginEnvironment:
    """An environment with a plugin that the UI has never seen."""
    return installed(tmp_path_factory.mktemp("third"))


@pytest.fixture
def app(studio: Studio, book: Path, third_party: PluginEnvironment) -> Iterator[InkstandApp]:
    """The application on the sample, with that plugin; it leaves no process behind."""
    before = set(psutil.Process().children(recursive=True))
    studio.settings.put({"plugins.interpreters": [str(third_party.python)]})
    yield InkstandApp(studio, book)
    studio.close()
    assert set(psutil.Process().children(recursive=True)) <= before


def pane_of(app: InkstandApp) -> AssistantPane:
    return app.screen.query_one(AssistantPane)


def editor_of(app: InkstandApp) -> Editor:
    return app.screen.query(Editor).first()


def said(pane: AssistantPane, what: str) -> str:
    return str(pane.query_one(what, Static).content)


async def opened(app: InkstandApp, pilot: Pilot[None], settled: Any, tool: str) -> AssistantPane:
    """The assistant with a tool's form."""
    await settled(pilot, lambda: app.tools and editor_of(app).file, seconds=60)
    broken = [row for row in app.studio.plugins.rows() if row.state != "ready"]
    assert not broken
    await app.open_tool(tool)
    pane = pane_of(app)
    await settled(pilot, lambda: pane.page == "tool")
    return pane


async def ended(pane: AssistantPane, pilot: Pilot[None], settled: Any) -> None:
    await settled(pilot, lambda: pane.run_page.takes and not pane.run_page.is_at_work, seconds=60)


async def test_a_third_partys_tool_appears_with_its_form_and_its_result(
    app: InkstandApp, settled: Any, snapshot: Any, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("x")
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(app, pilot, settled, "poem")
        form = pane.tool_page.input
        assert [row.path for row in form.rows()] == [
            *("title", "about", "lines", "share", "form", "mood", "people", "senses"),
            *("rhymes", "notes", "weather.wind", "weather.rain"),
        ]
        # Where no cursor blinks.
        form.row("form").reach()  # type: ignore[union-attr]
        await settled(pilot, lambda: said(pane, ".tool-help") == "Its form.")
        snapshot(app, "assistant-form")
        await pilot.press("ctrl+r")
        title = form.row("title")
        assert title is not None
        await settled(pilot, lambda: title.has_focus_within)
        assert title.has_class("-wrong")
        assert pane.page == "tool"
        await pilot.press(*"Salt")
        form.row("people").query_one(TextArea).text = "Ada\nTomas"  # type: ignore[union-attr]
        form.row("mood").query_one(Select).value = "wild"  # type: ignore[union-attr]
        form.row("notes").query_one(Input).value = str(notes)  # type: ignore[union-attr]
        await pilot.press("ctrl+r")
        await ended(pane, pilot, settled)
        await settled(pilot, lambda: pane.query(ResultView))
        await settled(pilot, lambda: pane.start.query_one("#waiting").has_class("-some"))
        await settled(pilot, lambda: pane.query_one(ResultView).has_focus)
        snapshot(app, "assistant-result")
        outcome = pane.run_page.takes[0].outcome
        assert outcome is not None
        assert outcome.output is not None
        assert outcome.output["given"]["people"] == "('Ada', 'Tomas')"
        assert outcome.output["given"]["mood"] == "wild"
        assert outcome.output["verses"][3] == {"line": 4, "text": "line 4"}
        assert len(outcome.proposals) == 1


async def test_a_quotation_of_a_result_leads_to_its_passage(app: InkstandApp, settled: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(app, pilot, settled, "poem")
        await pilot.press(*"Salt", "ctrl+r")
        await ended(pane, pilot, settled)
        await settled(pilot, lambda: pane.query(ResultView))
        editor = editor_of(app)
        await pilot.press("alt+2", "ctrl+end")
        end = editor.cursor
        app.screen.set_focus(pane.query_one(ResultView))
        await pilot.press("end", "enter")
        await settled(pilot, lambda: editor.cursor < end and editor.view.has_focus)
        assert editor.text[editor.cursor :].startswith("The door of the weig")


async def test_what_a_tool_finds_wrong_with_a_value_stands_beside_its_field(
    app: InkstandApp, settled: Any
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(app, pilot, settled, "poem")
        await pilot.press(*"sea", "ctrl+r")
        await ended(pane, pilot, settled)
        assert "The sea is taken" in said(pane, ".take-trouble")
        await pilot.press("escape")
        await settled(pilot, lambda: pane.page == "tool")
        row = pane.tool_page.input.row("title")
        assert row is not None
        assert "The sea is taken." in str(row.query_one(".field-wrong", Static).content)


@pytest.mark.parametrize(
    ("tool", "cause"), [("raises", "no scenes to divide by"), ("exits", "exit code 7")]
)
async def test_a_tool_that_fails_says_why_in_its_pane_and_harms_nothing_else(
    app: InkstandApp, settled: Any, tool: str, cause: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(app, pilot, settled, tool)
        await pilot.press("ctrl+r")
        await ended(pane, pilot, settled)
        assert cause in said(pane, ".take-trouble")
        before = editor_of(app).text
        await pilot.press("alt+2", *"Yes")
        assert len(editor_of(app).text) == len(before) + 3
        await pilot.press("alt+3")
        await app.open_tool("poem")
        await settled(pilot, lambda: pane.page == "tool")
        await pilot.press(*"Salt", "ctrl+r")
        await ended(pane, pilot, settled)
        assert pane.run_page.takes[0].state == "done"


async def test_a_tool_that_hangs_is_stopped_by_escape_and_costs_no_keystroke(
    app: InkstandApp, settled: Any
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(app, pilot, settled, "never-returns")
        await pilot.press("ctrl+r")
        await settled(pilot, lambda: "Thinking deeply" in said(pane, ".take-line"), seconds=60)
        before = editor_of(app).text
        await pilot.press("alt+2", *"Yes")
        assert len(editor_of(app).text) == len(before) + 3
        await pilot.press("alt+3", "escape")
        assert "Stopping" in said(pane, ".take-line")
        await ended(pane, pilot, settled)
        assert pane.run_page.takes[0].state == "stopped"
        await pilot.press("escape")
        assert pane.page == "tool"


async def test_a_tool_that_floods_is_shown_and_kept_within_bounds(
    app: InkstandApp, settled: Any
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(app, pilot, settled, "floods")
        await pilot.press("ctrl+r")
        take = await first_take(pane, pilot, settled)
        before = editor_of(app).text
        await pilot.press("alt+2", *"Yes")
        await settled(pilot, lambda: len(editor_of(app).text) == len(before) + 3)
        await ended(pane, pilot, settled)
        assert "Word 9999 of" in take.stream.text
        assert "Word 0 of" not in take.stream.text
        assert len(take.stream.text) < 420_000


async def first_take(pane: AssistantPane, pilot: Pilot[None], settled: Any) -> Any:
    await settled(pilot, lambda: pane.run_page.takes and pane.run_page.takes[0].stream.text)
    return pane.run_page.takes[0]


async def test_a_tool_that_cannot_be_used_is_listed_with_why(
    app: InkstandApp, settled: Any
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, lambda: app.tools, seconds=60)
        tools = pane_of(app).start.tools
        await settled(pilot, lambda: tools.option_count > 10)
        last = tools.get_option_at_index(tools.option_count - 1)
        assert last.disabled
        assert "There is no harp here." in str(getattr(last.prompt, "_visual", ""))
