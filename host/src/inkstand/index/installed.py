"""The installed plugins as a user deals with them: named, listed, switched on and off."""

from __future__ import annotations

import difflib
import json
import threading
import time
from collections.abc import Callable

from inkstand.config import ConfigFile, Directories
from inkstand.index.names import canonical
from inkstand.index.plugin_index import PluginIndex
from inkstand.index.records import Details, Progress, Row
from inkstand_sdk.errors import NotFound, UsageError

_FRESH_SECONDS = 1.0
"""So long the index counts as fresh after it was looked at."""

OnProgress = Callable[[str, float | None], None]
"""Told what is going on and the fraction that is done; "" when it is over."""


class InstalledPlugins:
    """The plugin index of this user, brought up to date when it is first asked.

    Args:
        directories: Where the index is cached.
        config_file: Which plugins are disabled, and which other environments are looked at.
        on_progress: Told while plugins are examined, which takes seconds after an installation.
        offline: Says whether they are kept from the network meanwhile.

    """

    def __init__(
        self,
        directories: Directories,
        config_file: ConfigFile,
        on_progress: OnProgress | None = None,
        offline: Callable[[], bool] = bool,
    ) -> None:
        self._directories = directories
        self._config_file = config_file
        self._on_progress = on_progress
        self._offline = offline
        self._index: PluginIndex | None = None
        self._checked = float("-inf")
        self._lock = threading.RLock()

    @property
    def index(self) -> PluginIndex:
        """The index, fresh: plugins that were installed or changed are examined first."""
        # Threads that ask at once wait for one examination, and do not begin one each.
        with self._lock:
            index = self._cached()
            # One request asks several times, and looking at every plugin's files takes a while.
            if time.monotonic() - self._checked > _FRESH_SECONDS:
                if index.is_stale():
                    self._refresh(index)
                self._checked = time.monotonic()
            return index

    def rows(self) -> list[Row]:
        """One row for each plugin, in whatever state."""
        return self.index.rows()

    def named(self, name: str) -> list[Row]:
        """The rows that a user may mean by `name`: a plugin, a distribution, or what one offers.

        Raises:
            NotFound: there is none; the nearest name is told.

        """
        rows = self.rows()
        wanted = canonical(name)
        for names in (_own_names, _offered_names):
            found = [row for row in rows if wanted in map(canonical, names(row))]
            if found:
                return found
        known = sorted({name for row in rows for name in (row.name, row.distribution) if name})
        near = difflib.get_close_matches(name, known, n=1)
        raise NotFound(
            f"There is no plugin called {name!r}.",
            f"Did you mean {near[0]!r}?" if near else "",
            "See what is installed: inkstand plugins list",
        )

    def details(self, name: str) -> list[Details]:
        """Like `named`, each row with all that is known of what it offers."""
        offered = self.index.descriptors()
        return [
            Details(
                **{field: getattr(row, field) for field in row.__struct_fields__},
                offers=tuple(
                    each
                    for each in offered
                    if (each.interpreter, each.distribution, each.entry_point)
                    == (row.interpreter, row.distribution, row.name)
                ),
            )
            for row in self.named(name)
        ]

    def refresh(self, *, everything: bool = False) -> list[Row]:
        """Examine what changed and what was broken, or all, and give the rows."""
        index = self._cached()
        self._refresh(index, retry=True, everything=everything)
        return index.rows()

    def disable(self, name: str) -> str:
        """Stop using the distribution meant by `name`; gives its name.

        Raises:
            NotFound: there is none.
            UsageError: several may be meant.

        """
        chosen = self._distribution(name)
        others = [each for each in self._disabled if canonical(each) != canonical(chosen)]
        self._store([*others, chosen])
        return chosen

    def enable(self, name: str) -> str:
        """Use the distribution meant by `name` again; gives its name.

        Raises:
            NotFound: there is none.
            UsageError: several may be meant.

        """
        # One that was disabled may since have been uninstalled.
        listed = [each for each in self._disabled if canonical(each) == canonical(name)]
        chosen = listed[0] if listed else self._distribution(name)
        self._store([each for each in self._disabled if canonical(each) != canonical(chosen)])
        return chosen

    def reload(self) -> None:
        """Read the settings again, after they were changed."""
        self._index = None
        self._checked = float("-inf")

    @property
    def _disabled(self) -> tuple[str, ...]:
        return self._config_file.load().plugins.disabled

    def _cached(self) -> PluginIndex:
        if self._index is None:
            config = self._config_file.load()
            settings = config.plugins
            self._index = PluginIndex(
                self._directories.cache,
                interpreters=settings.interpreters,
                disabled=settings.disabled,
                timeout=settings.timeout,
                settings=config.backends,
                offline=self._offline(),
            )
        return self._index

    def _refresh(
        self, index: PluginIndex, *, retry: bool = False, everything: bool = False
    ) -> None:
        def told(progress: Progress) -> None:
            if self._on_progress is not None:
                share = progress.done / progress.total
                self._on_progress(f"Examining plugins: {progress.distribution}", share)

        if self._on_progress is not None:
            self._on_progress("Examining plugins", None)
        try:
            index.refresh(told, retry=retry, everything=everything)
        finally:
            if self._on_progress is not None:
                self._on_progress("", None)

    def _distribution(self, name: str) -> str:
        meant = sorted({row.distribution for row in self.named(name) if row.distribution})
        if len(meant) != 1:
            raise UsageError(
                f"{name!r} may mean {' or '.join(meant) or 'no distribution'}.",
                "Plugins are switched off and on by distribution.",
                f"Name it: inkstand plugins disable {meant[0]}" if meant else "",
            )
        return meant[0]

    def _store(self, disabled: list[str]) -> None:
        # A list in JSON is one in TOML.
        self._config_file.set("plugins.disabled", json.dumps(disabled))
        self.reload()


def _own_names(row: Row) -> list[str]:
    return [row.name, row.distribution]


def _offered_names(row: Row) -> list[str]:
    return [offered.partition(" ")[2] for offered in row.provides]
