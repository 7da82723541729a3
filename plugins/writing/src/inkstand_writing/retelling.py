"""A summary in a model's words, of a text of any length.

The text is cut where paragraphs end into pieces that fit the model's context; each is summarized,
then the summaries of a chapter together, then those of all chapters, in as many rounds as it
takes. No part of the text is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from inkstand_sdk import GenerateRequest, ToolContext
from inkstand_sdk.errors import PromptTooLong
from inkstand_writing.book import Book, Passage, Sentence
from inkstand_writing.evidence import Evidence
from inkstand_writing.progress import report_writing
from inkstand_writing.prompting import FAITHFUL, Budget, halves
from inkstand_writing.ranking import cosine, inverse_frequencies, vector
from inkstand_writing.summarizer import ChapterSummary, SummarizerInput, Summary
from inkstand_writing.text import plain, words

TOKENS_PER_SENTENCE = 45
PIECE_SENTENCES = 3
NEAR = 0.12
"""From this cosine on a sentence of the text is evidence for one of the model's."""
_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"”’)]*(?=\s|$)|$)", re.DOTALL)


def retell(book: Book, wanted: SummarizerInput, extract: Summary, ctx: ToolContext) -> Summary:
    """The summary in the words of the run's model, with the sentences of the text nearest to it."""
    model = Retelling(book, ctx)
    whole = Passage(title="the text", first=0, last=len(book.sentences), words=book.words)
    by_chapter = wanted.per_chapter > 0 and len(extract.chapters) > 1
    passages = book.chapters if by_chapter else (whole,)
    plan = [(passage, model.pieces(passage)) for passage in passages]
    model.expect(sum(len(pieces) for _, pieces in plan))
    chapters: list[ChapterSummary] = []
    parts: list[str] = []
    for passage, pieces in plan:
        told = [model.summarize(piece, PIECE_SENTENCES, passage.title) for piece in pieces]
        if by_chapter:
            text = model.merge(told, wanted.per_chapter, passage.title)
            chapters.append(
                ChapterSummary(
                    title=passage.title,
                    summary=text,
                    evidence=nearest(book, book.within(passage), text)[: wanted.per_chapter],
                )
            )
            told = [text]
        parts.extend(told)
    summary = model.merge(parts, wanted.sentences, "the whole", show=True)
    evidence = nearest(book, book.sentences, summary)[: wanted.sentences]
    notes = [*extract.notes, *model.notes()]
    if not evidence:
        notes.append(
            "No sentence of the text is like the model's summary; the quotations are those that"
            " the analysis found."
        )
    return msgspec.structs.replace(
        extract,
        summary=summary,
        chapters=tuple(chapters),
        evidence=evidence or extract.evidence,
        notes=tuple(notes),
    )


