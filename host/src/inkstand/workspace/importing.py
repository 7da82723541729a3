"""A file of another program becomes a workspace, or a part of one: all of it, or nothing.

Everything is written into a hidden folder first, which gets its place and name by one rename.
What is there already is never written to.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from inkstand import atomic
from inkstand.formats.document import Document, Imported, Section
from inkstand.formats.reading import read
from inkstand.jobs import CancelToken
from inkstand.workspace import creating, layout
from inkstand.workspace.aside import PENDING, aside_in
from inkstand.workspace.cutting import cut
from inkstand.workspace.encoding import decode
from inkstand.workspace.files import SETTINGS, sound
from inkstand.workspace.frontmatter import parse
from inkstand.workspace.layout import Planned, Split
from inkstand.workspace.project import STATE, Workspace
from inkstand.workspace.scenes import count_words
from inkstand.workspace.turns import Turns
from inkstand_sdk.errors import InputError, UsageError

Progress = Callable[[float | None, str], None]
_RARE = 20
_NUMBERED = re.compile(r"(\d+)")


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What was imported, or would be: `files` are paths from `root` on.

    `added` is whether the workspace was there before; `notes` say what could not be carried.
    """

    root: str
    title: str
    format: str
    kind: str
    files: tuple[str, ...]
    words: int
    added: bool
    notes: tuple[str, ...]


def document_of(path: Path, cancel: CancelToken | None = None) -> Imported:
    """The document in a file, cut into chapters, titled; raises `InputError` if it has no text."""
    imported = read(path, _decoded, cancel)
    document, notes = imported.document, list(imported.notes)
    if imported.flow:
        document, more = _from_flow(document, imported.format, path.name)
        notes += more
    if not any(section.text or section.title for section in document.sections):
        raise InputError(
            f"There is no text in {sound(path.name)}.",
            "It is empty, or holds nothing but pictures or what is left out: "
            + (" ".join(notes) or "nothing."),
            "Look at it in the program that made it.",
        )
    if not document.title:
        document = msgspec.structs.replace(document, title=_title_from(path))
    return msgspec.structs.replace(imported, document=document, notes=tuple(notes), flow=False)


def import_file(
    path: Path,
    into: Path | None,
    *,
    split: Split | None = None,
    dry_run: bool = False,
    progress: Progress = lambda *_: None,
    cancel: CancelToken | None = None,
) -> Import:
    """Import a file or a project folder.

    Args:
        path: What to import; it is only read.
        into: A workspace to add to, or the folder of the new one; a folder named after the
            title, where the program runs, if None.
        split: What gets a file of its own; see `layout.usual_split` if None.
        dry_run: Whether only to say what would be written.
        progress: Told what is going on, and the fraction that is done.
        cancel: Stops it; nothing is left of it then.

    Raises:
        InputError: the file cannot be read, or the folder not be written.
        UsageError: the folder is no workspace, and not empty.
        Cancelled: `cancel` was.

    """
    cancel = cancel or CancelToken()
    path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  links are kept
    progress(None, f"Reading {sound(path.name)}")
    imported = document_of(path, cancel)
    cancel.check()
    document = imported.document
    split = split or layout.usual_split(document)
    root, is_added = _target(into, document.title)
    manuscript, notes = layout.files(document, split), layout.asides(document)
    writer = _Writer(document, manuscript, notes, progress, cancel)
    try:
        names = writer.added(root, dry_run) if is_added else writer.made(root, dry_run)
    except OSError as error:
        raise InputError(
            f"The import cannot be written to {sound(str(root))}: {error.strerror or error}.",
            "The disk may be full, or Inkstand may not write there. Nothing of it was left.",
            "Make room, or name another folder with --into.",
        ) from error
    return Import(
        root=sound(str(root)),
        title=document.title,
        format=imported.format,
        kind=document.kind,
        files=tuple(names),
        words=sum(count_words(section.text) for section in document.sections),
        added=is_added,
        notes=imported.notes,
    )


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    try:
        found = decode(data, name)
    except InputError:
        # A few NUL bytes are what a failing disk leaves; many are no text.
        nul = data.count(b"\0")
        if not 0 < nul * _RARE < len(data):
            raise
        return decode(data.replace(b"\0", b""), name).text, f"NUL bytes, left out: {nul:,}."
    return found.text, found.note


