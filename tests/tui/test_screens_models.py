"""The screens of models and of usage, with the pocket model at work."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from textual.app import App
from textual.widgets import DataTable

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.charts import DayChart
from inkstand.tui.model_measuring import Measuring
from inkstand.tui.screens.models import ModelsScreen
from inkstand.tui.screens.usage import UsageScreen, written_by_day
from inkstand.tui.styled_table import StyledTable
from inkstand.workspace.counts import DayCount
from inkstand_sdk.errors import InkstandError


async def opened(pilot: Any, settled: Any) -> ModelsScreen:
    """The screen, its models listed."""
    await pilot.press("f6")
    await settled(pilot, lambda: isinstance(pilot.app.screen, ModelsScreen))
    screen: ModelsScreen = pilot.app.screen
    await settled(pilot, lambda: screen.models and screen.backends)
    return screen


async def test_a_model_is_measured_its_worker_seen_and_stopped(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled)
        assert [each.model.id for each in screen.models] == ["pocket"]
        await pilot.press("t")
        measuring = screen.query_one(Measuring)
        await settled(pilot, lambda: measuring.results, seconds=60)
        result = measuring.results[0]
        assert not isinstance(result, InkstandError)
        assert result.tokens_per_second > 0
        await settled(pilot, lambda: any("pocket" in each.title for each in screen.live))
        workers = screen.query_one("#models-workers", StyledTable)
        at = next(at for at, each in enumerate(screen.live) if "pocket" in each.title)
        workers.move_cursor(row=at)
        pid = screen.live[at].pid
        await pilot.press("s")
        await settled(pilot, lambda: all(each.pid != pid for each in screen.live))


async def test_a_comparison_needs_two_and_tells_of_a_model_that_cannot_answer(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    folder = studio.directories.data / "models"
    folder.mkdir(parents=True)
    (folder / "torn.gguf").write_bytes(b"GGUF" + bytes(20))
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = await opened(pilot, settled)
        await pilot.press("c")
        assert not screen.query_one(Measuring).display
        names = [each.model.id for each in screen.models]
        assert "torn" in names
        screen.query_one("#models-list", StyledTable).move_cursor(row=names.index("torn"))
        await pilot.press("t")
        measuring = screen.query_one(Measuring)
        await settled(pilot, lambda: measuring.results or len(app._notifications) > 1)
        assert all(isinstance(each, InkstandError) for each in measuring.results)


async def test_the_model_that_writes_by_default_is_chosen_with_one_key(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await opened(pilot, settled)
        await pilot.press("d")
        await settled(pilot, lambda: studio.config.models.default == "pocket")


async def test_usage_shows_what_models_wrote(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    assert studio.generate("The ferry came in", max_tokens=8).result.text
    studio.usage.totals()  # the row is written before it is asked for
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("f8")
        await settled(pilot, lambda: isinstance(app.screen, UsageScreen))
        screen = app.screen
        table = screen.query_one(DataTable)
        await settled(pilot, lambda: table.row_count == 1 and str(table.get_row_at(0)[6]) == "8")
        assert str(table.get_row_at(0)[0]) == "llamacpp:pocket"
        chart = screen.query_one("#tokens", DayChart)
        assert sum(chart._values) == 8
        await pilot.press("b", "b")
        today = dt.date.today().isoformat()  # noqa: DTZ011  the writer's own day
        await settled(pilot, lambda: table.row_count and str(table.get_row_at(0)[0]) == today)


async def test_a_row_keeps_the_cursor_by_its_key_where_another_is_called_the_same() -> None:
    table = StyledTable("Name", "From")
    app = App[None]()
    async with app.run_test():
        await app.mount(table)
        table.show([("scenes", "one"), ("scenes", "two")], [1, 2])
        table.move_cursor(row=1)
        table.show([("first", "new"), ("scenes", "one"), ("Scenes", "two")], [0, 1, 2])
        assert table.cursor_row == 2
        table.show([("first", "new")], [0])
        assert table.cursor_row == 0


def test_words_of_a_day_are_those_that_it_added() -> None:
    days = [
        DayCount(day=f"2026-11-{day}", words=words)
        for day, words in ((18, 900), (19, 1200), (21, 1150))
    ]
    assert written_by_day(days) == {"2026-11-19": 300, "2026-11-21": -50}
    assert written_by_day(days[:1]) == {}
