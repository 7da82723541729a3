"""`inkstand read`: what a manuscript says, by the reader of its language."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from inkstand.cli.interrupt import stopped_by_interrupt
from inkstand.cli.output import json_option, print_json, print_table
from inkstand.cli.progress import STATUS
from inkstand.cli.run import manuscript_at
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand_sdk.manuscript import Manuscript
    from inkstand_sdk.reader import Reading, Span


@click.command("read")
@click.argument("path", required=False, metavar="[PATH|-]")
@json_option
@click.pass_obj
def command(state: State, path: str | None, *, as_json: bool) -> None:
    """Read a manuscript: its people, who says what, its scenes."""
    from inkstand.jobs import CancelToken
    from inkstand_sdk.errors import UsageError

    manuscript = manuscript_at(state, path)
    if manuscript is None:
        raise UsageError("There is no text to read.", "", "For example: inkstand read novel.md")
    cancel = CancelToken()
    try:
        with stopped_by_interrupt(cancel.cancel):
            reading = state.studio.read(
                manuscript,
                progress=lambda fraction, message: STATUS.show(message, fraction),
                cancel=cancel,
            )
    finally:
        STATUS.clear()
    for note in (*manuscript.notes, *reading.notes):
        print(f"Note: {note}", file=sys.stderr)
    if as_json:
        print_json(as_file_offsets(manuscript, reading))
    else:
        _print(manuscript, reading)


def as_file_offsets(manuscript: Manuscript, reading: Reading) -> dict[str, Any]:
    """The reading with offsets into each file's decoded text, in code points."""
    many = len({scene.file for scene in manuscript.scenes}) > 1

    def placed(span: Span) -> dict[str, Any]:
        scene = manuscript.scenes[span.scene]
        where: dict[str, Any] = {
            "start": scene.offset + span.start,
            "end": scene.offset + span.end,
            "scene": span.scene,
        }
        return {**where, "file": scene.file} if many else where

    return {
        "title": manuscript.title,
        "language": reading.language,
        "cast": [
            {
                "name": person.name,
                "aliases": list(person.aliases),
                "gender": person.gender,
                "mentions": person.mentions,
                "quotations": person.quotations,
                "importance": person.importance,
                "narrator": person.narrator,
                "scenes": list(person.scenes),
                "first": placed(person.spans[0]) if person.spans else None,
            }
            for person in reading.cast
        ],
        "quotations": [
            {
                **placed(quotation.span),
                "text": quotation.text,
                "speaker": quotation.speaker,
                "confidence": round(quotation.confidence, 3),
                "kind": quotation.kind,
                "addressees": list(quotation.addressees),
                "continues": quotation.continues,
            }
            for quotation in reading.quotations
        ],
        "scenes": [
            {
                "index": scene.index,
                "label": scene.label(),
                "file": scene.file,
                "start": scene.offset,
                "end": scene.offset + len(scene.text),
                "line": scene.line,
                "words": scene.words,
                "spoken_words": read.spoken_words,
                "sentences": len(read.sentences),
                "people": list(read.people),
            }
            for scene, read in zip(manuscript.scenes, reading.scenes, strict=True)
        ],
    }


def _print(manuscript: Manuscript, reading: Reading) -> None:
    words = manuscript.words()
    spoken = sum(scene.spoken_words for scene in reading.scenes)
    print(
        f"{manuscript.title}: {words:,} words in {len(manuscript.scenes)} scenes,"
        f" {spoken / max(1, words):.0%} of them spoken, {len(reading.quotations):,} quotations."
    )
    print()
    print_table(
        ["Person", "Also", "Mentions", "Lines", "First in"],
        [
            [
                person.name,
                ", ".join(person.aliases[:4]),
                str(person.mentions),
                str(person.quotations),
                manuscript.scenes[person.spans[0].scene].label() if person.spans else "",
            ]
            for person in reading.cast[:25]
        ],
        empty="No people were found.",
    )
    print()
    print_table(
        ["Scene", "Words", "Spoken", "People"],
        [
            [
                scene.label(),
                f"{scene.words:,}",
                f"{read.spoken_words / max(1, scene.words):.0%}",
                ", ".join(read.people[:6]),
            ]
            for scene, read in zip(manuscript.scenes[:60], reading.scenes, strict=False)
        ],
    )
    if len(manuscript.scenes) > 60:
        print(f"... and {len(manuscript.scenes) - 60} more scenes; --json has them all.")
