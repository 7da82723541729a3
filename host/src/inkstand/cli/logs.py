"""`inkstand logs`: what the host and its workers logged, sorted by time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from inkstand.cli.output import for_terminal, json_option
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand_sdk.worker.log_lines import LogLine


@click.command("logs")
@click.option("--request", default="", help="Only what belongs to a request or run: its id.")
@click.option(
    "--level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="debug",
    help="Only what is at least as serious.",
)
@click.option("--last", "-n", type=click.IntRange(1), help="How many lines; 100 by default.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what is logged from now on.")
@json_option
@click.pass_obj
def command(
    state: State, *, request: str, level: str, last: int | None, follow: bool, as_json: bool
) -> None:
    """Show the logs of Inkstand and its workers.

    Prompts and texts are not logged. INKSTAND_DEBUG=1 logs more.
    """
    logs = state.studio.logs
    # All of one request is wanted; of everything, the end.
    count = last or (0 if request else 100)
    if follow:
        for new in logs.follow(request=request, level=level, last=count):
            if new is None:
                sys.stdout.flush()
            else:
                _print(new, as_json=as_json)
        return
    found = logs.lines(request=request, level=level, last=count)
    for line in found:
        _print(line, as_json=as_json)
    if not found and not as_json:
        print("Nothing is logged" + (" for that request." if request else "."))


def _print(line: LogLine, *, as_json: bool) -> None:
    import msgspec

    if as_json:
        print(msgspec.json.encode(line).decode())
        return
    data = " ".join(f"{name}={_plain(value)}" for name, value in line.data.items())
    parts = (line.time, f"{line.level:7}", line.request[:8] or "-" * 8, line.source)
    print(for_terminal("  ".join((*parts, line.message, data)).rstrip()))
    for row in line.detail.splitlines():
        print(for_terminal(f"    {row}"))


def _plain(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
