"""Keys in the order in which they were typed, whatever each of them opens.

Textual hands a key to what has the focus when it arrives, and does what it is bound to only when
it has come up to the app: text that is typed right behind a key that opens something would go
where that key was pressed. Here it waits until what was opened has the focus.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.app import ScreenStackError
from textual.events import Key, Paste

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.widget import Widget

_PATIENCE_S = 1.0
"""How long a key may take before the next one is not kept back any more."""

Typed = Key | Paste


class KeyOrder:
    """Keeps keys back while the one before may still lead somewhere else.

    Args:
        app: Whose keys these are.
        pass_on: Gives a key to what has the focus.

    """

    def __init__(self, app: App[Any], pass_on: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._pass_on = pass_on
        self._waiting: deque[Typed] = deque()
        self._following: asyncio.Task[None] | None = None

    async def take(self, typed: Typed) -> None:
        """Pass a key on now, or after those that wait."""
        self._waiting.append(typed)
        if self._following is None:
            await self._next()

    async def _next(self) -> None:
        """Pass on what waits, up to a key that may lead somewhere else."""
        self._following = None
        while self._waiting and self._following is None:
            typed, focused = self._waiting.popleft(), self._app.focused
            await self._pass_on(typed)
            if isinstance(typed, Key) and not _stays(typed, focused):
                self._following = asyncio.create_task(self._follow(focused))

    async def _follow(self, focused: Widget | None) -> None:
        try:
            with suppress(TimeoutError, ScreenStackError):
                await asyncio.wait_for(self._done(focused), _PATIENCE_S)
        finally:
            self._app.call_later(self._next)

    async def _done(self, focused: Widget | None) -> None:
        """Until a key that was given to a widget was handled by all it can have come to."""
        for pump in self._way(focused):
            await _idle(pump.call_later)
        if self._app.screen_stack:
            # What a key opened is shown first, and has the focus then.
            await _idle(self._app.screen.call_later)
            await _idle(self._app.screen.call_after_refresh)
            await _idle(self._app.call_later)

    def _way(self, focused: Widget | None) -> Iterator[MessagePump]:
        """What a key goes through: the widget, what it is in, the app."""
        yield from (focused or self._app.screen).ancestors_with_self
        yield self._app


def _stays(key: Key, focused: Widget | None) -> bool:
    """Whether a key is done where it was typed, and not when it has come up to the app."""
    if focused is None:
        return False
    if focused.check_consume_key(key.key, key.character):
        return True
    *modifiers, name = key.key.split("+")
    return name in getattr(focused, "IN_PLACE", ()) and "alt" not in modifiers


async def _idle(call: Callable[[Callable[[], None]], bool]) -> None:
    """Until what waits there now was done."""
    done = asyncio.Event()
    if call(done.set):
        await done.wait()
