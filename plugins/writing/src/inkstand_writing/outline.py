"""An outline in a model's words, beat by beat: small calls, so that small contexts will do."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk import ToolContext
from inkstand_sdk.errors import OutputInvalid
from inkstand_writing.plot import OutlineBeat, Plot, PlotInput
from inkstand_writing.progress import report_writing
from inkstand_writing.prompting import INVENTIVE, Budget
from inkstand_writing.structures import STRUCTURES, Beat
from inkstand_writing.text import ended, plain, words

ANSWER_TOKENS = 220
FEWEST_WORDS = 4
"""A text of fewer words tells of no event."""
NEARBY = 12
"""Percent of the whole: how far from a beat what happens is told to the model."""


class BeatText(msgspec.Struct, frozen=True, kw_only=True):
    """What happens at one beat."""

    text: Annotated[
        str, Meta(min_length=24, max_length=320, description="What happens, in two sentences.")
    ]


def outlined(found: Plot, wanted: PlotInput, ctx: ToolContext) -> Plot:
    """The plot with its outline written by the run's model.

    With a premise it is a new story, and no sentence of the manuscript is evidence for it.
    """
    budget = Budget(ctx, ANSWER_TOKENS, examples=True)
    premise = wanted.premise.strip()
    beats = STRUCTURES[wanted.structure]
    written: list[OutlineBeat] = []
    failed: list[str] = []
    for number, beat in enumerate(beats):
        report_writing(ctx, number / len(beats), beat.name)
        own = None if premise or not found.outline else found.outline[number]
        prompt = _prompt(beat, own, found, premise, written, budget)
        try:
            told = ctx.generate_as(BeatText, prompt, max_tokens=budget.answer, sampling=INVENTIVE)
            text = ended(plain(told.text))
        except OutputInvalid:
            text = ""
        if len(words(text)) < FEWEST_WORDS:
            failed.append(beat.name)
            text = own.text if own else ""
        written.append(
            OutlineBeat(
                name=beat.name,
                purpose=beat.purpose,
                percent=own.percent if own else round(100 * beat.at),
                text=text,
                evidence=own.evidence if own else None,
            )
        )
    notes = list(found.notes)
    if failed:
        instead = "is left empty" if premise else "is told in the text's own words"
        notes.append(f"The model wrote nothing usable for {', '.join(failed)}: it {instead}.")
    return msgspec.structs.replace(found, outline=tuple(written), notes=tuple(notes))


def _prompt(
    beat: Beat,
    own: OutlineBeat | None,
    found: Plot,
    premise: str,
    written: list[OutlineBeat],
    budget: Budget,
) -> str:
    """What the model is told for one beat: the premise, what the text has there, what came
    before, and who is in it, as much as fits in this order.
    """
    head = "An outline of a story, part by part."
    if premise:
        head += f"\nThe premise: {premise}"
    parts: list[str] = []
    if own is not None and own.text:
        parts.append(f"At this point: {own.text}")
    if written and written[-1].text:
        parts.append(f"Before this ({written[-1].name}): {written[-1].text}")
    people = list(dict.fromkeys(name for chapter in found.chapters for name in chapter.people))
    if people:
        parts.append(f"The people: {', '.join(people[:8])}")
    if own is not None:
        parts.extend(
            f"Nearby: {plain(turn.evidence.quote)}"
            for turn in found.turning_points
            if abs(turn.percent - own.percent) <= NEARBY
        )
    parts.extend(
        f"Earlier ({earlier.name}): {earlier.text}"
        for earlier in reversed(written[:-1])
        if earlier.text
    )
    tail = (
        "Say in two sentences what happens in this part of the story.\n"
        f"Write the {beat.name.rpartition(': ')[2].lower()}: {beat.purpose}"
    )
    return budget.fill(head, parts, tail)
