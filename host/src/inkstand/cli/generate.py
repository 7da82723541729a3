"""`inkstand generate`: a prompt in, a stream of text out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inkstand.cli.input import piped, standard_input, text_file
from inkstand.cli.interrupt import stopped_by_interrupt
from inkstand.cli.output import for_terminal, json_option, print_json
from inkstand.cli.progress import STATUS
from inkstand.cli.sampling import WRITING_OPTIONS
from inkstand.cli.state import State
from inkstand_sdk.messages import Sampling
from inkstand_sdk.settings import click_options, form, given

if TYPE_CHECKING:
    from inkstand.generation.generation import Generation
    from inkstand_sdk.messages import Adapter, GenerateRequest, GenerateResult


def _sampling_options(command: Callable[..., int]) -> Callable[..., int]:
    """Options for a preset and a strategy, and for every field of `Sampling` as it is declared."""
    params: list[click.Option] = [*WRITING_OPTIONS, *click_options(form(Sampling))]
    for option in params:
        if "--temperature" in option.opts:
            option.opts.append("-t")
    command.__click_params__ = [*getattr(command, "__click_params__", []), *reversed(params)]  # type: ignore[attr-defined]
    return command


@click.command("generate")
@click.argument("prompt", required=False)
@click.option(
    "--model",
    "-m",
    "models",
    multiple=True,
    help="[backend:]id or the path of a model file; several for --best-of.",
)
@click.option("--system", "-s", help="Instructions that stand before the prompt.")
@click.option("--raw", is_flag=True, help="Send the prompt as it is, without a chat template.")
@click.option("--max-tokens", "-n", type=click.IntRange(1), default=256, show_default=True)
@_sampling_options
@click.option("--stop", multiple=True, help="End before this text. May be given more than once.")
@click.option(
    "--schema", type=click.Path(), help="A file with a JSON Schema that the answer must satisfy."
)
@click.option("--grammar", type=click.Path(), help="A file with a GBNF grammar.")
@click.option(
    "--adapter",
    "adapters",
    multiple=True,
    metavar="FILE[:SCALE]",
    help="A LoRA adapter to apply, by its weight if one is given. May be given more than once.",
)
@click.option(
    "--logprobs",
    type=click.IntRange(0, 20),
    metavar="N",
    help="With --json: the log probability of each token, and of N that might have been.",
)
@click.option(
    "--cache/--no-cache",
    "cache",
    default=None,
    help="Take what was written before for this request, or write anew. By default it is taken"
    " with temperature 0 or a seed.",
)
@click.option(
    "--best-of",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Write N texts, by one model or several in turn, and print the best.",
)
@click.option(
    "--scorer",
    default="logprob",
    show_default=True,
    help="What decides which is the best: logprob, length or schema-valid.",
)
@click.option(
    "--propose",
    "propose",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Keep the text as a proposal for this file, as a new paragraph.",
)
@click.option(
    "--at", "place", default="end", metavar="end|LINE", help="With --propose: before which line."
)
@click.option("--no-stream", is_flag=True, help="Print the text when it is complete.")
@click.option("--verbose", "-v", is_flag=True, help="Say how fast it was, on standard error.")
@json_option
@click.pass_obj
def command(state: State, /, prompt: str | None, *, as_json: bool, **options: Any) -> int:
    """Write with a model: stream the answer to a prompt.

    PROMPT "-", or none where something is piped in, is standard input.
    """
    from inkstand_sdk.errors import InkstandError, UsageError

    if options["logprobs"] is not None and not as_json:
        raise UsageError(
            "--logprobs needs --json.",
            "Only there is a place for them.",
            "Add --json, or leave --logprobs out.",
        )
    line = _line(options["place"]) if options["propose"] else None
    if options["propose"]:
        _see_file(state, Path(options["propose"]).expanduser())
    request = _request(_prompt(state, prompt), options)
    if options["best_of"] is not None:
        return _best(state, request, options, as_json=as_json)
    with state.studio.generate(
        request, model=_one(options["models"]), fallback=options["fallback"]
    ) as generation:
        streaming = not (as_json or options["no_stream"] or options["schema"])
        try:
            result = _written(generation, streaming=streaming)
        except InkstandError:
            # What was written before the fault is kept; an invalid answer is told with it.
            if options["no_stream"] and not (as_json or options["schema"]) and generation.text:
                print(for_terminal(generation.text))
            raise
    if as_json:
        print_json(result)
    elif not streaming:
        print(for_terminal(result.text))
    _say(result, verbose=options["verbose"])
    if options["propose"] and result.finish != "cancelled":
        _propose(state, options["propose"], line, result)
    return 130 if result.finish == "cancelled" else 0


def _one(models: tuple[str, ...]) -> str:
    from inkstand_sdk.errors import UsageError

    if len(models) > 1:
        raise UsageError(
            "Several models are named, and one writes.",
            "Only --best-of has several write.",
            f"Let the others stand in for the first: -m {models[0]} --fallback {models[1]}",
        )
    return models[0] if models else ""


def _best(state: State, request: GenerateRequest, options: dict[str, Any], *, as_json: bool) -> int:
    """Have several texts written, and print the best; all of them with `--json`."""
    from inkstand_sdk.errors import UsageError

    if options["fallback"]:
        raise UsageError(
            "--best-of and --fallback do not go together.",
            "A model that cannot write leaves its texts to be missing, and the others go on.",
            "Name all models with --model, and leave --fallback out.",
        )
    job = state.studio.best_of(
        request, options["best_of"], models=options["models"], scorer=options["scorer"]
    )
    try:
        with stopped_by_interrupt(job.cancel):
            for event in job.events():
                STATUS.show(event.message, event.fraction)
    finally:
        job.cancel()  # which does nothing to a job that is over
        STATUS.clear()
    best = job.result()
    if as_json:
        print_json(best)
    else:
        print(for_terminal(best.winner.text))
    for note in best.notes:
        print(f"Note: {note}", file=sys.stderr)
    if options["verbose"]:
        for score, result in zip(best.scores, (best.winner, *best.losers), strict=True):
            shown = "none" if score is None else f"{score:.4g}"
            print(f"{best.scorer} {shown}  {result.backend}:{result.model}", file=sys.stderr)
    _say(best.winner, verbose=options["verbose"])
    if options["propose"]:
        _propose(state, options["propose"], _line(options["place"]), best.winner)
    return 0


def _line(given: str) -> int | None:
    """The line that `--at` names; None for the end."""
    if given == "end":
        return None
    if not (given.isascii() and given.isdecimal() and 0 < len(given) < 10):
        raise click.UsageError(f"--at is end or the number of a line, and not {given!r}.")
    return int(given)


def _see_file(state: State, path: Path) -> None:
    """See that a proposal for a file can be kept, before a model writes it."""
    state.studio.desk(path if path.exists() else path.parent).workspace.writable(path)


def _propose(state: State, file: str, line: int | None, result: GenerateResult) -> None:
    from inkstand.cli.run import where

    path = Path(file).expanduser()
    there = path if path.exists() else path.parent
    number = state.studio.desk(there).propose(path, line, result)
    hint = f"inkstand proposals show {number}{where(state, str(there))}"
    print(f"1 proposal: {hint}", file=sys.stderr)


def _prompt(state: State, given: str | None) -> str:
    from inkstand_sdk.errors import UsageError

    if given is None or given == "-":
        data = piped() if given is None else standard_input()
        if data is None:
            raise UsageError(
                "There is no prompt.",
                "None was given, and nothing was piped in.",
                'For example: inkstand generate "Describe a ferry at dawn."',
            )
        given = state.studio.text_of(data, "standard input")
    if not given.strip():
        raise UsageError(
            "The prompt is empty.",
            "There is nothing to answer.",
            'For example: inkstand generate "Describe a ferry at dawn."',
        )
    # Bytes that are no text reach us as lone surrogates, which no engine can be sent.
    return given.encode("utf-8", "replace").decode("utf-8")


def _request(prompt: str, options: dict[str, Any]) -> GenerateRequest:
    import msgspec

    from inkstand_sdk.errors import UsageError
    from inkstand_sdk.messages import GenerateRequest, sampling_from

    try:
        sampling = sampling_from(given(options, form(Sampling)))
    except msgspec.ValidationError as error:  # NaN passes click's bounds
        raise UsageError(f"The sampling is not valid: {error}.") from error
    return GenerateRequest.of(
        prompt,
        system=options["system"],
        raw=options["raw"],
        sampling=sampling,
        preset=options["preset"],
        strategy=options["strategy"],
        stop=tuple(options["stop"]),
        max_tokens=options["max_tokens"],
        schema=_schema(options["schema"]) if options["schema"] else None,
        grammar=text_file(options["grammar"], "grammar") if options["grammar"] else None,
        adapters=tuple(map(_adapter, options["adapters"])),
        logprobs=options["logprobs"],
        cache={None: "auto", True: "on", False: "off"}[options["cache"]],
    )


def _adapter(given: str) -> Adapter:
    """The file and the weight in FILE[:SCALE]; a colon may be part of the file's name."""
    import math

    from inkstand_sdk.errors import InputError
    from inkstand_sdk.messages import Adapter

    name, colon, scale = given.rpartition(":")
    try:
        weight = float(scale)
    except ValueError:
        name, colon = "", ""
    if not (name and colon and math.isfinite(weight)):
        name, weight = given, 1.0
    path = Path(name).expanduser()
    if not path.is_file():
        raise InputError(
            f"There is no adapter file {name}.",
            "The name may be misspelled, or relative to another folder.",
            "For example: --adapter style.gguf:0.8",
        )
    # The worker may run in another folder.
    return Adapter(str(path.absolute()), weight)


