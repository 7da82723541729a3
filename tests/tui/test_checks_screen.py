"""The screen of findings: checked, jumped to, mended beside, ignored, and remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.checks.options import CheckOptions
from inkstand.tui.checks.which import is_check
from inkstand.tui.choices import Choices
from inkstand.tui.screens.checks import ChecksScreen
from inkstand.tui.screens.write import WriteScreen

EYES = {"continuity": {"kinds": ["eye_color", "kinship"]}}


async def open_checks(pilot: Any, ready: Any) -> ChecksScreen:
    await ready(pilot)
    await pilot.press("f4")
    screen = pilot.app.screen
    assert isinstance(screen, ChecksScreen)
    screen._values = dict(EYES)
    return screen


async def check(pilot: Any, screen: ChecksScreen, settled: Any) -> None:
    """Check, and wait until it is shown."""
    await pilot.press("r")
    await settled(pilot, lambda: screen.runs and not screen.is_at_work and screen.finding)


def keys(screen: ChecksScreen) -> list[str]:
    return [choice.key for choice in screen.query_one("#findings", Choices)._shown if choice.key]


def test_a_tool_is_a_check_by_the_findings_of_its_output(studio: Studio) -> None:
    names = {tool.name for tool in studio.tools() if is_check(tool)}
    assert "continuity" in names
    assert "summarizer" not in names


async def test_before_it_is_checked_the_screen_says_what_to_do(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await settled(pilot, lambda: screen.has_class("-empty"))
        await pilot.press("i", "f", "u", "v", "enter")
        assert app.screen is screen


async def test_enter_on_either_passage_jumps_to_it(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        for place, (file, words) in enumerate(
            [
                ("01-the-blank-column.md", "Connie Tuddenham’s grey"),
                ("05-counterfoils.md", "Connie’s b"),
            ]
        ):
            screen = await open_checks(pilot, ready)
            if not screen.runs:
                await check(pilot, screen, settled)
            assert screen.finding is not None
            assert screen.finding.kind == "eye_color"
            await screen.action_reach_list()
            await pilot.press("enter", *["down"] * place, "enter")
            await settled(pilot, lambda: isinstance(app.screen, WriteScreen))
            write = app.screen
            assert isinstance(write, WriteScreen)
            editor = write.text_pane.editor
            await settled(pilot, lambda: editor.file == book / "manuscript" / file)  # noqa: B023
            assert editor.text[editor.cursor :].startswith(words)


async def test_a_finding_is_ignored_in_the_workspace_shown_again_and_that_is_undone(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    settings = book / "inkstand.toml"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await check(pilot, screen, settled)
        assert screen.finding is not None
        id = screen.finding.id
        await pilot.press("i")
        await settled(pilot, lambda: id not in keys(screen))
        assert id in settings.read_text("utf-8")
        await pilot.press("v")
        await settled(pilot, lambda: id in keys(screen))
        await pilot.press("v", "u")
        await settled(pilot, lambda: id in keys(screen))
        assert id not in settings.read_text("utf-8")


async def test_a_passage_is_mended_beside_and_the_findings_are_old_then(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    file = book / "manuscript" / "01-the-blank-column.md"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await check(pilot, screen, settled)
        assert not screen.is_old
        await pilot.press("f")
        await settled(pilot, lambda: screen.editor and screen.editor.has_focus_within)
        # Letters are text now: r checks nothing, and f opens nothing.
        await pilot.press("r", "f", "i", "space")
        await pilot.press("escape")
        await settled(pilot, lambda: "rfi Connie Tuddenham’s grey" in file.read_text("utf-8"))
        await settled(pilot, lambda: screen.is_old)
        assert not screen.ignored


async def test_findings_are_remembered_by_the_next_run_and_not_old(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await check(pilot, screen, settled)
        found = keys(screen)
    with Studio(book) as again:
        app = InkstandApp(again, book)
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await open_checks(pilot, ready)
            await settled(pilot, lambda: keys(screen) == found)
            assert not screen.is_old


async def test_a_scene_that_was_deleted_meanwhile_is_said(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await check(pilot, screen, settled)
        (book / "manuscript" / "05-counterfoils.md").unlink()
        await pilot.press("enter", "down", "enter")
        await settled(pilot, lambda: len(app._notifications))
        assert app.screen is screen


async def test_words_that_are_gone_are_said_and_their_place_is_shown(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    file = book / "manuscript" / "05-counterfoils.md"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await check(pilot, screen, settled)
        file.write_text(file.read_text("utf-8").replace("brown eyes", "grey eyes"), "utf-8")
        await pilot.press("enter", "down", "enter")
        await settled(pilot, lambda: isinstance(app.screen, WriteScreen))
        assert any("not there any more" in each.message for each in app._notifications)


async def test_escape_stops_a_check_and_what_was_found_stays(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await pilot.press("r", "escape")
        await settled(pilot, lambda: not screen.is_at_work)
        assert not screen.runs
        await check(pilot, screen, settled)
        assert screen.runs


async def test_what_to_look_for_is_chosen_in_the_form_of_the_tool(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_checks(pilot, ready)
        await pilot.press("o")
        await settled(pilot, lambda: isinstance(app.screen, CheckOptions))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: screen.runs and not screen.is_at_work)
        assert screen.runs[0].values["kinds"] == ["eye_color", "kinship"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_how_it_looks(
    studio: Studio,
    book: Path,
    ready: Any,
    settled: Any,
    snapshot: Any,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    monkeypatch.setattr("inkstand.tui.screens.checks.shown", lambda _at: "14:02")
    app = InkstandApp(studio, book)
    async with app.run_test(size=size) as pilot:
        screen = await open_checks(pilot, ready)
        await check(pilot, screen, settled)
        snapshot(app, "checks")
