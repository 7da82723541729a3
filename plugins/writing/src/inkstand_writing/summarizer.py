"""The summarizer: what happens, in the text's own sentences or in a model's words."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import Tool, ToolContext
from inkstand_writing.book import PASSAGE_WORDS, Book, Passage, Sentence
from inkstand_writing.evidence import Evidence
from inkstand_writing.keyphrases import KeyPhrase, key_phrases
from inkstand_writing.progress import report_analysis
from inkstand_writing.ranking import rank, rank_passage


class SummarizerInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a summary is wanted."""

    sentences: Annotated[
        int, Meta(ge=1, le=50, description="Sentences in the summary of the whole text.")
    ] = 7
    per_chapter: Annotated[
        int, Meta(ge=0, le=10, description="Sentences for each chapter; 0 leaves chapters out.")
    ] = 2
    keyphrases: Annotated[
        int, Meta(ge=0, le=30, description="Names, phrases and words to list; 0 for none.")
    ] = 12


class ChapterSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter in a few sentences."""

    title: Annotated[str, Meta(description="The chapter's heading.")]
    summary: Annotated[str, Meta(description="What happens in it.")]
    evidence: Annotated[
        tuple[Evidence, ...], Meta(description="The sentences of the chapter that say so.")
    ]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What happens in a text, and the sentences that say so."""

    summary: Annotated[str, Meta(description="The whole text in brief.")]
    key_phrases: Annotated[
        tuple[KeyPhrase, ...], Meta(description="What the text keeps coming back to.")
    ]
    chapters: Annotated[
        tuple[ChapterSummary, ...], Meta(description="Chapter by chapter, in order.")
    ]
    evidence: Annotated[
        tuple[Evidence, ...],
        Meta(description="The text's own sentences behind the summary, in order."),
    ]
    words: Annotated[int, Meta(description="Words in the whole text.", ge=0)]
    notes: Annotated[tuple[str, ...], Meta(description="What to know about this summary.")] = ()


class Summarizer(Tool):
    """Summaries of a whole text and of its chapters."""

    name: ClassVar[str] = "summarizer"
    title: ClassVar[str] = "Summarize a text and its chapters"
    Input: ClassVar[type[msgspec.Struct]] = SummarizerInput
    Output: ClassVar[type[msgspec.Struct]] = Summary

    def run(self, input: Any, ctx: ToolContext) -> Summary:
        """The summary of `ctx.manuscript`."""
        book = Book.of(ctx)
        extract = extract_summary(book, input, ctx)
        if ctx.engine == "analysis":
            return extract
        from inkstand_writing.retelling import retell

        return retell(book, input, extract, ctx)


def extract_summary(book: Book, wanted: SummarizerInput, ctx: ToolContext) -> Summary:
    """The summary made of the text's own sentences."""
    chapters: list[ChapterSummary] = []
    winners: list[Sentence] = []
    keep = max(3, wanted.per_chapter, -(-2 * wanted.sentences // len(book.chapters)))
    for number, chapter in enumerate(book.chapters):
        report_analysis(ctx, 0.8 * number / len(book.chapters), f"Weighing {chapter.title}")
        ranked = rank_passage(book, chapter, keep)
        winners.extend(ranked.choose(keep))
        if wanted.per_chapter:
            chapters.append(
                _chapter(book, chapter, ranked.choose(wanted.per_chapter, _apart(chapter, wanted)))
            )
    report_analysis(ctx, 0.9, "Choosing")
    whole = rank(book, winners).choose(
        wanted.sentences, spread=book.words / (1.2 * wanted.sentences)
    )
    # A text of a few words has no sentence that stands for it but its first ones.
    whole = whole or list(book.sentences[: wanted.sentences])
    return Summary(
        summary=joined(book, whole),
        key_phrases=key_phrases(book, wanted.keyphrases),
        chapters=tuple(chapters) if len(chapters) > 1 else (),
        evidence=tuple(book.evidence(sentence) for sentence in whole),
        words=book.words,
        notes=book.notes,
    )


def _apart(chapter: Passage, wanted: SummarizerInput) -> float:
    """How many words apart a chapter's sentences should stand."""
    return min(chapter.words, PASSAGE_WORDS) / (2 * wanted.per_chapter)


def _chapter(book: Book, chapter: Passage, chosen: list[Sentence]) -> ChapterSummary:
    return ChapterSummary(
        title=chapter.title,
        summary=joined(book, chosen),
        evidence=tuple(book.evidence(sentence) for sentence in chosen),
    )


def joined(book: Book, sentences: list[Sentence]) -> str:
    """Sentences as one paragraph."""
    return " ".join(book.text(sentence) for sentence in sentences)
