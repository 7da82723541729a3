"""`inkstand completion`: the script that completes commands in a shell."""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands in your shell.

    For example, in ~/.bashrc: eval "$(inkstand completion bash)"
    """
    from click.shell_completion import get_completion_class

    from inkstand.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    # The template is filled in here because click's own way asks the bash on PATH for its version.
    values = {
        "complete_func": "_inkstand_completion",
        "complete_var": "_INKSTAND_COMPLETE",
        "prog_name": "inkstand",
    }
    print(kind(cli, {}, "inkstand", "_INKSTAND_COMPLETE").source_template % values)
