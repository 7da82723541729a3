"""The style tool: the fingerprint of a book, its voices, and what its writer may look at again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from inkstand_sdk import Tool, ToolContext
from inkstand_sdk.errors import UsageError
from inkstand_sdk.span import Span
from inkstand_sdk.style import Remark, Style, Use
from inkstand_sdk.style import Voice as ReadVoice
from inkstand_writing.book import Book
from inkstand_writing.evidence import Evidence, quote
from inkstand_writing.names import find_person
from inkstand_writing.progress import report_analysis
from inkstand_writing.style.answer import (
    Comparison,
    Count,
    Measure,
    Phrase,
    RemarkShown,
    StyleInput,
    StyleReport,
    Unlike,
    VoiceSketch,
)
from inkstand_writing.style.delta import (
    FEWEST_PARTS,
    FEWEST_WORDS,
    Yardstick,
    is_striking,
    parts_of,
    prose,
    told_apart,
)
from inkstand_writing.style.telling import TOO_FEW_WORDS, in_words, voice_in_words
from inkstand_writing.text import words

_SENTENCE_END = re.compile(r"[.!?…]+[\"”’)]*(?=\s|$)")
_INNER = 0.25
"""A passage that is nearer than so many of the book's own parts sounds like it."""
_ALSO = 4
_MOSTLY_SPOKEN = 0.5
_LONGEST_QUOTE, _CONTEXT = 600, 160
"""In characters; the context is on either side."""
_CLUSTERS = {"adverb", "passive", "filter word"}
"""Kinds whose places stand together: they are quoted as one stretch."""
_UNLIKE = 8


class StyleTool(Tool):
    """How a book is written and what to look at again; with a model, a passage in its style."""

    name: ClassVar[str] = "style"
    title: ClassVar[str] = "Look at the style"
    Input: ClassVar[type[msgspec.Struct]] = StyleInput
    Output: ClassVar[type[msgspec.Struct]] = StyleReport

    def run(self, input: Any, ctx: ToolContext) -> StyleReport:
        """The style of `ctx.manuscript`; with a model, the passage rewritten in it."""
        wanted: StyleInput = input
        book = Book.of(ctx)
        if ctx.engine == "model":
            from inkstand_writing.style.rewriting import rewritten

            return rewritten(book, wanted, ctx)
        report_analysis(ctx, 0.5, "Looking at the style")
        return report(book, wanted)


def report(book: Book, wanted: StyleInput) -> StyleReport:
    """What the analysis tells."""
    style = book.reading.style
    show = "voices" if wanted.person and wanted.show == "all" else wanted.show
    whole = show in ("all", "fingerprint")
    notes = list(book.notes)
    if not style.words:
        notes.append("The reader of this language measures no style.")
    unlike, comparison = _compared(book, wanted, notes, scenes=show in ("all", "scenes"))
    return StyleReport(
        told=in_words(style) if whole and style.words else (),
        phrases=_phrases(book) if whole else (),
        measures=_measures(style) if whole and style.words >= TOO_FEW_WORDS else (),
        voices=_voices(book, wanted) if show in ("all", "voices") else (),
        unlike=unlike,
        comparison=comparison,
        counts=_counts(book, style) if show in ("all", "remarks") else (),
        remarks=_remarks(book, wanted) if show in ("all", "remarks") else (),
        notes=tuple(notes),
    )


def _phrases(book: Book) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(phrase=use.text, count=use.count, evidence=_first(book, use.text.split()))
        for use in book.reading.style.phrases[:12]
    )


def _first(book: Book, row: list[str]) -> Evidence | None:
    """The sentence of the narration that has a phrase first."""
    size = len(row)
    for sentence in book.sentences:
        said = sentence.words
        if sentence.spoken < _MOSTLY_SPOKEN and any(
            list(said[at : at + size]) == row for at, word in enumerate(said) if word == row[0]
        ):
            return book.evidence(sentence)
    return None


