"""The screen to write in, as a writer's hands use it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.header import HeaderLine
from inkstand.tui.help import HelpScreen
from inkstand.tui.navigator.pane import Navigator
from inkstand.tui.pane_tabs import PaneTabs
from inkstand.tui.panes import ASSISTANT, NAVIGATOR, SECOND, TEXT
from inkstand.tui.screens.write import WriteScreen
from inkstand.tui.splitter import Splitter
from inkstand.tui.status_line import StatusLine


def screen_of(app: InkstandApp) -> WriteScreen:
    assert isinstance(app.screen, WriteScreen)
    return app.screen


def shown(app: InkstandApp) -> list[str]:
    names = [NAVIGATOR, TEXT, SECOND, ASSISTANT]
    return [name for name in names if screen_of(app).pane(name).display]


def picture(app: InkstandApp) -> str:
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def test_the_first_text_is_open_and_has_the_focus(
    studio: Studio, book: Path, ready: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        pane = screen_of(app).text_pane
        assert pane.file == book / "manuscript" / "01-the-blank-column.md"
        assert pane.editor.view.has_focus
        assert pane.line.text == "The Blank Column"
        assert "6,340 words" in picture(app)
        assert "Running Light" in picture(app)
        assert "local only" in picture(app)


async def test_a_pane_is_reached_and_hidden_by_one_key(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("alt+1")
        assert isinstance(app.focused, Navigator)
        await pilot.press("alt+1")
        assert shown(app) == [TEXT, ASSISTANT]
        assert screen_of(app).text_pane.has_focus_within
        remembered = studio.desks.remembered
        await settled(pilot, lambda: remembered.load().panes.hidden == (NAVIGATOR,))
        await pilot.press("alt+1")
        assert shown(app) == [NAVIGATOR, TEXT, ASSISTANT]
        assert isinstance(app.focused, Navigator)
        await pilot.press("alt+2")
        assert screen_of(app).text_pane.has_focus_within
        await pilot.press("alt+0")
        assert shown(app) == [TEXT]
        await pilot.press("alt+0")
        assert shown(app) == [NAVIGATOR, TEXT, ASSISTANT]


async def test_what_is_hidden_stays_hidden_at_the_next_start(
    studio: Studio, book: Path, ready: Any
) -> None:
    studio.desks.remembered.keep_panes(40, 0, [ASSISTANT])
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert shown(app) == [NAVIGATOR, TEXT]
        assert screen_of(app).pane(NAVIGATOR).size.width == 40


async def test_a_pane_is_made_wider_by_keys_and_by_the_mouse(
    studio: Studio, book: Path, ready: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        navigator = screen_of(app).pane(NAVIGATOR)
        before = navigator.size.width
        await pilot.press("alt+1", "alt+full_stop", "alt+full_stop", "alt+comma")
        await pilot.pause()
        assert navigator.size.width == before + 3
        at = app.screen.query_one(f"#{NAVIGATOR}-splitter", Splitter).region.x
        await pilot.mouse_down(offset=(at, 5))
        await pilot.hover(offset=(at + 6, 5))
        await pilot.mouse_up(offset=(at + 6, 5))
        await pilot.pause()
        assert navigator.size.width == before + 9
        assert screen_of(app).text_pane.size.width >= 24


async def test_two_texts_stand_side_by_side_and_are_one_file(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot)
        screen = screen_of(app)
        await pilot.press("alt+4")
        await settled(pilot, lambda: screen.second_pane.file == screen.text_pane.file)
        assert {TEXT, SECOND} <= set(shown(app))
        await pilot.press("Q")
        assert screen.second_pane.editor.text == screen.text_pane.editor.text
        assert "Q" in screen.text_pane.editor.text
        await pilot.press("alt+1", "down", "o")
        second = book / "manuscript" / "02-a-number-of-bags.md"
        await settled(pilot, lambda: screen.second_pane.file == second)
        await pilot.press("alt+4")
        assert SECOND not in shown(app)
        assert screen.text_pane.has_focus_within


async def test_below_80_columns_panes_are_tabs(studio: Studio, book: Path, ready: Any) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot)
        assert shown(app) == [TEXT]
        assert screen_of(app).text_pane.size.width == 60
        tabs = app.screen.query_one(PaneTabs)
        assert tabs.display
        await pilot.press("alt+1")
        assert shown(app) == [NAVIGATOR]
        await pilot.press("down", "enter")
        await pilot.pause()
        assert shown(app) == [TEXT]
        await pilot.click(tabs, offset=(25, 0))
        assert shown(app) == [ASSISTANT]
        await pilot.press("f10")
        assert shown(app) == [NAVIGATOR]
        await pilot.resize_terminal(120, 40)
        assert shown(app) == [NAVIGATOR, TEXT, ASSISTANT]
        assert not tabs.display


async def test_a_storm_of_sizes_breaks_nothing(studio: Studio, book: Path, ready: Any) -> None:
    app = InkstandApp(studio, book)
    chance = random.Random(7)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        text = screen_of(app).text_pane.editor.text
        for step in range(36):
            width, height = chance.randint(1, 250), chance.randint(1, 70)
            await pilot.resize_terminal(width, height)
            await pilot.press(chance.choice(["alt+1", "alt+2", "alt+3", "alt+4", "down", "f10"]))
            if step % 12 == 0:
                await pilot.press("alt+0")
        await pilot.resize_terminal(120, 40)
        await pilot.press("alt+2")
        assert screen_of(app).text_pane.editor.text == text
        assert "6,340 words" in picture(app)


async def test_every_key_of_the_panes_works_while_one_writes(
    studio: Studio, book: Path, ready: Any
) -> None:
    """No key of the editor may hide one of the screen's."""
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        own = {
            key
            for node in (app.screen, app)
            for key, bindings in node._bindings.key_to_bindings.items()
            if bindings[0].id
        }
        editor = screen_of(app).text_pane.editor
        assert not set(editor._bindings.key_to_bindings) & own


