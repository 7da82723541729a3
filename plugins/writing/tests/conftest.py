"""A story to test with, its reading made by hand, and the pocket model in the default engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from inkstand_sdk import Backend, Loaded, Manuscript, Person, Quotation, Reading
from inkstand_sdk.errors import PluginError
from inkstand_sdk.loading import load_distribution
from inkstand_sdk.manuscript import Scene
from inkstand_sdk.reader import Gender, SceneReading, Span
from inkstand_sdk.style import Stretch
from inkstand_writing.continuity.checks import Check, Kind
from inkstand_writing.continuity.facts import BookFacts

_SENTENCE = re.compile(r"\S.*?(?:(?<!Mr)[.!?]+”?(?=\s+[“A-Z])|(?=\n\n)|\Z)", re.DOTALL)
_PARAGRAPH = re.compile(r"\S.*?(?=\n\n|\Z)", re.DOTALL)
_QUOTED = re.compile(r"“([^”]*)”")

ARRIVAL = """\
Ada Flint was a clockmaker with gray eyes and ink on her cuffs. She had wanted the tower clock \
since she was nine, and she feared nothing but fire.

“Is it still running?” asked Ada. “I heard nothing on the road.”

“It stopped on Sunday,” said Mr. Bell. “Nobody in the town has slept since—”

Mr. Bell, the mayor, was a tall, stout man in a brown coat. Ada wound the great clock twice and \
listened to the tower. The clock did not answer her.

“Who had the key?” asked Ada.

“My brother had it. Tom never lets it go.”

The rain came down on the town all night, and the tower stood dark above the river.
"""
FIRE = """\
Suddenly the bell rang! Tom Bell ran from the tower, and blood was on his hands. Ada saw \
the flames behind him.

“Fire!” shouted Tom. “The tower is on fire!”

“Where is the key?” cried Ada. “Tom, where is it?”

Tom hated the clock and had stolen the key. He wept. Mr. Bell struck his brother and the key fell.

“Tom was always a coward,” said Mr. Bell.

Ada seized the key and ran into the burning tower.
"""
PEACE = """\
In the morning the tower clock struck seven. Ada stood in the square with Mr. Bell and counted the \
strokes.

“Is it right?” asked Mr. Bell.

“Is anything?” said Ada. “It is four minutes slow.”

