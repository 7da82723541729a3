"""Book: a manuscript and its reading laid side by side, sentence by sentence.

Every tool starts here. A book is one long row of sentences; scenes, chapters and passages are
ranges of that row.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

import msgspec

from inkstand_sdk import Manuscript, Person, Reading, Scene, SceneReading, ToolContext
from inkstand_sdk.errors import InputError
from inkstand_writing.evidence import Evidence, quote
from inkstand_writing.text import plain, stopwords_of, words

PASSAGE_WORDS = 2_500
"""About how long a passage is: the piece in which a long text is weighed and, if it has no
chapters, presented."""

LONGEST_SENTENCE = 2_400
"""A sentence of more characters than this is taken in pieces: text without full stops."""

# For scenes whose reader found no sentences: a language that it does not know.
_SENTENCE = re.compile(r"\S(?:[^.!?。！？…]|[.!?…](?=\w))*[.!?。！？…]*[\"'”’»)\]]*")


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence: where it is, its words in lower case, who is named in it.

    `spoken` is the share of its characters that is direct speech; `paragraph` counts through the
    book; `at` is the number of words of the book before it.
    """

    index: int
    scene: int
    start: int
    end: int
    paragraph: int
    at: int
    words: tuple[str, ...]
    people: tuple[str, ...]
    spoken: float


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A range of a book's sentences, `[first, last)`, with a title; a chapter is one, too."""

    title: str
    first: int
    last: int
    words: int


class Book:
    """A manuscript with its reading.

    Raises:
        InputError: there is no text to read.

    """

    def __init__(
        self, manuscript: Manuscript, reading: Reading, tick: Callable[[], None] = lambda: None
    ) -> None:
        self.manuscript = manuscript
        self.reading = reading
        self.cast: dict[str, Person] = {person.name: person for person in reading.cast}
        self.narrator = next((person.name for person in reading.cast if person.narrator), "")
        """Who tells the story as "I"; "" where nobody does."""
        self.tellings: dict[int, float] = {}
        """What `ranking.telling` made of a sentence, by index: it is asked several times."""
        self.sentences = tuple(self._sentences(tick))
        if not self.sentences:
            raise InputError(
                "There is no text to read.",
                "The manuscript has no sentence in it.",
                "Name a file or folder with prose in it.",
            )
        last = self.sentences[-1]
        self.words = last.at + len(last.words)
        self.stopwords = stopwords_of(
            manuscript.language, (sentence.words for sentence in self.sentences)
        )

    @classmethod
    def of(cls, ctx: ToolContext) -> Book:
        """The book of a tool's manuscript and reading."""
        if not any(scene.text.strip() for scene in ctx.manuscript.scenes):
            raise InputError(
                "There is no text to read.",
                "The manuscript is empty.",
                "Name a file or folder with prose in it.",
            )
        ctx.progress(None, "Reading")
        return cls(ctx.manuscript, ctx.reading, ctx.check_cancelled)

    @cached_property
    def spoken_share(self) -> float:
        """How much of the book's text is direct speech, 0 to 1."""
        spoken = sum(scene.spoken_words for scene in self.reading.scenes)
        return min(1.0, spoken / max(1, self.words))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the text was read."""
        notes = [*self.manuscript.notes, *self.reading.notes]
        if self.manuscript.language != "en":
            notes.append(
                "The word lists are English; for this language only what can be counted is told."
            )
        return tuple(dict.fromkeys(notes))

    def text(self, sentence: Sentence) -> str:
        """A sentence on one line, without marks of emphasis."""
        scene = self.manuscript.scenes[sentence.scene]
        return plain(scene.text[sentence.start : sentence.end])

    def evidence(self, sentence: Sentence) -> Evidence:
        """A sentence as evidence."""
        return quote(self.manuscript, sentence.scene, sentence.start, sentence.end)

    def content(self, sentence: Sentence) -> tuple[str, ...]:
        """The sentence's words that carry meaning."""
        return tuple(word for word in sentence.words if word not in self.stopwords)

    def place(self, sentence: Sentence) -> float:
        """How far into the book a sentence stands, 0 to 1."""
        return sentence.at / max(1, self.words)

    def sentence_at(self, scene: int, position: int) -> Sentence | None:
        """The sentence of a scene that holds a position, or stands last before it."""
        first, last = self._scene_ranges[scene]
        if first == last:
            return None
        row = bisect_right(
            self.sentences, position, first, last, key=lambda sentence: sentence.start
        )
        return self.sentences[max(first, row - 1)]

    def of_scene(self, scene: int) -> tuple[Sentence, ...]:
        """A scene's sentences."""
        first, last = self._scene_ranges[scene]
        return self.sentences[first:last]

    def within(self, passage: Passage) -> tuple[Sentence, ...]:
        """A passage's sentences."""
        return self.sentences[passage.first : passage.last]

    @cached_property
    def chapters(self) -> tuple[Passage, ...]:
        """The chapters, or where a long text has none, passages of about `PASSAGE_WORDS` words."""
        chapters = tuple(self._chapters())
        if len(chapters) > 1:
            return chapters
        return self.split(chapters[0])

    def split(self, passage: Passage) -> tuple[Passage, ...]:
        """A passage in equal pieces of about `PASSAGE_WORDS`, cut where paragraphs begin."""
        count = round(passage.words / PASSAGE_WORDS)
        if count < 2:
            return (passage,)
        begin = self.sentences[passage.first].at
        cuts = [passage.first]
        for number in range(1, count):
            goal = begin + passage.words * number / count
            row = bisect_right(
                self.sentences, goal, cuts[-1] + 1, passage.last, key=lambda sentence: sentence.at
            )
            cuts.append(self._paragraph_start(row, cuts[-1] + 1, passage.last))
        cuts = [cut for cut in dict.fromkeys(cuts) if cut < passage.last]
        return tuple(
            self._passage(f"Part {number} of {len(cuts)}", first, last)
            for number, (first, last) in enumerate(
                zip(cuts, [*cuts[1:], passage.last], strict=True), start=1
            )
        )

    def _paragraph_start(self, row: int, low: int, high: int) -> int:
        """The sentence nearest to `row` that begins a paragraph; `row` where none is near."""
        for distance in range(60):
            for candidate in (row - distance, row + distance):
                if low <= candidate < high and self._begins_paragraph(candidate):
                    return candidate
        return min(max(row, low), high)

    def _begins_paragraph(self, row: int) -> bool:
        return self.sentences[row].paragraph != self.sentences[row - 1].paragraph

    def _chapters(self) -> Iterator[Passage]:
        """Runs of scenes under one heading; without headings, files."""
        scenes = self.manuscript.scenes
        begun = 0
        for index in range(1, len(scenes) + 1):
            if index < len(scenes) and _heading(scenes[index]) == _heading(scenes[begun]):
                continue
            first, last = self._scene_ranges[begun][0], self._scene_ranges[index - 1][1]
            if first < last:
                head = scenes[begun]
                title = head.chapter or head.title or head.part or head.label()
                yield self._passage(self._unambiguous(title, head), first, last)
            begun = index

    def _unambiguous(self, title: str, scene: Scene) -> str:
        """The chapter's title, after its part's where the parts number from one again."""
        if scene.part and scene.part != title and self._parts > 1:
            return f"{scene.part}, {title}"
        return title

    @cached_property
    def _parts(self) -> int:
        return len({scene.part for scene in self.manuscript.scenes})

    def _passage(self, title: str, first: int, last: int) -> Passage:
        end = self.sentences[last].at if last < len(self.sentences) else self.words
        return Passage(title=title, first=first, last=last, words=end - self.sentences[first].at)

    @cached_property
    def _scene_ranges(self) -> tuple[tuple[int, int], ...]:
        """For each scene the range of its sentences."""
        ranges: list[tuple[int, int]] = []
        row = 0
        for index in range(len(self.manuscript.scenes)):
            first = row
            while row < len(self.sentences) and self.sentences[row].scene == index:
                row += 1
            ranges.append((first, row))
        return tuple(ranges)

    def _sentences(self, tick: Callable[[], None]) -> Iterator[Sentence]:
        named = _people_by_scene(self.reading)
        quoted: dict[int, list[tuple[int, int]]] = {}
        for quotation in self.reading.quotations:
            span = quotation.span
            quoted.setdefault(span.scene, []).append((span.start, span.end))
        index = at = paragraph = 0
        empty = SceneReading()
        for scene in self.manuscript.scenes:
            tick()
            found = (
                self.reading.scenes[scene.index]
                if scene.index < len(self.reading.scenes)
                else empty
            )
            people = _Sweep(named.get(scene.index, ()))
            speech = _Sweep(tuple((start, end, "") for start, end in quoted.get(scene.index, ())))
            begins = [start for start, _ in found.paragraphs]
            before = 0
            for start, end in _bounded(scene.text, found.sentences or _split(scene.text)):
                inside = words(scene.text[start:end])
                if not inside:
                    continue
                here = bisect_right(begins, start)
                if index == 0 or here != before:
                    paragraph += 1
                before = here
                spoken = sum(
                    min(end, stop) - max(start, begin)
                    for begin, stop, _ in speech.overlapping(start, end)
                )
                yield Sentence(
                    index=index,
                    scene=scene.index,
                    start=start,
                    end=end,
                    paragraph=paragraph,
                    at=at,
                    words=inside,
                    people=tuple(
                        dict.fromkeys(name for _, _, name in people.overlapping(start, end))
                    ),
                    spoken=min(1.0, spoken / (end - start)),
                )
                index += 1
                at += len(inside)
            paragraph += 1


