"""Serving all tools, readers and hook takers of one distribution, each call in its own thread."""

from __future__ import annotations

import threading
import traceback
from pathlib import Path
from typing import Any

import msgspec

from inkstand_sdk import hookspecs
from inkstand_sdk.errors import InkstandError, NotFound, PluginError
from inkstand_sdk.loading import LoadedPlugins
from inkstand_sdk.messages import GenerateRecord, GenerateRequest
from inkstand_sdk.reader import Reading
from inkstand_sdk.settings import build
from inkstand_sdk.worker.blame import blamed
from inkstand_sdk.worker.peer import Incoming, Peer
from inkstand_sdk.worker.progress import ProgressItems
from inkstand_sdk.worker.protocol import Hook, Read, RunTool
from inkstand_sdk.worker.remote_context import remote_context

# The one argument of each hook that takes part: its name and its type.
HOOK_BODIES: dict[str, tuple[str, type[msgspec.Struct]]] = {
    "inkstand_before_generate": ("request", GenerateRequest),
    "inkstand_after_generate": ("record", GenerateRecord),
    "inkstand_before_tool": ("call", hookspecs.ToolCall),
    "inkstand_after_tool": ("call", hookspecs.ToolCall),
    "inkstand_event": ("event", hookspecs.Event),
}


class ToolService:
    """The tools, readers and hook takers of one distribution."""

    def __init__(self, plugins: LoadedPlugins, peer: Peer) -> None:
        self._plugins = plugins
        self._peer = peer
        self._classes: dict[str, dict[str, type[Any]]] = {}
        self._finding = threading.Lock()

    def methods(self) -> dict[str, Any]:
        """The calls that it answers."""
        return {"run_tool": self.run_tool, "read": self.read, "hook": self.hook}

    def run_tool(self, incoming: Incoming) -> Any:
        """Run a tool; the output as plain values."""
        wanted: RunTool = incoming.params(RunTool)
        cls = self._find("tool", wanted.tool)
        subject = f"The tool {cls.name} of {self._plugins.distribution}"
        given = build(cls.Input, wanted.input, what=f"input of {cls.name}")
        settings = build(cls.Settings, wanted.settings, what=f"{cls.name} setting")
        ctx = remote_context(self._peer, incoming, wanted.engine, settings)
        try:
            output = cls().run(given, ctx)
            return _checked(output, cls.Output, subject)
        except BaseException as error:
            raise blamed(subject, error) from error

    def read(self, incoming: Incoming) -> Reading:
        """Read a manuscript."""
        wanted: Read = incoming.params(Read)
        cls = self._find("reader", wanted.reader)
        subject = f"The reader {cls.name} of {self._plugins.distribution}"
        settings = build(cls.Settings, wanted.settings, what=f"{cls.name} setting")
        try:
            reader = cls()
            reader.cache = Path(wanted.cache) if wanted.cache else None
            reading = reader.read(wanted.manuscript, settings, ProgressItems(incoming))
        except BaseException as error:
            raise blamed(subject, error) from error
        if not isinstance(reading, Reading):
            raise PluginError(f"{subject} gave {type(reading).__name__} instead of a Reading.")
        return reading

    def hook(self, incoming: Incoming) -> Any:
        """Ask each implementation in turn, each given the last one's result; None if all gave None.

        One that fails is skipped and given as an item; if all fail, the first failure is raised.
        """
        wanted: Hook = incoming.params(Hook)
        if wanted.hook not in HOOK_BODIES:
            raise NotFound(f"There is no hook {wanted.hook!r} to take part in.")
        argument, kind = HOOK_BODIES[wanted.hook]
        value: Any = msgspec.msgpack.decode(wanted.body, type=kind)
        subject = f"The hook {wanted.hook} of {self._plugins.distribution}"
        changed = False
        failures: list[InkstandError] = []
        caller = getattr(self._plugins.manager.hook, wanted.hook)
        implementations = list(reversed(caller.get_hookimpls()))
        for implementation in implementations:
            arguments = [value] if argument in implementation.argnames else []
            try:
                answer = implementation.function(*arguments)
                if answer is not None and kind is not hookspecs.Event:
                    value = _checked_struct(answer, kind, subject)
                    changed = True
            # Each implementation is guarded: one plugin's mistake is not another's.
            except BaseException as error:  # noqa: BLE001
                failures.append(blamed(subject, error))
        if failures and len(failures) == len(implementations):
            raise failures[0]
        for failure in failures:
            traceback.print_exception(failure)
            incoming.item(failure.to_info())
        return value if changed else None

    def _find(self, kind: str, name: str) -> Any:
        with self._finding:
            if kind not in self._classes:
                self._classes[kind] = self._plugins.providers(kind)
        if name not in self._classes[kind]:
            raise NotFound(
                f"{self._plugins.distribution} has no {kind} {name!r}.",
                f"It has: {', '.join(sorted(self._classes[kind])) or 'none'}.",
                "Refresh what Inkstand knows of its plugins: inkstand plugins refresh",
            )
        return self._classes[kind][name]


def _checked(output: Any, kind: type[msgspec.Struct], subject: str) -> Any:
    """A tool's output as plain values, if it is what its Struct says."""
    if not isinstance(output, kind):
        raise PluginError(f"{subject} gave {type(output).__name__} instead of {kind.__name__}.")
    try:
        plain = msgspec.to_builtins(output)
        msgspec.convert(plain, kind)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise PluginError(
            f"{subject} gave a {kind.__name__} that is not valid: {error}.",
            "This is a mistake in the plugin, not in what you asked.",
        ) from error
    return plain


def _checked_struct(answer: Any, kind: type[msgspec.Struct], subject: str) -> Any:
    if not isinstance(answer, kind):
        raise PluginError(f"{subject} gave {type(answer).__name__} instead of {kind.__name__}.")
    try:
        return msgspec.convert(msgspec.to_builtins(answer), kind)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise PluginError(
            f"{subject} gave a {kind.__name__} that is not valid: {error}."
        ) from error
