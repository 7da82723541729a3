"""BookFacts: a manuscript with what its reading and the bible state, laid out for checks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

import msgspec

from inkstand_sdk import Manuscript, Person, Quotation, Reading, Scene, SceneReading, ToolContext
from inkstand_sdk.errors import InputError
from inkstand_sdk.facts import Attribute, Relation
from inkstand_sdk.findings import Passage
from inkstand_sdk.span import Span
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.continuity.suspicion import Page

LONGEST_QUOTE = 320
"""A sentence of more characters is quoted in part: the words that matter and what is near."""

_SENTENCE = re.compile(r"\S(?:[^.!?…]|[.!?…](?=\w))*[.!?…]*[\"'”’»)\]]*")
_PARAGRAPH = re.compile(r"\S(?:(?!\n[ \t]*\r?\n).)*", re.DOTALL)
_NEW_LINE = re.compile(r"\r\n|\r|\n")


class BookFacts:
    """Everything that a check may ask. Built once for a run; what is worked out is kept.

    Raises:
        InputError: there is no text to check.

    """

    def __init__(
        self,
        manuscript: Manuscript,
        reading: Reading,
        bible: tuple[BibleEntry, ...] = (),
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.manuscript = manuscript
        self.reading = reading
        self.bible = bible
        self.tick = tick
        """To be called in long loops: raises `Cancelled` when the user stopped the tool."""
        self.scenes: tuple[Scene, ...] = manuscript.scenes
        self.cast: dict[str, Person] = {person.name: person for person in reading.cast}
        self._calls: dict[str, Counter[str]] = {}
        self.narrator = next((person.name for person in reading.cast if person.narrator), "")
        if not any(scene.text.strip() for scene in self.scenes):
            raise InputError(
                "There is no text to check.",
                "The manuscript is empty.",
                "Name a file or folder with prose in it.",
            )

    @classmethod
    def of(cls, ctx: ToolContext) -> BookFacts:
        """The facts of a tool's manuscript, reading and bible."""
        if not any(scene.text.strip() for scene in ctx.manuscript.scenes):
            return cls(ctx.manuscript, Reading(language="", reader="", version=""))
        ctx.progress(None, "Reading")
        return cls(ctx.manuscript, ctx.reading, ctx.bible, ctx.check_cancelled)

    # -- the text ---------------------------------------------------------------------------

    def text(self, span: Span) -> str:
        """The words of a span, on one line."""
        return " ".join(self.scenes[span.scene].text[span.start : span.end].split())

    def scene(self, index: int) -> SceneReading:
        """What the reader says of a scene; sentences and paragraphs are there in any case."""
        return self._scenes[index]

    @cached_property
    def _scenes(self) -> tuple[SceneReading, ...]:
        return tuple(self._whole(scene) for scene in self.scenes)

    def _whole(self, scene: Scene) -> SceneReading:
        read = self.reading.scenes
        found = read[scene.index] if scene.index < len(read) else SceneReading()
        if found.sentences and found.paragraphs:
            return found
        return msgspec.structs.replace(
            found,
            sentences=found.sentences
            or tuple(match.span() for match in _SENTENCE.finditer(scene.text)),
            paragraphs=found.paragraphs
            or tuple(match.span() for match in _PARAGRAPH.finditer(scene.text)),
        )

    def sentence(self, span: Span) -> Span:
        """The sentence in which a span starts, and those that it goes on into."""
        return _around(span, self.scene(span.scene).sentences)

    def paragraph(self, span: Span) -> Span:
        """The paragraph in which a span starts."""
        return _around(Span(span.scene, span.start, span.start), self.scene(span.scene).paragraphs)

    @cached_property
    def quotations(self) -> tuple[tuple[Quotation, ...], ...]:
        """For each scene its direct speech, in order."""
        found: dict[int, list[Quotation]] = defaultdict(list)
        for quotation in self.reading.quotations:
            found[quotation.span.scene].append(quotation)
        return tuple(
            tuple(sorted(found[scene.index], key=lambda each: each.span.start))
            for scene in self.scenes
        )

    @cached_property
    def _speech_starts(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(each.span.start for each in row) for row in self.quotations)

    def speech(self, scene: int, position: int) -> Quotation | None:
        """The direct speech that a position lies in; None in narration."""
        row = bisect_right(self._speech_starts[scene], position) - 1
        if row < 0:
            return None
        quotation = self.quotations[scene][row]
        return quotation if position < quotation.span.end else None

    def is_spoken(self, span: Span) -> bool:
        """Whether any of a span is direct speech."""
        row = bisect_left(self._speech_starts[span.scene], span.end)
        return row > 0 and self.quotations[span.scene][row - 1].span.end > span.start

    def speeches_in(self, span: Span) -> tuple[Quotation, ...]:
        """The direct speech that a span touches, in order."""
        row, starts = self.quotations[span.scene], self._speech_starts[span.scene]
        first = max(0, bisect_right(starts, span.start) - 1)
        last = bisect_left(starts, span.end)
        return tuple(said for said in row[first:last] if said.span.end > span.start)

    # -- people and facts -------------------------------------------------------------------

    @cached_property
    def named(self) -> tuple[tuple[tuple[int, int, str], ...], ...]:
        """For each scene where people are named: (start, end, name), in order."""
        found: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for person in self.reading.cast:
            for span in person.spans:
                found[span.scene].append((span.start, span.end, person.name))
        return tuple(tuple(sorted(found[scene.index])) for scene in self.scenes)

    def people_in(self, span: Span) -> tuple[tuple[int, int, str], ...]:
        """Where people are named within a span: (start, end, name), in order."""
        row = self.named[span.scene]
        first = bisect_left(row, span.start, key=lambda each: each[0])
        last = bisect_left(row, span.end, key=lambda each: each[0])
        return row[first:last]

    def calls(self, name: str) -> Counter[str]:
        """How often somebody is called by each of their names."""
        if name not in self._calls:
            self._calls[name] = Counter(self.text(span) for span in self.cast[name].spans)
        return self._calls[name]

    @cached_property
    def attributes(self) -> dict[tuple[str, str], tuple[Attribute, ...]]:
        """What is stated of people, by (person, kind), in the order of the text."""
        found: dict[tuple[str, str], list[Attribute]] = defaultdict(list)
        for attribute in self.reading.attributes:
            found[attribute.person, attribute.kind].append(attribute)
        return {key: tuple(sorted(row, key=_place_of)) for key, row in found.items()}

    @cached_property
    def relations(self) -> dict[tuple[str, str], tuple[Relation, ...]]:
        """What is stated between people, by (person, other), in the order of the text."""
        found: dict[tuple[str, str], list[Relation]] = defaultdict(list)
        for relation in self.reading.relations:
            found[relation.person, relation.other].append(relation)
        return {key: tuple(sorted(row, key=_place_of)) for key, row in found.items()}

    @cached_property
    def pages(self) -> dict[str, tuple[int, ...]]:
        """Which pages of the bible are about a person of the cast, by the person's name."""
        owners: dict[str, str] = {}
        for person in reversed(self.reading.cast):
            for known in (*person.aliases, person.name):
                owners[known.casefold()] = person.name
        found: dict[str, list[int]] = defaultdict(list)
        for index, entry in enumerate(self.bible):
            called = [str(entry.fields.get("name") or entry.name), *_listed(entry.fields)]
            owner = next((owners[n.casefold()] for n in called if n.casefold() in owners), None)
            if owner is not None:
                found[owner].append(index)
        return {name: tuple(indices) for name, indices in found.items()}

    @cached_property
    def words(self) -> int:
        """About how many words the text has."""
        return sum(scene.words or len(scene.text.split()) for scene in self.scenes)

    # -- passages ---------------------------------------------------------------------------

    def passage(self, evidence: Span | Page) -> Passage:
        """The passage to quote for a suspicion: the sentence around the words, if not too long."""
        if isinstance(evidence, Page):
            entry = self.bible[evidence.entry]
            said = f"{evidence.field}: {evidence.quote}" if evidence.field else evidence.quote
            return Passage(quote=said, label=f"{entry.name} (bible)", file=entry.file)
        scene = self.scenes[evidence.scene]
        start, end = _quotable(scene.text, evidence, self.sentence(evidence))
        return Passage(
            quote=scene.text[start:end],
            label=scene.label(),
            file=scene.file,
            line=scene.line + sum(1 for _ in _NEW_LINE.finditer(scene.text, 0, start)),
            scene=scene.index,
            start=start,
            end=end,
        )