@pytest.mark.parametrize("key", ["f3", "f9", "f2"])
async def test_what_is_open_stays_open_on_the_way_to_other_screens(
    studio: Studio, book: Path, ready: Any, key: str
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("Z", key)
        await pilot.pause()
        await pilot.press("f2")
        await pilot.pause()
        assert "Z" in screen_of(app).text_pane.editor.text


async def test_goals_are_set_in_a_dialog_and_a_wrong_one_is_told(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("alt+j", *"12680", "down", *"many", "enter")
        told = app.screen.query_one("#goals-told")
        await settled(pilot, lambda: told.has_class("-wrong"))
        await pilot.press(*["backspace"] * 4, *"400", "enter")
        await settled(pilot, lambda: isinstance(app.screen, WriteScreen))
        line = screen_of(app).pane(NAVIGATOR).line
        await settled(pilot, lambda: line.right == "50% of goal")
        status = screen_of(app).query_one(StatusLine)
        await settled(pilot, lambda: "0 today of 400" in status.render().plain)


async def test_the_header_leads_to_the_other_screens_by_the_mouse(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        line = app.screen.query_one(HeaderLine)
        at = line.render().plain.index("Usage")
        await pilot.click(HeaderLine, offset=(at + 1, 0))
        await settled(pilot, lambda: app.current_mode == "usage")


async def test_the_last_line_tells_the_keys_of_where_the_writer_is(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        line = app.screen.query_one(StatusLine)
        await settled(pilot, lambda: "Ctrl+F Find" in line.render().plain)
        await pilot.press("alt+1")
        await settled(pilot, lambda: "n New scene" in line.render().plain)
        assert line.render().plain.endswith("F1 Help  Ctrl+P Commands")
        at = line.render().plain.index("F1 Help")
        await pilot.click(StatusLine, offset=(at + 1, 0))
        await settled(pilot, lambda: isinstance(app.screen, HelpScreen))
