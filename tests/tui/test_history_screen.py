"""The screen of what texts were: diffs, restoring, deleted texts, proposals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.proposals.diff import ProposalDiff
from inkstand.tui.screens.history import HistoryScreen
from inkstand.workspace.proposal_store import Proposal
from inkstand.workspace.textfile import TextFile

LOFT = "manuscript/04-the-loft.md"


def save(studio: Studio, name: str, old: str, new: str) -> None:
    desk = studio.desk()
    path = desk.workspace.root / name
    now = TextFile.read(path)
    assert old in now.text
    desk.saver.save(path, now.text.replace(old, new, 1), basis=now)


@pytest.fixture
def saved(studio: Studio, book: Path) -> Path:
    """The loft, saved twice: "Shoes" became "Boots", and the quay an old one."""
    save(studio, LOFT, "“Shoes,”", "“Boots,”")
    save(studio, LOFT, "the quay", "the old quay")
    return book / LOFT


async def open_history(pilot: Any, ready: Any, settled: Any) -> HistoryScreen:
    await ready(pilot)
    await pilot.press("f5")
    screen = pilot.app.screen
    assert isinstance(screen, HistoryScreen)
    return screen


async def to_snapshots(pilot: Any, screen: HistoryScreen, settled: Any, name: str = LOFT) -> None:
    """Open a text in the list, and go to the latest that it was."""
    await settled(pilot, lambda: any(text.name == name for text in screen.listing.texts))
    screen.choices.focus()
    screen.choices.point_at(f"text {name}")
    await pilot.press("enter")
    await settled(pilot, lambda: screen.listing.open == name)
    await pilot.press("down")


async def test_what_changed_since_a_snapshot_is_shown_word_by_word(
    studio: Studio, book: Path, saved: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_history(pilot, ready, settled)
        await to_snapshots(pilot, screen, settled)
        await settled(pilot, lambda: screen.shown and screen.shown.said == "It is the same now.")
        await pilot.press("down")
        await settled(pilot, lambda: screen.shown and "+1 −0" in screen.shown.said)
        await pilot.press("down")
        await settled(pilot, lambda: screen.shown and "+2 −1" in screen.shown.said)
        assert screen.shown is not None
        kinds = [(each.kind, each.text) for each in screen.shown.stretches]
        assert ("removed", "Shoes") in kinds
        assert ("added", "Boots") in kinds
        await pilot.press("c")
        await settled(pilot, lambda: screen.shown and "first text" in screen.shown.said)
        await pilot.press("c")
        await settled(pilot, lambda: screen.shown and "as it was then" in screen.shown.said)
        assert "Shoes" in screen.shown.stretches[0].text


async def test_a_text_is_restored_in_the_editor_too_and_that_is_undone(
    studio: Studio, book: Path, saved: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert app.write_screen is not None
        await app.write_screen.show_passage(saved, 0)
        screen = await open_history(pilot, ready, settled)
        editor = app.write_screen.text_pane.editor
        await settled(pilot, lambda: len(screen.listing.snapshots) == 3)
        await settled(pilot, lambda: screen.choices.key.startswith("snapshot"))
        await pilot.press("down", "down", "r")
        await settled(pilot, lambda: "“Shoes,”" in saved.read_text("utf-8"))
        await settled(pilot, lambda: "“Shoes,”" in editor.text)
        await settled(pilot, lambda: len(screen.listing.snapshots) == 4)
        await pilot.press("u")
        await settled(pilot, lambda: "the old quay" in saved.read_text("utf-8"))
        await settled(pilot, lambda: "the old quay" in editor.text)


async def test_what_is_typed_and_not_saved_is_kept_when_a_text_is_restored(
    studio: Studio, book: Path, saved: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert app.write_screen is not None
        await app.write_screen.show_passage(saved, 0)
        editor = app.write_screen.text_pane.editor
        editor.goto(editor.text.index("“Boots"))
        await pilot.press("Q", "Q")
        screen = await open_history(pilot, ready, settled)
        await to_snapshots(pilot, screen, settled) if not screen.listing.open else None
        await settled(pilot, lambda: screen.choices.key.startswith("snapshot"))
        await pilot.press("end", "r")
        await settled(pilot, lambda: "“Shoes,”" in saved.read_text("utf-8"))
        texts = [studio.desk().history.data(each.sha256) for each in studio.desk().history.of(LOFT)]
        assert any("QQ“Boots".encode() in text for text in texts)


async def test_a_deleted_text_is_brought_back(
    studio: Studio, book: Path, saved: Path, ready: Any, settled: Any
) -> None:
    saved.unlink()
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_history(pilot, ready, settled)
        await settled(pilot, lambda: "Deleted" in screen.choices.plain)
        screen.choices.point_at(f"text {LOFT}")
        await pilot.press("r")
        await settled(pilot, saved.exists)
        assert "the old quay" in saved.read_text("utf-8")
        await settled(pilot, lambda: "Deleted" not in screen.choices.plain)


async def test_a_text_that_is_deleted_while_it_is_shown_is_shown_as_it_was(
    studio: Studio, book: Path, saved: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_history(pilot, ready, settled)
        await to_snapshots(pilot, screen, settled)
        saved.unlink()
        await pilot.press("down")
        await settled(pilot, lambda: screen.shown and screen.shown.said.startswith("Deleted"))


@pytest.mark.skipif("os.name == 'nt' or os.geteuid() == 0", reason="everything may be written")
async def test_a_folder_that_may_not_be_written_is_said_and_costs_nothing(
    studio: Studio, book: Path, saved: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_history(pilot, ready, settled)
        await to_snapshots(pilot, screen, settled)
        saved.parent.chmod(0o555)
        try:
            await pilot.press("down", "down", "r")
            await settled(pilot, lambda: app._notifications)
        finally:
            saved.parent.chmod(0o755)
        assert "“Boots,”" in saved.read_text("utf-8")


async def test_a_file_that_is_marked_read_only_is_said_and_left_alone(
    studio: Studio, book: Path, saved: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_history(pilot, ready, settled)
        await to_snapshots(pilot, screen, settled)
        saved.chmod(0o444)
        await pilot.press("down", "down", "r")
        await settled(
            pilot, lambda: any("read-only" in each.message for each in app._notifications)
        )
        assert "“Boots,”" in saved.read_text("utf-8")


async def test_a_proposal_is_accepted_by_sentence_and_leaves_the_list(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    desk = studio.desk()
    path = book / LOFT
    text = TextFile.read(path).text
    at = text.index("“Shoes,”")
    made = Proposal(file="", text="“Slippers,”", tool="continue", title="Softer shoes")
    desk.proposals.add(path, (at, at + len("“Shoes,”")), made, seen=text)
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_history(pilot, ready, settled)
        await settled(pilot, lambda: screen.listing.proposals)
        screen.choices.point_at(f"proposal {screen.listing.proposals[0].id}")
        await settled(pilot, lambda: list(screen.query(ProposalDiff)))
        await pilot.press("enter")
        diff = screen.query_one(ProposalDiff)
        await settled(pilot, lambda: diff.proposal and diff.has_focus_within)
        await pilot.press("s", "a")
        await settled(pilot, lambda: "“Slippers,”" in path.read_text("utf-8"))
        await settled(pilot, lambda: not screen.listing.proposals)


async def test_without_any_history_the_screen_says_what_to_do(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_history(pilot, ready, settled)
        await settled(pilot, lambda: screen.has_class("-empty"))
        await pilot.press("r", "u", "c", "o", "enter")
        assert app.screen is screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_how_it_looks(
    studio: Studio,
    book: Path,
    saved: Path,
    ready: Any,
    settled: Any,
    snapshot: Any,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    monkeypatch.setattr("inkstand.tui.history.past_rows.shown", lambda _at: "14:02")
    monkeypatch.setattr("inkstand.tui.screens.history.shown", lambda _at: "14:02")
    app = InkstandApp(studio, book)
    async with app.run_test(size=size) as pilot:
        screen = await open_history(pilot, ready, settled)
        await to_snapshots(pilot, screen, settled)
        await pilot.press("down", "down")
        await settled(pilot, lambda: screen.shown and "+2 −1" in screen.shown.said)
        snapshot(app, "history")
