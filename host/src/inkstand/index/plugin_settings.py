"""A plugin's settings, checked against what it declares, without importing it."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from inkstand.index.records import Descriptor
from inkstand_sdk.engine_settings import SHARED
from inkstand_sdk.errors import UsageError

if TYPE_CHECKING:
    from inkstand.index.plugin_index import PluginIndex

# Sections of the settings file that hold plugins' own settings -> the kind of plugin.
KINDS_OF_SECTIONS = {
    "backends": "backend",
    "tools": "tool",
    "readers": "reader",
    "embedders": "embedder",
}
# What the host itself reads there.
OF_A_TOOL = ("model", "fallback", "preset")
_OF_THE_HOST: dict[str, tuple[str, ...]] = {
    "backend": SHARED,
    "tool": OF_A_TOOL,
    "reader": (),
    "embedder": ("keep_alive",),
}


def default_at(index: Callable[[], PluginIndex], key: str) -> Any:
    """The default of a plugin's setting by its dotted key; None where it is no plugin's.

    Raises:
        NotFound: there is no such plugin.
        UsageError: it has no such setting.

    """
    kind, name, setting = _plugins_own(key)
    return default_of(index().find(kind, name), setting) if setting else None


def check_at(index: Callable[[], PluginIndex], key: str, value: Any) -> None:
    """See that a plugin takes that value, if the dotted key is a setting of one.

    Raises:
        NotFound: there is no such plugin.
        UsageError: it has no such setting, or does not take the value.

    """
    kind, name, setting = _plugins_own(key)
    if setting:
        check_setting(index().find(kind, name), setting, value)


def _plugins_own(key: str) -> tuple[str, str, str]:
    """Kind and name of the plugin whose setting a key is, and its name there; else empty."""
    section, _, rest = key.partition(".")
    name, _, setting = rest.partition(".")
    kind = KINDS_OF_SECTIONS.get(section, "")
    return (kind, name, setting) if kind else ("", "", "")


def check_setting(plugin: Descriptor, name: str, value: Any) -> None:
    """See that `plugin` has a setting of that name and takes that value.

    Raises:
        UsageError: it has not, or does not; the message tells what it takes.
    """
    declared = {field.name for field in plugin.fields}
    if name not in declared | set(_OF_THE_HOST[plugin.kind]):
        raise _unknown(plugin, name)
    if name not in declared:
        return
    from jsonschema import Draft202012Validator

    schema = {**plugin.settings_schema, "required": []}
    if "$ref" in schema:
        schema = {**schema, **_referred(schema)}
        schema.pop("$ref")
        schema["required"] = []
    fault = next(Draft202012Validator(schema).iter_errors({name: value}), None)
    if fault is not None:
        raise UsageError(
            f"{plugin.name} does not take that for {name}: {fault.message}.",
            next((field.help for field in plugin.fields if field.name == name), ""),
            _see(plugin),
        )


def default_of(plugin: Descriptor, name: str) -> Any:
    """The default of a plugin's setting; None if it has none, or is the host's to use.

    Raises:
        UsageError: there is no such setting.
    """
    for field in plugin.fields:
        if field.name == name:
            return field.default
    if name in _OF_THE_HOST[plugin.kind]:
        return None
    raise _unknown(plugin, name)


def _unknown(plugin: Descriptor, name: str) -> UsageError:
    known = sorted({field.name for field in plugin.fields} | set(_OF_THE_HOST[plugin.kind]))
    near = get_close_matches(name, known, n=1)
    return UsageError(
        f"{plugin.name} has no setting {name}.",
        f"Did you mean {near[0]}?" if near else f"It has: {', '.join(known) or 'none'}.",
        _see(plugin),
    )


def _see(plugin: Descriptor) -> str:
    """The command that shows its settings."""
    if plugin.kind in ("backend", "tool"):
        return f"See: inkstand {plugin.kind}s info {plugin.name}"
    return f"See: inkstand plugins info {plugin.distribution}"


def _referred(schema: dict[str, Any]) -> dict[str, Any]:
    """The definition that a schema's own $ref names, as msgspec writes them."""
    definition: dict[str, Any] = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    return definition
