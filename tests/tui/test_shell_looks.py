"""Themes and keymaps: those that come along, the writer's own, and broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand.tui import keymaps, themes
from inkstand.tui.app import InkstandApp
from inkstand.tui.keymaps import shown_key
from inkstand.tui.navigator.pane import Navigator
from inkstand.tui.screens.write import WriteScreen
from inkstand_sdk.errors import InputError


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def in_navigator(app: InkstandApp) -> bool:
    return isinstance(app.focused, Navigator)


# -- keymaps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "editor"), [("default", "plain"), ("vim", "vim")])
def test_the_keymaps_that_come_along_can_be_loaded(tmp_path: Path, name: str, editor: str) -> None:
    assert keymaps.load(name, tmp_path).editor == editor


def test_a_keymap_takes_what_it_does_not_say_from_the_one_it_is_based_on(tmp_path: Path) -> None:
    write(tmp_path / "mine.toml", 'base = "emacs"\n[keys]\n"app.help" = "f12"\n')
    mine = keymaps.load("mine", tmp_path)
    assert mine.editor == "emacs"
    assert mine.keys["app.help"] == "f12"
    assert mine.keys["app.palette"] == keymaps.load("emacs", tmp_path).keys["app.palette"]
    assert keymaps.names(tmp_path) == ["default", "vim", "emacs", "mine"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[keys]\n"app.help" = "hyperspace key"\n', "no key"),
        ('[keys]\n"app.help" = "control+f"\n', "no key"),
        ("[keys\n", "cannot be used"),
        ('base = "bad"\n', "based on itself"),
        ("color = 3\n", "cannot be used"),
        ('base = "nowhere"\n', "no keymap nowhere"),
    ],
)
def test_a_keymap_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path / "bad.toml", text)
    with pytest.raises(InputError, match=said):
        keymaps.load("bad", tmp_path)


async def test_a_keymap_of_ones_own_changes_keys_here_and_at_the_next_start(
    studio: Studio, book: Path, ready: Any
) -> None:
    folder = studio.directories.config / "keymaps"
    write(folder / "mine.toml", '[keys]\n"panes.navigator" = "ctrl+n"\n"app.help" = "f12,f1"\n')
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await app.choose_keymap("mine")
        await pilot.press("ctrl+n")
        assert in_navigator(app)
        await pilot.press("alt+2", "alt+1")
        assert not in_navigator(app)
    with Studio(book) as later:
        assert later.config.ui.keymap == "mine"
        again = InkstandApp(later, book)
        async with again.run_test(size=(120, 40)) as pilot:
            await ready(pilot)
            await pilot.press("ctrl+n")
            assert isinstance(again.screen, WriteScreen)
            assert again.screen.navigator.has_focus


async def test_the_vim_keymap_gives_the_editor_modes(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await app.choose_keymap("vim")
        assert isinstance(app.screen, WriteScreen)
        editor = app.screen.text_pane.editor
        await settled(pilot, lambda: editor.options.keys == "vim")
        before = editor.text
        await pilot.press("j", "k")
        assert editor.text == before


async def test_a_broken_keymap_is_told_of_and_the_usual_keys_stay(
    studio: Studio, book: Path, ready: Any
) -> None:
    write(studio.directories.config / "keymaps" / "bad.toml", "[keys\n")
    studio.settings.set("ui.keymap", "bad")
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert any("keymap bad" in each.message for each in app._notifications)
        await pilot.press("alt+1")
        assert isinstance(app.screen, WriteScreen)
        assert app.screen.navigator.has_focus


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("ctrl+f", "Ctrl+F"),
        ("f1", "F1"),
        ("alt+full_stop", "Alt+."),
        ("ctrl+shift+left", "Ctrl+Shift+←"),
        ("n", "n"),
        ("K", "K"),
    ],
)
def test_keys_are_written_for_people(key: str, shown: str) -> None:
    assert shown_key(key) == shown


# -- themes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [theme.name for theme in themes.OWN])
async def test_every_theme_can_be_taken_and_is_kept(
    studio: Studio, book: Path, ready: Any, name: str
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await app.choose_theme(name)
        await pilot.pause()
        assert app.current_theme.name == name
    with Studio(book) as later:
        assert later.config.ui.theme == name


async def test_a_theme_of_ones_own_is_there(studio: Studio, book: Path, ready: Any) -> None:
    source = 'dark = false\nprimary = "#2f5d86"\nbackground = "#fffdf5"\n'
    source += '[variables]\n"block-cursor-background" = "red"\n'
    write(studio.directories.config / "themes" / "mine.toml", source)
    studio.settings.set("ui.theme", "mine")
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert app.theme == "mine"
        assert app.screen.styles.background.hex == "#FFFDF5"
        assert "mine" in app.theme_names()[:4]


@pytest.mark.parametrize(
    "text",
    [
        'primary = "no color"\n',
        "primary = 3\n",
        "dark = true\n",
        'primary = "red"\nsecondary = "reddish"\n',
        'primary = "red"\n[variables]\n"border" = "wide"\n',
        'primary = "red"\n[variables]\n"no-such-thing" = "red"\n',
        'primary = "red"\n[variables]\n"button-focus-text-style" = "wobbly"\n',
        "primary = \n",
        "\x00",
    ],
)
async def test_a_broken_theme_is_told_of_and_costs_nothing(
    studio: Studio, book: Path, ready: Any, text: str
) -> None:
    write(studio.directories.config / "themes" / "bad.toml", text)
    studio.settings.set("ui.theme", "bad")
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert app.theme == themes.DEFAULT
        assert any("theme bad.toml" in each.message for each in app._notifications)


def contrast(one: Any, other: Any) -> float:
    """The ratio of WCAG 2.1, 1 to 21."""

    def light(color: Any) -> float:
        parts = [each / 255 for each in color.rgb]
        parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "least"), [("ink", 4.5), ("paper", 4.5), ("contrast", 7.0)])
def test_colors_can_be_told_from_the_background(name: str, least: float) -> None:
    from textual.color import Color

    theme = next(each for each in themes.OWN if each.name == name)
    background = Color.parse(theme.background or "")
    for role in ("foreground", "primary", "accent", "success", "warning", "error"):
        assert contrast(Color.parse(getattr(theme, role)), background) >= least, role


async def test_without_color_the_screen_is_gray(
    studio: Studio, book: Path, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert app.no_color


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("\x1b1", "alt+1"),
        ("\x1b0", "alt+0"),
        ("\x1b,", "alt+comma"),
        ("\x1b.", "alt+full_stop"),
        ("\x1b\r", "alt+enter"),
        ("\x1ba", "alt+a"),
        ("\x1bb", "ctrl+left"),
        ("\x1b{", "alt+left_curly_bracket"),
        ("\x1b[1;3A", "alt+up"),
        ("\x1bOP", "f1"),
        ("1", "1"),
        (",", "comma"),
        ("\r", "enter"),
    ],
)
def test_alt_arrives_from_terminals_that_send_an_escape_for_it(sent: str, key: str) -> None:
    from textual import events
    from textual._xterm_parser import XTermParser

    from inkstand.tui import terminal_keys

    terminal_keys.teach()
    told = [each for each in XTermParser().feed(sent) if isinstance(each, events.Key)]
    assert [each.key for each in told] == [key]
    # What is no text must not be typed into the line that has the focus.
    assert [each.is_printable for each in told] == [len(sent) == 1 and sent.isprintable()]
