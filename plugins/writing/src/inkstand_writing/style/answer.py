"""What the style tool is asked, and what it answers."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from inkstand_writing.evidence import Evidence

Show = Literal["all", "fingerprint", "voices", "remarks", "scenes"]


class StyleInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to look at."""

    show: Annotated[Show, Meta(description="Which part of it; all of them if none is named.")] = (
        "all"
    )
    person: Annotated[str, Meta(description="Whose voice; that of everybody if none.")] = ""
    kinds: Annotated[
        tuple[str, ...],
        Meta(description="Kinds of remark to show, such as echo or cliche; all if none."),
    ] = ()
    scene: Annotated[
        str, Meta(description="Remarks on this scene alone: its number, from 1, or title.")
    ] = ""
    limit: Annotated[
        int, Meta(ge=0, le=1000, description="How many remarks to show, the most striking ones.")
    ] = 20
    voices: Annotated[int, Meta(ge=0, le=100, description="How many voices to show.")] = 5
    passage: Annotated[
        str,
        Meta(
            max_length=100_000,
            description="A text to hold against the book's style; with a model, to rewrite in it.",
            extra={"multiline": True},
        ),
    ] = ""


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase that the writer leans on."""

    phrase: Annotated[str, Meta(description="The phrase.")]
    count: Annotated[int, Meta(description="How often the narration has it.", ge=0)]
    evidence: Annotated[Evidence | None, Meta(description="The first place that has it.")] = None


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure of the fingerprint."""

    measure: Annotated[str, Meta(description="What is measured.")]
    value: Annotated[float, Meta(description="Its value.")]


class VoiceSketch(msgspec.Struct, frozen=True, kw_only=True):
    """How one person speaks."""

    name: Annotated[str, Meta(description="Who.")]
    lines: Annotated[int, Meta(description="Lines that are theirs for certain.", ge=0)]
    words: Annotated[int, Meta(description="Words in those lines.", ge=0)]
    told: Annotated[tuple[str, ...], Meta(description="How they speak, in sentences.")]
    own_words: Annotated[
        tuple[str, ...], Meta(description="Words that are theirs more than anyone else's.")
    ]
    own_phrases: Annotated[tuple[str, ...], Meta(description="The same for phrases.")]


class RemarkShown(msgspec.Struct, frozen=True, kw_only=True):
    """A place to look at again."""

    kind: Annotated[str, Meta(description="What kind of thing it is.")]
    note: Annotated[str, Meta(description="What there is about it.")]
    strength: Annotated[float, Meta(description="How striking it is, 0 to 1.", ge=0, le=1)]
    evidence: Annotated[Evidence, Meta(description="The place.")]
    also: Annotated[tuple[Evidence, ...], Meta(description="Further places.")] = ()


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many remarks of a kind there could be."""

    kind: Annotated[str, Meta(description="The kind.")]
    count: Annotated[int, Meta(description="In the whole book.", ge=0)]
    per_10_000_words: Annotated[float, Meta(description="In 10,000 words.", ge=0)]


class Unlike(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the book that does not sound like the rest."""

    label: Annotated[str, Meta(description="Which part.")]
    scene: Annotated[int, Meta(description="Its scene's index, from 0.", ge=0)]
    delta: Annotated[float, Meta(description="Burrows's Delta from the book's mean.", ge=0)]
    why: Annotated[str, Meta(description="What there is more of, and what less.")]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The passage against the book."""

    delta: Annotated[float, Meta(description="Burrows's Delta from the book's mean.", ge=0)]
    nearer_than: Annotated[
        float, Meta(description="Share of the book's own parts that are farther off.", ge=0, le=1)
    ]
    verdict: Annotated[str, Meta(description="What that means.")]
    why: Annotated[str, Meta(description="What there is more of, and what less.")]


class StyleReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a book is written."""

    text: Annotated[str, Meta(description="The passage as a model rewrote it; else empty.")] = ""
    proposal: Annotated[
        int | None, Meta(description="The number of its proposal, if one was kept.")
    ] = None
    told: Annotated[tuple[str, ...], Meta(description="The narration, in sentences.")] = ()
    phrases: Annotated[
        tuple[Phrase, ...], Meta(description="Phrases that the writer leans on.")
    ] = ()
    measures: Annotated[tuple[Measure, ...], Meta(description="The measures themselves.")] = ()
    voices: Annotated[tuple[VoiceSketch, ...], Meta(description="Who speaks how.")] = ()
    unlike: Annotated[
        tuple[Unlike, ...], Meta(description="What does not sound like the rest of the book.")
    ] = ()
    comparison: Annotated[
        Comparison | None, Meta(description="The passage against the book, if one was given.")
    ] = None
    counts: Annotated[tuple[Count, ...], Meta(description="What could be remarked.")] = ()
    remarks: Annotated[
        tuple[RemarkShown, ...], Meta(description="The most striking of it, in the book's order.")
    ] = ()
    notes: Annotated[tuple[str, ...], Meta(description="What to know about this.")] = ()
