"""`inkstand config`: see and change settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from inkstand.cli.output import json_option, print_json
from inkstand.cli.state import State


@click.group("config")
def command() -> None:
    """See and change settings."""


@command.command("get")
@click.argument("key", required=False, default="")
@json_option
@click.pass_obj
def get(state: State, key: str, *, as_json: bool) -> None:
    """Print the setting KEY (such as models.default), or all of them."""
    value = state.studio.settings.get(key)
    if as_json:
        print_json(value)
    elif isinstance(value, dict):
        for name, item in _flat(value, key):
            print(f"{name} = {_shown(item)}")
    else:
        print(_shown(value) if not isinstance(value, str) else value)


# A value may begin with a minus sign.
@command.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value")
@json_option
@click.pass_obj
def set_(state: State, key: str, value: str, *, as_json: bool) -> None:
    """Set KEY to VALUE; lists are comma-separated. Comments in the file are kept."""
    stored = state.studio.settings.set(key, value)
    if as_json:
        print_json({key: stored})
        return
    print(f"{key} = {_shown(stored)}")


@command.command("unset")
@click.argument("key")
@json_option
@click.pass_obj
def unset(state: State, key: str, *, as_json: bool) -> None:
    """Take KEY out of the settings file, so that its default holds again."""
    now = state.studio.settings.unset(key)
    if as_json:
        print_json({key: now})
        return
    print(f"{key} is not set." if now is None else f"{key} = {_shown(now)}")


@command.command("path")
@click.pass_obj
def path(state: State) -> None:
    """Print where the settings file is."""
    print(state.studio.config_file.path)


def _flat(value: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        full = f"{prefix}.{name}" if prefix else name
        if isinstance(item, dict):
            yield from _flat(item, full)
        else:
            yield full, item


def _shown(value: Any) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()
