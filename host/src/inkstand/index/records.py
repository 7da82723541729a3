"""What the index tells the rest of the host: rows for people, descriptors for use."""

from __future__ import annotations

from typing import Literal

import msgspec

from inkstand_sdk.description import PluginDescription

State = Literal["ready", "broken", "refused", "disabled", "duplicate"]
SLOW_MS = 500.0
"""An import that takes longer than this is called slow."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry point of one distribution, in whatever state it is.

    `name` is the entry point's, or the distribution's where its entry points are not known;
    `provides` are its classes as "kind name"; `hooks` those that it takes part in; `cause` says
    on one line why it is not ready; `missing` is what a probe found not to be there; `fix` is
    what to do about either, a command where one exists; `heavy` are the slow libraries it
    imports; `notes` are sentences worth knowing.
    """

    name: str
    distribution: str
    state: State
    version: str = ""
    kinds: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    cause: str = ""
    missing: str = ""
    fix: str = ""
    traceback: str = ""
    import_ms: float = 0.0
    slow: bool = False
    heavy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    interpreter: str = ""


class Descriptor(PluginDescription, frozen=True, kw_only=True):
    """A plugin class that can be used, and where it is: what a worker needs to serve it.

    `fingerprint` changes when the distribution's files do, though its version may stay.
    """

    distribution: str
    version: str
    entry_point: str
    interpreter: str
    fingerprint: str = ""


class Details(Row, frozen=True, kw_only=True):
    """A row with the plugin classes behind it, as far as they can be used."""

    offers: tuple[Descriptor, ...] = ()


class Taker(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution that takes part in a hook, with the entry points that do.

    `fingerprint` is that of a `Descriptor`.
    """

    distribution: str
    version: str
    entry_points: tuple[str, ...]
    interpreter: str
    fingerprint: str = ""


class Progress(msgspec.Struct, frozen=True):
    """How far a refresh is: `done` of `total` distributions, and the one just finished."""

    done: int
    total: int
    distribution: str
