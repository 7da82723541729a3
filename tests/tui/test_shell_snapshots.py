"""Pictures of the screen to write in and of the first page; read before they are accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.first_run import FirstRun

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_to_write_in(
    studio: Studio, book: Path, ready: Any, snapshot: Any, size: tuple[int, int]
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.pause()
        snapshot(app, "write")


async def test_the_navigator_in_a_narrow_window(
    studio: Studio, book: Path, ready: Any, snapshot: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot)
        await pilot.press("alt+1", "down")
        await pilot.pause()
        snapshot(app, "write-navigator")


@pytest.mark.parametrize("theme", ["paper", "contrast"])
async def test_the_other_themes(
    studio: Studio, book: Path, ready: Any, snapshot: Any, theme: str
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await app.choose_theme(theme)
        await pilot.press("alt+1", "down")
        await pilot.pause()
        snapshot(app, f"write-{theme}")


async def test_two_texts_beside_each_other(
    studio: Studio, book: Path, ready: Any, snapshot: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        await pilot.press("alt+1", "down", "o")
        screen: Any = app.screen
        await settled(
            pilot, lambda: screen.second_pane.file and screen.second_pane.has_focus_within
        )
        await pilot.pause()
        snapshot(app, "write-two")


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_page(snapshot: Any, settled: Any, size: tuple[int, int]) -> None:
    with Studio() as studio:
        app = InkstandApp(studio)
        async with app.run_test(size=size) as pilot:
            await settled(pilot, lambda: isinstance(app.screen, FirstRun))
            await pilot.pause(0.2)
            snapshot(app, "first")


async def test_help_for_the_screen_to_write_in(
    studio: Studio, book: Path, ready: Any, snapshot: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await pilot.pause()
        snapshot(app, "help")
