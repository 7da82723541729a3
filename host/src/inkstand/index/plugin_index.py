"""PluginIndex: which plugins there are, which of them can be used, and why the others cannot."""

from __future__ import annotations

import difflib
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from inkstand.index import cache
from inkstand.index.cache import KnownPlugins
from inkstand.index.names import canonical
from inkstand.index.records import Descriptor, Progress, Row, Taker
from inkstand.index.rows import Catalog, fingerprint
from inkstand_sdk.backend_settings import TOLD
from inkstand_sdk.errors import InkstandError, NotFound, PluginBroken, UsageError

# concurrent.futures, packaging and subprocess come in with `refresh`, which is imported late.


class PluginIndex:
    """The plugins of this Python's environment and of `interpreters`, in that order.

    Reading it is quick and imports no plugin; `refresh` starts the children that do. Safe to use
    from several threads, and several processes may refresh at once: the last one's file stays.

    Args:
        folder: Where the index is cached.
        interpreters: Python interpreters of other environments.
        disabled: Distributions that are not to be used, nor imported.
        timeout: Seconds that one distribution may take to describe itself.
        settings: The user's settings for backends; where a server is, its probe must be told.
        offline: Whether the plugins are kept from the network while they are examined.

    """

    def __init__(
        self,
        folder: Path,
        *,
        interpreters: Sequence[str] = (),
        disabled: Sequence[str] = (),
        timeout: float = 15.0,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        offline: bool = False,
    ) -> None:
        self._folder = folder
        self._interpreters = tuple(dict.fromkeys((sys.executable, *interpreters)))
        self._disabled = frozenset(map(canonical, disabled))
        self._timeout = timeout
        self._settings = _told(settings or {})
        self._offline = offline
        self._lock = threading.RLock()
        self._known = cache.read(folder)
        self._catalog: Catalog | None = None

    def rows(self) -> list[Row]:
        """One row for each entry point, in whatever state, by distribution and name."""
        return self._listed().rows()

    def descriptors(self, kind: str = "") -> list[Descriptor]:
        """The plugin classes that can be used, of one kind or all, by kind and name."""
        found = [each for each in self._listed().descriptors() if kind in ("", each.kind)]
        return sorted(found, key=lambda each: (each.kind, each.name))

    def find(self, kind: str, name: str) -> Descriptor:
        """The plugin class of that kind and name.

        Raises:
            NotFound: there is none; the nearest names are told.
            PluginBroken: there is one, and it is broken or refused.
            UsageError: it is disabled, or two plugins claim the name.

        """
        for each in self.descriptors(kind):
            if each.name == name:
                return each
        raise self._absence(kind, name)

    def takers(self, hook: str) -> list[Taker]:
        """The distributions that take part in a hook, in the order in which they are called.

        This Python's come first, then the other interpreters', each by name.
        """
        found: dict[tuple[str, str], Taker] = {}
        for place, offer, hooks in self._listed().working():
            if hook in hooks:
                key = (place.interpreter, place.distribution)
                before = found[key].entry_points if key in found else ()
                found[key] = Taker(
                    distribution=place.distribution,
                    version=offer.version,
                    entry_points=(*before, place.entry_point),
                    interpreter=place.interpreter,
                    fingerprint=fingerprint(offer),
                )
        return sorted(
            found.values(),
            key=lambda each: (
                self._interpreters.index(each.interpreter),
                canonical(each.distribution),
            ),
        )

    def entry_points(self, distribution: str) -> tuple[str, ...]:
        """The entry points of a distribution that can be loaded, for the worker that serves it."""
        wanted = canonical(distribution)
        return tuple(
            place.entry_point
            for place, _, _ in self._listed().working()
            if canonical(place.distribution) == wanted
        )

    def is_stale(self) -> bool:
        """Whether something was installed, removed or changed since the last refresh."""
        known = self._known
        if known is None:
            return True
        if tuple(each.interpreter for each in known.environments) != self._interpreters:
            return True
        return any(
            environment.changed
            or any(
                self._waits(distribution)
                or distribution.concerned(self._settings) != distribution.told
                or cache.any_modified(distribution.offer.watched)
                for distribution in environment.distributions
            )
            for environment in known.environments
        )

    def refresh(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        *,
        retry: bool = False,
        everything: bool = False,
    ) -> None:
        """Bring the index up to date: only what may have changed is asked again.

        Args:
            on_progress: Called as each distribution is done, one call at a time.
            retry: Also ask those again that were broken.
            everything: Ask all.

        """
        from inkstand.index.refresh import Refresh

        with self._lock:
            before = self._known or KnownPlugins()
            environments = tuple(
                Refresh(
                    interpreter,
                    seconds=self._timeout,
                    disabled=self._disabled,
                    retry=retry,
                    everything=everything,
                    settings=self._settings,
                    offline=self._offline,
                    on_progress=on_progress,
                ).run(before.environment(interpreter))
                for interpreter in self._interpreters
            )
            self._known = KnownPlugins(environments=environments)
            self._catalog = None
            try:
                cache.write(self._folder, self._known)
            except OSError:
                # A cache that cannot be written costs the next start time, and nothing else.
                return

    def _listed(self) -> Catalog:
        with self._lock:
            if self._catalog is None:
                self._catalog = Catalog(self._known or KnownPlugins(), self._disabled)
            return self._catalog

    def _waits(self, distribution: cache.KnownDistribution) -> bool:
        """Whether it was never asked though it should be, such as after it was enabled."""
        return not (
            distribution.described
            or distribution.refused
            or distribution.failure is not None
            or canonical(distribution.offer.distribution) in self._disabled
        )

    def _absence(self, kind: str, name: str) -> InkstandError:
        """The error that says why there is no usable plugin of that kind and name."""
        claims = self._listed().claims(kind, name)
        if len(claims) > 1:
            names = " and ".join(sorted({place.distribution for place in claims}))
            return UsageError(
                f"The {kind} {name!r} cannot be used: {names} both offer it.",
                "Inkstand does not choose between two plugins of one name.",
                f"Disable one of them: inkstand plugins disable {claims[0].distribution}",
            )
        for row in self.rows():
            if row.state == "ready" or not _could_be(row, kind, name):
                continue
            what = (
                f"The {kind} {name!r} cannot be used: its plugin {row.distribution} is {row.state}"
            )
            if row.state == "disabled":
                return UsageError(f"{what}.", "", f"Enable it: {row.fix}")
            return PluginBroken(
                f"{what}.", f"The cause: {row.cause}.", row.fix, detail=row.traceback
            )
        known = [each.name for each in self.descriptors(kind)]
        near = difflib.get_close_matches(name, known, n=1)
        return NotFound(
            f"There is no {kind} called {name!r}.",
            f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known) or 'none'}.",
            "See what is installed: inkstand plugins list",
        )


def _could_be(row: Row, kind: str, name: str) -> bool:
    """Whether a row that is not ready may be what the user asked for."""
    if row.provides:
        return f"{kind} {name}" in row.provides
    wanted = canonical(name)
    return wanted in (canonical(row.name), canonical(row.distribution).removeprefix("inkstand-"))


def _told(settings: Mapping[str, Mapping[str, Any]]) -> cache.BackendSettings:
    """The settings that probes are told: no others, or every change would examine plugins anew."""
    chosen = {
        name: {key: values[key] for key in TOLD if key in values}
        for name, values in settings.items()
    }
    return {name: values for name, values in chosen.items() if values}
