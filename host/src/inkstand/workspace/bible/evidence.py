"""What a text says of what a page of the bible is about, with the passages that say it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from inkstand.workspace.bible.bible import aliases, texts
from inkstand.workspace.bible.kinds import same
from inkstand.workspace.bible.scenes import NamedScenes
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import COMMITTED, Person, Reading
from inkstand_sdk.span import Span
from inkstand_sdk.tool import BibleEntry

_PEOPLE = "character"
_SCENES_OF = {"thread": ("setup", "payoff")}
_LONG = 3
"""Letters that a part of a name has at least by which a person is found."""

Kind = Literal["fact", "relation", "mention", "line", "scene"]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the text says, and where.

    `claim` is what is said, in a few words: "eyes: grey". `quote` are the words that say it, which
    stand at `span`. `by` is who says so in direct speech; `count` how many there are of its kind
    in that scene.
    """

    kind: Kind
    claim: str
    quote: str
    span: Span
    by: str = ""
    confidence: float = 1.0
    count: int = 1


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says of a page: everything in the order of the text, and by kind.

    `person` is the one of the text that the page is about; None of a place, a thing or a thread,
    and of somebody whom the text does not name. `partners` are those to whom the person speaks
    and is spoken to, with how many lines.
    """

    person: Person | None = None
    mentions: int = 0
    scenes: tuple[int, ...] = ()
    said: tuple[Said, ...] = ()
    partners: tuple[tuple[str, int], ...] = ()


def evidence_of(entry: BibleEntry, manuscript: Manuscript, reading: Reading) -> Evidence:
    """What a text says of a page of the bible.

    Args:
        entry: The page; its name and aliases are what is looked for.
        manuscript: The text.
        reading: What that text says, of the same scenes.

    """
    if entry.kind == _PEOPLE:
        person = person_of((entry.name, *aliases(entry)), reading)
        if person is not None:
            return _of_person(person, manuscript, reading)
    found = [
        *_named_scenes(entry, manuscript),
        *_mentions(list(_places_named(entry, manuscript)), manuscript),
    ]
    mentions = sum(each.count for each in found if each.kind == "mention")
    scenes = sorted({each.span.scene for each in found if each.kind == "mention"})
    return Evidence(mentions=mentions, scenes=tuple(scenes), said=tuple(found))


def people_of(entries: Sequence[BibleEntry], reading: Reading) -> dict[str, Person]:
    """Whom in a text the pages of people are about, by the names of the pages' files."""
    people = ((each.file, person_of((each.name, *aliases(each)), reading))
              for each in entries if each.kind == _PEOPLE)  # fmt: skip
    return {file: person for file, person in people if person is not None}


def person_of(names: Sequence[str], reading: Reading) -> Person | None:
    """The one in the text who has one of these names: whole ones before parts of one."""
    wanted = {same(name) for name in names if name.strip()}
    for person in reading.cast:
        if not wanted.isdisjoint(same(name) for name in (person.name, *person.aliases)):
            return person
    parts = {part for name in wanted for part in name.split() if len(part) >= _LONG}
    # "Ada" on a page is Ada Lovelace of the text, if there is no other Ada.
    alike = [p for p in reading.cast if not parts.isdisjoint(same(p.name).split())]
    return alike[0] if len(alike) == 1 else None


def _of_person(person: Person, manuscript: Manuscript, reading: Reading) -> Evidence:
    name = person.name
    said = [
        Said(
            kind="fact",
            claim=f"{fact.kind}: {fact.value}",
            quote=_words(manuscript, fact.span),
            span=fact.span,
            by=fact.speaker or "",
            confidence=fact.confidence,
        )
        for fact in reading.attributes
        if fact.person == name
    ]
    for tie in reading.relations:
        if name in (tie.person, tie.other):
            claim = f"{tie.other} is {name}'s {tie.kind}"
            if tie.other == name:
                claim = f"{tie.kind} of {tie.person}"
            said.append(
                Said(
                    kind="relation",
                    claim=claim,
                    quote=_words(manuscript, tie.span),
                    span=tie.span,
                    by=tie.speaker or "",
                    confidence=tie.confidence,
                )
            )
    said += _mentions(person.spans, manuscript)
    partners: Counter[str] = Counter()
    for line in reading.quotations:
        if line.confidence < COMMITTED or line.speaker is None:
            continue
        if line.speaker == name:
            partners.update(line.addressees)
            to = ", ".join(line.addressees)
            said.append(
                Said(
                    kind="line",
                    claim=f"to {to}" if to else "",
                    quote=line.text,
                    span=line.span,
                    confidence=line.confidence,
                )
            )
        elif name in line.addressees:
            partners[line.speaker] += 1
    return Evidence(
        person=person,
        mentions=person.mentions,
        scenes=person.scenes,
        said=tuple(said),
        partners=tuple(partners.most_common()),
    )


def _mentions(spans: Sequence[Span], manuscript: Manuscript) -> list[Said]:
    """The first mention in each scene, with how many there are in it."""
    first: dict[int, Span] = {}
    counts: Counter[int] = Counter()
    for span in spans:
        first.setdefault(span.scene, span)
        counts[span.scene] += 1
    return [
        Said(
            kind="mention",
            claim=_words(manuscript, span),
            quote=_around(manuscript, span),
            span=span,
            count=counts[scene],
        )
        for scene, span in sorted(first.items())
    ]


def _places_named(entry: BibleEntry, manuscript: Manuscript) -> Iterator[Span]:
    """Where the text has one of the names of a page, whatever their case."""
    names = [entry.name, *aliases(entry), *texts(entry.fields.get("keys"))]
    wanted = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    if not wanted or entry.kind in ("timeline", "style"):
        return
    pattern = "|".join(_loose(name) for name in wanted)
    found = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
    for scene in manuscript.scenes:
        for match in found.finditer(scene.text):
            yield Span(scene.index, match.start(), match.end())


def _loose(name: str) -> str:
    """A name as a pattern: spaces may be line ends, and apostrophes of any shape."""
    words = [re.escape(word).replace("'", "['’]").replace("’", "['’]") for word in name.split()]
    return r"\s+".join(words)


def _named_scenes(entry: BibleEntry, manuscript: Manuscript) -> Iterator[Said]:
    """The scenes that the page itself names."""
    fields = _SCENES_OF.get(entry.kind, ())
    scenes = NamedScenes(manuscript) if fields else None
    for field in fields:
        for name in texts(entry.fields.get(field)):
            place = scenes.place_of(int(name) if name.isdecimal() else name) if scenes else None
            if place is not None:
                scene = manuscript.scenes[place]
                opening = scene.text[:120].split("\n")[0]
                span = Span(place, 0, len(opening))
                yield Said(kind="scene", claim=field, quote=opening, span=span)


def _words(manuscript: Manuscript, span: Span) -> str:
    return manuscript.scenes[span.scene].text[span.start : span.end]


def _around(manuscript: Manuscript, span: Span) -> str:
    """The words around a mention, on one line."""
    text = manuscript.scenes[span.scene].text
    left, right = max(0, span.start - 40), min(len(text), span.end + 60)
    words = text[left:right].split()
    if left and not text[left - 1].isspace():
        words = words[1:]
    if right < len(text) and not text[right].isspace():
        words = words[:-1]
    return " ".join(words)