class Retelling:
    """The calls of one run, their count, and what went wrong with them."""

    def __init__(self, book: Book, ctx: ToolContext) -> None:
        self._book = book
        self._ctx = ctx
        self._done = 0
        self._expected = 1
        self._empty = 0
        self._clipped = False

    def expect(self, calls: int) -> None:
        """Say how many pieces there are, for the report of progress."""
        self._expected = max(1, calls)
        report_writing(self._ctx, 0.0, f"{calls} pieces to read")

    def notes(self) -> list[str]:
        """What a user should know of the calls that were made."""
        notes = []
        if self._empty:
            notes.append(
                f"For {self._empty} of {self._done} pieces the model wrote nothing; their own first"
                " sentences stand in for it."
            )
        if self._clipped:
            notes.append("The model's context is short: its summary may be cut short as well.")
        return notes

    def pieces(self, passage: Passage) -> list[str]:
        """A passage in pieces that fit a prompt."""
        budget = self._budget(PIECE_SENTENCES)
        frame = _prompt(passage.title, "", PIECE_SENTENCES)
        return budget.pieces(_paragraphs(self._book, passage), frame)

    def summarize(self, text: str, sentences: int, title: str, *, show: bool = False) -> str:
        """The model's summary of a text that fits; halves it where the engine says it does not."""
        budget = self._budget(sentences)
        report_writing(
            self._ctx,
            min(0.98, self._done / (self._expected + 1)),
            f"Summarizing {title} ({self._done + 1} of {max(self._expected, self._done + 1)})",
        )
        request = GenerateRequest.of(
            _prompt(title, text, sentences), max_tokens=budget.answer, sampling=FAITHFUL
        )
        try:
            result = self._ctx.generate(request, show=show)
        except PromptTooLong:
            if len(text) < 200:
                raise
            told = [self.summarize(half, sentences, title) for half in halves(text)]
            return " ".join(told)
        self._done += 1
        found = _sentences(result.text, cut=result.finish == "length")[:sentences]
        if not found:
            self._empty += 1
            found = _sentences(text, cut=False)[:sentences]
        return " ".join(found)

    def merge(self, parts: Sequence[str], sentences: int, title: str, *, show: bool = False) -> str:
        """One summary of several, in as many rounds as it takes."""
        if len(parts) == 1 and not show:
            return " ".join(_sentences(parts[0], cut=False)[:sentences])
        told = list(parts)
        budget = self._budget(sentences)
        frame = _prompt(title, "", sentences)
        pieces = budget.pieces(told, frame)
        while len(pieces) > 1:
            shorter = [self.summarize(piece, PIECE_SENTENCES, title) for piece in pieces]
            # A model that does not shorten would go round forever.
            if sum(map(len, shorter)) >= sum(map(len, pieces)):
                shorter = [" ".join(_sentences(text, cut=False)[:1]) for text in shorter]
            again = budget.pieces(shorter, frame)
            if len(again) >= len(pieces):
                self._clipped = True
                again = again[:1]
            pieces = again
        return self.summarize(pieces[0], sentences, title, show=show)

    def _budget(self, sentences: int) -> Budget:
        wanted = sentences * TOKENS_PER_SENTENCE + 20
        budget = Budget(self._ctx, wanted)
        self._clipped = self._clipped or budget.answer < wanted
        return budget


def nearest(book: Book, candidates: Sequence[Sentence], told: str) -> tuple[Evidence, ...]:
    """For each sentence that was told the one of the text most like it, in the text's order."""
    idf = inverse_frequencies(book, candidates)
    vectors = [vector(book.content(sentence), idf) for sentence in candidates]
    chosen: set[int] = set()
    for sentence in _sentences(told, cut=False):
        own = vector([word for word in words(sentence) if word not in book.stopwords], idf)
        likeness = [cosine(own, other) for other in vectors]
        best = max(range(len(likeness)), key=lambda row: likeness[row])
        if likeness[best] >= NEAR:
            chosen.add(best)
    return tuple(book.evidence(candidates[row]) for row in sorted(chosen))


def _prompt(title: str, text: str, sentences: int) -> str:
    count = "one sentence" if sentences == 1 else f"{sentences} sentences"
    return f"From {title}:\n\n{text}\n\nWrite a summary of this in {count}."


def _paragraphs(book: Book, passage: Passage) -> list[str]:
    """The passage's paragraphs, each on one line."""
    paragraphs: list[str] = []
    before = -1
    for sentence in book.within(passage):
        if sentence.paragraph != before:
            paragraphs.append(book.text(sentence))
        else:
            paragraphs[-1] += " " + book.text(sentence)
        before = sentence.paragraph
    return paragraphs


def _sentences(text: str, *, cut: bool) -> list[str]:
    """A model's answer in sentences; the last is left out if it was cut off within."""
    found = [plain(match.group()) for match in _SENTENCE.finditer(text.strip())]
    found = [sentence.lstrip("-•* ") for sentence in found if words(sentence)]
    if cut and len(found) > 1 and found[-1][-1] not in '.!?…"”’':
        found.pop()
    return found
