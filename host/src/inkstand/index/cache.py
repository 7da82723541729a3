"""The index on disk: one JSON file, valid as long as its modification times are.

The file is a cache: one that is damaged, or written by another version, counts as not there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from inkstand import __version__, atomic
from inkstand_sdk import __version__ as sdk_version
from inkstand_sdk.description import EntryPointDescription, Offer, modified_ns
from inkstand_sdk.errors import ErrorInfo

FILE_NAME = "plugins.json"
WRITER = f"inkstand {__version__}, inkstand-sdk {sdk_version}, index 2"


BackendSettings = dict[str, dict[str, Any]]
"""Backends' settings by the backend's name: only those that a probe is told of."""


class KnownDistribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A distribution and what was learned of it.

    `refused` says why its requirement on the SDK excludes ours; `failure` how its child ended
    instead of describing every entry point; `printed` is how many bytes it wrote to stdout and
    stderr; `described` is false if nobody has asked it yet, such as while it is disabled; `told`
    is what it was told of the user's settings for its backends.
    """

    offer: Offer
    refused: str = ""
    described: bool = False
    entry_points: tuple[EntryPointDescription, ...] = ()
    failure: ErrorInfo | None = None
    printed: int = 0
    told: BackendSettings = msgspec.field(default_factory=dict)

    def concerned(self, settings: BackendSettings) -> BackendSettings:
        """Those of `settings` that are of its backends, and that a probe is told."""
        names = {
            plugin.name
            for point in self.entry_points
            for plugin in point.plugins
            if plugin.kind == "backend"
        }
        return {name: settings[name] for name in sorted(names & settings.keys())}

    @property
    def settled(self) -> bool:
        """Whether asking again would give the same answer while its files are the same."""
        return self.failure is None and all(
            point.error is None and all(plugin.probe.ok for plugin in point.plugins)
            for point in self.entry_points
        )


class KnownEnvironment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One interpreter's environment: its `sys.path` with modification times, and its plugins.

    `error` says why it could not be listed; `watched` is then what to look at for a change.
    """

    interpreter: str
    sdk: str = ""
    installed: str = ""
    watched: dict[str, int] = msgspec.field(default_factory=dict)
    distributions: tuple[KnownDistribution, ...] = ()
    error: ErrorInfo | None = None

    @property
    def changed(self) -> bool:
        """Whether something was installed or removed since."""
        return any_modified(self.watched)


class KnownPlugins(msgspec.Struct, frozen=True, kw_only=True):
    """All that the index knows, for the interpreters in the order in which they count."""

    writer: str = WRITER
    environments: tuple[KnownEnvironment, ...] = ()

    def environment(self, interpreter: str) -> KnownEnvironment | None:
        """What is known of one interpreter."""
        found = (each for each in self.environments if each.interpreter == interpreter)
        return next(found, None)


def read(folder: Path) -> KnownPlugins | None:
    """The cached index; None if there is none that can be used."""
    try:
        known = msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=KnownPlugins)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return known if known.writer == WRITER else None


def write(folder: Path, known: KnownPlugins) -> None:
    """Replace the cached index.

    Raises:
        OSError: the folder cannot be written to.

    """
    folder.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(folder / FILE_NAME, msgspec.json.encode(known))


def any_modified(watched: Mapping[str, int]) -> bool:
    """Whether a file is not as old as it was, or came, or went."""
    return any(modified_ns(path) != before for path, before in watched.items())


def places_of(interpreter: str) -> Iterator[str]:
    """What to watch of an environment that could not be listed, to see when it is mended."""
    yield interpreter
    prefix = Path(interpreter).parent.parent
    pattern = "Lib/site-packages" if sys.platform == "win32" else "lib/python3*/site-packages"
    yield from (str(path) for path in sorted(prefix.glob(pattern)))