def _measures(style: Style) -> tuple[Measure, ...]:
    rich, easy = style.richness, style.readability
    rows = (
        ("Words of narration", style.words),
        ("Share of dialogue", style.dialogue),
        ("Different words in 100 (MATTR)", rich.mattr),
        ("Words until they repeat (MTLD)", rich.mtld),
        ("Different words in 42 drawn (HD-D)", rich.hdd),
        ("Repetition (Yule's K)", rich.yule_k),
        ("Words that stand once in 500", rich.hapax),
        ("Words in a sentence, mean", style.sentences.mean),
        ("Words in a sentence, median", style.sentences.median),
        ("Words in a sentence, spread", style.sentences.spread),
        ("Contrast of neighboring sentences (nPVI, 0 to 2)", style.sentences.contrast),
        ("Words in a paragraph, mean", style.paragraphs.mean),
        ("Letters in a word", style.word_length),
        ("Flesch reading ease", easy.flesch),
        ("Flesch-Kincaid grade", easy.kincaid),
        ("Automated readability index", easy.ari),
    )
    return tuple(Measure(measure=name, value=round(value, 3)) for name, value in rows)


def _voices(book: Book, wanted: StyleInput) -> tuple[VoiceSketch, ...]:
    voices = book.reading.voices
    if wanted.person:
        name = find_person(book.reading, wanted.person).name
        chosen = [voice for voice in voices if voice.person == name]
        if not chosen:
            raise UsageError(
                f"{name} has no voice to speak of.",
                "The text gives them fewer than five lines for certain.",
                f"Name somebody who says more: {', '.join(v.person for v in voices[:5])}."
                if voices
                else "",
            )
        return tuple(_voice(voice, voices) for voice in chosen)
    return tuple(_voice(voice, voices) for voice in voices[: wanted.voices])


def _voice(voice: ReadVoice, others: Sequence[ReadVoice]) -> VoiceSketch:
    return VoiceSketch(
        name=voice.person,
        lines=voice.lines,
        words=voice.style.words,
        told=voice_in_words(voice, others),
        own_words=_texts(voice.words),
        own_phrases=_texts(voice.phrases),
    )


def _texts(uses: tuple[Use, ...]) -> tuple[str, ...]:
    return tuple(use.text for use in uses[:8])


def _counts(book: Book, style: Style) -> tuple[Count, ...]:
    return tuple(
        Count(kind=kind, count=count, per_10_000_words=round(10_000 * count / book.words, 1))
        for kind, count in sorted(style.remarks.items(), key=lambda item: -item[1])
    )


def _remarks(book: Book, wanted: StyleInput) -> tuple[RemarkShown, ...]:
    scene = _scene(book, wanted.scene) if wanted.scene else -1
    kinds = {kind.strip().lower().replace("_", " ") for kind in wanted.kinds}
    known = {remark.kind for remark in book.reading.remarks} | set(book.reading.style.remarks)
    if unknown := sorted(kinds - known - _ALL_KINDS):
        raise UsageError(
            f"There is no kind of remark {unknown[0]!r}.",
            "",
            f"Kinds are: {', '.join(sorted(_ALL_KINDS | known))}.",
        )
    chosen = [
        remark
        for remark in book.reading.remarks
        if (not kinds or remark.kind in kinds) and scene in (-1, remark.span.scene)
    ]
    best = _in_turn(chosen)[: wanted.limit]
    order = sorted(best, key=lambda remark: (remark.span.scene, remark.span.start))
    return tuple(_shown(book, remark) for remark in order)


_ALL_KINDS = {
    "echo",
    "repeated phrase",
    "cliche",
    "filter word",
    "adverb",
    "passive",
    "monotony",
    "machine phrase",
}


def _in_turn(remarks: list[Remark]) -> list[Remark]:
    """The best of each kind, then the second best of each, so that no kind hides the others."""
    ranked: list[tuple[int, float, Remark]] = []
    seen: dict[str, int] = {}
    for remark in sorted(remarks, key=lambda each: -each.strength):
        place = seen[remark.kind] = seen.get(remark.kind, 0) + 1
        ranked.append((place, -remark.strength, remark))
    return [remark for _, _, remark in sorted(ranked, key=lambda item: item[:2])]


