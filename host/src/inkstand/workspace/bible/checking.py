"""What is wrong with a bible: faults to mend, and hints to look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from inkstand.workspace.bible.bible import Bible, BiblePage, aliases, texts
from inkstand.workspace.bible.kinds import NOTE, same
from inkstand.workspace.bible.scenes import NamedScenes
from inkstand.workspace.bible.shapes import Finding, problems
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import Reading

_MENTIONED = ("character", "place", "thing")
_MAIN = 0.1
"""From this importance on, someone in the text should have a page."""
_SCENES_OF = {"thread": ("setup", "payoff")}
_PEOPLE_OF = {"place": ("people",), "thing": ("owner",), "thread": ("people",)}


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, faults first; `pages` is how many were looked at."""

    pages: int
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> int:
        """How many findings are faults."""
        return sum(each.severity == "fault" for each in self.findings)


def check(
    bible: Bible, manuscript: Manuscript | None = None, reading: Reading | None = None
) -> Checked:
    """Look at every page.

    Args:
        bible: The bible.
        manuscript: The text whose scenes the pages name; without one those are not checked.
        reading: What that text says, for who is in it.

    """
    pages: list[BiblePage] = []
    findings: list[Finding] = []
    for page in bible.files():
        if isinstance(page, BiblePage):
            pages.append(page)
        else:
            file, error = page
            findings.append(Finding(file=file, what=error.what, fix=error.fix))
    findings += _missing_folders(bible)
    scenes = NamedScenes(manuscript) if manuscript is not None else None
    for page in pages:
        findings += problems(page.kind, page.front, page.file)
        if not page.shared and scenes is not None:
            findings += _lost_scenes(page, scenes)
    findings += _claimed_twice(pages)
    findings += _unknown_people(pages)
    if manuscript is not None:
        findings += _never_mentioned(bible, manuscript)
    if reading is not None:
        findings += _without_page(bible, reading)
    order = sorted(
        findings, key=lambda each: (each.severity != "fault", each.file, each.line, each.what)
    )
    return Checked(pages=len(pages), findings=tuple(order))


def _missing_folders(bible: Bible) -> Iterator[Finding]:
    for named, folder in bible.shared():
        if not folder.is_dir():
            yield Finding(
                file="inkstand.toml",
                what=f"the shared bible {named} is not there",
                fix=f"Make the folder {folder}, or mend [bible] shared.",
            )


def _lost_scenes(page: BiblePage, scenes: NamedScenes) -> Iterator[Finding]:
    for path, name in _scene_names(page):
        if scenes.place_of(name) is None:
            near = scenes.near(str(name))
            yield Finding(
                file=page.file,
                line=_line(page, path),
                what=f"{_said(path)} names the scene {str(name)!r}, which is not there",
                fix=f"Write {near!r}." if near else "Write a scene's title, its file or number.",
            )


def _scene_names(page: BiblePage) -> Iterator[tuple[tuple[str | int, ...], str | int]]:
    """The scenes that a page names, with the way to each."""
    yield from _bounds(page.front.fields, ())
    for field in _SCENES_OF.get(page.kind, ()):
        value = page.front.fields.get(field)
        for place, name in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(name, str | int) and not isinstance(name, bool):
                yield (field, place) if isinstance(value, list) else (field,), name
    events = page.front.fields.get("events") if page.kind == "timeline" else None
    for place, event in enumerate(events if isinstance(events, list) else []):
        name = event.get("scene") if isinstance(event, dict) else None
        if isinstance(name, str | int):
            yield ("events", place, "scene"), name


def _bounds(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str | int]]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _bounds(item, (*path, place))
    elif isinstance(value, dict):
        for key, inner in value.items():
            is_bound = "value" in value and key in ("from", "until")
            if is_bound and isinstance(inner, str | int):
                yield (*path, key), inner
            else:
                yield from _bounds(inner, (*path, key))


