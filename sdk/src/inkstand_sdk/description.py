"""What the plugin index knows of plugins, as Structs: how a describing child answers the host.

The child writes one JSON message a line: where it is (`Stage`), so that a child that dies can be
said to have died there, and then what it found.
"""

from __future__ import annotations

import os
from typing import Any

import msgspec

from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import Probe
from inkstand_sdk.errors import ErrorInfo
from inkstand_sdk.settings import Field

KINDS = ("backend", "tool", "reader", "embedder", "store", "source")
"""The kinds of plugin classes, in the order they are listed."""


def modified_ns(path: str) -> int:
    """When a file or folder was last modified, in ns since the epoch; -1 if it is not there."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - called by the hundred, Path is slower
    except OSError:
        return -1


class Stage(msgspec.Struct, frozen=True, tag="stage"):
    """What the child is about to do, such as "importing inkstand_echo"."""

    doing: str


class Offer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A distribution with entry points in the group `inkstand.plugins`.

    `requires` are its requirements on inkstand-sdk; `watched` the files whose change means that
    it must be described anew, each with its modification time in ns (-1: not there);
    `dependencies` what is installed of what it requires, for the same purpose; `error` why its
    metadata cannot be read, "" if it can.
    """

    distribution: str
    version: str = ""
    entry_points: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    watched: dict[str, int] = msgspec.field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    error: str = ""


class Environment(msgspec.Struct, frozen=True, kw_only=True, tag="environment"):
    """What is installed in one interpreter's environment.

    `paths` is its `sys.path`, each entry with its modification time in ns from before it was
    read (-1: not there). `installed` is a digest of everything that is installed.
    """

    sdk: str
    python: str
    paths: dict[str, int]
    installed: str = ""
    offers: tuple[Offer, ...] = ()


class PluginDescription(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One plugin class: all that a face needs to show and use it without importing it.

    `fields` and `settings_schema` describe its `Settings`; `input_*` and `output_schema` are a
    tool's; `models` are a model source's.
    """

    kind: str
    name: str
    title: str
    summary: str = ""
    capabilities: dict[str, Any] = msgspec.field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    settings_schema: dict[str, Any] = msgspec.field(default_factory=dict)
    input_fields: tuple[Field, ...] = ()
    input_schema: dict[str, Any] = msgspec.field(default_factory=dict)
    output_schema: dict[str, Any] = msgspec.field(default_factory=dict)
    probe: Probe = Probe()
    models: tuple[Model, ...] = ()


class EntryPointDescription(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="entry_point"
):
    """What one entry point gives, or the error that broke it.

    `import_ms` are the milliseconds that its import took; `heavy` names libraries known to be
    slow to import, which it imported.
    """

    name: str
    plugins: tuple[PluginDescription, ...] = ()
    takers: tuple[str, ...] = ()
    import_ms: float = 0.0
    heavy: tuple[str, ...] = ()
    error: ErrorInfo | None = None


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The child has said everything."""


Message = Stage | Environment | EntryPointDescription | Done
