"""`inkstand audit`: what may leave the machine, and what did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from inkstand.cli.moments import shown
from inkstand.cli.output import for_terminal, json_option, megabytes, print_json
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.records.auditing import Audit

_MOST_FILES = 20


@click.command("audit")
@click.argument("path", required=False, type=click.Path())
@json_option
@click.pass_obj
def command(state: State, *, path: str | None, as_json: bool) -> None:
    """Say what may leave the machine, and what did.

    Which engines send texts elsewhere, what is marked to stay here, what was sent and when, and
    what Inkstand keeps about the workspace at PATH: the current folder by default.
    """
    audit = state.studio.audit(Path(path or ".").expanduser())
    if as_json:
        print_json(audit)
        return
    for title, lines in (
        ("What may leave this machine", _may_leave(audit)),
        ("What stays here", _stays(audit)),
        ("What was sent", _sent(audit)),
        ("What Inkstand keeps", _kept(audit)),
    ):
        print(title)
        for line in lines:
            print(for_terminal(f"  {line}"))


def _may_leave(audit: Audit) -> Iterator[str]:
    if audit.offline:
        yield "Nothing: Inkstand is offline."
    if not audit.senders:
        yield "Nothing: no engine that is installed sends texts to another machine."
        return
    for sender in audit.senders:
        where = f" to {sender.address}" if sender.address else ""
        used = f"used for {', '.join(sender.used_for)}" if sender.used_for else "only if named"
        yield f"The {sender.kind} {sender.name} sends texts{where}; {used}."
    if not audit.offline:
        yield "To close every door: inkstand config set offline true"


def _stays(audit: Audit) -> Iterator[str]:
    if audit.stays:
        yield "Everything in this workspace: inkstand.toml says so."
        return
    if not audit.marked:
        yield "Nothing is marked `cloud: never` here."
        return
    count = len(audit.marked)
    yield f"{count:,} file{' is' if count == 1 else 's are'} marked `cloud: never`:"
    yield from (f"  {name}" for name in audit.marked[:_MOST_FILES])
    if count > _MOST_FILES:
        yield f"  ... and {count - _MOST_FILES:,} more; --json has them all."


def _sent(audit: Audit) -> Iterator[str]:
    if not audit.recorded:
        yield "It is not known: calls are not written down (usage.enabled is false)."
    elif not audit.sent:
        yield "Nothing, as far as calls were written down: no model elsewhere has been asked."
    for sent in audit.sent:
        # What an embedder was sent is not counted in tokens.
        tokens = f", {sent.prompt_tokens:,} tokens sent" if sent.prompt_tokens else ""
        calls = f"{sent.calls:,} call{'' if sent.calls == 1 else 's'}"
        yield (
            f"{sent.backend}{f':{sent.model}' * bool(sent.model)}: {calls}{tokens},"
            f" the last on {shown(sent.last)}."
        )
    if audit.withheld:
        count = audit.withheld
        yield f"{count:,} request{' was' if count == 1 else 's were'} held back by a mark."
    if audit.sent:
        yield "Each one: inkstand usage --by call; what it held: inkstand receipt list"


def _kept(audit: Audit) -> Iterator[str]:
    for kept in audit.kept:
        yield f"{kept.path}: {megabytes(kept.bytes)}: {kept.what}."
        if kept.open:
            files = ", ".join(kept.open[:3]) + (", ..." if len(kept.open) > 3 else "")
            yield f"  Others on this machine may read {files}: chmod -R go= {quote(kept.path)}"
