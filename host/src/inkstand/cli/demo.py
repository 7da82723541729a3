"""`inkstand demo`: the sample story read, told back, and written on, in half a minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from inkstand.cli.interrupt import stopped_by_interrupt
from inkstand.cli.output import print_table
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.studio import Studio
    from inkstand_sdk.manuscript import Manuscript

_PROMPT = "Continue the scene:\n"
_LAST_WORDS = 60
_NEXT = (
    ("the place to write", "inkstand"),
    ("your own text", "inkstand run character my-novel.md"),
    ("what else a tool can do", "inkstand run dialogue --help"),
    ("a real model", "inkstand generate --model ./some-model.gguf 'Describe a ferry at dawn.'"),
)


@click.command("demo")
@click.option("--max-tokens", "-n", type=click.IntRange(8, 512), default=90, show_default=True)
@click.pass_obj
def command(state: State, *, max_tokens: int) -> None:
    """Show what Inkstand does, on the sample story."""
    started = time.perf_counter()
    studio = state.studio
    _installed(studio)
    manuscript = studio.manuscript(studio.sample())
    _heading(f"The sample: {manuscript.title}")
    print(f"{manuscript.words():,} words in {len(manuscript.scenes)} scenes, in {studio.sample()}")

    _heading("In short")
    summary = _analyzed(studio, "summarizer", {"sentences": 5})
    _paragraph(str(summary.get("summary", "")))

    _heading("Who is in it")
    _people(_analyzed(studio, "character", {"limit": 5}).get("people", ()))

    _heading("How they talk")
    _voices(_analyzed(studio, "dialogue", {}).get("speakers", ()))

    _heading("What happens")
    _beats(_analyzed(studio, "plot", {}).get("outline", ()))

    _heading("What does not agree")
    _findings(_analyzed(studio, "continuity", {}, manuscript).get("findings", ()))

    _heading("And on it goes")
    _continued(studio, manuscript.scenes[-1].text, max_tokens)

    _heading("Try next")
    for what, line in _NEXT:
        print(f"  {what}:\n    {line}")
    print(f"\nDone in {time.perf_counter() - started:.1f} s. Nothing left this machine.")


def _heading(text: str) -> None:
    STATUS.clear()
    print()
    if sys.stdout.isatty():
        from rich.text import Text

        from inkstand.cli.output import console

        console().print(Text(text, style="bold"))
    else:
        print(text)
        print("-" * len(text))


def _paragraph(text: str) -> None:
    from shutil import get_terminal_size
    from textwrap import fill

    print(fill(text, min(get_terminal_size((88, 24)).columns, 88)) if text else "Nothing.")


def _installed(studio: Studio) -> None:
    rows = studio.plugins.rows()
    _heading("What is here")
    print_table(
        ["Kind", "Installed"],
        [
            ["plugins", f"{sum(row.state == 'ready' for row in rows)} of {len(rows)} ready"],
            ["backends", ", ".join(backend.name for backend in studio.backends())],
            ["models", ", ".join(entry.model.id for entry in studio.models())],
            ["tools", ", ".join(tool.name for tool in studio.tools())],
        ],
    )


def _analyzed(
    studio: Studio, tool: str, values: dict[str, Any], manuscript: Manuscript | None = None
) -> Mapping[str, Any]:
    """What a tool finds in the sample; in its text alone where that is given, and not its bible."""
    STATUS.show(f"Running {tool}")
    job = studio.run_tool(tool, values, manuscript=manuscript or studio.sample(), engine="analysis")
    with stopped_by_interrupt(job.cancel):
        for _ in job.events():
            pass
    STATUS.clear()
    return job.result().output


def _quoted(evidence: Any, longest: int = 70) -> str:
    if not isinstance(evidence, Mapping):
        return ""
    words = " ".join(str(evidence.get("quote", "")).split())
    return words if len(words) <= longest else words[: longest - 1].rsplit(" ", 1)[0] + " …"


def _people(people: Sequence[Mapping[str, Any]]) -> None:
    print_table(
        ["Who", "Also", "Named", "Lines", "First seen"],
        [
            [
                person["name"],
                ", ".join(person.get("aliases", ())[:3]),
                str(person.get("mentions", "")),
                str(person.get("lines", "")),
                _quoted(person.get("first_seen")),
            ]
            for person in people
        ],
        empty="Nobody.",
    )


def _voices(speakers: Sequence[Mapping[str, Any]]) -> None:
    print_table(
        ["Who", "Words a line", "Questions", "Contractions", "Their words"],
        [
            [
                speaker["name"],
                f"{speaker.get('words_per_line', 0):.0f}",
                f"{speaker.get('questions', 0):.0%}",
                f"{speaker.get('contractions', 0):.0%}",
                ", ".join(speaker.get("characteristic", ())[:5]),
            ]
            for speaker in speakers[:4]
        ],
        empty="Nobody speaks.",
    )


def _beats(outline: Sequence[Mapping[str, Any]]) -> None:
    print_table(
        ["Beat", "At", "In the text"],
        [
            [
                str(beat.get("beat") or beat.get("name") or ""),
                f"{beat.get('percent', 0):.0f}%",
                _quoted(beat.get("evidence")) or str(beat.get("text", "")),
            ]
            for beat in outline
        ],
        empty="No beats were found.",
    )


def _findings(findings: Sequence[Mapping[str, Any]]) -> None:
    for finding in findings:
        print(finding["summary"])
        for passage in finding["passages"]:
            print(f"  {_quoted(passage)}  ({passage['label']}, line {passage['line']})")
    if not findings:
        print("Nothing.")


def _continued(studio: Studio, text: str, max_tokens: int) -> None:
    from inkstand_sdk.messages import GenerateRequest, Sampling

    words = " ".join(
        text.replace("“", '"').replace("”", '"').replace("’", "'").split()[-_LAST_WORDS:]
    )
    request = GenerateRequest.of(
        _PROMPT + words,
        max_tokens=max_tokens,
        sampling=Sampling(temperature=0.8, top_p=0.9, min_p=0.05, seed=11),
    )
    with studio.generate(request) as generation, stopped_by_interrupt(generation.cancel):
        for chunk in generation:
            sys.stdout.write(chunk.text)
            sys.stdout.flush()
        result = generation.result
    if result.finish == "cancelled":
        raise KeyboardInterrupt
    print(" …" if result.finish == "length" else "")
    print(
        f"\n{result.usage.completion_tokens} tokens by {result.model} at"
        f" {result.tokens_per_second:,.0f} tokens/s, the first after"
        f" {result.first_token_ms - result.load_ms:.0f} ms."
    )
    print("The bundled model is a toy to try Inkstand with; use a real one for real prose.")
