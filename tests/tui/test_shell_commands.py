"""What the palette finds, what help says, and the page where no book is open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, OptionList, Static

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.first_run import FirstRun
from inkstand.tui.help import HelpScreen, sections
from inkstand.tui.palette import Everything
from inkstand.tui.screens import SCREENS
from inkstand.tui.screens.write import WriteScreen


async def found(app: InkstandApp, words: str) -> list[str]:
    """What the palette finds, the best first."""
    provider = Everything(app.screen)
    hits = [hit async for hit in provider.search(words)]
    return [str(hit.text) for hit in sorted(hits, reverse=True)]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("models screen", "Models screen"),
        ("summar", "Tool: Summarize a text and its chapters"),
        ("counterfoils", "Scene: Counterfoils"),
        ("connie", "Bible: Connie Tuddenham"),
        ("find and replace", "Find and replace"),
        ("narrower pane", "Narrower pane"),
        ("theme paper", "Theme: paper"),
        ("keys vim", "Keys: vim"),
        ("quit", "Quit"),
    ],
)
async def test_the_palette_finds_everything(
    studio: Studio, book: Path, ready: Any, words: str, title: str
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert (await found(app, words))[0] == title


async def test_the_palette_goes_to_a_scene(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, WriteScreen)
        await pilot.press("ctrl+p")
        await settled(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"counterf")
        palette = app.screen
        await settled(
            pilot,
            lambda: not palette.is_attached or palette.query_one(OptionList).option_count == 1,
        )
        await pilot.press("enter", "enter")
        wanted = book / "manuscript" / "05-counterfoils.md"
        await settled(pilot, lambda: screen.text_pane.file == wanted)


async def test_a_command_of_the_palette_acts_where_the_writer_is(
    studio: Studio, book: Path, ready: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, WriteScreen)
        hits = [hit async for hit in Everything(screen).search("typewriter mode")]
        before = screen.text_pane.editor.view.typewriter
        await max(hits).command()
        assert screen.text_pane.editor.view.typewriter is not before


async def test_help_names_every_key_of_the_screen(studio: Studio, book: Path, ready: Any) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        told = {key.id for section in sections(app, app.screen) for key in section.keys}
        nodes = (app.screen, app, *app.screen.query("*"))
        own = {
            binding.id
            for node in nodes
            for bindings in node._bindings.key_to_bindings.values()
            for binding in bindings
            if binding.id and binding.description
        }
        assert told == own
        assert {"app.quit", "panes.navigator", "editor.find", "navigator.scene_up"} <= told
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, WriteScreen)


async def test_every_key_has_a_name_for_keymaps_and_a_description(
    studio: Studio, book: Path, ready: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        for node in (app, app.screen, *app.screen.query("*")):
            for binding in type(node)._merge_bindings().key_to_bindings.values():
                for each in binding:
                    is_ours = each.id is not None
                    assert not is_ours or each.description, each


def test_every_screen_has_a_name_a_key_and_a_page_of_its_own() -> None:
    assert len({entry.key for entry in SCREENS.values()}) == len(SCREENS)
    for name, entry in SCREENS.items():
        assert entry.source.startswith(f"inkstand.tui.screens.{name}:")


# -- the first page -----------------------------------------------------------------------------


async def first_page(app: InkstandApp, pilot: Any, settled: Any) -> FirstRun:
    await settled(pilot, lambda: isinstance(app.screen, FirstRun))
    assert isinstance(app.screen, FirstRun)
    return app.screen


def wrong(page: FirstRun) -> str:
    return str(page.query_one("#wrong", Static).content)


async def typed(pilot: Any, page: FirstRun, key: str, text: str) -> None:
    await pilot.press(key)
    page.query_one(Input).value = text
    await pilot.press("enter")


async def test_a_new_book_is_made_and_opened(tmp_path: Path, settled: Any) -> None:
    with Studio() as studio:
        app = InkstandApp(studio)
        async with app.run_test(size=(120, 40)) as pilot:
            page = await first_page(app, pilot, settled)
            await typed(pilot, page, "n", str(tmp_path / "regen"))
            await settled(pilot, lambda: isinstance(app.screen, WriteScreen) and app.status)
            assert (tmp_path / "regen" / "inkstand.toml").is_file()
            assert app.book_title == "regen"
            screen = app.screen
            assert isinstance(screen, WriteScreen)
            await settled(pilot, lambda: screen.text_pane.file)
            await settled(pilot, lambda: screen.text_pane.has_focus_within)


async def test_the_sample_is_copied_and_opened(tmp_path: Path, settled: Any) -> None:
    with Studio() as studio:
        app = InkstandApp(studio)
        async with app.run_test(size=(120, 40)) as pilot:
            page = await first_page(app, pilot, settled)
            await typed(pilot, page, "s", str(tmp_path / "copy"))
            await settled(pilot, lambda: isinstance(app.screen, WriteScreen) and app.status)
            assert app.book_title == "Running Light"
            assert studio.sample() not in (tmp_path / "copy").parents


async def test_a_manuscript_is_imported_and_opened(
    tmp_path: Path, settled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("# One\n\nAda came home.\n\n# Two\n\nBo left.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Studio() as studio:
        app = InkstandApp(studio)
        async with app.run_test(size=(120, 40)) as pilot:
            page = await first_page(app, pilot, settled)
            await typed(pilot, page, "i", str(draft))
            await settled(pilot, lambda: isinstance(app.screen, WriteScreen) and app.status)
            assert app.status is not None
            assert app.status.count.words == 5
    assert draft.read_text("utf-8").startswith("# One")


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("o", "nowhere/at/all", "There is no file or folder"),
        ("i", "nowhere.docx", "nowhere.docx"),
        ("n", "full", "not empty"),
        ("s", "full", "already"),
    ],
)
async def test_what_cannot_be_done_is_said_and_can_be_tried_again(
    tmp_path: Path,
    settled: Any,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    text: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.md").write_text("Dear Ada.\n", encoding="utf-8")
    with Studio() as studio:
        app = InkstandApp(studio)
        async with app.run_test(size=(120, 40)) as pilot:
            page = await first_page(app, pilot, settled)
            await typed(pilot, page, key, text)
            await settled(pilot, lambda: said in wrong(page))
            await pilot.press("escape")
            await typed(pilot, page, "o", "full")
            await settled(pilot, lambda: isinstance(app.screen, WriteScreen) and app.status)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.md"]


async def test_books_that_were_open_before_come_first(
    book: Path, tmp_path: Path, settled: Any
) -> None:
    with Studio() as studio:
        studio.desks.remembered.keep_book(str(tmp_path / "gone"), "Gone")
        studio.desks.remembered.keep_book(str(book), "Running Light")
        app = InkstandApp(studio)
        async with app.run_test(size=(120, 40)) as pilot:
            page = await first_page(app, pilot, settled)
            options = page.query_one(OptionList)
            await settled(pilot, lambda: options.get_option_at_index(0).id == f"recent {book}")
            assert not any("Gone" in str(each.prompt) for each in options.options)
            await pilot.press("enter")
            await settled(pilot, lambda: isinstance(app.screen, WriteScreen) and app.status)


async def test_without_a_book_no_screen_of_one_is_shown(settled: Any) -> None:
    with Studio() as studio:
        app = InkstandApp(studio)
        async with app.run_test(size=(120, 40)) as pilot:
            page = await first_page(app, pilot, settled)
            await pilot.press("f2", "f6")
            assert app.screen is page
            assert not any("screen" in title for title in await found(app, "screen"))
