"""The settings of an installation as a user deals with them: seen, changed, taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from inkstand.config import OPEN_SECTIONS, Config, ConfigFile, parsed
from inkstand.generation.stored_presets import StoredPresets
from inkstand.index import PluginIndex
from inkstand.index.plugin_settings import check_at, default_at
from inkstand_sdk.errors import UsageError
from inkstand_sdk.settings import Field


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that belong together: what they are for, how to ask for them, and what is set.

    `name` is the section's in the file, "" for settings that lie in none.
    """

    name: str
    summary: str
    fields: tuple[Field, ...]
    values: dict[str, Any]


class StoredSettings:
    """The settings by their dotted keys.

    Args:
        file: Where they are kept.
        index: Gives the plugins, whose own settings are checked against what they declare.
        presets: Gives the presets that a setting may name.
        changed: Called when the file was changed.

    """

    def __init__(
        self,
        file: ConfigFile,
        index: Callable[[], PluginIndex],
        presets: Callable[[], StoredPresets],
        changed: Callable[[], None],
    ) -> None:
        self._file = file
        self._index = index
        self._presets = presets
        self._changed = changed

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def sections(self) -> list[Section]:
        """All settings but those of plugins and presets, with the values that differ from the
        defaults.
        """
        from inkstand_sdk.settings import form

        now, plain = self._file.load(), Config()
        alone = []
        found = []
        for info in msgspec.structs.fields(Config):
            if info.name in OPEN_SECTIONS:
                continue
            default = getattr(plain, info.name)
            if not isinstance(default, msgspec.Struct):
                alone.append((info.name, info.type, default))
                continue
            found.append(
                Section(
                    name=info.name,
                    summary=(type(default).__doc__ or "").strip(),
                    fields=form(type(default)),
                    values=_different(getattr(now, info.name), default),
                )
            )
        top = Section(
            name="",
            summary="What holds for all of Inkstand.",
            fields=form(msgspec.defstruct("Top", alone)),
            values={
                name: getattr(now, name)
                for name, _, default in alone
                if getattr(now, name) != default
            },
        )
        return [top, *found]

    def get(self, key: str) -> Any:
        """The value at a key; a plugin's own default where none is set."""
        value = self._file.get(key)
        return default_at(self._index, key) if value is None else value

    def set(self, key: str, text: str) -> Any:
        """Change a setting, and return the value that was stored.

        Raises:
            UsageError: there is no such setting, or it may not have that value.

        """
        default = default_at(self._index, key)
        check_at(self._index, key, parsed(text, default))
        self._see_preset(key, text)
        value = self._file.set(key, text, default)
        self._changed()
        return value

    def put(self, values: Mapping[str, Any]) -> None:
        """Change settings by their dotted keys to plain values, all or none; None takes one away.

        Raises:
            UsageError: there is no such setting, or it may not have that value.

        """
        for key, value in values.items():
            if value is not None:
                check_at(self._index, key, value)
            self._see_preset(key, value or "")
        self._file.change({tuple(key.split(".")): value for key, value in values.items()})
        self._changed()

    def unset(self, key: str) -> Any:
        """Take a setting out of the file, and return the value that holds now.

        Raises:
            UsageError: there is no such setting.

        """
        section, _, name = key.partition(".")
        if isinstance(self._file.get(key), dict) and not (name and section in OPEN_SECTIONS):
            raise UsageError(
                f"{key or 'That'} is a section, not a setting.",
                "Taking it away would reset all of it.",
                f"Name one of its settings: inkstand config get {key}".rstrip(),
            )
        self._file.change({tuple(key.split(".")): None})
        self._changed()
        return self.get(key)

    def _see_preset(self, key: str, name: str) -> None:
        """See that there is a preset of that name, if the key is of a setting that names one."""
        if key == "models.preset" or (key.startswith("tools.") and key.endswith(".preset")):
            self._presets().check(name)


def _different(value: msgspec.Struct, default: msgspec.Struct) -> dict[str, Any]:
    plain, usual = (msgspec.to_builtins(each) for each in (value, default))
    return {name: given for name, given in plain.items() if given != usual[name]}
