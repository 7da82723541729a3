"""`inkstand presets`: sampling by name, the built-in presets and the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from inkstand.cli.output import json_option, print_json, print_table
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.generation.presets import Preset
    from inkstand_sdk.messages import Sampling


@click.group("presets")
def command() -> None:
    """List presets of sampling, see one, or make your own."""


@command.command("list")
@json_option
@click.pass_obj
def list_(state: State, *, as_json: bool) -> None:
    """List the presets."""
    presets = state.studio.presets.all()
    if as_json:
        print_json(presets)
        return
    print_table(
        ["Preset", "Sampling", "Whose", "What it is for"],
        [[each.name, _in_words(each.sampling), each.origin, each.summary] for each in presets],
    )
    default = state.studio.config.models.preset
    print(f"\nUsed when none is named: {default or 'none, so the engine decides'}.")
    print("Choose another: inkstand config set models.preset NAME")


@command.command("show")
@click.argument("name")
@json_option
@click.pass_obj
def show(state: State, name: str, *, as_json: bool) -> None:
    """Show the sampling of the preset NAME."""
    preset = state.studio.presets.get(name)
    if as_json:
        print_json(preset)
        return
    _print(preset)


# A value may begin with a minus sign.
@command.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("fields", nargs=-1, metavar="FIELD=VALUE...")
@click.option("--from", "like", default="", metavar="PRESET", help="Begin as this preset.")
@json_option
@click.pass_obj
def set_(state: State, name: str, fields: tuple[str, ...], like: str, *, as_json: bool) -> None:
    """Make a preset NAME of your own, or change FIELDs of it.

    The fields are those that `inkstand generate --help` has options for, such as temperature=1.1,
    top_p=0.9 or mirostat.tau=4; FIELD= takes one away. A preset of yours may have the name of a
    built-in, and then stands in its place.
    """
    preset = state.studio.presets.set(name, dict(map(_pair, fields)), like=like)
    if as_json:
        print_json(preset)
        return
    _print(preset)


@command.command("remove")
@click.argument("name")
@json_option
@click.pass_obj
def remove(state: State, name: str, *, as_json: bool) -> None:
    """Take your preset NAME away; a built-in of that name is used again."""
    left = state.studio.presets.remove(name)
    if as_json:
        print_json({"removed": name, "now": left})
        return
    print(f"Removed {name}." if left is None else f"Removed yours: {name} is the built-in again.")


def _pair(field: str) -> tuple[str, str]:
    from inkstand_sdk.errors import UsageError

    name, equals, value = field.partition("=")
    if not equals or not name.strip():
        raise UsageError(
            f"{field!r} is not of the form FIELD=VALUE.",
            "",
            "For example: inkstand presets set noir temperature=1.1 min_p=0.05",
        )
    return name.strip().replace("-", "_"), value


def _print(preset: Preset) -> None:
    whose = f"{preset.name} ({preset.origin})"
    print(f"{whose}: {preset.summary}" if preset.summary else whose)
    print_table(
        ["Field", "Value"],
        [[name, value] for name, value in _fields(preset.sampling)],
        empty="It sets nothing: the engine decides.",
    )
    print(f'\nFor example: inkstand generate "Describe a ferry at dawn." --preset {preset.name}')


def _in_words(sampling: Sampling) -> str:
    return ", ".join(f"{name} {value}" for name, value in _fields(sampling)) or "the engine's own"


def _fields(sampling: Sampling) -> list[tuple[str, str]]:
    """The fields that are set, those of structs by dotted names."""
    import msgspec

    flat: list[tuple[str, Any]] = []
    for name, value in sampling.given().items():
        if isinstance(value, msgspec.Struct):
            flat += [
                (f"{name}.{inner}", got) for inner, got in msgspec.structs.asdict(value).items()
            ]
        else:
            flat.append((name, value))
    return [
        (name, f"{value:g}" if isinstance(value, float) else str(value)) for name, value in flat
    ]
