"""The screen of plugins: all of them in a row each, mended, switched and set where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.widgets import Button, Static

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.forms.form import Form
from inkstand.tui.plugin_detail import OfferDetail, PluginDetail
from inkstand.tui.screens.plugins import PluginsScreen


async def opened(pilot: Any, settled: Any) -> PluginsScreen:
    """The screen, its rows shown."""
    await pilot.press("f7")
    await settled(pilot, lambda: isinstance(pilot.app.screen, PluginsScreen))
    screen: PluginsScreen = pilot.app.screen
    await settled(pilot, lambda: screen.rows)
    return screen


async def chosen(pilot: Any, settled: Any, screen: PluginsScreen, name: str) -> PluginDetail:
    """What is said of the plugin of that name."""
    at = next(at for at, row in enumerate(screen.rows) if row.name == name)
    screen.table.move_cursor(row=at)
    detail = screen.query_one(PluginDetail)
    await settled(pilot, lambda: name in said(detail)[: len(name)])
    return detail


def said(detail: PluginDetail) -> str:
    return "\n".join(str(each.content) for each in detail.query(Static))


async def test_every_plugin_has_a_row_with_what_it_offers(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled)
        cells = [[str(cell) for cell in screen.table.get_row_at(at)] for at in range(4)]
        assert ["prose", "ready", "reader english"] in cells
        assert "all of them well" in str(screen.query_one("#plugins-told", Static).content)
        detail = await chosen(pilot, settled, screen, "writing")
        await settled(pilot, lambda: "tool summarizer" in said(detail))


async def test_a_plugin_is_switched_off_and_on_again_with_one_key(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled)
        await chosen(pilot, settled, screen, "writing")
        await pilot.press("e")
        await settled(pilot, lambda: screen.chosen and screen.chosen.state == "disabled")
        assert studio.config_file.load().plugins.disabled == ("inkstand-writing",)
        assert not any(tool.name == "summarizer" for tool in studio.tools())
        await settled(pilot, lambda: not app.tools)
        await pilot.press("e")
        await settled(pilot, lambda: screen.chosen and screen.chosen.state == "ready")
        assert any(tool.name == "summarizer" for tool in studio.tools())


async def test_settings_of_an_engine_are_checked_kept_and_taken_back(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled)
        detail = await chosen(pilot, settled, screen, "llamacpp")
        await settled(pilot, lambda: detail.query(Form))
        offer = detail.query(OfferDetail).first()
        await pilot.press("s")
        await settled(pilot, lambda: offer.has_focus_within)
        await pilot.press("ctrl+u", *"no", "enter")
        row = offer.query_one(Form).row("context_length")
        assert row is not None
        await settled(pilot, lambda: row.has_class("-wrong"))
        assert studio.config.backends == {}
        await pilot.press("ctrl+u", *"2048", "enter")
        await settled(
            pilot, lambda: studio.config.backends == {"llamacpp": {"context_length": 2048}}
        )
        text = (studio.directories.config / "config.toml").read_text(encoding="utf-8")
        assert "context_length = 2048" in text
        offer.query_one(Form).put({})
        offer.query_one(Button).press()
        await settled(pilot, lambda: not studio.config.backends.get("llamacpp"))


async def test_a_broken_plugin_costs_one_row_which_says_what_mends_it(
    zoo: Any, studio: Studio, book: Path, settled: Any
) -> None:
    studio.settings.put(
        {"plugins.interpreters": [str(zoo.environment.python)], "plugins.timeout": 12.0}
    )
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, lambda: app.tools, seconds=180)
        screen = await opened(pilot, settled)
        names = {row.name for row in screen.rows}
        assert {"writing", "raises-value-error", "segfaults", "sleeps-forever"} <= names
        assert "need something" in str(screen.query_one("#plugins-told", Static).content)
        detail = await chosen(pilot, settled, screen, "raises-value-error")
        assert "invalid literal for int()" in said(detail)
        assert "Traceback" in said(detail)
        await chosen(pilot, settled, screen, "needs-a-library")
        await pilot.press("c")
        assert app.clipboard.endswith("-m pip install a_library_that_is_not_there")


async def test_the_screen_looks_as_it_did(
    studio: Studio, book: Path, ready: Any, settled: Any, snapshot: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled)
        detail = await chosen(pilot, settled, screen, "writing")
        await settled(pilot, lambda: "tool style" in said(detail))
        # What differs from machine to machine.
        detail.query(Static).first().update("writing  inkstand-writing")
        await pilot.pause()
        snapshot(app, "plugins")
