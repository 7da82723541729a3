"""What ends the program from outside: a signal, a terminal or a web server that goes away."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.app import App

_LOOK_S = 1.0
"""How often it is looked whether the terminal is still there."""
_SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT")


def listen(app: App[None], save: Callable[[], None]) -> None:
    """Save and exit when one of them comes.

    Args:
        app: The application, in its running loop.
        save: Saves everything, in any thread.

    """
    loop = asyncio.get_running_loop()

    def end() -> None:
        save()
        app.exit()

    for name in _SIGNALS:
        # Windows has none of it, and a loop in another thread may not listen.
        with suppress(NotImplementedError, ValueError, RuntimeError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), end)
    if "INKSTAND_WEB_PARENT" in os.environ:
        server = int(os.environ["INKSTAND_WEB_PARENT"])
        app.set_interval(_LOOK_S, lambda: None if os.getppid() == server else end())
        # Textual begins as if the page were in the background, whatever the browser has said.
        app.call_after_refresh(app.post_message, events.AppFocus())
    elif not app.is_headless and _is_there():
        threading.Thread(
            target=_watch_terminal, args=(app, loop, save), name="terminal", daemon=True
        ).start()


def _is_there() -> bool:
    """Whether there is a terminal to read from (POSIX)."""
    try:
        import termios

        termios.tcgetattr(_input())
    except (ImportError, OSError, ValueError, termios.error):
        return False
    return True


def _input() -> int:
    if sys.__stdin__ is None:
        raise ValueError("There is no input.")
    return sys.__stdin__.fileno()


def _watch_terminal(
    app: App[None], loop: asyncio.AbstractEventLoop, save: Callable[[], None]
) -> None:
    """End when the terminal is gone; only the program it controls is told so by a signal.

    This is a thread, because the loop hangs once the screen cannot be written to any more.
    """
    pause = threading.Event()
    while _is_there():
        pause.wait(_LOOK_S)
        if loop.is_closed():
            return
    save()
    _let_go(app)
    with suppress(RuntimeError):  # the loop may have ended by itself
        loop.call_soon_threadsafe(app.exit)


def _let_go(app: App[None]) -> None:
    """Let nobody wait for room in a queue of Textual (8.2.8) that nothing is taken from."""
    writer = getattr(app._driver, "_writer_thread", None)  # noqa: SLF001
    queue = getattr(writer, "_queue", None)
    if queue is not None:
        with queue.mutex:
            queue.maxsize = sys.maxsize
            queue.not_full.notify_all()
