"""`inkstand`: a click group that imports a command's module only when the command is named.

Nothing but click and the standard library is imported here: `--help` of a program with 200
plugins must be as fast as that of one with none.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from inkstand.cli.interrupt import end_on_interrupt
from inkstand.cli.state import State

# Command -> (module, one line for the list). The line stands here too, so that listing the
# commands imports none of them; a test keeps both the same.
COMMANDS: dict[str, tuple[str, str]] = {
    "write": ("write", "Open the place to write: a folder, a file, or the workspace you are in."),
    "demo": ("demo", "Show what Inkstand does, on the sample story."),
    "new": ("new", "Make a workspace: a folder with a manuscript, a bible and settings."),
    "status": ("status", "Say where a book stands: words, today's words, goals."),
    "watch": ("watch", "Print a line whenever a text is changed, with its words, until Ctrl-C."),
    "import": ("import_", "Bring in a manuscript of another program, whole or not at all."),
    "run": ("run", "Run a writing tool on a file, a folder or standard input."),
    "read": ("read", "Read a manuscript: its people, who says what, its scenes."),
    "generate": ("generate", "Write with a model: stream the answer to a prompt."),
    "batch": ("batch", "Answer a file of requests, every place of the model taken."),
    "embed": ("embed", "Turn texts into vectors with an embedding model."),
    "tools": ("tools", "List the writing tools, or see one."),
    "bible": ("bible", "Keep pages about your people, places, things and threads."),
    "export": ("export", "Write a manuscript as DOCX, EPUB, PDF and other formats."),
    "history": ("history", "List the snapshots of a text, or the latest ones of a whole folder."),
    "diff": ("history", "Show by words what changed in a text."),
    "restore": ("history", "Make a text what it was, or bring a deleted file back."),
    "ignore": ("ignore", "See no more of a finding of a check, or list what is ignored."),
    "proposals": ("proposals", "See what tools wrote for your manuscript; accept or reject it."),
    "provenance": ("provenance", "Say whose words a text is: a person's, a machine's, or both."),
    "models": ("models", "List the models on this machine."),
    "presets": ("presets", "List presets of sampling, see one, or make your own."),
    "backends": ("backends", "List the engines, see one, or measure one."),
    "plugins": ("plugins", "List, examine, disable or enable plugins."),
    "cache": ("cache", "See how much written text is kept to be given again, or forget it."),
    "audit": ("audit", "Say what may leave the machine, and what did."),
    "usage": ("usage", "Say what calls of models took: tokens, time, cost."),
    "receipt": ("receipt", "Show what a model was sent, and whether it read it all."),
    "logs": ("logs", "Show the logs of Inkstand and its workers."),
    "config": ("config", "See and change settings."),
    "ps": ("processes", "List the worker processes that are running."),
    "stop": ("processes", "Stop worker processes."),
    "doctor": ("doctor", "Check the installation and say what to mend."),
    "completion": ("completion", "Print the script that completes commands in your shell."),
}


# How `--help` groups them; every command stands in one of these.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Start here": ("write", "demo", "new", "status", "doctor"),
    "Your text": ("read", "run", "ignore", "tools", "bible", "import", "export", "watch", "audit"),
    "Nothing is lost": ("history", "diff", "restore", "proposals", "provenance"),
    "Write with models": ("generate", "batch", "embed", "models", "presets", "backends"),
    "What happened": ("usage", "receipt", "logs", "cache", "ps", "stop"),
    "Set up": ("config", "plugins", "completion"),
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"inkstand.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, "commands", {}).get(cmd_name) or module.command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with `--offline` taken as the program's option wherever it stands."""
        end = args.index("--") if "--" in args else len(args)
        if "--offline" in args[1:end]:
            before = [argument for argument in args[:end] if argument != "--offline"]
            args = ["--offline", *before, *args[end:]]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; the nearest name is suggested."""
        if args and args[0] not in COMMANDS and _is_path(args[0]):
            return super().resolve_command(ctx, ["write", *args])
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, importing none."""
        width = max(map(len, COMMANDS))
        for title, names in SECTIONS.items():
            with formatter.section(title):
                rows = [
                    (f"{name:{width}}", COMMANDS[name][1]) for name in names if name in COMMANDS
                ]
                formatter.write_dl(rows)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.option("--offline", is_flag=True, help="Refuse whatever needs the network.")
@click.option("--web", is_flag=True, help="Open the place to write in a browser on this machine.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="The port for --web.")
@click.version_option(package_name="inkstand", message="inkstand %(version)s")
@click.pass_context
def cli(ctx: click.Context, *, offline: bool, web: bool, port: int) -> int | None:
    """Help for writers from models on their own machine.

    In a terminal, `inkstand` alone opens the place to write, and so does `inkstand PATH`.

    Your text stays here: nothing is sent anywhere unless you set up a remote engine yourself.
    """
    ctx.obj = State(offline=offline)
    ctx.call_on_close(ctx.obj.close)
    if ctx.invoked_subcommand is not None:
        if (web or port) and ctx.invoked_subcommand != "write":
            ctx.fail("--web and --port are for the place to write, and for no command.")
        return None
    from inkstand.cli.write import is_terminal, open_writing

    if not web and not is_terminal():
        click.echo(ctx.get_help())
        return None

    return open_writing(ctx.obj, None, web=web, port=port)


def _is_path(argument: str) -> bool:
    """Whether an argument in the place of a command is a file or a folder, or looks like one."""
    return os.path.exists(argument) or os.sep in argument or argument.endswith((".md", ".txt"))  # noqa: PTH110


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0, 1 for a failure, 2 for wrong usage, 130 for Ctrl-C."""
    _settle_streams()
    end_on_interrupt()
    status = _guarded(lambda: cli.main(args=arguments, prog_name="inkstand", standalone_mode=False))
    try:
        sys.stdout.flush()
    except OSError:
        # Nothing more can be written; Python would try again at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = status or 1
    sys.exit(status)


def _settle_streams() -> None:
    """Make all three standard streams usable, whatever they were left as."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # Closed by the caller: the next file that is opened would take its place.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A pipe's encoding may not hold all that a model writes: Windows has an old one there.
        encoding = None if sys.stdout.isatty() or sys.platform != "win32" else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="replace")


def _guarded(call: Callable[[], Any]) -> int:
    debug = os.environ.get("INKSTAND_DEBUG") == "1"
    try:
        status = call()
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`inkstand ... | head`): there is nobody to tell.
        return 1
    except Exception as error:
        if debug:
            raise
        from inkstand.cli.problems import show

        return show(error)
    return status if isinstance(status, int) else 0
