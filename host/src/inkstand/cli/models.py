"""`inkstand models`: which models are on this machine."""

from __future__ import annotations

import click

from inkstand.cli.output import json_option, megabytes, print_json, print_table
from inkstand.cli.state import State


@click.group("models")
def command() -> None:
    """List the models on this machine."""


@command.command("list")
@json_option
@click.pass_obj
def list_(state: State, *, as_json: bool) -> None:
    """List the models that plugins bring and those in the model folders."""
    models = state.studio.models()
    if as_json:
        print_json(models)
        return
    print_table(
        ["Model", "Format", "Size", "Context", "Backends", "What it is"],
        [
            [
                entry.model.id,
                entry.model.format,
                megabytes(entry.model.size) if entry.model.size else "",
                f"{entry.model.context_length:,}" if entry.model.context_length else "",
                ", ".join(entry.backends) or "none",
                entry.problem or entry.model.summary or entry.model.title,
            ]
            for entry in models
        ],
        empty="No model is here. Try: pip install inkstand-pocket; any GGUF file works by its"
        " path: --model ./file.gguf",
    )
    if models:
        print(f"\nModel files are looked for in {state.studio.library.folder} too.")
