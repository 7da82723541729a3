"""The application as a whole: it opens, shows its screens, tells news, and ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.css.query import NoMatches

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.messages import ManuscriptChanged, News


async def test_a_workspace_opens_on_the_screen_to_write_in(studio: Studio, book: Path) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert app.current_mode == "write"


async def test_whoever_subscribed_is_told_of_news_that_a_widget_posted(
    studio: Studio, book: Path, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test() as pilot:
        heard: list[News] = []
        app.news.subscribe(app.screen, heard.append)
        app.screen.post_message(ManuscriptChanged(book))
        await settled(pilot, lambda: heard)
        assert isinstance(heard[0], ManuscriptChanged)
        assert heard[0].files == (book,)


async def test_a_widget_that_was_half_built_when_it_ended_is_no_crash(
    studio: Studio, book: Path
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test():
        pass
    app._handle_exception(NoMatches())
    assert app.crash is None
    app._handle_exception(ValueError())
    assert isinstance(app.crash, ValueError)
