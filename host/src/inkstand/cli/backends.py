"""`inkstand backends`: which engines are installed, and how fast they are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from inkstand.cli.interrupt import cancelled_by_interrupt
from inkstand.cli.output import json_option, megabytes, print_json, print_table
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.generation.measure import Measurement
    from inkstand_sdk.errors import InkstandError


@click.group("backends")
def command() -> None:
    """List the engines, see one, or measure one."""


@command.command("list")
@json_option
@click.pass_obj
def list_(state: State, *, as_json: bool) -> None:
    """List the installed engines."""
    backends = state.studio.backends()
    if as_json:
        print_json(backends)
        return
    print_table(
        ["Backend", "State", "Library", "Devices", "Formats", "From"],
        [
            [
                backend.name,
                "ready" if backend.probe.ok else backend.probe.missing,
                backend.probe.version,
                ", ".join(device.name for device in backend.probe.devices),
                ", ".join(backend.capabilities.get("formats", ())) or "any",
                backend.distribution,
            ]
            for backend in backends
        ],
        empty="No engine is installed. Try: pip install inkstand-llamacpp",
    )
    for backend in backends:
        if not backend.probe.ok and backend.probe.fix:
            print(f"To use {backend.name}: {backend.probe.fix}")


@command.command("info")
@click.argument("name")
@json_option
@click.pass_obj
def info(state: State, name: str, *, as_json: bool) -> None:
    """Show what a backend can do, its settings, and the models here that it reads."""
    backend = state.studio.backend(name)
    models = [entry for entry in state.studio.models() if name in entry.backends]
    if as_json:
        print_json({"backend": backend, "models": models})
        return
    print(f"{backend.title} ({backend.name}), from {backend.distribution} {backend.version}")
    print(backend.summary)
    if not backend.probe.ok:
        print(f"Not usable: {backend.probe.missing} {backend.probe.fix}")
    for note in backend.probe.notes:
        print(note)
    print(f"Can: {_abilities(backend.capabilities)}")
    print_table(
        ["Setting", "Kind", "Default", "What it is"],
        [
            [
                field.name,
                field.kind,
                "" if field.default is None else str(field.default),
                field.help,
            ]
            for field in backend.fields
        ],
        empty="It has no settings.",
    )
    if backend.fields:
        print(f"\nChange one: inkstand config set backends.{name}.{backend.fields[0].name} VALUE")
    print(f"Models here: {', '.join(entry.model.id for entry in models) or 'none'}")


def _abilities(capabilities: dict[str, Any]) -> str:
    """What a backend claims, in a line: the plain claims first, then those with values."""
    claims = [name for name, value in capabilities.items() if value is True]
    valued = [
        f"{name} {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
        for name, value in capabilities.items()
        if value and value is not True
    ]
    return "; ".join([", ".join(claims), *valued] if claims else valued)


@command.command("test")
@click.argument("name")
@click.option("--model", "-m", default="", help="The model to test with.")
@click.option("--max-tokens", "-n", type=click.IntRange(2, 4096), default=64, show_default=True)
@json_option
@click.pass_obj
def test(state: State, name: str, model: str, max_tokens: int, *, as_json: bool) -> None:
    """Load a model, generate with it, and print how fast that was."""
    STATUS.show(f"Testing {name}")
    try:
        with cancelled_by_interrupt() as cancel:
            measured = state.studio.library.test(
                name, model=model, max_tokens=max_tokens, cancel=cancel
            )
    finally:
        STATUS.clear()
    if as_json:
        print_json(measured)
        return
    print(f"{measured.backend}:{measured.model}")
    print(f"  load         {measured.load_ms:,.0f} ms")
    print(f"  first token  {measured.first_token_ms:,.0f} ms")
    print(f"  speed        {measured.tokens_per_second:,.1f} tokens/s")
    print(f"  memory       {megabytes(measured.memory)}")
    context = f"{measured.context_length:,} tokens" if measured.context_length else "unknown"
    print(f"  context      {context} on {measured.device}")


@command.command("compare")
@click.option("--models", "-m", required=True, help="Models, separated by commas.")
@click.option("--prompt", "-p", default="Write a scene in which two people wait for a ferry.")
@click.option("--max-tokens", "-n", type=click.IntRange(2, 4096), default=64, show_default=True)
@json_option
@click.pass_obj
def compare(state: State, models: str, prompt: str, max_tokens: int, *, as_json: bool) -> int:
    """Let several models answer one prompt, and show their speed and their texts."""
    from inkstand_sdk.errors import InkstandError

    names = [name.strip() for name in models.split(",") if name.strip()]
    answers = []
    with cancelled_by_interrupt() as cancel:
        for answer in state.studio.library.compare(
            names, prompt, max_tokens=max_tokens, cancel=cancel
        ):
            answers.append(answer)
            STATUS.show("Comparing", len(answers) / len(names))
    STATUS.clear()
    named = list(zip(names, answers, strict=True))
    if as_json:
        print_json(
            [
                {"model": name, "error": answer.to_info()}
                if isinstance(answer, InkstandError)
                else answer
                for name, answer in named
            ]
        )
    else:
        _print_comparison(named)
    return 1 if any(isinstance(answer, InkstandError) for answer in answers) else 0


def _print_comparison(named: list[tuple[str, Measurement | InkstandError]]) -> None:
    from inkstand_sdk.errors import InkstandError

    measured = [answer for _, answer in named if not isinstance(answer, InkstandError)]
    print_table(
        ["Model", "Load", "First token", "Tokens/s", "Memory", "Device"],
        [
            [
                f"{answer.backend}:{answer.model}",
                f"{answer.load_ms:,.0f} ms",
                f"{answer.first_token_ms:,.0f} ms",
                f"{answer.tokens_per_second:,.1f}",
                megabytes(answer.memory),
                answer.device,
            ]
            for answer in measured
        ],
    )
    for name, answer in named:
        print(f"\n{name}:")
        if isinstance(answer, InkstandError):
            print(f"  {answer}")
        else:
            print(answer.text.strip())
