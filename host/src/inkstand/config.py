"""Where Inkstand keeps its files, and the settings a writer may change.

Settings live in `config.toml`, read with tomllib and written with tomlkit so that comments
survive. `INKSTAND_HOME` moves every folder below one place.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from inkstand.atomic import close_to_others
from inkstand.sections import OPEN_SECTIONS, Config, PresetName
from inkstand_sdk.errors import InputError, UsageError
from inkstand_sdk.messages import Sampling
from inkstand_sdk.wrong_value import in_words

__all__ = ["OPEN_SECTIONS", "Config", "ConfigFile", "Directories", "parsed"]


class Directories(msgspec.Struct, frozen=True):
    """The folders of this installation; made when first written to."""

    config: Path
    data: Path
    cache: Path
    state: Path
    log: Path

    @classmethod
    def of_this_user(cls) -> Directories:
        """The platform's folders, or those below `INKSTAND_HOME`."""
        home = os.environ.get("INKSTAND_HOME")
        if home:
            base = Path(home).expanduser().absolute()
            return cls(*(base / name for name in ("config", "data", "cache", "state", "log")))
        from platformdirs import PlatformDirs

        dirs = PlatformDirs("inkstand", appauthor=False)
        return cls(
            dirs.user_config_path,
            dirs.user_data_path,
            dirs.user_cache_path,
            dirs.user_state_path,
            dirs.user_log_path,
        )

    def close_to_others(self) -> None:
        """Let no other user of the machine into those that are there."""
        for folder in msgspec.structs.astuple(self):
            close_to_others(folder)


class ConfigFile:
    """`config.toml` of one installation."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Config:
        """The settings; defaults where the file says nothing or is not there.

        Raises:
            InputError: the file is no TOML, or a value in it is not allowed.

        """
        try:
            raw = tomllib.loads(self._source())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(
                f"The settings file {self.path} cannot be read: {error}.",
                "It was probably edited by hand and is no longer valid TOML.",
                "Mend that line, or move the file away to start with the defaults.",
            ) from error
        return _checked(raw, f"The settings file {self.path}")

    def _source(self) -> str:
        """The file's text with its own line ends; "" if there is no file."""
        try:
            return self.path.read_bytes().decode("utf-8-sig")
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError as error:
            raise InputError(
                f"The settings file {self.path} cannot be opened: {error.strerror}.",
                "Inkstand may not read it.",
                "Check the file's permissions.",
            ) from error

    def get(self, key: str) -> Any:
        """The value at a dotted key, as plain data.

        Raises:
            UsageError: there is no such key.

        """
        value: Any = _plain(self.load())
        if not key:
            return value
        for depth, part in enumerate(parts := key.split(".")):
            if not isinstance(value, dict) or part not in value:
                if parts[0] in OPEN_SECTIONS and depth and all(parts):
                    return None
                raise _unknown(parts, depth, value)
            value = value[part]
        return value

    def set(self, key: str, text: str, default: Any = None) -> Any:
        """Set a dotted key from what the user typed, and return the value that was stored.

        The text is taken as a TOML value, or else as a string; lists may be comma-separated.
        `default` is what holds while the file says nothing, and tells that a list is wanted.

        Raises:
            UsageError: the key is unknown or the value is not allowed; the file is unchanged.

        """
        self.load()
        parts = key.split(".")
        current = self.get(key)
        if isinstance(current, dict) and (parts[0] not in OPEN_SECTIONS or len(parts) < 3):
            raise UsageError(
                f"{key} is a section, not a setting.", "", f"See: inkstand config get {key}"
            )
        if parts[0] in OPEN_SECTIONS and len(parts) != 3:
            raise UsageError(
                f"{key} is no setting.",
                f"Settings of a plugin are named {parts[0]}.NAME.SETTING.",
                f"For example: inkstand config set {parts[0]}.NAME.SETTING VALUE",
            )
        if isinstance(default, list):
            current = default
        value = _parse(_sound(text), current)
        changed = _edited(self._source(), parts, value)
        _checked(tomllib.loads(changed), f"{key} = {text}")
        self._write(changed)
        return value

    def change(self, values: Mapping[tuple[str, ...], Any]) -> None:
        """Set plain values at their keys, all or none; None takes a key away, or a whole table.

        Raises:
            UsageError: a value is not allowed; the file is unchanged.

        """
        self.load()
        changed = self._source()
        for parts, value in values.items():
            changed = _edited(changed, parts, value)
        first = ".".join(next(iter(values), ()))
        _checked(tomllib.loads(changed), f"The change of {first}")
        self._write(changed)

    def _write(self, text: str) -> None:
        from inkstand.atomic import write_text

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self.path, text)
        except OSError as error:
            raise InputError(
                f"The settings file {self.path} cannot be written: {error.strerror}.",
                "Nothing was changed.",
                "Change the folder's permissions, or set INKSTAND_HOME to a folder of yours.",
            ) from error