Tom had left the town before dawn. Mr. Bell promised Ada the clock for as long as she lived. The \
town slept that night for the first time in a week.
"""
TUDDENHAMS: Mapping[str, tuple[Gender, tuple[str, ...]]] = {
    "Ada Tuddenham": ("female", ("Ada Tuddenham", "Ada", "Tuddenham")),
    "Mr. Bell": ("male", ("Mr. Bell", "Bell")),
}
PEOPLE: Mapping[str, tuple[Gender, tuple[str, ...]]] = {
    "Ada Flint": ("female", ("Ada Flint", "Ada")),
    "Mr. Bell": ("male", ("Mr. Bell",)),
    "Tom Bell": ("male", ("Tom Bell", "Tom")),
}
SPEAKERS = (
    *("Ada Flint", "Ada Flint", "Mr. Bell", "Mr. Bell", "Ada Flint", "Mr. Bell"),
    *("Tom Bell", "Tom Bell", "Ada Flint", "Ada Flint", "Mr. Bell"),
    *("Mr. Bell", "Ada Flint", "Ada Flint"),
)


class Story(msgspec.Struct, frozen=True):
    """A manuscript with its reading, as the arguments that `run_tool` takes."""

    manuscript: Manuscript
    reading: Reading

    def given(self) -> dict[str, Any]:
        return {"manuscript": self.manuscript, "reading": self.reading}


def read(
    texts: Sequence[str],
    people: Mapping[str, tuple[Gender, tuple[str, ...]]],
    speakers: Sequence[str | None],
    *,
    titles: Sequence[str] = (),
    language: str = "en",
) -> Story:
    """The story told in `texts`, a scene each; `speakers` are those of its quotations in order."""
    scenes = tuple(
        Scene(
            index=index,
            id=f"story#{index}",
            text=text,
            file="story.txt",
            chapter=titles[index] if titles else "",
            words=len(text.split()),
        )
        for index, text in enumerate(texts)
    )
    spoken = iter(speakers)
    quotations = tuple(
        Quotation(
            span=Span(index, *match.span(1)),
            text=match[1],
            speaker=(speaker := next(spoken, None)),
            confidence=0.9 if speaker else 0.0,
            kind="explicit",
            continues="” asked" in text[match.start() - 20 : match.start()],
        )
        for index, text in enumerate(texts)
        for match in _QUOTED.finditer(text)
    )
    found = [_person(name, gender, names, texts) for name, (gender, names) in people.items()]
    most = max((person.mentions for person in found), default=1)
    cast = tuple(
        msgspec.structs.replace(person, importance=person.mentions / max(1, most))
        for person in sorted(found, key=lambda person: -person.mentions)
    )
    reading = Reading(
        language=language,
        reader="by-hand",
        version="1",
        scenes=tuple(_scene(text) for text in texts),
        cast=cast,
        quotations=quotations,
    )
    return Story(Manuscript(title="The Clock", scenes=scenes, language=language), reading)


def _person(name: str, gender: Gender, names: tuple[str, ...], texts: Sequence[str]) -> Person:
    pattern = re.compile("|".join(rf"\b{re.escape(known)}\b" for known in names))
    spans = tuple(
        Span(index, *match.span())
        for index, text in enumerate(texts)
        for match in pattern.finditer(text)
    )
    return Person(
        name=name,
        aliases=names,
        gender=gender,
        mentions=len(spans),
        spans=spans,
        scenes=tuple(sorted({span.scene for span in spans})),
    )


def _scene(text: str) -> SceneReading:
    return SceneReading(
        sentences=tuple(match.span() for match in _SENTENCE.finditer(text)),
        paragraphs=tuple(
            match.span() for match in re.finditer(r"\S.*?(?=\n\n|\Z)", text, re.DOTALL)
        ),
        words=len(text.split()),
        spoken_words=sum(len(quoted.split()) for quoted in _QUOTED.findall(text)),
        # A reader weighs more than this; here a fire is tense because people shout.
        stretches=(
            Stretch(0, len(text), len(text.split()), 0.5, min(1.0, 0.1 * text.count("!")), 0.0),
        ),
    )


@pytest.fixture
def tell() -> Callable[..., Story]:
    return read


@pytest.fixture
def find() -> Callable[..., list[str]]:
    """`find(kind, *texts)`: what a check says of texts about Ada Tuddenham and Mr. Bell."""

    def found(
        kind: Kind,
        *texts: str,
        speakers: Sequence[str] = (),
        more: Mapping[str, tuple[Gender, tuple[str, ...]]] = MappingProxyType({}),
    ) -> list[str]:
        story = read(texts, {**TUDDENHAMS, **more}, speakers)
        facts = BookFacts(story.manuscript, story.reading)
        return [suspicion.summary for suspicion in Check(kind).find(facts)]

    return found


@pytest.fixture
def story() -> Story:
    return read((ARRIVAL, FIRE, PEACE), PEOPLE, SPEAKERS, titles=("Arrival", "Fire", "Peace"))


@pytest.fixture
def long_story() -> Story:
    """About 40,000 words in one scene without headings."""
    chapter = f"{ARRIVAL}\n{FIRE}\n{PEACE}\n"
    return read((chapter * 110,), PEOPLE, SPEAKERS * 110)


@pytest.fixture
def empty_story() -> Story:
    return read(("  \n\n ",), {}, ())


@pytest.fixture
def nobody() -> Story:
    """A text without people and quotations."""
    text = "The rain fell on the empty town for nine days. The river rose slowly over the road. "
    return read((text * 3,), {}, ())


class Pocket(msgspec.Struct, frozen=True):
    """The loaded pocket model, as the arguments that `run_tool` takes."""

    backend: Any
    context_length: int

    def given(self) -> dict[str, Any]:
        return {
            "model": self.backend,
            "context_length": self.context_length,
            "engine": "model",
        }


@pytest.fixture(scope="session")
def pocket() -> Iterator[Pocket]:
    try:
        backends = load_distribution("inkstand-llamacpp").providers("backend")
        sources = load_distribution("inkstand-pocket").providers("source")
    except PluginError as error:
        pytest.skip(f"needs the default engine and the pocket model: {error}")
    model = sources["pocket"]().models()[0]
    kind: type[Backend] = backends["llamacpp"]
    backend = kind()
    loaded = backend.load(model, kind.Settings())
    assert isinstance(loaded, Loaded)
    yield Pocket(backend, loaded.context_length)
    backend.close()
