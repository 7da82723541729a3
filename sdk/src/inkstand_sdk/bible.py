"""The pages of a writer's bible, typed: what their front matter may say, and when it holds.

A fact is written plainly (`age: 53`), with the scenes between which it holds
(`{value: alive, until: The Loft}`), or as a list of such; so every field but a page's name may
change in the course of a book. `ToolContext.bible` gives the pages as they stand; `page_of` gives
a typed one, and `fields_at` what holds in one scene.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from inkstand_sdk.tool import BibleEntry

Plain = str | int | float | bool


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that holds from one scene on, or until another, or from an act on."""

    value: Plain | list[Plain] | None = None
    """What holds."""
    from_: str | int | None = msgspec.field(name="from", default=None)
    """The first scene in which it holds, by title, file or id; from the start without."""
    until: str | int | None = None
    """The first scene in which it holds no more; to the end without."""
    act: int | None = None
    """The act from whose beginning it holds, until a later act of the same list."""


Changing = Plain | Fact | list[Plain | Fact] | None


class Voice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How someone speaks."""

    vocabulary: Annotated[Changing, Meta(description="The words they choose, and avoid.")] = None
    sentence_length: Annotated[
        Changing, Meta(description="Short, long, unfinished; or words per sentence.")
    ] = None
    contractions: Annotated[Changing, Meta(description="Whether they say “don't”.")] = None
    tics: Annotated[Changing, Meta(description="What they say again and again.")] = None
    question_ratio: Annotated[
        Changing, Meta(description="How much of their speech is questions: 0.9, or “mostly”.")
    ] = None
    interruptions: Annotated[
        Changing, Meta(description="Whether they interrupt, or let others finish.")
    ] = None
    metaphor_domain: Annotated[
        Changing, Meta(description="Where their comparisons come from: sails, figures.")
    ] = None
    directness: Annotated[Changing, Meta(description="How straight they say what they mean.")] = (
        None
    )


class Page(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every page may say."""

    name: Annotated[str, Meta(description="Its name; the file's without one.")] = ""
    aliases: Annotated[Changing, Meta(description="Other names for it in the text.")] = None
    status: Annotated[Changing, Meta(description="How it stands: alive, lost, open, done.")] = None
    cloud: Annotated[
        Plain | None, Meta(description="`never` keeps the page out of every remote backend.")
    ] = None
    extends: Annotated[
        bool, Meta(description="Whether it adds to the shared page of that name, field by field.")
    ] = False


class Character(Page, frozen=True, kw_only=True, omit_defaults=True):
    """Someone: `bible/characters/*.md`."""

    role: Annotated[Changing, Meta(description="Protagonist, antagonist, foil, ...")] = None
    age: Annotated[Changing, Meta(description="In years, or in words.")] = None
    appearance: Annotated[Changing, Meta(description="What one sees.")] = None
    manner: Annotated[Changing, Meta(description="How they move, and treat others.")] = None
    voice: Annotated[Voice | None, Meta(description="How they speak.")] = None
    ghost: Annotated[Changing, Meta(description="What happened before, and haunts them.")] = None
    wound: Annotated[Changing, Meta(description="What it did to them.")] = None
    lie: Annotated[Changing, Meta(description="What they wrongly believe since.")] = None
    want: Annotated[Changing, Meta(description="What they are after.")] = None
    need: Annotated[Changing, Meta(description="What would help them.")] = None
    arc: Annotated[Changing, Meta(description="How they change.")] = None
    secrets: Annotated[Changing, Meta(description="What they keep from others.")] = None
    relationships: Annotated[
        dict[str, Changing] | None,
        Meta(description="What others are to them, by name; by act where it changes."),
    ] = None
    knows: Annotated[
        Changing, Meta(description="What they know, and (`from:`) since which scene.")
    ] = None


class Place(Page, frozen=True, kw_only=True, omit_defaults=True):
    """Where something happens: `bible/places/*.md`."""

    part_of: Annotated[Changing, Meta(description="The larger place that it lies in.")] = None
    appearance: Annotated[Changing, Meta(description="What one sees.")] = None
    sounds: Annotated[Changing, Meta(description="What one hears.")] = None
    smells: Annotated[Changing, Meta(description="What one smells.")] = None
    mood: Annotated[Changing, Meta(description="What it does to those who come in.")] = None
    rules: Annotated[Changing, Meta(description="What holds there.")] = None
    people: Annotated[Changing, Meta(description="Who is there, by name.")] = None


class Thing(Page, frozen=True, kw_only=True, omit_defaults=True):
    """An object that matters: `bible/things/*.md`."""

    appearance: Annotated[Changing, Meta(description="What one sees.")] = None
    owner: Annotated[Changing, Meta(description="Whose it is, by name.")] = None
    place: Annotated[Changing, Meta(description="Where it is.")] = None
    meaning: Annotated[Changing, Meta(description="What it stands for.")] = None


class Thread(Page, frozen=True, kw_only=True, omit_defaults=True):
    """A question that the book raises and answers: `bible/threads/*.md`."""

    question: Annotated[Changing, Meta(description="What the reader is to wonder.")] = None
    setup: Annotated[Changing, Meta(description="The scenes that raise it.")] = None
    payoff: Annotated[Changing, Meta(description="The scenes that answer it.")] = None
    people: Annotated[Changing, Meta(description="Whom it concerns, by name.")] = None


class TimelineEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened."""

    what: Annotated[str, Meta(description="What happened.")] = ""
    when: Annotated[Plain | None, Meta(description="A date, or words.")] = None
    scene: Annotated[
        str | int | None, Meta(description="The scene that tells of it, if one does.")
    ] = None
    people: Annotated[Changing, Meta(description="Who was there, by name.")] = None
    place: Annotated[Changing, Meta(description="Where.")] = None


class Timeline(Page, frozen=True, kw_only=True, omit_defaults=True):
    """What happened when, also before the book: `bible/timeline.md`."""

    events: Annotated[
        list[TimelineEvent] | None, Meta(description="What happened, in its order.")
    ] = None


class Style(Page, frozen=True, kw_only=True, omit_defaults=True):
    """How the book is written: `bible/style.md`."""

    tense: Annotated[Changing, Meta(description="Past or present.")] = None
    person: Annotated[Changing, Meta(description="First, second or third.")] = None
    pov: Annotated[Changing, Meta(description="Through whose eyes, and how close.")] = None
    spelling: Annotated[Changing, Meta(description="British, American, ...")] = None
    tone: Annotated[Changing, Meta(description="How it is to sound.")] = None
    banned: Annotated[Changing, Meta(description="Words that are not to be used.")] = None
    samples: Annotated[Changing, Meta(description="Lines that sound as the book should.")] = None


class Lore(Page, frozen=True, kw_only=True, omit_defaults=True):
    """Something of the world that is told when its keys are named: `bible/lore/**/*.md`."""

    keys: Annotated[Changing, Meta(description="The words that call it up.")] = None
    secondary_keys: Annotated[
        Changing, Meta(description="Words of which one must be named as well.")
    ] = None


KINDS: dict[str, type[Page]] = {
    "character": Character,
    "place": Place,
    "thing": Thing,
    "thread": Thread,
    "timeline": Timeline,
    "style": Style,
    "lore": Lore,
}
"""What the kinds of pages may say. A page in another folder has that folder's name as its kind."""

SceneIndex = Callable[[str | int], int | None]
"""The place (from 0) of a scene that is named by title, file or id; None if there is none."""


def page_of(entry: BibleEntry) -> Page:
    """The page, typed by its kind; its name is that of its file where it gives none.

    Raises:
        msgspec.ValidationError: a field is not of its type: see `inkstand bible check`.

    """
    fields = _filled({**entry.fields, "name": entry.name})
    return msgspec.convert(fields, KINDS.get(entry.kind, Page))


def _filled(value: Any) -> Any:
    """A value without the keys that say nothing."""
    if isinstance(value, dict):
        return {key: _filled(inner) for key, inner in value.items() if inner is not None}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def fields_at(
    fields: dict[str, Any], scene: int, place_of: SceneIndex, act: int = 0
) -> dict[str, Any]:
    """The fields of a page as they are in one scene.

    A fact that holds only elsewhere is left out; of one that names a scene that cannot be found,
    that bound is not heeded. A fact holds from the scene in `from` up to, and not including, the
    one in `until`.

    Args:
        fields: The front matter, facts and all.
        scene: The scene's place in the manuscript, from 0.
        place_of: Finds the scenes that facts name.
        act: The act that it lies in, from 1; 0 if unknown, and then acts are not heeded.

    """
    held = {key: _held(value, scene, place_of, act) for key, value in fields.items()}
    return {key: value for key, value in held.items() if value is not None}


def is_fact(value: Any) -> bool:
    """Whether a value of front matter says when it holds."""
    return isinstance(value, dict) and "value" in value


def _held(value: Any, scene: int, place_of: SceneIndex, act: int) -> Any:
    if is_fact(value):
        return value["value"] if _holds(value, scene, place_of, act) else None
    if isinstance(value, list) and any(map(is_fact, value)):
        return _of_list(value, scene, place_of, act)
    if isinstance(value, dict):
        return fields_at(value, scene, place_of, act) or None
    if isinstance(value, list):
        return [_held(item, scene, place_of, act) for item in value]
    return value


def _of_list(items: list[Any], scene: int, place_of: SceneIndex, act: int) -> Any:
    begun = [
        item["act"]
        for item in items
        if is_fact(item) and isinstance(item.get("act"), int) and item["act"] <= act
    ]
    latest = max(begun, default=None)
    held = []
    for item in items:
        if is_fact(item):
            own = item.get("act")
            if isinstance(own, int) and act and latest is not None and own != latest:
                continue
            if _holds(item, scene, place_of, act):
                held.append(item["value"])
        else:
            held.append(item)
    # A list of facts is often one fact that changes.
    return held if len(held) > 1 else next(iter(held), None)


def _holds(fact: dict[str, Any], scene: int, place_of: SceneIndex, act: int) -> bool:
    own = fact.get("act")
    if isinstance(own, int) and act and own > act:
        return False
    first, end = (_place(fact.get(bound), place_of) for bound in ("from", "until"))
    return (first is None or first <= scene) and (end is None or scene < end)


def _place(named: Any, place_of: SceneIndex) -> int | None:
    return place_of(named) if isinstance(named, str | int) else None