def _edited(source: str, parts: Sequence[str], value: Any) -> str:
    """TOML with the value at a dotted key changed, everything else as it was."""
    import tomlkit

    wanted = tomllib.loads(source)
    inner = wanted
    for part in parts[:-1]:
        inner = inner.setdefault(part, {})
    _put(inner, parts[-1], value)
    document = tomlkit.parse(source)
    with suppress(KeyError, ValueError):  # an inline table takes no other table
        table: Any = document
        for place, part in enumerate(parts[:-1]):
            if part not in table:
                # A table that only holds tables needs no header of its own.
                table[part] = tomlkit.table(is_super_table=place < len(parts) - 2)
            table = table[part]
        _put(table, parts[-1], value)
        changed = tomlkit.dumps(document)
        # tomlkit puts some keys among dotted ones in the wrong place.
        if tomllib.loads(changed) == wanted:
            return changed
    document = tomlkit.parse(source)
    if parts[0] in document:
        document.remove(parts[0])
    document.append(parts[0], tomlkit.item(wanted[parts[0]]))
    return tomlkit.dumps(document)


def _put(table: Any, key: str, value: Any) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def _plain(config: Config) -> Any:
    """The settings as a TOML file would hold them: lists, not tuples."""
    return msgspec.json.decode(msgspec.json.encode(config))


def _parse(text: str, current: Any) -> Any:
    if isinstance(current, str):
        return text
    return parsed(text, current)


def parsed(text: str, default: Any = None) -> Any:
    """What the user typed as a TOML value, or else as the text that it is.

    Where `default` is a list, items are separated by commas.
    """
    if isinstance(default, list) and not text.lstrip().startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
    # A line end in the text could have begun another key.
    return parsed["value"] if len(parsed) == 1 else text


def _sound(text: str) -> str:
    """What was typed as text: an argument may be any bytes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _checked(raw: dict[str, Any], where: str) -> Config:
    known = _plain(Config())
    for key in _keys_of(raw):
        level: Any = known
        for depth, part in enumerate(key):
            if key[0] in OPEN_SECTIONS or not isinstance(level, dict):
                break
            if part not in level:
                error = _unknown(key, depth, level)
                raise UsageError(f"{where} is not allowed. {error.what}", error.cause, error.fix)
            level = level[part]
    if isinstance(presets := raw.get("presets"), dict):
        for name, preset in presets.items():
            _check_preset(name, preset, where)
    try:
        return msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{where} is not allowed: {in_words(error)}.",
            "Its value is of the wrong kind, or out of bounds.",
            "See what there is: inkstand config get",
        ) from error


def _check_preset(name: str, preset: Any, where: str) -> None:
    """Raise `UsageError` unless it is one; msgspec would not say which of them is wrong."""
    given = preset if isinstance(preset, dict) else {}
    if unknown := next((field for field in given if field not in Sampling.__struct_fields__), ""):
        error = _unknown(("presets", name, unknown), 2, dict.fromkeys(Sampling.__struct_fields__))
        raise UsageError(
            f"{where} is not allowed. {error.what}",
            error.cause,
            "See what a preset holds: inkstand presets show balanced",
        )
    try:
        msgspec.convert(name, PresetName)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{where} is not allowed: {name!r} is no name for a preset.",
            'A name has letters, digits, "-" and "_"; "none" means no preset.',
            "See: inkstand presets list",
        ) from error
    try:
        msgspec.convert(preset, Sampling)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{where} is not allowed. The preset {name} is not valid: {in_words(error)}.",
            "A value in it is of the wrong kind, or out of bounds.",
            "See what a preset holds: inkstand presets show balanced",
        ) from error


def _keys_of(raw: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, value in raw.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *rest) for rest in _keys_of(value))


def _unknown(key: Sequence[str], depth: int, level: Any) -> UsageError:
    from difflib import get_close_matches

    names = sorted(level) if isinstance(level, dict) else []
    near = get_close_matches(key[depth], names, n=1)
    meant = ".".join((*key[:depth], near[0], *key[depth + 1 :])) if near else ""
    return UsageError(
        f"There is no setting {'.'.join(key)}.",
        f"Did you mean {meant}?" if near else "",
        "See what there is: inkstand config get",
    )
