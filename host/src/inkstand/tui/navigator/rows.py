"""The lines of the navigator, made from what is known of the book."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from inkstand.workspace.counts import Count
    from inkstand.workspace.status import Status
    from inkstand_sdk.tool import BibleEntry

Kind = Literal["part", "chapter", "scene", "file", "bible", "pages", "page", "note"]
_NUMBER = re.compile(r"^\d+[-_. ]*")
_SLUG = re.compile(r"[^\W_A-Z]+(?:-[^\W_A-Z]+)+")
END = 2**31
"""Beyond the end of any text: a scene without words is gone on with there."""
_NUMBERED = re.compile(r"\W*\d")
_KINDS = {"character": "People", "place": "Places", "thing": "Things", "thread": "Threads"}


class NavigatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line: what it is, what it says, and what it leads to.

    `key` stays the same while the thing is the same. `right` stands at the right edge. `file` is
    as Inkstand names it, "" for what leads nowhere; `offset` is in code points. `open` is whether
    what is below it is shown, None where there is nothing.
    """

    kind: Kind
    key: str
    label: str
    depth: int = 0
    right: str = ""
    file: str = ""
    offset: int = 0
    open: bool | None = None
    scene: str = ""


def label_of(name: str) -> str:
    """What to call a text that says no title, by its file: "01-the-ferry.md" is The ferry."""
    label = _NUMBER.sub("", name.rpartition(".")[0]).replace("-", " ").strip()
    return label[:1].upper() + label[1:] or name


class _Place(msgspec.Struct, frozen=True):
    """A scene, or a file that holds no words yet."""

    id: str
    label: str
    file: str
    offset: int
    part: str
    chapter: str
    title: str
    words: int = 0


def short(words: int) -> str:
    """A number of words in at most four characters: 817, 2.1k, 112k."""
    if words < 1_000:
        return str(words)
    if words < 9_950:
        return f"{words / 1_000:.1f}k"
    return f"{words / 1_000:.0f}k" if words < 999_500 else f"{words / 1_000_000:.1f}m"


def rows(
    status: Status | None, entries: Sequence[BibleEntry], closed: Set[str]
) -> list[NavigatorRow]:
    """The lines from top to bottom; what is below the keys in `closed` is left out."""
    found = list(_book(status, closed))
    found += _bible(entries, closed)
    return found


def _book(status: Status | None, closed: Set[str]) -> Iterator[NavigatorRow]:
    if status is None:
        yield NavigatorRow(kind="note", key="counting", label="Counting …")
        return
    scenes = list(_with_empty(status.count))
    numbers = iter(range(1, len(scenes) + 1))
    width = max(2, len(str(len(_units(scenes)))))
    for number, (part, of_part) in enumerate(groupby(scenes, key=lambda scene: scene.part)):
        key = f"part {number} {part}"
        here = list(of_part)
        if part:
            yield _folder("part", key, _as_title(part), here, 0, closed)
        # The rows of a part that is closed are made too: its chapters have numbers.
        below = list(_chapters(here, int(bool(part)), key, closed, numbers, width))
        if not (part and key in closed):
            yield from below
    if not scenes:
        yield NavigatorRow(kind="note", key="none", label="No scene yet. n makes one.")


def _with_empty(count: Count) -> Iterator[_Place]:
    """The scenes, and files that hold no words yet in their places."""
    of_file = {name: list(each) for name, each in groupby(count.scenes, key=lambda it: it.file)}
    part, folder = "", ""
    for file in count.files:
        here, _, name = file.name.rpartition("/")
        if scenes := of_file.get(file.name):
            for scene in scenes:
                yield _Place(
                    scene.id,
                    scene.label,
                    scene.file,
                    scene.offset,
                    scene.part,
                    scene.chapter,
                    scene.title,
                    scene.words,
                )
            part, folder = scenes[-1].part, here
        else:
            label = label_of(name)
            yield _Place("", label, file.name, END, part * (here == folder), "", label)


def _units(scenes: Sequence[_Place]) -> list[tuple[str, str]]:
    return [key for key, _ in groupby(scenes, key=lambda scene: (scene.part, scene.chapter))]


def _chapters(
    scenes: Sequence[_Place],
    depth: int,
    above: str,
    closed: Set[str],
    numbers: Iterator[int],
    width: int,
) -> Iterator[NavigatorRow]:
    for number, (chapter, of_chapter) in enumerate(groupby(scenes, key=lambda each: each.chapter)):
        here = list(of_chapter)
        if not chapter:
            for scene in here:
                yield _scene(scene, depth, _numbered(scene.label, next(numbers), width))
            continue
        label = _numbered(chapter, next(numbers), width)
        if len(here) == 1:
            own = here[0].label
            yield _scene(here[0], depth, label if own in ("", chapter) else f"{label}: {own}")
            continue
        key = f"{above} chapter {number} {chapter}"
        yield _folder("chapter", key, label, here, depth, closed)
        if key not in closed:
            for place, scene in enumerate(here, 1):
                own = scene.title if scene.title and scene.title != chapter else f"Scene {place}"
                yield _scene(scene, depth + 1, own)


def _as_title(name: str) -> str:
    """A part by what its folder is called, "part-one", as a title."""
    return name.replace("-", " ").capitalize() if _SLUG.fullmatch(name) else name


def _numbered(label: str, number: int, width: int) -> str:
    return label if _NUMBERED.match(label) else f"{number:0{width}} {label}"


def _folder(
    kind: Literal["part", "chapter"],
    key: str,
    label: str,
    scenes: Sequence[_Place],
    depth: int,
    closed: Set[str],
) -> NavigatorRow:
    return NavigatorRow(
        kind=kind,
        key=key,
        label=label,
        depth=depth,
        right=short(sum(scene.words for scene in scenes)),
        file=scenes[0].file,
        offset=scenes[0].offset,
        open=key not in closed,
    )


def _scene(scene: _Place, depth: int, label: str) -> NavigatorRow:
    return NavigatorRow(
        kind="scene",
        key=f"scene {scene.id or scene.file}",
        label=label,
        depth=depth,
        right=short(scene.words),
        file=scene.file,
        offset=scene.offset,
        scene=scene.id or scene.file,
    )


def _bible(entries: Sequence[BibleEntry], closed: Set[str]) -> Iterator[NavigatorRow]:
    if not entries:
        return
    yield NavigatorRow(kind="note", key="gap", label="")
    yield NavigatorRow(kind="bible", key="bible", label="Bible", right=str(len(entries)))
    for kind, of_kind in groupby(entries, key=lambda entry: entry.kind):
        here = list(of_kind)
        if kind not in _KINDS and len(here) == 1:
            yield _page(here[0], here[0].name.capitalize(), 0)
            continue
        key = f"pages {kind}"
        label = _KINDS.get(kind, kind.replace("-", " ").capitalize())
        yield NavigatorRow(
            kind="pages", key=key, label=label, right=str(len(here)), open=key not in closed
        )
        if key in closed:
            continue
        for entry in here:
            yield _page(entry, entry.name, 1)


def _page(entry: BibleEntry, label: str, depth: int) -> NavigatorRow:
    key = f"page {entry.file}"
    return NavigatorRow(kind="page", key=key, label=label, depth=depth, file=entry.file)
