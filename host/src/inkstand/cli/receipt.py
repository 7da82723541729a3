"""`inkstand receipt`: what a model was sent, block by block."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inkstand.cli.moments import shown
from inkstand.cli.output import for_terminal, json_option, print_json, print_table
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.records.receipts import Block, Receipt

_folder = click.option(
    "--in", "folder", type=click.Path(), help="The workspace whose receipts are meant."
)


class _Receipts(click.Group):
    """`list`, `clear`, and a command for each id that is typed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["last", *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = super().get_command(ctx, cmd_name)
        if known is not None or cmd_name.startswith("-"):
            return known
        return click.Command(
            cmd_name,
            params=_options(),
            callback=click.pass_obj(_shower(cmd_name)),
            help="Show the latest receipt, or that of a request by the beginning of its id.",
            short_help="Show the latest receipt; an id in its place shows that one.",
        )


@click.group("receipt", cls=_Receipts, subcommand_metavar="last|ID|list|clear [OPTIONS]")
def command() -> None:
    """Show what a model was sent, and whether it read it all.

    Receipts are kept on this machine alone. To keep none:
    inkstand config set receipts.enabled false
    """


@command.command("list")
@click.option("--last", "-n", type=click.IntRange(1), default=20, show_default=True)
@_folder
@json_option
@click.pass_obj
def list_(state: State, *, last: int, folder: str | None, as_json: bool) -> None:
    """List the latest receipts."""
    found = _of(state, folder).listed(last)
    if as_json:
        print_json(found)
        return
    print_table(
        ["Request", "When", "Model", "Tool", "End"],
        [
            [
                each.request_id[:8],
                shown(each.at),
                f"{each.backend}:{each.model}",
                each.tool,
                each.outcome,
            ]
            for each in found
        ],
        empty="There is no receipt yet.",
    )


@command.command("clear")
@_folder
@json_option
@click.pass_obj
def clear(state: State, *, folder: str | None, as_json: bool) -> None:
    """Delete all receipts, for good."""
    count = _of(state, folder).clear()
    if as_json:
        print_json({"forgotten": count})
    else:
        print(f"Forgot {count:,} receipt{'' if count == 1 else 's'}.")


def _options() -> list[click.Parameter]:
    return [
        click.Option(["--texts", "-t"], is_flag=True, help="Print the text of each block too."),
        click.Option(
            ["--in", "folder"], type=click.Path(), help="The workspace whose receipts are meant."
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON."),
    ]


def _shower(which: str) -> Any:
    def show(state: State, *, texts: bool, folder: str | None, as_json: bool) -> None:
        import msgspec

        receipt = _of(state, folder).find(which)
        if as_json:
            told = {"counted": receipt.counted, "overhead": receipt.overhead}
            print_json({**msgspec.to_builtins(receipt), **told})
            return
        _print(receipt)
        if texts:
            _print_texts(receipt)

    return show


def _of(state: State, folder: str | None) -> Any:
    studio = state.studio
    if folder is not None:
        studio.path = Path(folder).expanduser()
    return studio.receipts


def _print(receipt: Receipt) -> None:
    tool = f", for the tool {receipt.tool}" if receipt.tool else ""
    print(f"Request {receipt.request_id}, {shown(receipt.at)}{tool}")
    print(f"Model   {receipt.backend}:{receipt.model}, which ended with: {receipt.outcome}\n")
    rows = [[block.label, _tokens(block), f"{block.characters:,}"] for block in receipt.blocks]
    if receipt.overhead:
        rows.append(["(the chat template)", f"{receipt.overhead:,}", ""])
    print_table(["Block", "Tokens", "Characters"], rows)
    print()
    for line in _said(receipt):
        print(line)
    for dropped in receipt.dropped:
        tokens = f", {dropped.tokens:,} tokens" if dropped.tokens else ""
        print(f"Left out: {dropped.label}{tokens}{': ' if dropped.why else ''}{dropped.why}")


def _said(receipt: Receipt) -> list[str]:
    """What the engine says of it, and what to think of that."""
    said = []
    if receipt.from_cache:
        said.append("The text came from the output cache: no engine read anything.")
    elif receipt.evaluated is None:
        said.append("The engine did not say how many tokens it read.")
    else:
        reused = f", {receipt.cached:,} of them reused" if receipt.cached else ""
        about = "" if receipt.evaluated_exact else "about "
        said.append(f"The engine says that it read {about}{receipt.evaluated:,} tokens{reused}.")
    if receipt.unread:
        said.append(
            f"CUT: {receipt.unread:,} tokens of what it was sent were not read. Its context is"
            " shorter than it should be; see: inkstand backends info " + receipt.backend
        )
    if receipt.counted is None and receipt.blocks:
        said.append("Some blocks were not counted: the model was gone before they could be.")
    if receipt.changed:
        said.append("This is not word for word what was asked: a plugin or a schema changed it.")
    return said


def _tokens(block: Block) -> str:
    if block.tokens is None:
        return "?"
    return f"{block.tokens:,}" if block.exact else f"about {block.tokens:,}"


def _print_texts(receipt: Receipt) -> None:
    for block in receipt.blocks:
        print(f"\n--- {block.label}")
        print(for_terminal(block.text) if block.text else "(the text was not kept)")
