"""The installed plugins as a user deals with them: named, listed, switched on and off."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable

from inkstand.config import Config, ConfigFile, Directories
from inkstand.index.names import canonical
from inkstand.index.plugin_index import PluginIndex
from inkstand.index.records import Progress, Row
from inkstand_sdk.errors import NotFound

OnProgress = Callable[[str, float | None], None]
"""Told what is going on, and the fraction that is done."""


class InstalledPlugins:
    """The plugin index of this user, brought up to date when it is first asked.

    Args:
        directories: Where the index is cached.
        config_file: Which plugins are disabled, and which other environments are looked at.
        on_progress: Told while plugins are examined, which takes seconds after an installation.

    """

    def __init__(
        self,
        directories: Directories,
        config_file: ConfigFile,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._directories = directories
        self._config_file = config_file
        self._on_progress = on_progress
        self._index: PluginIndex | None = None

    @property
    def index(self) -> PluginIndex:
        """The index, fresh: plugins that were installed or changed are examined first."""
        index = self._cached()
        if index.is_stale():
            self._refresh(index)
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

    def refresh(self, *, everything: bool = False) -> list[Row]:
        """Examine what changed and what was broken, or all, and give the rows."""
        index = self._cached()
        self._refresh(index, retry=True, everything=everything)
        return index.rows()

    def disable(self, name: str) -> list[str]:
        """Stop using the distributions meant by `name`; gives their names."""
        chosen = self._distributions(name)
        before = self._config.plugins.disabled
        known = {canonical(each) for each in before}
        self._store([*before, *(each for each in chosen if canonical(each) not in known)])
        return chosen

    def enable(self, name: str) -> list[str]:
        """Use the distributions meant by `name` again; gives their names."""
        chosen = self._distributions(name)
        gone = set(map(canonical, chosen))
        self._store([x for x in self._config.plugins.disabled if canonical(x) not in gone])
        return chosen

    def reload(self) -> None:
        """Read the settings again, after they were changed."""
        self._index = None

    @property
    def _config(self) -> Config:
        return self._config_file.load()

    def _cached(self) -> PluginIndex:
        if self._index is None:
            settings = self._config.plugins
            self._index = PluginIndex(
                self._directories.cache,
                interpreters=settings.interpreters,
                disabled=settings.disabled,
                timeout=settings.timeout,
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
        index.refresh(told, retry=retry, everything=everything)

    def _distributions(self, name: str) -> list[str]:
        return sorted({row.distribution for row in self.named(name) if row.distribution})

    def _store(self, disabled: list[str]) -> None:
        # A list in JSON is one in TOML.
        self._config_file.set("plugins.disabled", json.dumps(disabled))
        self.reload()


def _own_names(row: Row) -> list[str]:
    return [row.name, row.distribution]


def _offered_names(row: Row) -> list[str]:
    return [offered.partition(" ")[2] for offered in row.provides]
