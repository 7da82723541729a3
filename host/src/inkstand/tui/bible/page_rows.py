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
    mentions: dict[str, int] = {}
    """How often the text names those whom pages are about, by the pages' files."""
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
    without, mentions = _without(desk, text) if text is not None else ((), {})
    loose = [each for findings in wrong.values() for each in findings if each.severity == "fault"]
    return Pages(tuple(found), without, mentions, tuple(loose))


def _without(desk: Desk, text: BookText) -> tuple[tuple[Person, ...], dict[str, int]]:
    """The people of the text of whom no page tells, the most named first; and how often it names
    the others, by their pages' files.
    """
    told = desk.bible.people(text.reading)
    names = {person.name for person in told.values()}
    people = [each for each in text.reading.cast if each.name not in names]
    found = tuple(each for each in people if each.mentions >= _LEAST)[:_MOST]
    return found, {file: person.mentions for file, person in told.items()}


def choices(pages: Pages) -> list[Choice]:
    """The lines of the list."""
    groups: dict[str, list[PageRow]] = {name: [] for name in (*_HEADINGS.values(), _OTHER)}
    for row in pages.rows:
        groups[_HEADINGS.get(row.kind, _OTHER)].append(row)
    found: list[Choice] = []
    for heading, rows in groups.items():
        if rows:
            found += [*_gap(found), _heading(heading)]
            found += [_page(row, pages.mentions) for row in sorted(rows, key=lambda row: row.name)]
    if pages.without:
        found += [*_gap(found), _heading("Without a page")]
        found += [
            Choice(
                f"person {each.name}",
                Content.assemble(each.name, (f"  {each.mentions:,}", "$foreground 60%")),
            )
            for each in pages.without
        ]
    if pages.loose:
        found += [*_gap(found), _heading("Wrong in the settings")]
        found += [Choice("", Content(f"{each.what}. {each.fix}")) for each in pages.loose]
    return found


def _page(row: PageRow, mentions: Mapping[str, int]) -> Choice:
    parts: list[tuple[str, str] | str] = [("✗ ", "$text-error")] if row.faults else []
    parts.append(row.name if row.kind in _HEADINGS else row.name[:1].upper() + row.name[1:])
    if row.file in mentions:
        parts.append((f"  {mentions[row.file]:,}", "$foreground 60%"))
    return Choice(f"page {row.file}", Content.assemble(*parts))


def _heading(words: str) -> Choice:
    return Choice("", Content.styled(words, "bold $primary"))


def _gap(found: Sequence[Choice]) -> list[Choice]:
    return [Choice("", Content(""))] if found else []
