"""Keys that come faster than what they open is there: each goes where the writer sees it go."""

from __future__ import annotations

import asyncio
import string
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App
from textual.widgets import Input

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp


def at_once(app: App[Any], *keys: str) -> None:
    """What a terminal sends in one piece when its user types fast."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_text_right_behind_a_key_goes_where_the_key_led(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.write_screen
        assert screen is not None
        editor = screen.text_pane.editor
        before = editor.text
        screen.text_pane.reach()
        at_once(app, "ctrl+f", *"shovel")
        await settled(pilot, lambda: getattr(app.focused, "value", "") == "shovel")
        at_once(app, "escape", "end", *"!?")
        await settled(pilot, lambda: "!?" in editor.text)
        assert editor.text.replace("!?", "") == before
        at_once(app, "f8", *"zz")
        await settled(pilot, lambda: getattr(app.screen, "NAME", "") == "usage")
        await pilot.pause()
        assert editor.text.replace("!?", "") == before


async def test_a_field_is_left_before_the_next_one_is_typed_in(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        one, two = Input(), Input()
        await app.screen.mount(one, two, before=0)
        one.focus()
        await settled(pilot, lambda: app.focused is one)
        at_once(app, *"first", "tab", *"second", "shift+tab", "end", *string.digits)
        await settled(pilot, lambda: one.value.endswith("9"))
        assert (one.value, two.value) == ("first0123456789", "second")


async def test_a_command_that_never_ends_keeps_no_key_back(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    ends = asyncio.Event()

    class Stuck(Input):
        async def key_f12(self) -> None:
            await ends.wait()

    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.write_screen
        assert screen is not None
        stuck = Stuck()
        await screen.mount(stuck, before=0)
        stuck.focus()
        await settled(pilot, lambda: app.focused is stuck)
        typed = asyncio.Event()
        editor = screen.text_pane.editor
        leave = editor.view.editing.document.listen(
            lambda _change: typed.set() if "typed" in editor.text else None
        )
        at_once(app, "f12")
        screen.text_pane.reach()
        at_once(app, *"typed")
        try:
            await asyncio.wait_for(typed.wait(), 60)
        finally:
            ends.set()
            leave()