def _heading(scene: Scene) -> tuple[str, str, str]:
    return scene.file, scene.part, scene.chapter


def _split(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in _SENTENCE.finditer(text))


def _bounded(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, those that no sentence can have cut between words to a quotable length."""
    for start, end in spans:
        begin = start
        while end - begin > LONGEST_SENTENCE:
            limit = begin + LONGEST_SENTENCE // 2
            gap = text.rfind(" ", begin + 1, limit)
            cut = gap if gap > 0 else limit
            yield begin, cut
            begin = cut
        yield begin, end


def _people_by_scene(reading: Reading) -> dict[int, tuple[tuple[int, int, str], ...]]:
    found: dict[int, list[tuple[int, int, str]]] = {}
    for person in reading.cast:
        for span in person.spans:
            found.setdefault(span.scene, []).append((span.start, span.end, person.name))
    return {scene: tuple(sorted(spans)) for scene, spans in found.items()}


class _Sweep:
    """Which spans overlap a stretch, for stretches asked in order: one pass over each scene."""

    def __init__(self, spans: tuple[tuple[int, int, str], ...]) -> None:
        self._spans = spans
        self._next = 0

    def overlapping(self, start: int, end: int) -> list[tuple[int, int, str]]:
        spans = self._spans
        while self._next < len(spans) and spans[self._next][1] <= start:
            self._next += 1
        row = self._next
        found = []
        while row < len(spans) and spans[row][0] < end:
            if spans[row][1] > start:
                found.append(spans[row])
            row += 1
        return found
