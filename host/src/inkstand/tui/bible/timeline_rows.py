"""When things happen: scenes in their order with what they and the timeline page say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from textual.content import Content

from inkstand.tui.choices import Choice

if TYPE_CHECKING:
    from inkstand.tui.bible.book_text import BookText
    from inkstand_sdk.manuscript import Scene
    from inkstand_sdk.reader import SceneReading
    from inkstand_sdk.tool import BibleEntry

_MOST_MARKS = 6


class Event(msgspec.Struct, frozen=True):
    """Something that the timeline page tells; `scene` is the place of its scene, or None."""

    what: str
    when: str
    scene: int | None
    people: tuple[str, ...] = ()


def events_of(entry: BibleEntry | None, text: BookText) -> list[Event]:
    """The events of the timeline page, in its order; what is of another form is left out."""
    listed = entry.fields.get("events") if entry is not None else None
    places: dict[str, int] = {}
    for scene in text.manuscript.scenes:
        for name in (scene.title, scene.file, scene.id, scene.chapter):
            if name:
                places.setdefault(name.casefold(), scene.index)
    found = []
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict) or not each.get("what"):
            continue
        named = each.get("scene")
        place = places.get(str(named).casefold()) if named is not None else None
        if isinstance(named, int) and place is None and 1 <= named <= len(text.manuscript.scenes):
            place = named - 1
        people = each.get("people")
        names = tuple(map(str, people)) if isinstance(people, list) else ()
        found.append(Event(str(each["what"]), _plain(each.get("when")), place, names))
    return found


def choices(events: Sequence[Event], text: BookText) -> list[Choice]:
    """The lines: what came before the book, then each scene with what happens in it.

    An event that no scene tells stands behind the one before it. The key of a line is "scene" or
    "event" with its place.
    """
    by_scene: dict[int, list[int]] = {}
    last = -1
    for place, event in enumerate(events):
        last = event.scene if event.scene is not None else last
        by_scene.setdefault(last, []).append(place)
    found = (
        [Choice("", Content.styled("Before the book", "bold $primary"))] if -1 in by_scene else []
    )
    found += [_event(place, events[place]) for place in by_scene.get(-1, ())]
    part = ""
    for scene, said in zip(text.manuscript.scenes, text.reading.scenes, strict=False):
        if scene.part != part:
            part = scene.part
            found += [Choice("", Content("")), Choice("", Content.styled(part, "bold $primary"))]
        if found:
            found.append(Choice("", Content("")))
        found.append(_scene(scene, said))
        found += [_event(place, events[place]) for place in by_scene.get(scene.index, ())]
    return found


def _scene(scene: Scene, said: SceneReading) -> Choice:
    pov = scene.pov or said.pov or ""
    where = scene.place or ", ".join(dict.fromkeys(mark.place for mark in said.places[:2]))
    head: list[tuple[str, str] | str] = [
        (f"{scene.index + 1:>3}  ", "$foreground 60%"),
        (scene.label(), "bold"),
    ]
    if scene.when:
        head.append((f"  {scene.when}", "$accent"))
    about = " · ".join(part for part in (where, pov) if part)
    lines = [Content.assemble(*head)]
    if about:
        lines.append(Content.styled(f"     {about}", "$foreground 60%"))
    marks = list(_marks(scene, said))
    if marks:
        lines.append(Content.styled(f"     the text: {' · '.join(marks)}", "$foreground 60%"))
    return Choice(f"scene {scene.index}", Content("\n").join(lines))


def _marks(scene: Scene, said: SceneReading) -> Iterator[str]:
    """What the text itself says of its time, each once."""
    words = (" ".join(scene.text[m.span.start : m.span.end].split()) for m in said.times)
    known = list(dict.fromkeys(word for word in words if word))
    yield from known[:_MOST_MARKS]
    if len(known) > _MOST_MARKS:
        yield "…"


def _event(place: int, event: Event) -> Choice:
    tail = "  ".join(part for part in (event.when, ", ".join(event.people)) if part)
    return Choice(
        f"event {place}",
        Content.assemble(("     ◆ ", "$primary"), event.what, (f"  {tail}", "$foreground 60%")),
    )


def _plain(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