def _title_from(path: Path) -> str:
    return re.sub(r"[_\s]+", " ", sound(path.stem)).strip() or "Untitled"


def _from_flow(document: Document, kind: str, name: str) -> tuple[Document, list[str]]:
    """A document of one piece, with front matter of Markdown read, cut at its headings."""
    text = document.sections[0].text
    fields: dict[str, Any] = {}
    notes = []
    if kind == "Markdown":
        front = parse(text, name)
        fields, text = dict(front.fields), text[front.end :]
        notes += [front.note] if front.note else []
    found = cut(text)
    said = {
        key: fields.pop(key)
        for key in ("title", "author", "authors", "lang", "language")
        if key in fields
    }
    authors = said.get("authors") or said.get("author") or ()
    authors = authors if isinstance(authors, list | tuple) else [authors]
    sections = found.sections
    if len(sections) == 1:
        sections = (msgspec.structs.replace(sections[0], fields=fields),)
        fields = {}
    elif "cloud" in fields:
        kept = {"cloud": fields.pop("cloud")}
        sections = tuple(msgspec.structs.replace(each, fields=kept) for each in sections)
    title = str(said.get("title") or found.title or document.title or "")
    if found.title and not _is_same(title, found.title):
        sections = (Section(title=found.title), *sections)
    elif document.title and not _is_same(title, document.title):
        notes.append(
            f"The title is the first heading; the file's properties say: {document.title}."
        )
    return (
        msgspec.structs.replace(
            document,
            title=layout.plain_words(title),
            authors=tuple(map(str, authors)) or document.authors,
            language=str(said.get("language") or said.get("lang") or document.language),
            metadata={**document.metadata, **fields},
            sections=_without_title(sections, title),
        ),
        notes,
    )


def _is_same(title: str, other: str) -> bool:
    return layout.plain_words(title).casefold() == layout.plain_words(other).casefold()


def _without_title(sections: tuple[Section, ...], title: str) -> tuple[Section, ...]:
    """The sections without a first one that is only the title of the book once more."""
    first = sections[0]
    is_title = first.title.strip("*_ ").casefold() == title.strip().casefold() != ""
    if len(sections) > 1 and is_title and not first.text and first.level != "scene":
        return sections[1:]
    return sections


def _target(into: Path | None, title: str) -> tuple[Path, bool]:
    """The folder that is to hold the import, and whether it is a workspace already."""
    if into is None:
        name = layout.slug(title) or "imported"
        root, number = Path.cwd() / name, 2
        while root.exists() or root.is_symlink():
            root, number = Path.cwd() / f"{name}-{number}", number + 1
        return root, False
    root = Path(os.path.abspath(into.expanduser()))  # noqa: PTH100  links are kept
    if (root / SETTINGS).is_file():
        return root, True
    if not root.exists() and not root.is_symlink():
        return root, False
    if root.is_dir() and not any(root.iterdir()):
        return root, False
    if not root.is_dir():
        raise UsageError(
            f"{sound(str(root))} is no folder.", "", "Name a folder with --into, or leave it out."
        )
    raise UsageError(
        f"{sound(str(root))} is not empty, and no workspace.",
        "Nothing was written.",
        f"Make it one first: inkstand new --here {sound(str(into))}",
    )


