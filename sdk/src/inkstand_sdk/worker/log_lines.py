"""Log records as lines of JSON that carry the id of the request they belong to.

A worker's standard error is its log. What native code prints there stays as it is; what plugins
say through `logging` becomes one JSON object a line, which `inkstand logs` sorts and filters.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec
from msgspec import Raw

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that this thread works for; "" for none."""
LEVELS = ("debug", "info", "warning", "error")
_MOST_CHARACTERS = 20_000
_WITH_ID = ("generate", "run_tool", "hook")


class LogLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a log. `time` is UTC (ISO 8601, microseconds), so lines sort as text.

    `level` is one of `LEVELS`, or "raw" for a line that a program printed without one; `request`
    the id of a generation, `run` that of a tool's run; `detail` a traceback.
    """

    time: str
    level: str
    message: str
    source: str = ""
    request: str = ""
    run: str = ""
    pid: int = 0
    detail: str = ""
    data: dict[str, Any] = {}


def timestamp(at: float) -> str:
    """Seconds since the epoch as `LogLine.time` has them."""
    whole = int(at)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return f"{text}.{int((at - whole) * 1_000_000):06d}Z"


def encoded(line: LogLine) -> bytes:
    """The line as bytes that end in a line feed. What JSON cannot hold is written as text."""
    try:
        return msgspec.json.encode(line, enc_hook=str) + b"\n"
    # Lone surrogates, keys of odd types: a log takes whatever it is given.
    except (TypeError, ValueError, UnicodeError):
        plain = {name: _plain(getattr(line, name)) for name in ("message", "detail", "source")}
        return msgspec.json.encode(msgspec.structs.replace(line, **plain, data={})) + b"\n"


def of_record(record: logging.LogRecord) -> LogLine:
    """A record of the standard library's `logging` as a line."""
    try:
        message = record.getMessage()
    # A record whose arguments do not fit its message is a mistake of whoever made it.
    except (TypeError, ValueError, KeyError) as error:
        message = f"{record.msg!s} ({error})"
    detail = ""
    if record.exc_info and record.exc_info[0] is not None:
        detail = logging.Formatter().formatException(record.exc_info)
    return LogLine(
        time=timestamp(record.created),
        level=_level(record.levelno),
        message=message[:_MOST_CHARACTERS],
        source=record.name,
        request=REQUEST.get(),
        pid=record.process or 0,
        detail=detail[:_MOST_CHARACTERS],
    )


class JsonLines(logging.Handler):
    """Writes records to a descriptor, each line with one write."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a log that takes no more is nobody's error."""
        try:
            os.write(self._descriptor, encoded(of_record(record)))
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say nothing: there is nowhere left to say it."""


def log_to(descriptor: int) -> None:
    """Send what this process logs to `descriptor`: warnings, and what `heed` was told of."""
    root = logging.getLogger()
    root.addHandler(JsonLines(descriptor))
    root.setLevel(logging.WARNING)
    heed(("inkstand_sdk",))


def heed(modules: Iterable[str]) -> None:
    """Take what those modules log from INFO on, and with INKSTAND_DEBUG=1 from DEBUG on.

    Not the libraries under them: some log addresses with passwords in them at INFO, and the texts
    that they are given at DEBUG.
    """
    level = logging.DEBUG if os.environ.get("INKSTAND_DEBUG") == "1" else logging.INFO
    for name in {module.partition(".")[0] for module in modules} - {""}:
        logging.getLogger(name).setLevel(level)


@contextmanager
def serving(method: str, params: Raw) -> Iterator[None]:
    """Give what this thread logs in the context the id of the request that a call is made for."""
    request = _id_of(method, params) if method in _WITH_ID else ""
    if not request:
        yield
        return
    log = logging.getLogger("inkstand_sdk.worker")
    token = REQUEST.set(request)
    began = time.perf_counter()
    log.debug("%s begins", method)
    try:
        yield
    finally:
        log.info("%s ended after %.1f ms", method, (time.perf_counter() - began) * 1000)
        REQUEST.reset(token)


class _Named(msgspec.Struct):
    """The id in whatever a call is made for: a request's own, or that of a record's request."""

    id: str = ""
    request: _Named | None = None
    body: Raw = Raw()


def _id_of(method: str, params: Raw) -> str:
    try:
        named = msgspec.msgpack.decode(params, type=_Named)
        if method == "hook":
            named = msgspec.msgpack.decode(named.body, type=_Named)
    except msgspec.MsgspecError:
        return ""  # the call itself says what is wrong with its parameters
    return named.id or (named.request.id if named.request is not None else "")


def _level(number: int) -> str:
    return LEVELS[min(max(number // 10, 1), 4) - 1]


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
