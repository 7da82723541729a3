"""A manuscript taken apart: paragraphs, quotations, the cast, mentions and turns of every scene."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from inkstand_prose.cast import best_name, display_name, gather_cast
from inkstand_prose.conventions import find_convention
from inkstand_prose.evidence import Evidence, collect, person_names
from inkstand_prose.mentions import Mention, MentionIndex, find_mentions
from inkstand_prose.names import Key, NameUse, lowercase_words, name_uses
from inkstand_prose.narrator import find_narrator
from inkstand_prose.paragraphs import paragraphs
from inkstand_prose.quotations import Quote, find_quotes
from inkstand_prose.roles import (
    ANYBODY,
    Company,
    Presence,
    Role,
    find_roles,
    owner_by_company,
    owner_by_title,
    presence,
    role_noun,
)
from inkstand_prose.turns import Turn, find_turns

_FEW_TAGS = 3
Progress = Callable[[float, str], None]


class Character(msgspec.Struct):
    """A person of the book while it is read. Its place in `Book.cast` is its number."""

    name: str
    aliases: tuple[str, ...]
    gender: str
    uses: int
    titles: frozenset[str] = frozenset()
    narrator: bool = False
    role: str = ""
    role_tags: int = 0
    """Lines that tags give to this one as a role."""


class SceneParts(msgspec.Struct):
    """What one scene consists of; all spans count code points of its text."""

    text: str
    paragraphs: list[tuple[int, int]]
    quotes: list[Quote]
    uses: list[NameUse] = msgspec.field(default_factory=list)
    mentions: MentionIndex = msgspec.field(default_factory=lambda: MentionIndex([]))
    turns: list[Turn] = msgspec.field(default_factory=list)
    present: Presence = msgspec.field(default_factory=dict)
    pov: int = -1
    """Whose eyes it is seen with, where the writer says so: a number in the cast."""


class Book(msgspec.Struct):
    """All scenes and the people in them; `narrator` is a number in the cast, -1 for none."""

    scenes: list[SceneParts]
    cast: list[Character]
    narrator: int = -1
    role_person: dict[str, int] = msgspec.field(default_factory=dict)


class _Steps:
    """Counts steps, five a scene, as progress from 0 to 0.7."""

    def __init__(self, scenes: int, progress: Progress) -> None:
        self.done, self.all, self.progress = 0, 5 * scenes, progress

    def next(self, message: str) -> None:
        self.progress(0.7 * self.done / self.all, message)
        self.done += 1


def take_apart(texts: Sequence[str], povs: Sequence[str], progress: Progress) -> Book:
    """Read all scenes up to the point where speakers can be sought.

    `povs` are the names that the scenes' front matter gives, "" where there is none.
    """
    scenes: list[SceneParts] = []
    lowercase: Counter[str] = Counter()
    steps = _Steps(len(texts), progress)
    for text in texts:
        steps.next("Finding speech")
        spans = paragraphs(text)
        scenes.append(SceneParts(text, spans, find_quotes(text, spans, find_convention(text))))
        lowercase.update(lowercase_words(text))
    evidence: dict[Key, Evidence] = {}
    for scene in scenes:
        steps.next("Finding names")
        scene.uses = list(name_uses(scene.text, lowercase))
        steps.next("Finding names")
        collect(evidence, scene.text, scene.uses, _spans(scene))
    names = person_names(evidence, lowercase)
    book = Book(scenes, [])
    person_of = _cast_of_names(book, names)
    genders = [c.gender for c in book.cast]
    for scene in scenes:
        steps.next("Finding people")
        found = find_mentions(scene.text, scene.uses, person_of, genders, _spans(scene))
        scene.mentions = MentionIndex(found)
        scene.present = presence(scene.mentions, scene.paragraphs)
        steps.next("Finding turns at speech")
        scene.turns = find_turns(scene.text, scene.paragraphs, scene.quotes, scene.mentions)
    _add_narrator(book)
    _add_roles(book)
    known = _known_names(book)
    for scene, pov in zip(scenes, povs, strict=True):
        scene.pov = known.get(pov.lower(), -1)
    return book


def _spans(scene: SceneParts) -> list[tuple[int, int]]:
    return [(quote.start, quote.end) for quote in scene.quotes]


def _cast_of_names(book: Book, names: dict[Key, Evidence]) -> dict[Key, int]:
    person_of: dict[Key, int] = {}
    for figure in gather_cast(names):
        name = best_name(figure, names)
        written = dict.fromkeys(display_name(key) for key in figure.keys)
        aliases = tuple(alias for alias in written if alias != name)
        for key in figure.keys:
            person_of[key] = len(book.cast)
        book.cast.append(
            Character(name, aliases, figure.gender, figure.uses, frozenset(figure.titles))
        )
    return person_of


def _add_narrator(book: Book) -> None:
    found = find_narrator([(scene.text, scene.mentions, scene.turns) for scene in book.scenes])
    if found is None:
        return
    if found.person < 0:
        book.cast.append(Character("Narrator", ("I",), "unknown", found.uses))
        found = msgspec.structs.replace(found, person=len(book.cast) - 1)
    book.narrator = found.person
    book.cast[found.person].narrator = True


def _known_names(book: Book) -> dict[str, int]:
    names: dict[str, int] = {}
    for number, character in enumerate(book.cast):
        for alias in (character.name, *character.aliases):
            names.setdefault(alias.lower(), number)
    return names


def _add_roles(book: Book) -> None:
    known = _known_names(book)
    named = list(book.cast)
    company = Company([s.present for s in book.scenes], [s.turns for s in book.scenes])
    roles = find_roles((scene.text, scene.mentions, scene.turns) for scene in book.scenes)
    for role in roles:
        person = known.get(role.phrase, known.get(role.phrase.removeprefix("the "), -1))
        if person < 0:
            person = owner_by_title(role, [c.titles for c in named], [c.uses for c in named])
        if person < 0:
            person = owner_by_company(role, company, [c.gender for c in named])
        if person < 0 and len(role.tags) < _FEW_TAGS:
            person = book.role_person.get(f"the {role_noun(role.phrase)}", -1)
        if person < 0 and len(role.tags) < _FEW_TAGS and role_noun(role.phrase) in ANYBODY:
            continue
        if person < 0:
            person = len(book.cast)
            book.cast.append(_role_character(role))
        else:
            owner = book.cast[person]
            owner.aliases = tuple(dict.fromkeys((*owner.aliases, _title_case(role.phrase))))
        book.cast[person].role_tags += len(role.tags)
        book.role_person[role.phrase] = person


def _role_character(role: Role) -> Character:
    name = _title_case(role.phrase)
    written = dict.fromkeys(form for form, _ in role.written.most_common())
    aliases = tuple(form for form in written if form.lower() != name.lower())
    return Character(name, aliases, role.gender, role.uses, role=role.phrase)


def _title_case(phrase: str) -> str:
    return " ".join(word.capitalize() for word in phrase.split())


def mention_person(book: Book, mention: Mention) -> int:
    """Who a mention points at by itself; -1 where only the surroundings tell."""
    if mention.person >= 0:
        return mention.person
    return book.role_person.get(mention.role, -1) if mention.role else -1
