"""A reading as JSON: places count code points of each file, as the writer has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from inkstand_sdk.manuscript import Manuscript, Scene
    from inkstand_sdk.reader import Person, Quotation, Reading, SceneReading, Span


def as_file_offsets(manuscript: Manuscript, reading: Reading) -> dict[str, Any]:
    """The reading with offsets into each file's decoded text, in code points."""
    return _Placed(manuscript, reading).all()


def _encoded(items: Iterable[dict[str, Any]]) -> msgspec.Raw:
    """A list as JSON. A book has many quotations, and as dictionaries they take ten times as
    much memory.
    """
    encode = msgspec.json.encode
    return msgspec.Raw(b"[" + b",".join(encode(item) for item in items) + b"]")


class _Placed:
    def __init__(self, manuscript: Manuscript, reading: Reading) -> None:
        self.manuscript, self.reading = manuscript, reading
        self.many = len({scene.file for scene in manuscript.scenes}) > 1

    def all(self) -> dict[str, Any]:
        """Everything under the names that scripts know."""
        reading = self.reading
        return {
            "title": self.manuscript.title,
            "language": reading.language,
            "cast": [self.person(person) for person in reading.cast],
            "quotations": _encoded(map(self.quotation, reading.quotations)),
            "scenes": [
                self.scene(scene, read)
                for scene, read in zip(self.manuscript.scenes, reading.scenes, strict=True)
            ],
            "attributes": self.located(reading.attributes),
            "relations": self.located(reading.relations),
            "coreferences": _encoded(map(self.plain, reading.coreferences)),
            "style": reading.style,
            "voices": list(reading.voices),
            "remarks": [
                {**self.plain(remark, "also"), "also": [self.at(span) for span in remark.also]}
                for remark in reading.remarks
            ],
            "notes": [*self.manuscript.notes, *reading.notes],
        }

    def at(self, span: Span) -> dict[str, Any]:
        """A place in a file."""
        scene = self.manuscript.scenes[span.scene]
        where: dict[str, Any] = {
            "start": scene.offset + span.start,
            "end": scene.offset + span.end,
            "scene": span.scene,
        }
        return {**where, "file": scene.file} if self.many else where

    def quotation(self, quotation: Quotation) -> dict[str, Any]:
        """A part of speech, and who says it."""
        return {
            **self.at(quotation.span),
            "text": quotation.text,
            "speaker": quotation.speaker,
            "confidence": round(quotation.confidence, 3),
            "kind": quotation.kind,
            "addressees": list(quotation.addressees),
            "continues": quotation.continues,
            "cue": self.at(quotation.cue) if quotation.cue is not None else None,
        }

    def located(self, items: Sequence[Any]) -> list[dict[str, Any]]:
        """Structs with a `span` as plain values, with that in place of the span."""
        return [self.plain(item) for item in items]

    def plain(self, item: Any, *without: str) -> dict[str, Any]:
        """A Struct as plain values, with its place in place of its span."""
        left_out = {"span", *without}
        fields = {name: getattr(item, name) for name in item.__struct_fields__}
        kept = {name: value for name, value in fields.items() if name not in left_out}
        text = {"text": self.words_at(item.span)} if "text" not in kept else {}
        return {**self.at(item.span), **text, **kept}

    def words_at(self, span: Span) -> str:
        """What stands at a place."""
        return self.manuscript.scenes[span.scene].text[span.start : span.end]

    def person(self, person: Person) -> dict[str, Any]:
        """Somebody, and where they are named."""
        return {
            "name": person.name,
            "aliases": list(person.aliases),
            "gender": person.gender,
            "mentions": person.mentions,
            "quotations": person.quotations,
            "importance": person.importance,
            "narrator": person.narrator,
            "scenes": list(person.scenes),
            "first": self.at(person.spans[0]) if person.spans else None,
            "spans": [self.at(span) for span in person.spans],
        }

    def scene(self, scene: Scene, read: SceneReading) -> dict[str, Any]:
        """A scene; `sentence_spans` and `paragraph_spans` are pairs of a start and an end."""
        shift = scene.offset
        return {
            "index": scene.index,
            "label": scene.label(),
            "file": scene.file,
            "start": shift,
            "end": shift + len(scene.text),
            "line": scene.line,
            "words": scene.words,
            "spoken_words": read.spoken_words,
            "sentences": len(read.sentences),
            "paragraphs": len(read.paragraphs),
            "people": list(read.people),
            "times": self.located(read.times),
            "places": self.located(read.places),
            "pov": read.pov,
            "narration": read.narration,
            "tense": read.tense,
            "pace": read.pace,
            "tension": read.tension,
            "sentiment": read.sentiment,
            "stretches": [
                {
                    "start": shift + stretch.start,
                    "end": shift + stretch.end,
                    "words": stretch.words,
                    "pace": stretch.pace,
                    "tension": stretch.tension,
                    "sentiment": stretch.sentiment,
                }
                for stretch in read.stretches
            ],
            "sentence_spans": [(shift + start, shift + end) for start, end in read.sentences],
            "paragraph_spans": [(shift + start, shift + end) for start, end in read.paragraphs],
        }