def _schema(path: str) -> Any:
    import msgspec

    from inkstand_sdk.errors import SchemaError

    try:
        schema = msgspec.json.decode(text_file(path, "schema"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise SchemaError(
            f"The schema file {path} is not JSON: {error}.",
            "",
            'A schema looks like {"type": "object", "properties": {...}}.',
        ) from error
    if not isinstance(schema, dict):
        raise SchemaError(
            f"The schema file {path} does not hold a JSON object.",
            "",
            'A schema looks like {"type": "object", "properties": {...}}.',
        )
    return schema


def _written(generation: Generation, *, streaming: bool) -> GenerateResult:
    """Follow the stream to its end. Ctrl-C stops the engine and keeps what was written."""
    from inkstand_sdk.worker.protocol import Progress

    try:
        with stopped_by_interrupt(generation.cancel):
            for chunk in generation:
                if not generation.text and (progress := Progress.of(chunk)) is not None:
                    STATUS.show(progress.message, progress.fraction)
                if chunk.text and streaming:
                    STATUS.clear()
                    sys.stdout.write(for_terminal(chunk.text))
                    sys.stdout.flush()
    finally:
        STATUS.clear()
        if streaming and generation.text:
            print(flush=True)
    return generation.result


def _say(result: GenerateResult, *, verbose: bool) -> None:
    for note in result.notes:
        print(f"Note: {note}", file=sys.stderr)
    if result.unsupported:
        print(
            f"Note: {result.backend} does not honor: {', '.join(result.unsupported)}.",
            file=sys.stderr,
        )
    if result.finish == "length":
        print("Note: the text ends at the token limit (--max-tokens).", file=sys.stderr)
    if result.finish == "cancelled":
        kept = "; what was written is above" if result.text else ""
        print(f"Stopped{kept}.", file=sys.stderr)
    if verbose and result.cached:
        print(
            f"{result.backend}:{result.model}  written before: from the output cache,"
            f" {result.usage.completion_tokens} tokens, finish {result.finish}",
            file=sys.stderr,
        )
    elif verbose:
        usage = result.usage
        print(
            f"{result.backend}:{result.model}  {usage.prompt_tokens} tokens in"
            f" ({usage.cached_tokens} reused), {usage.completion_tokens} out,"
            f" first after {result.first_token_ms:.0f} ms,"
            f" {result.tokens_per_second:.1f} tokens/s, finish {result.finish}",
            file=sys.stderr,
        )