class _Writer:
    """Writes the files of an import aside, and puts them in their place."""

    def __init__(
        self,
        document: Document,
        manuscript: list[Planned],
        notes: list[Planned],
        progress: Progress,
        cancel: CancelToken,
    ) -> None:
        self._document = document
        self._manuscript = manuscript
        self._notes = notes
        self._progress = progress
        self._cancel = cancel

    def made(self, root: Path, dry_run: bool) -> list[str]:
        """Make a new workspace of it. Raises `OSError`."""
        names = [f"manuscript/{each.name}" for each in self._manuscript]
        names += [f"notes/{each.name}" for each in self._notes]
        if dry_run:
            return [*names, SETTINGS]
        missing = [each for each in root.parents if not each.exists()]
        root.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside_in(root.parent) as aside:
                whole = aside / "workspace"
                self._write(whole / "manuscript", self._manuscript)
                self._write(whole / "notes", self._notes)
                self._settle(whole)
                self._cancel.check()
                if root.is_dir():
                    root.rmdir()
                whole.rename(root)
                atomic.sync_folders(root.parent)
        except BaseException:
            for folder in missing:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            raise
        return [*names, SETTINGS]

    def added(self, root: Path, dry_run: bool) -> list[str]:
        """Add it to a workspace, as one file or one folder of files. Raises `OSError`."""
        workspace = Workspace(root, root / STATE)
        with Turns(workspace.state).alone() if not dry_run else contextlib.nullcontext():
            places = [
                (workspace.prose, self._manuscript),
                (root / "notes", self._notes),
            ]
            moves = [self._move(folder, files) for folder, files in places if files]
            names = [
                workspace.name_of(at if len(files) == 1 else at / each.name)
                for at, files in moves
                for each in files
            ]
            if dry_run:
                return names
            with aside_in(root) as aside:
                for place, (at, files) in enumerate(moves):
                    self._write(aside / str(place), files)
                    workspace.writable(at)
                self._cancel.check()
                # The manuscript comes last: with it the import is there.
                pending = []
                for place, (at, files) in reversed(list(enumerate(moves))):
                    at.parent.mkdir(exist_ok=True)
                    made = Path(str(place), files[0].name if len(files) == 1 else "")
                    pending.append((made.as_posix(), at.relative_to(root).as_posix()))
                atomic.write_text(aside / PENDING, json.dumps(pending))
                for source, name in pending:
                    (aside / source).rename(root / name)
                    atomic.sync_folders((root / name).parent)
            return names

    def _move(self, folder: Path, files: list[Planned]) -> tuple[Path, list[Planned]]:
        """The name in a folder that one file, or the folder of several, is to have."""
        there = [each.name for each in folder.iterdir()] if folder.is_dir() else []
        numbers = [int(match[1]) for name in there if (match := _NUMBERED.match(name))]
        number = max(numbers, default=0) + 1
        title = files[0].title if len(files) == 1 else self._document.title
        ending = ".md" if len(files) == 1 else ""
        name = f"{number:02d}-{layout.slug(title) or 'imported'}{ending}"
        return folder / name, files

    def _write(self, folder: Path, files: list[Planned]) -> None:
        if not files:
            return
        folder.mkdir(parents=True)
        for place, each in enumerate(files):
            self._cancel.check()
            self._progress(place / len(files), f"Writing {each.name}")
            with (folder / each.name).open("xb") as file:
                file.write(each.text.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
        atomic.sync_folders(folder)

    def _settle(self, root: Path) -> None:
        """Make the folder a workspace, with what is known of the document in its settings."""
        import tomlkit

        document = self._document
        creating.create(
            root,
            title=_one_line(document.title),
            author=_one_line(" & ".join(document.authors)),
            language=document.language or "en",
            here=True,
        )
        more: dict[str, Any] = {}
        if document.kind != "prose":
            more["kind"] = document.kind
        metadata = _without_none(document.metadata)
        if metadata:
            more["metadata"] = metadata
        if more:
            path = root / SETTINGS
            text = path.read_text(encoding="utf-8") + "\n" + tomlkit.dumps(more)
            atomic.write_text(path, text)


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _without_none(value: Any) -> Any:
    """A JSON value as TOML can hold it."""
    if isinstance(value, dict):
        return {str(k): _without_none(each) for k, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_without_none(each) for each in value if each is not None]
    return value
