"""Which models may write, and how, by name: options of every command that makes one write."""

from __future__ import annotations

from typing import get_args

import click

from inkstand_sdk.messages import Strategy

WRITING_OPTIONS = [
    click.Option(
        ["--fallback"],
        multiple=True,
        metavar="MODEL",
        help="A model to try where the one before it cannot answer. May be given more than once.",
    ),
    click.Option(["--preset"], default="", help="Sampling by name: inkstand presets list."),
    click.Option(
        ["--strategy"],
        type=click.Choice(get_args(Strategy)),
        help="How tokens are chosen; options such as --top-p say more.",
    ),
]
