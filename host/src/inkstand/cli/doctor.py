"""`inkstand doctor`: what is wrong with this installation, and the command that mends it."""

from __future__ import annotations

import click

from inkstand.cli.output import json_option, print_json
from inkstand.cli.state import State

_MARKS = {"ok": "ok  ", "warning": "warn", "fault": "FAIL"}


@click.command("doctor")
@json_option
@click.pass_obj
def command(state: State, *, as_json: bool) -> int:
    """Check the installation and say what to mend."""
    checks = state.studio.doctor()
    if as_json:
        print_json(checks)
    else:
        for check in checks:
            print(f"{_MARKS[check.state]}  {check.what}")
            if check.fix:
                print(f"      {check.fix}")
    return 1 if any(check.state == "fault" for check in checks) else 0
