"""`inkstand embed`: texts in, vectors out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from inkstand.cli.input import piped, standard_input
from inkstand.cli.interrupt import cancelled_by_interrupt
from inkstand.cli.output import for_terminal, json_option, print_json, print_table
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

_SHOWN_NUMBERS = 4
_SHOWN_TEXT = 40


@click.command("embed")
@click.argument("texts", nargs=-1, metavar="[TEXT|FILE|-]...")
@click.option("--embedder", "-e", default="", help="The embedder; see --list.")
@click.option("--model", "-m", default="", help="The embedding model: its name or path.")
@click.option("--lines", is_flag=True, help="Each line of a file or of standard input is a text.")
@click.option("--list", "listing", is_flag=True, help="List the embedders.")
@json_option
@click.pass_obj
def command(
    state: State,
    /,
    texts: tuple[str, ...],
    *,
    embedder: str,
    model: str,
    lines: bool,
    listing: bool,
    as_json: bool,
) -> None:
    """Turn texts into vectors with an embedding model.

    Each argument is a text, or a file that holds one; "-", or none where something is piped in,
    is standard input. With --json there is one line for each text.
    """
    if listing:
        _list(state, as_json=as_json)
        return
    found = _texts(state, texts, lines=lines)
    try:
        with cancelled_by_interrupt() as cancel:
            STATUS.show("Embedding")
            vectors = state.studio.embed(
                found,
                embedder=embedder,
                model=model,
                cancel=cancel,
                progress=lambda done: STATUS.show("Embedding", done / len(found)),
            )
    finally:
        STATUS.clear()
    for text, vector in zip(found, vectors, strict=True):
        if as_json:
            _print_line(text, vector)
        else:
            _print_summary(text, vector)


def _texts(state: State, given: tuple[str, ...], *, lines: bool) -> list[str]:
    from inkstand_sdk.errors import UsageError

    found: list[str] = []
    if not given:
        data = piped()
        if data:
            found = _split(state.studio.text_of(data, "standard input"), lines=lines)
    for argument in given:
        data = _data_of(argument)
        if data is None:
            # Bytes that are no text reach us as lone surrogates.
            found.append(argument.encode("utf-8", "replace").decode("utf-8"))
        else:
            found += _split(state.studio.text_of(data, argument), lines=lines)
    if not found:
        raise UsageError(
            "There is no text to embed.",
            "None was given, and nothing was piped in.",
            'For example: inkstand embed "A ferry at dawn."',
        )
    return found


def _data_of(argument: str) -> bytes | None:
    """What a file or standard input holds; None for an argument that is a text itself."""
    from inkstand_sdk.errors import InputError

    if argument == "-":
        return standard_input()
    try:
        path = Path(argument)
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        if error.filename is None or not error.strerror or "too long" in error.strerror:
            return None  # a text that is no name of a file at all
        raise InputError(f"The file {argument} cannot be read: {error.strerror}.") from error
    except ValueError:
        return None


def _split(text: str, *, lines: bool) -> list[str]:
    return [line for line in text.splitlines() if line.strip()] if lines else [text]


def _print_line(text: str, vector: list[float]) -> None:
    import msgspec

    line = msgspec.json.encode({"text": text, "vector": vector})
    sys.stdout.write(line.decode("utf-8") + "\n")


def _print_summary(text: str, vector: list[float]) -> None:
    words = " ".join(text.split())
    beginning = words if len(words) <= _SHOWN_TEXT else f"{words[: _SHOWN_TEXT - 3]}..."
    numbers = ", ".join(f"{number:.4f}" for number in vector[:_SHOWN_NUMBERS])
    more = ", ..." if len(vector) > _SHOWN_NUMBERS else ""
    print(f"{for_terminal(beginning)}  {len(vector)} numbers: {numbers}{more}")


def _list(state: State, *, as_json: bool) -> None:
    embedders = state.studio.library.embeddings.embedders()
    if as_json:
        print_json(embedders)
        return
    print_table(
        ["Embedder", "State", "Settings", "From"],
        [
            [
                each.name,
                "ready" if each.probe.ok else each.probe.missing,
                ", ".join(field.name for field in each.fields),
                each.distribution,
            ]
            for each in embedders
        ],
        empty="No embedder is installed. Try: pip install inkstand-llamacpp",
    )
