"""`inkstand usage`: what the calls of models took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inkstand.cli.moments import moment, shown
from inkstand.cli.output import json_option, print_json, print_table
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.records.usage import Call, UsageTotal


@click.command("usage")
@click.option(
    "--by",
    type=click.Choice(["model", "tool", "day", "call"]),
    default="model",
    show_default=True,
    help="What is added up; each call by itself with `call`.",
)
@click.option("--since", default="", callback=moment, help="7d, 24h, today or a date.")
@click.option(
    "--last", "-n", type=click.IntRange(1), default=50, show_default=True, help="With --by call."
)
@click.option("--clear", is_flag=True, help="Forget all calls, for good.")
@json_option
@click.pass_obj
def command(state: State, *, by: str, since: float, last: int, clear: bool, as_json: bool) -> None:
    """Say what calls of models took: tokens, time, cost.

    The numbers are kept on this machine alone, and hold no text. To keep none:
    inkstand config set usage.enabled false
    """
    usage = state.studio.usage
    if clear:
        count = usage.clear()
        if as_json:
            print_json({"forgotten": count})
        else:
            print(f"Forgot {count:,} call{'' if count == 1 else 's'}.")
    elif by == "call":
        calls = usage.calls(since, last)
        print_json(calls) if as_json else _print_calls(calls)
    else:
        totals = usage.totals(by, since)  # type: ignore[arg-type]
        print_json(totals) if as_json else _print_totals(by, totals)
        if not as_json and not state.studio.config.usage.enabled:
            print("It is off. To count again: inkstand config set usage.enabled true")


_NOTHING = "No call of a model is on record."


def _print_totals(by: str, totals: list[UsageTotal]) -> None:
    costs = any(total.cost for total in totals)
    columns = [by.capitalize(), "Calls", "Failed", "Tokens in", "Reused", "Tokens out"]
    columns += ["First token", "Tokens/s", *(["Cost"] if costs else [])]
    print_table(
        columns,
        [
            [
                total.name or "(none)",
                f"{total.calls:,}",
                f"{total.failed:,}" if total.failed else "",
                f"{total.prompt_tokens:,}",
                f"{total.cached_tokens:,}",
                f"{total.completion_tokens:,}",
                f"{total.first_token_ms:,.0f} ms" if total.first_token_ms else "",
                f"{total.tokens_per_second:,.1f}" if total.tokens_per_second else "",
                *([f"{total.cost:,.4f}"] if costs else []),
            ]
            for total in totals
        ],
        empty=_NOTHING,
    )


def _print_calls(calls: list[Call]) -> None:
    print_table(
        ["When", "Request", "Model", "Tool", "In", "Out", "First token", "Tokens/s", "End"],
        [
            [
                shown(call.at),
                call.request_id[:8],
                f"{call.backend}:{call.model}",
                call.tool,
                f"{call.prompt_tokens:,}",
                f"{call.completion_tokens:,}",
                f"{call.first_token_ms:,.0f} ms" if call.first_token_ms else "",
                f"{call.tokens_per_second:,.1f}" if call.tokens_per_second else "",
                f"{call.outcome} (from the cache)" if call.from_cache else call.outcome,
            ]
            for call in calls
        ],
        empty=_NOTHING,
    )
