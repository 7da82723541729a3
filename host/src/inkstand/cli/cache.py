"""`inkstand cache`: what models wrote before, kept to be given again."""

from __future__ import annotations

import click

from inkstand.cli.output import json_option, megabytes, print_json
from inkstand.cli.state import State


@click.group("cache")
def command() -> None:
    """See how much written text is kept to be given again, or forget it."""


@command.command("stats")
@json_option
@click.pass_obj
def stats(state: State, *, as_json: bool) -> None:
    """Say what it holds, how often it helped, and where it is."""
    found = state.studio.cache.stats()
    if as_json:
        print_json(found)
        return
    print(f"entries   {found.entries:,}")
    print(f"on disk   {megabytes(found.bytes)} of {megabytes(found.limit)} at most")
    print(f"hits      {found.hits:,}")
    print(f"misses    {found.misses:,}")
    print(f"folder    {found.folder}")
    if not found.enabled:
        print("It is off. To have it again: inkstand config set cache.enabled true")


@command.command("clear")
@json_option
@click.pass_obj
def clear(state: State, *, as_json: bool) -> None:
    """Forget everything that was written before."""
    count = state.studio.cache.clear()
    if as_json:
        print_json({"forgotten": count})
    else:
        print(f"Forgot {count:,} result{'' if count == 1 else 's'}.")
