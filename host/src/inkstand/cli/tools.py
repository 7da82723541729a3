"""`inkstand tools`: which writing tools are installed."""

from __future__ import annotations

import click

from inkstand.cli.output import json_option, print_json, print_table
from inkstand.cli.state import State


@click.group("tools")
def command() -> None:
    """List the writing tools, or see one."""


@command.command("list")
@json_option
@click.pass_obj
def list_(state: State, *, as_json: bool) -> None:
    """List the installed tools."""
    tools = state.studio.tools()
    if as_json:
        print_json(tools)
        return
    print_table(
        ["Tool", "What it does", "Engines", "From"],
        [
            [tool.name, tool.summary, ", ".join(tool.capabilities["engines"]), tool.distribution]
            for tool in tools
        ],
        empty="No tool is installed. Try: pip install inkstand-writing",
    )


@command.command("info")
@click.argument("name")
@json_option
@click.pass_obj
def info(state: State, name: str, *, as_json: bool) -> None:
    """Show a tool's input and output."""
    tool = state.studio.tool(name)
    if as_json:
        print_json(tool)
        return
    print(f"{tool.title} ({tool.name}), from {tool.distribution} {tool.version}")
    print(tool.summary)
    print(f"Engines: {', '.join(tool.capabilities['engines'])}")
    print_table(
        ["Input", "Kind", "Default", "What it is"],
        [
            [
                field.flag,
                field.kind,
                "" if field.default is None else str(field.default),
                field.help,
            ]
            for field in tool.input_fields
        ],
        empty="It takes no input but the text.",
    )
    print(f"\nFor example: inkstand run {tool.name} PATH")
