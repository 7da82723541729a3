"""How a worker that ended unasked is explained."""

from __future__ import annotations

import signal
from typing import Any

import msgspec

from inkstand.workers.process import WorkerProcess
from inkstand_sdk.errors import WorkerCrashed
from inkstand_sdk.worker.protocol import Read, RunTool

_WHILE = {
    "open": "its plugin was imported",
    "load": "it loaded the model",
    "generate": "it was writing",
    "count_tokens": "it counted tokens",
}


def doing(method: str, params: Any) -> str:
    """What a call does, to go after "while"."""
    if isinstance(params, RunTool):
        return f"the tool {params.tool} ran"
    if isinstance(params, Read):
        return f"the reader {params.reader} read"
    if method == "hook" and isinstance(params, msgspec.Struct):
        return f"the hook {getattr(params, 'hook', '')} ran"
    return _WHILE.get(method, f"it did {method!r}")


def crashed(process: WorkerProcess, title: str, activities: list[str]) -> WorkerCrashed:
    """The error for a process that is gone, with its signal or exit code and its last words."""
    code = process.return_code
    data: dict[str, Any] = {"pid": process.pid}
    if code is None:
        how = "closed its channel"
    elif code < 0:
        data["signal"] = -code
        how = f"was ended by {signal_name(-code)}"
    else:
        data["exit_code"] = code
        how = f"ended with exit code {code}"
    while_ = f" while {' and '.join(activities)}" if activities else ""
    return WorkerCrashed(
        f"The worker of {title} {how}{while_}.",
        process.killed_because or _likely_cause(code),
        f"Try again. What it said last is in {process.log}.",
        detail=process.log_tail(),
        **data,
    )


def signal_name(number: int) -> str:
    """A signal's name; "signal 99" for one that has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _likely_cause(code: int | None) -> str:
    if code is None or code >= 0:
        return "A plugin in it ended the process."
    name = signal_name(-code)
    if name == "SIGKILL":
        return "Something killed it: often the system, when memory runs out."
    if name in {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"}:
        return "Native code in it failed: a damaged model file, or a fault of the engine."
    return "Another program stopped it."
