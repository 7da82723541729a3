"""Work that a widget begins and does not wait for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker

from inkstand.tui.app import InkstandApp


def begin(node: DOMNode, group: str, work: Callable[[], Awaitable[None]]) -> Worker[Any]:
    """Begin work in a group of a widget or screen; what that group did before is cancelled.

    What goes wrong is shown: whatever is wrong with one screen, the writing goes on.
    """

    async def guarded() -> None:
        try:
            await work()
        except Exception as error:
            app = node.app
            if not isinstance(app, InkstandApp):
                raise
            app.show_error(error)

    return node.run_worker(guarded, group=group, exclusive=True)
