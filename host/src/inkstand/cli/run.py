"""`inkstand run TOOL`: flags made from the tool's input Struct, output shown from its shape."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inkstand.cli.input import piped, standard_input
from inkstand.cli.interrupt import stopped_by_interrupt
from inkstand.cli.output import for_terminal, print_json
from inkstand.cli.progress import STATUS
from inkstand.cli.sampling import WRITING_OPTIONS
from inkstand.cli.state import State
from inkstand_sdk.errors import NotFound
from inkstand_sdk.settings import Field, click_options, given

if TYPE_CHECKING:
    from inkstand.tools.runner import ToolRun
    from inkstand_sdk.manuscript import Manuscript


def manuscript_at(state: State, path: str | None) -> Manuscript | None:
    """The manuscript at PATH, or of standard input for "-" and for a pipe; None if neither."""
    if path is not None and path != "-":
        state.studio.path = Path(path).expanduser()
        return state.studio.manuscript(state.studio.path)
    data = piped() if path is None else standard_input()
    if data is None or (path is None and not data):
        return None
    return state.studio.manuscript_of(data)


_OPTIONS = [
    click.Option(
        ["--engine"],
        type=click.Choice(["auto", "analysis", "model"]),
        default="auto",
        show_default=True,
        help="What the text itself says, or what a model makes of it.",
    ),
    click.Option(
        ["--model", "-m"], default="", help="[backend:]id or a path; implies the model engine."
    ),
    *WRITING_OPTIONS,
    click.Option(["--json", "as_json"], is_flag=True, help="Print the tool's output Struct."),
    click.Option(["--no-stream"], is_flag=True, help="Do not show the model's text as it comes."),
]


class _Tools(click.Group):
    """One subcommand for each installed tool, made from its descriptor."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [tool.name for tool in _state(ctx).studio.tools()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        try:
            tool = _state(ctx).studio.tool(cmd_name)
        except NotFound:
            if ctx.resilient_parsing:  # a shell is completing what is typed
                return None
            raise
        fields = tuple(_renamed(field) for field in tool.input_fields)
        params: list[click.Parameter] = [
            click.Argument(["path"], required=False, metavar="[PATH|-]"),
            *click_options(fields),
            *_OPTIONS,
        ]
        return click.Command(
            cmd_name,
            params=params,
            callback=click.pass_obj(_runner(cmd_name, fields)),
            help=_help(tool.summary, tool.capabilities.get("engines", ())),
            short_help=tool.summary or tool.title,
        )


def _state(ctx: click.Context) -> State:
    """The state of this run; one of its own where a shell asks for completions."""
    state = ctx.find_object(State)
    if state is None:
        state = ctx.obj = State()
        ctx.call_on_close(state.close)
    return state


_TAKEN = {
    *("engine", "model", "fallback", "preset", "strategy", "json", "no_stream", "help", "path"),
}


def _renamed(field: Field) -> Field:
    """A field whose flag `run` needs itself is called `--field-NAME`."""
    import msgspec

    if field.name not in _TAKEN:
        return field
    return msgspec.structs.replace(field, name=f"field_{field.name}")


def _runner(name: str, fields: tuple[Field, ...]) -> Any:
    def run(state: State, /, path: str | None, *, as_json: bool, **options: Any) -> int:
        values = {
            key.removeprefix("field_") if key.removeprefix("field_") in _TAKEN else key: value
            for key, value in given(options, fields).items()
        }
        job = state.studio.run_tool(
            name,
            values,
            manuscript=_text(state, path),
            engine=options["engine"],
            model=options["model"],
            fallback=options["fallback"],
            preset=options["preset"],
            strategy=options["strategy"],
        )
        output = follow(job, stream=not (as_json or options["no_stream"]))
        _tell_of_proposals(state, job.result().proposals, path)
        if as_json:
            print_json(output)
        else:
            from inkstand.cli.render import print_output

            print_output(output)
            _tell_of_findings(state, output, path)
        return 0

    return run


def _text(state: State, path: str | None) -> Path | Manuscript | None:
    """The file that is named, so that the tool may propose something for it; or what is piped."""
    if path is not None and path != "-":
        return Path(path).expanduser()
    return manuscript_at(state, path)


def _tell_of_proposals(state: State, numbers: tuple[int, ...], path: str | None) -> None:
    if not numbers:
        return
    what = f"show {numbers[0]}" if len(numbers) == 1 else "list"
    count = "1 proposal" if len(numbers) == 1 else f"{len(numbers)} proposals"
    print(f"{count}: inkstand proposals {what}{where(state, path)}", file=sys.stderr)


def _tell_of_findings(state: State, output: dict[str, Any], path: str | None) -> None:
    from inkstand.cli.findings import are_findings

    found = output.get("findings")
    if path not in (None, "-") and found and are_findings(found):
        print(
            f"To see one no more: inkstand ignore {found[0]['id']}{where(state, path)}",
            file=sys.stderr,
        )


def where(state: State, path: str | None) -> str:
    """The option that names the workspace of a path, unless the current folder is in it."""
    if path is None or state.studio.desk(".").workspace.state == (
        state.studio.desk(path).workspace.state
    ):
        return ""
    from shlex import quote

    return f" --in {quote(path)}"


def follow(job: ToolRun, *, stream: bool) -> dict[str, Any]:
    """Show a tool's progress and text until it is done. Ctrl-C stops it."""
    from inkstand_sdk.worker.protocol import Progress

    wrote = False
    try:
        with stopped_by_interrupt(job.cancel):
            for event in job.events():
                if isinstance(event, Progress):
                    STATUS.show(event.message or "Working", event.fraction)
                elif stream:
                    STATUS.clear()
                    sys.stdout.write(for_terminal(event.text))
                    sys.stdout.flush()
                    wrote = True
    finally:
        job.cancel()  # which does nothing to a job that is over
        STATUS.clear()
        if wrote:
            print(flush=True)
    outcome = job.result()
    for note in outcome.notes:
        print(f"Note: {note}", file=sys.stderr)
    return outcome.output


def _help(summary: str, engines: tuple[str, ...]) -> str:
    with_engines = f"Engines: {', '.join(engines)}." if engines else ""
    return f"{summary}\n\nPATH is a file or a folder; - is standard input. {with_engines}"


command = _Tools(
    "run",
    help="Run a writing tool on a file, a folder or standard input.",
    subcommand_metavar="TOOL [PATH|-] [OPTIONS]",
    no_args_is_help=True,
)
