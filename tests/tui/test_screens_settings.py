"""The screen of settings: forms over the file, and the switch of the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.widgets import OptionList

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.forms.form import Form
from inkstand.tui.screens.settings import SettingsScreen


async def opened(pilot: Any, settled: Any, section: str = "") -> SettingsScreen:
    """The screen, a section's form shown."""
    await pilot.press("f9")
    await settled(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
    screen: SettingsScreen = pilot.app.screen
    await settled(pilot, lambda: screen.sections and screen.query(Form))
    at = next(at for at, each in enumerate(screen.sections) if each.name == section)
    screen.query_one(OptionList).highlighted = at
    name = screen.sections[at].fields[0].name
    await settled(pilot, lambda: screen.query(Form) and screen.query_one(Form).row(name))
    return screen


async def test_what_is_typed_is_kept_and_comments_in_the_file_stay(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    file = studio.directories.config / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[workers]\n# not for long\nkeep_alive = 60.0\n", encoding="utf-8")
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled, "workers")
        row = screen.query_one(Form).row("keep_alive")
        assert row is not None
        row.reach()
        await pilot.press("ctrl+u", *"90", "ctrl+s")
        await settled(pilot, lambda: studio.config.workers.keep_alive == 90.0)
    assert "# not for long" in file.read_text(encoding="utf-8")


async def test_a_value_out_of_bounds_is_told_beside_its_field_and_not_kept(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled, "ui")
        row = screen.query_one(Form).row("measure")
        assert row is not None
        row.reach()
        await pilot.press("ctrl+u", *"7", "ctrl+s")
        await settled(pilot, lambda: row.has_class("-wrong"))
        assert studio.config.ui.measure == 72


async def test_one_key_closes_every_door_to_the_network_and_opens_them_again(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await opened(pilot, settled)
        await pilot.press("ctrl+o")
        await settled(pilot, lambda: studio.offline and app.standing.where == "offline")
        await pilot.press("ctrl+o")
        await settled(pilot, lambda: not studio.offline and app.standing.where == "local only")


async def test_a_theme_and_a_keymap_hold_at_once(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled, "ui")
        screen.query_one(Form).put({"theme": "paper", "keymap": "emacs"})
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: app.theme == "paper" and app.keymap.name == "emacs")
        assert (studio.config.ui.theme, studio.config.ui.keymap) == ("paper", "emacs")


async def test_a_folder_that_cannot_be_written_is_told_and_the_form_keeps_what_was_typed(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled, "ui")
        # A file where the folder of the settings should be: nobody can write below it.
        config = studio.directories.config
        if config.is_dir():
            config.rmdir()
        config.write_text("", encoding="utf-8")
        row = screen.query_one(Form).row("measure")
        assert row is not None
        row.reach()
        await pilot.press("ctrl+u", *"60", "ctrl+s")
        await settled(pilot, lambda: any("settings file" in n.message for n in app._notifications))
        assert screen.query_one(Form).values()["measure"] == 60
        config.unlink()


async def test_the_screen_looks_as_it_did(
    studio: Studio, book: Path, ready: Any, settled: Any, snapshot: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled, "ui")
        screen.query_one("#settings-about").update("How it looks.")  # type: ignore[attr-defined]
        await pilot.pause()
        snapshot(app, "settings")
