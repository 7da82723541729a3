"""Words of a workspace: by scene, file, chapter and part, in all, and how many are of today."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from inkstand.workspace.arranging import Entry, arranged, with_places
from inkstand.workspace.cloud import Marks
from inkstand.workspace.files import SUFFIXES, sound, unreadable
from inkstand.workspace.outlines import Outline, Outlines, Stamp
from inkstand.workspace.project import Workspace
from inkstand_sdk.errors import InputError
from inkstand_sdk.manuscript import Scene


class FileCount(msgspec.Struct, frozen=True, kw_only=True):
    """A file's words, and how many more they are than when the day began.

    `order` is the number that its place in the book comes from.
    """

    name: str
    words: int
    today: int
    scenes: int
    order: float


class SceneCount(msgspec.Struct, frozen=True, kw_only=True):
    """A scene without its text; `label` is what to call it.

    `offset` is where it begins in the decoded file, in code points.
    """

    id: str
    label: str
    file: str
    line: int
    offset: int
    part: str
    chapter: str
    title: str
    words: int
    status: str
    pov: str
    cloud: bool


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """A part, or a chapter in a part, with its words."""

    part: str
    chapter: str = ""
    words: int
    scenes: int


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a workspace. `by_status` is words by the status in front matter."""

    words: int
    today: int
    scenes: tuple[SceneCount, ...]
    files: tuple[FileCount, ...]
    chapters: tuple[Heading, ...]
    parts: tuple[Heading, ...]
    by_status: dict[str, int]
    notes: tuple[str, ...] = ()


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many words a day brought (ISO 8601, local time); fewer than 0 where more were cut."""

    day: str
    words: int


_SURROGATE = re.compile("[\ud800-\udfff]")
_WHOLE = ""
"""The name of a row that says that all of the workspace has been counted before."""


class _Day(msgspec.Struct, frozen=True):
    """A row of what a file held when a day began, and when it was last counted."""

    day: str
    base: int
    words: int
    gone: bool
    mark: str


class Counts:
    """Counts the words of one workspace; what was counted before is only looked at.

    Args:
        workspace: The folder, or the one file.
        outlines: How its files were split before.
        today: Gives the day, in the writer's own time.

    """

    def __init__(
        self,
        workspace: Workspace,
        outlines: Outlines,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self._workspace = workspace
        self._outlines = outlines
        self._today = today

    def count(self, within: Path | None = None, *, may_be_empty: bool = False) -> Count:
        """Count, reading only the files that may have been changed since the last time.

        Args:
            within: A file or folder of the workspace, if only its words are wanted.
            may_be_empty: Whether a folder without any text is one of 0 words.

        Raises:
            InputError: there is no text, or the settings cannot be read.

        """
        root = self._workspace.root
        # A workspace reads its settings once, and they may have been changed since.
        marks = Marks(root, Workspace(root, self._workspace.state).settings)
        notes: list[str] = []
        entries: list[Entry] = []
        stamps: dict[str, Stamp] = {}
        prose = len(self._workspace.prose.parts) - len(self._workspace.root.parts)
        for path in self._workspace.prose_files():
            name = self._name_of(path)
            try:
                status = os.stat(path)  # noqa: PTH116  half of the time of `Path.stat`
                if not stat.S_ISREG(status.st_mode):
                    continue
                stamp = Stamp.of(status)
                outline = self._outlines.at(path, name, stamp)
            except FileNotFoundError:
                continue  # it was there a moment ago: an editor is saving it
            except (OSError, InputError) as error:
                why = error if isinstance(error, InputError) else unreadable(path, error)
                notes.append(f"{sound(name)} was left out: {why.what}")
                continue
            stamps[name] = stamp
            notes += outline.notes
            folders = tuple(name.split("/")[prose:-1])
            entries.append(Entry(name, folders, outline, marks.keep(name)))
        if not (entries or may_be_empty or self._workspace.is_project):
            raise _no_text(self._workspace, notes)
        bases = self._bases({entry.name: entry.outline for entry in entries}, stamps)
        if self._workspace.only is None:
            known = set(self._outlines.known()) - set(stamps)
            self._outlines.forget(name for name in known if not (root / name).exists())
        self._outlines.flush()
        wanted = self._wanted(within)
        scenes = [scene for scene in arranged(entries) if wanted(scene.file)]
        files = [
            FileCount(
                name=entry.name,
                words=entry.outline.words,
                today=entry.outline.words - bases.pop(entry.name),
                scenes=len(entry.outline.scenes),
                order=place,
            )
            for place, entry in with_places(entries)
            if wanted(entry.name)
        ]
        lost = sum(base for name, base in bases.items() if name not in stamps and wanted(name))
        return Count(
            words=sum(scene.words for scene in scenes),
            today=sum(file.today for file in files) - lost,
            scenes=tuple(_counted(scene) for scene in scenes),
            files=tuple(files),
            chapters=_headings(scenes, with_chapter=True),
            parts=_headings(scenes, with_chapter=False),
            by_status=_by_status(scenes),
            notes=tuple(notes),
        )

    def _name_of(self, path: Path) -> str:
        """What `Workspace.name_of` gives, in a tenth of the time for a path straight below."""
        folder, whole = f"{self._workspace.root}{os.sep}", os.fspath(path)
        # Where the name is no text, its bytes come as lone surrogates.
        if not whole.startswith(folder) or _SURROGATE.search(whole):
            return self._workspace.name_of(path)
        return whole[len(folder) :].replace(os.sep, "/")

    def _wanted(self, within: Path | None) -> Callable[[str], bool]:
        if within is None or self._workspace.only is not None:
            return lambda _name: True
        where = self._workspace.name_of(within)
        if where == ".":
            return lambda _name: True
        return lambda name: name == where or name.startswith(f"{where}/")

    def _bases(self, found: Mapping[str, Outline], stamps: Mapping[str, Stamp]) -> dict[str, int]:
        """How many words each file had when the day began, those included that are gone since."""
        day = self._today().isoformat()
        known = self._days()
        only = self._workspace.only
        whole = only is None
        first = known.pop(_WHOLE, None) is None
        rows: dict[str, _Day] = {}
        gone = {name: row for name, row in known.items() if whole and name not in found}
        for name, outline in found.items():
            row, mark = known.get(name), _mark(stamps[name])
            if row is None or row.gone:
                row = _renamed(gone, mark) or row
            rows[name] = _Day(
                day, self._base(row, outline, stamps[name], new=whole and not first),
                outline.words, False, mark,
            )  # fmt: skip
        for name, row in gone.items():
            base = row.base if row.day == day else row.words
            if row.day == day or not row.gone:
                rows[name] = _Day(day, base, 0, True, row.mark)
        fresh = {name: row for name, row in rows.items() if known.get(name) != row}
        if first and whole:
            fresh[_WHOLE] = _Day(day, 0, 0, gone=False, mark="")
        self._write(fresh, known)
        if whole:
            gained = sum(row.words - row.base for row in rows.values() if row.day == day)
            self._keep_day(day, gained)
        return {name: row.base for name, row in rows.items()}

    def _base(self, row: _Day | None, outline: Outline, stamp: Stamp, *, new: bool) -> int:
        day = self._today()
        of_today = dt.datetime.fromtimestamp(stamp.changed / 1e9).astimezone().date() >= day
        if row is None:
            return 0 if new and of_today else outline.words
        if row.day == day.isoformat():
            return row.base
        # What was changed before today was written then, also if nobody counted it.
        return (0 if row.gone else row.words) if of_today else outline.words

    def _days(self) -> dict[str, _Day]:
        return {
            str(name): _Day(str(day), int(base), int(words), bool(gone), str(mark))
            for name, day, base, words, gone, mark in self._outlines.looked_up(
                "SELECT name, day, base, words, gone, mark FROM counts"
            )
        }

    def days(self, most: int = 365) -> tuple[DayCount, ...]:
        """The days on which the whole workspace was counted, the latest ones, oldest first."""
        rows = self._outlines.looked_up("SELECT day, words FROM days ORDER BY day")
        return tuple(DayCount(day=str(day), words=int(words)) for day, words in rows[-most:])

    def _keep_day(self, day: str, words: int) -> None:
        known = {each.day: each.words for each in self.days(1)}
        if known.get(day, 0) == words:
            return
        self._outlines.written(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO days VALUES (?, ?)", (day, words)
            )
        )

    def _write(self, rows: Mapping[str, _Day], known: Mapping[str, _Day]) -> None:
        day = self._today().isoformat()
        old = [
            (name,)
            for name, row in known.items()
            if row.gone and row.day != day and name not in rows
        ]
        if not rows and not old:
            return

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM counts WHERE name = ?", old)
            connection.executemany(
                "INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?, ?, ?)",
                [(name, *msgspec.structs.astuple(row)) for name, row in rows.items()],
            )

        self._outlines.written(work)


def _no_text(workspace: Workspace, notes: list[str]) -> InputError:
    where = sound(str(workspace.only or workspace.root))
    return InputError(
        f"There is no text in {where}.",
        " ".join(notes) or f"Text files end in {', '.join(SUFFIXES)}.",
        "Name the folder or file of your text, or make a workspace: inkstand new NAME",
    )


def _mark(stamp: Stamp) -> str:
    """What a file keeps when it is renamed."""
    return f"{stamp.inode}:{stamp.changed}:{stamp.size}"


def _renamed(gone: dict[str, _Day], mark: str) -> _Day | None:
    """The row of a file that is gone and was the same one; it is no longer gone then."""
    for name, row in gone.items():
        if row.mark == mark and not row.gone:
            return gone.pop(name)
    return None


def _counted(scene: Scene) -> SceneCount:
    return SceneCount(
        id=scene.id,
        label=scene.label(),
        file=scene.file,
        line=scene.line,
        offset=scene.offset,
        part=scene.part,
        chapter=scene.chapter,
        title=scene.title,
        words=scene.words,
        status=scene.status,
        pov=scene.pov,
        cloud=scene.cloud,
    )


def _headings(scenes: list[Scene], *, with_chapter: bool) -> tuple[Heading, ...]:
    """Parts, or chapters of parts, in the order they come; two of one name apart are two."""
    found: list[Heading] = []
    for scene in scenes:
        key = (scene.part, scene.chapter if with_chapter else "")
        if not any(key):
            continue
        if found and (found[-1].part, found[-1].chapter) == key:
            last = found.pop()
            words, count = last.words + scene.words, last.scenes + 1
        else:
            words, count = scene.words, 1
        found.append(Heading(part=key[0], chapter=key[1], words=words, scenes=count))
    return tuple(found)


def _by_status(scenes: list[Scene]) -> dict[str, int]:
    found: dict[str, int] = {}
    for scene in scenes:
        found[scene.status] = found.get(scene.status, 0) + scene.words
    return found if set(found) != {""} else {}
