"""The hooks that a plugin may implement, as pluggy specifications.

A plugin is a module named by an entry point in the group `inkstand.plugins`. It marks functions
with `@hookimpl`; each may take fewer arguments than its specification, never others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

from inkstand_sdk.messages import Event, GenerateRecord, GenerateRequest
from inkstand_sdk.tool import ToolCall

if TYPE_CHECKING:
    from inkstand_sdk.backend import Backend
    from inkstand_sdk.embedder import Embedder
    from inkstand_sdk.reader import Reader
    from inkstand_sdk.source import ModelSource
    from inkstand_sdk.store import Store
    from inkstand_sdk.tool import Tool

__all__ = ["PROVIDERS", "TAKERS", "Event", "ToolCall", "hookimpl", "hookspec"]

PROJECT = "inkstand"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# Hooks that provide classes: kind in the index -> hook name.
PROVIDERS: dict[str, str] = {
    "backend": "inkstand_backends",
    "tool": "inkstand_tools",
    "reader": "inkstand_readers",
    "embedder": "inkstand_embedders",
    "store": "inkstand_stores",
    "source": "inkstand_sources",
}

# Hooks that take part in what the host does.
TAKERS: tuple[str, ...] = (
    "inkstand_before_generate",
    "inkstand_after_generate",
    "inkstand_before_tool",
    "inkstand_after_tool",
    "inkstand_event",
)


@hookspec
def inkstand_backends() -> Sequence[type[Backend]]:  # type: ignore[empty-body]
    """Give backend classes."""


@hookspec
def inkstand_tools() -> Sequence[type[Tool]]:  # type: ignore[empty-body]
    """Give tool classes."""


@hookspec
def inkstand_readers() -> Sequence[type[Reader]]:  # type: ignore[empty-body]
    """Give reader classes."""


@hookspec
def inkstand_embedders() -> Sequence[type[Embedder]]:  # type: ignore[empty-body]
    """Give embedder classes."""


@hookspec
def inkstand_stores() -> Sequence[type[Store]]:  # type: ignore[empty-body]
    """Give store classes."""


@hookspec
def inkstand_sources() -> Sequence[type[ModelSource]]:  # type: ignore[empty-body]
    """Give model source classes."""


@hookspec
def inkstand_before_generate(request: GenerateRequest) -> GenerateRequest | None:
    """Change a request before the model sees it; None leaves it as it is."""


@hookspec
def inkstand_after_generate(record: GenerateRecord) -> GenerateRecord | None:
    """See, or change, a finished generation; None leaves it as it is."""


@hookspec
def inkstand_before_tool(call: ToolCall) -> ToolCall | None:
    """Change a tool's input before it runs; None leaves it as it is."""


@hookspec
def inkstand_after_tool(call: ToolCall) -> ToolCall | None:
    """See, or change, a tool's output; None leaves it as it is."""


@hookspec
def inkstand_event(event: Event) -> None:
    """Be told what happened."""
