"""The pages of the bible as a list, and the people of the text who have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from textual.content import Content

from inkstand.tui.choices import Choice
from inkstand_sdk.reader import Person
from inkstand_sdk.tool import BibleEntry

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand.tui.bible.book_text import BookText
    from inkstand.workspace.bible.shapes import Finding

_HEADINGS = {
    "character": "People",
    "place": "Places",
    "thing": "Things",
    "thread": "Threads",
    "lore": "Lore",
}
_OTHER = "Other"
COUNTED = frozenset({"character", "place", "thing", "lore"})
"""Kinds of pages of which the text may name what they are about."""
_LEAST = 2
"""Mentions from which on someone without a page is listed."""
_MOST = 40


class PageRow(msgspec.Struct, frozen=True):
    """A page: its file, what it is, and what is wrong with it. `entry` is None of a broken one."""

    file: str
    kind: str
    name: str
    entry: BibleEntry | None = None
    wrong: tuple[Finding, ...] = ()

    @property
    def faults(self) -> int:
        """How many of its findings are faults."""
        return sum(each.severity == "fault" for each in self.wrong)


class Pages(msgspec.Struct, frozen=True):
    """The pages, and who is in the text without one."""

    rows: tuple[PageRow, ...] = ()
    without: tuple[Person, ...] = ()
    loose: tuple[Finding, ...] = ()
    """What is wrong with the bible as a whole."""


def gather(desk: Desk, text: BookText | None) -> Pages:
    """The pages of a workspace, compared with its text if that is read. Touches the disk.

    Raises:
        InputError: the settings cannot be read.

    """
    bible = desk.bible
    manuscript = text.manuscript if text is not None else None
    checked = bible.check(manuscript, text.reading if text is not None else None)
    wrong: dict[str, list[Finding]] = {}
    for finding in checked.findings:
        wrong.setdefault(finding.file, []).append(finding)
    found = []
    for page in bible.files():
        if isinstance(page, tuple):
            file, _ = page
            kind, name = "", file.rpartition("/")[2]
            found.append(PageRow(file, kind, name, None, tuple(wrong.pop(file, ()))))
        else:
            of_page = tuple(wrong.pop(page.file, ()))
            found.append(PageRow(page.file, page.kind, page.name, page.entry, of_page))
    without = _without(found, desk, text) if text is not None else ()
    loose = [each for findings in wrong.values() for each in findings if each.severity == "fault"]
    return Pages(tuple(found), without, tuple(loose))


def _without(rows: Sequence[PageRow], desk: Desk, text: BookText) -> tuple[Person, ...]:
    """The people of the text of whom no page tells, the most named first."""
    told = set()
    for row in rows:
        if row.entry is not None and row.kind == "character":
            person = desk.bible.evidence(row.entry, text.manuscript, text.reading).person
            told.add(person.name if person is not None else "")
    people = [each for each in text.reading.cast if each.name not in told]
    return tuple(each for each in people if each.mentions >= _LEAST)[:_MOST]


def choices(pages: Pages, mentions: Mapping[str, int]) -> list[Choice]:
    """The lines of the list. `mentions` are how often the text names what a page is about."""
    groups: dict[str, list[PageRow]] = {name: [] for name in (*_HEADINGS.values(), _OTHER)}
    for row in pages.rows:
        groups[_HEADINGS.get(row.kind, _OTHER)].append(row)
    found: list[Choice] = []
    for heading, rows in groups.items():
        if rows:
            found += [*_gap(found), _heading(heading)]
            found += [_page(row, mentions) for row in sorted(rows, key=lambda row: row.name)]
    if pages.without:
        found += [*_gap(found), _heading("Without a page")]
        found += [
            Choice(
                f"person {each.name}",
                Content.assemble(each.name, (f"  {each.mentions:,}", "$foreground 50%")),
            )
            for each in pages.without
        ]
    return found


def _page(row: PageRow, mentions: Mapping[str, int]) -> Choice:
    parts: list[tuple[str, str] | str] = [("✗ ", "$text-error")] if row.faults else []
    parts.append(row.name)
    if row.file in mentions:
        parts.append((f"  {mentions[row.file]:,}", "$foreground 50%"))
    return Choice(f"page {row.file}", Content.assemble(*parts))


def _heading(words: str) -> Choice:
    return Choice("", Content.styled(words, "bold $primary"))


def _gap(found: Sequence[Choice]) -> list[Choice]:
    return [Choice("", Content(""))] if found else []
