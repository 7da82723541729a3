"""`inkstand ps` and `inkstand stop`: worker processes of every Inkstand on this machine."""

from __future__ import annotations

import click

from inkstand.cli.output import json_option, megabytes, print_json, print_table
from inkstand.cli.state import State


@click.command("ps")
@json_option
@click.pass_obj
def ps(state: State, *, as_json: bool) -> None:
    """List the worker processes that are running."""
    live = state.studio.live_workers()
    if as_json:
        print_json(live)
        return
    print_table(
        ["PID", "Worker", "Model", "State", "Memory", "Idle", "Host"],
        [
            [
                str(worker.pid),
                worker.title,
                worker.model,
                worker.state,
                megabytes(worker.rss),
                f"{worker.idle_seconds:.0f} s" if worker.state == "idle" else "",
                str(worker.host_pid),
            ]
            for worker in live
        ],
        empty="No worker is running.",
    )


@click.command("stop")
@click.argument("worker", required=False)
@click.option("--all", "everything", is_flag=True, help="Stop every worker.")
@json_option
@click.pass_obj
def stop(state: State, worker: str | None, *, everything: bool, as_json: bool) -> None:
    """Stop worker processes.

    WORKER is a PID or a title, as `inkstand ps` lists them.
    """
    from inkstand_sdk.errors import UsageError

    if worker is None and not everything:
        raise UsageError("Which worker?", "", "Name one as `inkstand ps` lists it, or give --all.")
    stopped = state.studio.stop_workers(None if everything else worker)
    if as_json:
        print_json(stopped)
        return
    for one in stopped:
        print(f"Stopped {one.pid} ({one.title}).")
    if not stopped:
        print("No worker is running.")


commands = {"ps": ps, "stop": stop}