def _claimed_twice(pages: list[BiblePage]) -> Iterator[Finding]:
    """Names that two pages of one bible claim, of the same kind or not."""
    claimed: dict[tuple[bool, str], BiblePage] = {}
    for page in pages:
        if page.kind == "lore":
            continue
        names: dict[str, str] = {}
        for name in (page.name, *aliases(page.entry)):
            names.setdefault(same(name), name)
        for plain, name in names.items():
            other = claimed.setdefault((page.shared, plain), page)
            if other is not page:
                field = ("name",) if same(page.name) == plain else ("aliases",)
                yield Finding(
                    file=page.file,
                    line=_line(page, field),
                    what=f"{name!r} is also a name of {other.name} in {other.file}",
                    fix="Give it to one of them.",
                )


def _unknown_people(pages: list[BiblePage]) -> Iterator[Finding]:
    known = {same(name) for page in pages for name in (page.name, *aliases(page.entry))}
    for page in pages:
        relationships = page.front.fields.get("relationships")
        if isinstance(relationships, dict):
            for name in relationships:
                if same(name) not in known:
                    yield _no_page(page, ("relationships", name), name, "fault")
        for field in _PEOPLE_OF.get(page.kind, ()):
            for name in texts(page.front.fields.get(field)):
                if same(name) not in known:
                    yield _no_page(page, (field,), name, "hint")


def _no_page(
    page: BiblePage, path: tuple[str | int, ...], name: str, severity: Literal["fault", "hint"]
) -> Finding:
    return Finding(
        file=page.file,
        line=_line(page, path),
        severity=severity,
        what=f"{_said(path[:1])} names {name!r}, of whom there is no page",
        fix=f'Mend the name, or: inkstand bible new character "{name}"',
    )


def _never_mentioned(bible: Bible, manuscript: Manuscript) -> Iterator[Finding]:
    # Scene by scene, so that whoever writes meanwhile is not held up by a whole novel.
    scenes = [_plain(scene.text) for scene in manuscript.scenes]
    words: set[str] = set().union(*(re.findall(r"\w+", text) for text in scenes))
    for entry in bible.entries():
        if entry.kind not in _MENTIONED:
            continue
        names = [_plain(name) for name in (entry.name, *aliases(entry)) if name.strip()]
        is_person = entry.kind == "character"
        # People are mostly called by a part of their name.
        parts = {part for name in names for part in name.split() if len(part) > 2 and is_person}
        if words.isdisjoint(parts) and not any(
            _is_in(text, name) for name in names for text in scenes
        ):
            yield Finding(
                file=entry.file,
                severity="hint",
                what=f"{entry.name} is not mentioned in the text",
                fix="If the text has another name, add it to aliases.",
            )


def _plain(text: str) -> str:
    """Text as it is searched: whichever apostrophe its editor set."""
    return same(text).replace("’", "'")


def _is_in(text: str, name: str) -> bool:
    """Whether a name stands in a text as words of its own."""
    at = text.find(name)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(name) : at + len(name) + 1]
        if not (before.isalnum() or after.isalnum()):
            return True
        at = text.find(name, at + 1)
    return False


def _without_page(bible: Bible, reading: Reading) -> Iterator[Finding]:
    known = {
        same(name)
        for entry in bible.entries()
        if entry.kind == "character"
        for name in (entry.name, *aliases(entry), *entry.name.split())
    }
    for person in reading.cast:
        names = (person.name, *person.aliases)
        if person.importance >= _MAIN and not any(same(name) in known for name in names):
            yield Finding(
                file="bible/characters",
                severity="hint",
                what=f"{person.name} is in the text ({person.mentions} mentions), without a page",
                fix=f'Make one: inkstand bible new character "{person.name}"',
            )


def _line(page: BiblePage, path: tuple[str | int, ...]) -> int:
    while path:
        if path in page.front.lines:
            return page.front.lines[path]
        path = path[:-1]
    return 1


def _said(path: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str)) or NOTE
