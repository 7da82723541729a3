"""The presets of an installation as a user deals with them: seen, changed, taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from inkstand.config import Config, ConfigFile, parsed
from inkstand.generation.presets import BUILT_IN, NONE, Preset, Presets
from inkstand_sdk.errors import UsageError


class StoredPresets:
    """The built-in presets and those of the settings file.

    Args:
        file: Where the user's are kept.
        config: Gives the settings.
        changed: Called when the file was changed.

    """

    def __init__(
        self, file: ConfigFile, config: Callable[[], Config], changed: Callable[[], None]
    ) -> None:
        self._file = file
        self._config = config
        self._changed = changed

    @property
    def current(self) -> Presets:
        """The presets there are now, with the default one of the settings."""
        config = self._config()
        return Presets(config.presets, config.models.preset)

    def all(self) -> list[Preset]:
        """Every preset: the built-in ones, then the user's by name."""
        return self.current.all()

    def get(self, name: str) -> Preset:
        """The preset of that name. Raises `UsageError` if there is none."""
        return self.current.get(name)

    def check(self, name: str) -> None:
        """Raise `UsageError` unless a setting may name it: a preset, "none", or nothing."""
        if name not in ("", NONE):
            self.get(name)

    def set(self, name: str, fields: Mapping[str, str], *, like: str = "") -> Preset:
        """Change fields of a preset of the user's, or make it; returns what it is now.

        Args:
            name: The preset. A new one that has the name of a built-in begins as that one.
            fields: What the user typed, by field; `mirostat.tau` is a field of a field. An empty
                text takes the field away.
            like: The preset that a new one begins as.

        Raises:
            UsageError: a field is unknown, a value is not allowed, or `like` is no preset.

        """
        own = self._config().presets
        if like and name in own:
            raise UsageError(
                f"There is a preset {name} already.",
                "Only a new one can begin as another.",
                f"Change its fields, or take it away first: inkstand presets remove {name}",
            )
        base = like or (name if name in BUILT_IN and name not in own else "")
        begun = msgspec.to_builtins(self.get(base).sampling) if base else {}
        changes: dict[tuple[str, ...], Any] = {}
        if name not in own:
            # Such a table may lie there with nothing in it that counts as a preset.
            changes["presets", name] = begun
        for field, text in fields.items():
            changes["presets", name, *field.split(".")] = parsed(text) if text.strip() else None
        self._file.change(changes)
        self._changed()
        return self.get(name)

    def remove(self, name: str) -> Preset | None:
        """Take a preset of the user's away; returns the built-in that is used again, if any.

        Raises:
            UsageError: there is none, or it is built in.

        """
        if name not in self._config().presets:
            found = self.get(name)
            raise UsageError(
                f"The preset {found.name} is built in and cannot be removed.",
                "There is none of yours in its place.",
                f"Put one there: inkstand presets set {name} temperature=1.0",
            )
        self._file.change({("presets", name): None})
        self._changed()
        return self.get(name) if name in BUILT_IN else None