def _shown(book: Book, remark: Remark) -> RemarkShown:
    spans = (remark.span, *remark.also)
    if remark.kind in _CLUSTERS:
        whole = Span(remark.span.scene, remark.span.start, max(span.end for span in spans))
        spans = (whole,)
    first, *rest = (_evidence(book, span) for span in spans[: _ALSO + 1])
    return RemarkShown(
        kind=remark.kind,
        note=remark.note,
        strength=remark.strength,
        evidence=first,
        also=tuple(rest),
    )


def _evidence(book: Book, span: Span) -> Evidence:
    """A place with the sentence around it, or where that is long, with some of its words."""
    text = book.manuscript.scenes[span.scene].text
    start, end = span.start, min(span.end, span.start + _LONGEST_QUOTE)
    first, last = book.sentence_at(span.scene, start), book.sentence_at(span.scene, end - 1)
    if first is not None and first.start <= start:
        start = max(first.start, _word_start(text, start - _CONTEXT))
    if last is not None and last.end >= end:
        end = min(last.end, _word_end(text, end + _CONTEXT))
    return quote(book.manuscript, span.scene, start, end)


def _word_start(text: str, place: int) -> int:
    """The first place from there on where a word begins."""
    return text.find(" ", place) + 1 if place > 0 else 0


def _word_end(text: str, place: int) -> int:
    """The last place up to there where a word ends."""
    return text.rfind(" ", 0, place) if place < len(text) else len(text)


def _scene(book: Book, wanted: str) -> int:
    scenes = book.manuscript.scenes
    name = wanted.strip()
    if name.isdecimal() and 1 <= int(name) <= len(scenes):
        return int(name) - 1
    for scene in scenes:
        if name.casefold() in (scene.id.casefold(), scene.label().casefold()):
            return scene.index
    alike = [scene for scene in scenes if name.casefold() in scene.label().casefold()]
    if len(alike) == 1:
        return alike[0].index
    raise UsageError(
        f"There is no scene {wanted!r}." if not alike else f"{wanted!r} may be several scenes.",
        "Scenes are named by their number, title or id.",
        f"For example: --scene {len(scenes)}",
    )


def _compared(
    book: Book, wanted: StyleInput, notes: list[str], *, scenes: bool
) -> tuple[tuple[Unlike, ...], Comparison | None]:
    function_words = book.reading.style.function_words
    if not function_words or not (scenes or wanted.passage):
        return (), None
    parts = parts_of(book)
    if len(parts) < FEWEST_PARTS:
        if wanted.show == "scenes" or wanted.passage:
            notes.append(
                f"To tell which scene sounds unlike the rest takes {FEWEST_PARTS} of"
                f" {FEWEST_WORDS} words of narration or more."
            )
        return (), None
    yardstick = Yardstick(parts, function_words)
    unlike = []
    for part in parts if scenes else []:
        distance = yardstick.measure(part.prose)
        if is_striking(distance):
            unlike.append(
                Unlike(
                    label=part.title,
                    scene=part.scene,
                    delta=distance.delta,
                    why=told_apart(distance),
                )
            )
    unlike.sort(key=lambda each: -each.delta)
    return tuple(unlike[:_UNLIKE]), comparison(yardstick, wanted.passage, notes)


def comparison(yardstick: Yardstick, passage: str, notes: list[str]) -> Comparison | None:
    """A passage against the book; None where there is none."""
    said = words(passage)
    if not said:
        return None
    if len(said) < FEWEST_WORDS:
        notes.append(
            f"The passage has {len(said)} words; Delta tells little of fewer than {FEWEST_WORDS}."
        )
    sentences = len(_SENTENCE_END.findall(passage))
    distance = yardstick.measure(prose(said, passage, sentences))
    nearer = sum(delta > distance.delta for delta in yardstick.deltas) / len(yardstick.deltas)
    if is_striking(distance):
        verdict = "It does not sound like the book."
    elif nearer >= _INNER or distance.striking < 1:
        verdict = "It sounds like the book."
    else:
        verdict = "It is as far off as the book's own outermost parts."
    return Comparison(
        delta=distance.delta,
        nearer_than=round(nearer, 2),
        verdict=verdict,
        why=told_apart(distance),
    )