def _around(span: Span, pieces: tuple[tuple[int, int], ...]) -> Span:
    """The pieces of a scene that a span touches, as one span; itself where there are none."""
    first = bisect_right(pieces, span.start, key=lambda piece: piece[0]) - 1
    last = bisect_left(pieces, span.end, key=lambda piece: piece[0]) - 1
    if first < 0:
        return span
    last = max(first, last)
    return Span(span.scene, pieces[first][0], max(span.end, pieces[last][1]))


def _quotable(text: str, words: Span, sentence: Span) -> tuple[int, int]:
    """What of a sentence is quoted: all of it, or about `LONGEST_QUOTE` characters."""
    if sentence.end - sentence.start <= LONGEST_QUOTE:
        return sentence.start, sentence.end
    room = max(0, LONGEST_QUOTE - (words.end - words.start)) // 2
    start, end = max(sentence.start, words.start - room), min(sentence.end, words.end + room)
    if start > sentence.start:
        gap = text.find(" ", start, words.start)
        start = gap + 1 if gap >= 0 else start
    if end < sentence.end:
        gap = text.rfind(" ", words.end, end)
        end = gap if gap > 0 else end
    return start, end


def _place_of(stated: Attribute | Relation) -> tuple[int, int]:
    return stated.span.scene, stated.span.start


def _listed(fields: dict[str, object]) -> Iterable[str]:
    aliases = fields.get("aliases")
    return [str(alias) for alias in aliases] if isinstance(aliases, list | tuple) else ()
