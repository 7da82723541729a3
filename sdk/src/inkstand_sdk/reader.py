"""Reader: scenes in, a Reading out. Deterministic analysis of prose, one reader per language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Literal

import msgspec

from inkstand_sdk.capabilities import Probe, ReaderCapabilities
from inkstand_sdk.facts import (
    Attribute,
    Coreference,
    Narration,
    PlaceMark,
    Relation,
    Tense,
    TimeMark,
)
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.settings import NoSettings
from inkstand_sdk.span import Span
from inkstand_sdk.style import Remark, Stretch, Style, Voice

Gender = Literal["female", "male", "unknown"]
SpeakerKind = Literal["explicit", "pronoun", "implicit"]
__all__ = [
    "COMMITTED",
    "Gender",
    "Person",
    "Quotation",
    "Reader",
    "Reading",
    "SceneReading",
    "Span",
    "SpeakerKind",
]

COMMITTED = 0.5
"""A quotation's speaker counts as committed from this confidence on."""


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Someone in the book. `spans` are where they are named, in order; `quotations` how many
    lines they are given; `importance` 0 to 1, the share of the most named person's mentions.
    """

    name: str
    aliases: tuple[str, ...] = ()
    gender: Gender = "unknown"
    mentions: int = 0
    quotations: int = 0
    spans: tuple[Span, ...] = ()
    scenes: tuple[int, ...] = ()
    importance: float = 0.0
    narrator: bool = False


class Quotation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stretch of direct speech, without its quotation marks; each part of an interrupted
    quotation is one of its own. `speaker` is a `Person.name`, the best guess.
    """

    span: Span
    text: str
    speaker: str | None = None
    confidence: float = 0.0
    kind: SpeakerKind = "implicit"
    addressees: tuple[str, ...] = ()
    continues: bool = False
    """The same speech as the quotation before it, after an interruption or a paragraph."""
    cue: Span | None = None
    """The words that tell who speaks ("said Ada"), where there are any."""


class SceneReading(msgspec.Struct, frozen=True, kw_only=True):
    """One scene: spans of its sentences and paragraphs as (start, end) pairs, its people
    (`Person.name`) in order of appearance, and the words within quotations.
    """

    sentences: tuple[tuple[int, int], ...] = ()
    paragraphs: tuple[tuple[int, int], ...] = ()
    people: tuple[str, ...] = ()
    words: int = 0
    spoken_words: int = 0
    times: tuple[TimeMark, ...] = ()
    places: tuple[PlaceMark, ...] = ()
    pov: str | None = None
    """Whose eyes the scene is seen with, a `Person.name`; None where it is nobody's or unclear."""
    narration: Narration = "unknown"
    tense: Tense = "unknown"
    pace: float = 0.0
    """0 (slow) to 1 (fast), against the rest of the book."""
    tension: float = 0.0
    """0 to 1, against the rest of the book."""
    sentiment: float = 0.0
    """-1 (dark) to 1 (bright)."""
    stretches: tuple[Stretch, ...] = ()
    """The curves of pace, tension and sentiment in finer steps, of about 500 words."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a manuscript says, found without a model. `scenes` is parallel to the manuscript's;
    `cast` is ordered by importance; `quotations` by place.
    """

    language: str
    reader: str
    version: str
    scenes: tuple[SceneReading, ...] = ()
    cast: tuple[Person, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    notes: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()
    coreferences: tuple[Coreference, ...] = ()
    style: Style = Style()
    """The narration's, without direct speech."""
    voices: tuple[Voice, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Reader(ABC):
    """Analyzes prose of one or more languages. Must be deterministic and need no network."""

    name: ClassVar[str]
    title: ClassVar[str] = ""
    Settings: ClassVar[type[msgspec.Struct]] = NoSettings
    capabilities: ClassVar[ReaderCapabilities] = ReaderCapabilities()
    cache: Path | None = None
    """A folder of the reader's own for what it wants to find again in the next process; None where
    there is none. It may not exist yet, and may be emptied at any time.
    """

    @classmethod
    def probe(cls) -> Probe:
        """Whether the reader can run here."""
        return Probe()

    @abstractmethod
    def read(
        self,
        manuscript: Manuscript,
        settings: Any,
        progress: Callable[[float, str], None],
    ) -> Reading:
        """Read all scenes. `progress(fraction, message)` raises `Cancelled` when the user
        stopped it, so call it now and then.
        """
