"""`inkstand batch`: a file of requests in, a file of answers out."""

from __future__ import annotations

import os
import shlex
import sys
import time
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from inkstand.cli.interrupt import stopped_by_interrupt
from inkstand.cli.output import json_option, print_json, print_table
from inkstand.cli.progress import STATUS
from inkstand.cli.sampling import WRITING_OPTIONS
from inkstand.cli.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from inkstand.batch.batches import Batch
    from inkstand.batch.run import BatchOutcome, BatchProgress

_BAR = 24


def _writing_options(command: Callable[..., int]) -> Callable[..., int]:
    command.__click_params__ = [  # type: ignore[attr-defined]
        *getattr(command, "__click_params__", []),
        *reversed(WRITING_OPTIONS),
    ]
    return command


@click.command("batch")
@click.argument("requests", required=False, metavar="IN.jsonl|-")
@click.argument("out", required=False, metavar="OUT.jsonl|-")
@click.option("--model", "-m", default="", help="For lines that name none: [backend:]id or a path.")
@_writing_options
@click.option("--max-tokens", "-n", type=click.IntRange(1), help="For lines that say nothing.")
@click.option("--chat", is_flag=True, help="Put prompts through the model's chat template.")
@click.option("--resume", is_flag=True, help="Go on behind the last answer in OUT.")
@click.option("--force", is_flag=True, help="Begin anew, and write over OUT.")
@click.option("--status", is_flag=True, help="List the batches, and how far each one is.")
@json_option
@click.pass_obj
def command(
    state: State,
    /,
    requests: str | None,
    out: str | None,
    *,
    resume: bool,
    force: bool,
    status: bool,
    as_json: bool,
    **defaults: Any,
) -> int:
    """Answer a file of requests, every place of the model taken.

    Each line of IN is a JSON object: {"prompt": "...", "max_tokens": 40}, with any field of a
    request, and "id" and "model" if you like. Each line of OUT is the answer to one, in the same
    order: what `inkstand generate --json` prints, or {"error": ...}. Blank lines are passed over.
    Run the same command again to go on after it was stopped, or killed.

    The exit status is 1 if there are answers that are errors.
    """
    from inkstand_sdk.errors import UsageError

    if status:
        return _list(state, as_json=as_json)
    if requests is None or out is None:
        raise UsageError(
            "A batch needs a file of requests and one for the answers.",
            "",
            "For example: inkstand batch requests.jsonl answers.jsonl",
        )
    if resume and force:
        raise UsageError("--resume goes on and --force begins anew.", "", "Give one of them.")
    job = state.studio.generate_many(
        _standard_input() if requests == "-" else requests,
        _standard_output() if out == "-" else out,
        mode="resume" if resume else "force" if force else "careful",
        **defaults,
    )
    outcome = _followed(job, requests, out)
    if as_json and out != "-":
        print_json(outcome)
    else:
        print(_summary(outcome), file=sys.stderr)
    return 1 if outcome.failed else 0


def _standard_input() -> BinaryIO:
    """Standard input by a descriptor of its own: a thread may wait for it when the program ends."""
    from inkstand_sdk.errors import InputError

    try:
        return os.fdopen(os.dup(0), "rb")
    except OSError as error:
        raise InputError("Standard input is closed.", "", "Pipe something in.") from error


def _standard_output() -> BinaryIO:
    sys.stdout.flush()
    return sys.stdout.buffer


def _followed(job: Batch, requests: str, out: str) -> BatchOutcome:
    """Show how far it is until it ends. Ctrl-C stops it, and says how to go on."""
    from inkstand_sdk.errors import Cancelled

    try:
        with stopped_by_interrupt(job.cancel):
            for progress in job.events():
                STATUS.show(_line(progress))
        return job.result()
    except Cancelled:
        STATUS.clear()
        if out != "-":
            again = shlex.join(["inkstand", "batch", requests, out, "--resume"])
            print(f"What was finished is in {out}. Go on with: {again}", file=sys.stderr)
        raise
    finally:
        job.cancel()  # which does nothing to a job that is over
        STATUS.clear()


def _line(progress: BatchProgress) -> str:
    if progress.loading is not None and not progress.done:
        share = progress.loading.share
        return f"Loading {progress.loading.model}" + ("" if share is None else f" {share:4.0%}")
    parts = [f"{progress.done:,} done"]
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    parts.append(f"{progress.tokens_per_second:,.0f} tokens/s")
    if progress.seconds_left is not None:
        parts.append(f"{_duration(progress.seconds_left)} left")
    told = ", ".join(parts)
    if progress.share is None:
        return told
    full = round(_BAR * progress.share)
    return f"[{'#' * full}{'.' * (_BAR - full)}] {progress.share:4.0%}  {told}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _summary(outcome: BatchOutcome) -> str:
    if not outcome.done:
        return "There were no requests."
    new = outcome.done - outcome.begun_before
    told = f"{outcome.done:,} answered"
    if outcome.begun_before:
        told += f", {outcome.begun_before:,} of them before"
    if outcome.failed:
        told += f"; {outcome.failed:,} of the answers are errors"
    if new and outcome.seconds > 0:
        told += f". {outcome.tokens:,} tokens in {_duration(outcome.seconds)}"
    return f"{told}."


def _list(state: State, *, as_json: bool) -> int:
    batches = state.studio.batches.listed()
    if as_json:
        print_json(batches)
        return 0
    print_table(
        ["Answers in", "State", "Answered", "Errors", "Seen", "Requests from"],
        [
            [
                batch.record.out,
                batch.state,
                f"{batch.record.done:,}",
                f"{batch.record.failed:,}",
                time.strftime("%Y-%m-%d %H:%M", time.localtime(batch.record.seen)),
                batch.record.source or "a program",
            ]
            for batch in batches
        ],
        empty="There is no batch. Begin one: inkstand batch requests.jsonl answers.jsonl",
    )
    return 0
