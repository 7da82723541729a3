"""What a providing hook may give: a list of classes of the right base, each sound in itself.

Every check says what was expected and what was found, because its words are all that the author
of a plugin sees of a mistake.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import msgspec

from inkstand_sdk.errors import PluginError
from inkstand_sdk.hookspecs import PROVIDERS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a plugin class may be called: it becomes part of commands and of `backend:model`."""

_BASES = {
    "backend": ("backend", "Backend"),
    "tool": ("tool", "Tool"),
    "reader": ("reader", "Reader"),
    "embedder": ("embedder", "Embedder"),
    "store": ("store", "Store"),
    "source": ("source", "ModelSource"),
}
_STRUCTS = {"tool": ("Settings", "Input", "Output")}


def base_of(kind: str) -> type[Any]:
    """The class of the SDK that a plugin class of `kind` must derive from."""
    module, name = _BASES[kind]
    base: type[Any] = getattr(import_module(f"inkstand_sdk.{module}"), name)
    return base


def check_classes(kind: str, given: object) -> list[type[Any]]:
    """The classes that a providing hook gave.

    Raises:
        PluginError: it gave something else, or a class lacks something that it must have; its
            `what` says what was expected and what came.

    """
    base = base_of(kind)
    expected = f"{PROVIDERS[kind]} must give a list of {base.__name__} classes"
    if isinstance(given, type):
        raise PluginError(
            f"{expected}, but gave the class {given.__name__} itself: write [{given.__name__}]"
        )
    if isinstance(given, str | bytes | dict) or not isinstance(given, Iterable):
        raise PluginError(f"{expected}, but gave {_shown(given)}")
    classes = []
    for item in given:
        if not isinstance(item, type):
            hint = f": write {type(item).__name__}" if isinstance(item, base) else ""
            raise PluginError(f"{expected}, but the list holds {_shown(item)}{hint}")
        if not issubclass(item, base):
            raise PluginError(
                f"{expected}, but {item.__name__} is not a subclass of {base.__name__}"
            )
        _check_class(kind, item)
        classes.append(item)
    return classes


def _check_class(kind: str, cls: type[Any]) -> None:
    name = getattr(cls, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise PluginError(
            f"{cls.__name__}.name must be a text of letters, digits, '.', '_' and '-',"
            f" but it is {_shown(name)}"
        )
    if not isinstance(cls.title, str):
        raise PluginError(f"{cls.__name__}.title must be a text, but it is {_shown(cls.title)}")
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        raise PluginError(f"{cls.__name__} does not implement {', '.join(missing)}")
    for attribute in _STRUCTS.get(kind, ("Settings",)):
        _check_struct(cls, attribute)
    capabilities = getattr(base_of(kind), "capabilities", None)
    if capabilities is not None and not isinstance(cls.capabilities, type(capabilities)):
        raise PluginError(
            f"{cls.__name__}.capabilities must be {type(capabilities).__name__}(...), but it is"
            f" {_shown(cls.capabilities)}"
        )
    needed = _needed_arguments(cls)
    if needed:
        raise PluginError(
            f"{cls.__name__} is built without arguments, but its __init__ needs {', '.join(needed)}"
        )


def _check_struct(cls: type[Any], attribute: str) -> None:
    struct = getattr(cls, attribute, None)
    if not isinstance(struct, type) or not issubclass(struct, msgspec.Struct):
        raise PluginError(
            f"{cls.__name__}.{attribute} must be a msgspec.Struct class, but it is {_shown(struct)}"
        )


def _needed_arguments(cls: type[Any]) -> list[str]:
    try:
        parameters = inspect.signature(cls).parameters.values()
    except (TypeError, ValueError):  # a signature that cannot be read is taken on trust
        return []
    free = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in free]


def _shown(value: object) -> str:
    """A value in a few words: its type and the beginning of its repr."""
    if value is None:
        return "nothing"
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a plugin's __repr__ may raise anything
        text = f"(its repr raises {type(error).__name__})"
    return f"{type(value).__name__} {text[:80]}{'...' if len(text) > 80 else ''}"
