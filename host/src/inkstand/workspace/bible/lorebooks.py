"""Lorebooks and pages: each entry becomes a page below `bible/lore/`, and the pages a book again.

The book's own file is kept beside its pages, as `book.lorebook.json`.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from inkstand import atomic
from inkstand.formats.cards import lorebook as books
from inkstand.formats.cards.lorebook import Entry, Form, Lorebook, read_lorebook, write_lorebook
from inkstand.workspace.bible import kinds
from inkstand.workspace.bible.bible import Bible, BiblePage, texts
from inkstand.workspace.bible.outside import read_outside, write_outside
from inkstand.workspace.bible.rewriting import made
from inkstand.workspace.files import sound
from inkstand.workspace.history import Version
from inkstand.workspace.saving import HUMAN
from inkstand_sdk.errors import InputError, UsageError

Progress = Callable[[float | None, str], None]
OWN_FILE = "book.lorebook.json"


class ImportedLorebook(msgspec.Struct, frozen=True, kw_only=True):
    """A lorebook that became pages: its folder, as Inkstand names it, and how many they are."""

    name: str
    folder: str
    pages: int
    notes: tuple[str, ...] = ()


class ExportedLorebook(msgspec.Struct, frozen=True, kw_only=True):
    """A lorebook that was written, with how many entries."""

    file: str
    entries: int


def import_lorebook(
    bible: Bible, source: Path, name: str = "", progress: Progress = lambda _fraction, _said: None
) -> ImportedLorebook:
    """Make a folder of pages of a lorebook, whole or not at all.

    Args:
        bible: The bible.
        source: World info, a V3 lorebook, or a card with a book in it.
        name: What to call the book; what it calls itself, or its file's name, without.
        progress: Told the fraction that is done, and with what.

    Raises:
        InputError: the file holds no lorebook, is damaged, or was made to do harm.
        UsageError: there is a folder of that name.

    """
    book = read_lorebook(read_outside(source), sound(source.name))
    name = name or book.name or sound(source.stem)
    folder = bible.folder / kinds.file_of("lore", name).with_suffix("")
    shown = bible.workspace.name_of(folder)
    if os.path.lexists(folder):
        raise UsageError(
            f"There is a lorebook {name!r} already: {shown}.",
            "Its pages would be overwritten; nothing was written.",
            "Give this one another name with --name.",
        )
    files = {OWN_FILE: write_lorebook(book), **_pages(book)}
    _made(bible, folder, files, sound(source.name), progress)
    return ImportedLorebook(name=name, folder=shown, pages=len(files) - 1, notes=book.notes)


def export_lorebook(
    bible: Bible, out: Path, *, name: str = "", form: Form | None = None, force: bool = False
) -> ExportedLorebook:
    """Write a book of lore, or all pages of lore that lie in none.

    Args:
        bible: The bible.
        out: The file to write.
        name: The book's folder below `bible/lore/`, if there are several.
        form: "world_info" or "lorebook_v3"; the form in which the book came, or world info.
        force: Replace a file that is there.

    Raises:
        UsageError: there are several books and none was named, or no page at all.

    """
    pages = [page for page in bible.pages() if page.kind == "lore" and not page.shared]
    by_folder: dict[Path, list[BiblePage]] = {}
    for page in pages:
        by_folder.setdefault(page.path.parent, []).append(page)
    folder = _chosen(by_folder, bible, name)
    own = folder / OWN_FILE
    book = (
        read_lorebook(read_outside(own), sound(own.name))
        if own.is_file()
        else books.empty(folder.name)
    )
    entries = _entries(by_folder[folder], book)
    write_outside(out, write_lorebook(books.changed(book, entries), form), force=force)
    return ExportedLorebook(file=str(out), entries=len(entries))


def _pages(book: Lorebook) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    taken: set[str] = set()
    for entry in book.entries():
        stem = _stem(entry)
        name, number = stem, 2
        while kinds.same(name) in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(kinds.same(name))
        files[f"{name}.md"] = _page(entry).encode("utf-8")
    return files


def _stem(entry: Entry) -> str:
    try:
        return kinds.file_of("lore", entry.title).stem
    except UsageError:
        return kinds.file_of("lore", f"entry {entry.id}").stem


def _page(entry: Entry) -> str:
    fields = {
        "name": entry.title,
        "keys": list(entry.keys),
        "secondary_keys": list(entry.secondary_keys),
        "entry": entry.id,
    }
    return made(fields, _told(entry.content))


def _told(content: str) -> str:
    """What a page can hold of an entry's text: no file with a zero byte in it is a text."""
    return content.replace("\0", "").strip()


def _entries(pages: list[BiblePage], book: Lorebook) -> list[Entry]:
    """What the pages say, in the order of the book; those that are new to it come last."""
    before = {entry.id: entry for entry in book.entries()}
    found: dict[str, Entry] = {}
    for place, page in enumerate(pages):
        own = page.entry
        number = str(own.fields.get("entry", ""))
        old = before.get(number) if number not in found else None
        new = Entry(
            id=old.id if old is not None else f"new-{place}",
            title=own.name,
            keys=tuple(texts(own.fields.get("keys"))),
            secondary_keys=tuple(texts(own.fields.get("secondary_keys"))),
            content=own.text,
        )
        if old is not None and _told(old.content) == own.text:
            # Blank lines around a text are the file's, not the page's.
            new = msgspec.structs.replace(new, content=old.content)
        found[new.id] = new
    order = {number: place for place, number in enumerate(before)}
    return sorted(found.values(), key=lambda entry: order.get(entry.id, len(order)))


def _chosen(by_folder: dict[Path, list[BiblePage]], bible: Bible, name: str) -> Path:
    lore = bible.folder / "lore"
    called = {
        kinds.same(path.relative_to(lore).as_posix() if path != lore else "lore"): path
        for path in by_folder
        if path.is_relative_to(lore)
    }
    if name:
        stem = kinds.file_of("lore", name).stem
        path = called.get(kinds.same(name)) or called.get(kinds.same(stem))
        if path is not None:
            return path
    elif len(called) == 1:
        return next(iter(called.values()))
    listed = ", ".join(sorted(called)) or "none"
    raise UsageError(
        f"There is no lorebook {name!r}." if name else "It is not clear which lorebook is meant.",
        f"The books in bible/lore are: {listed}.",
        "Name one with --book." if called else "Make a page: inkstand bible new lore NAME",
    )


def _made(
    bible: Bible, folder: Path, files: dict[str, bytes], source: str, progress: Progress
) -> None:
    """Write the files of a new folder aside, and give it its name once they are all there."""
    saver = bible.saver
    try:
        with saver.alone():
            real = bible.workspace.writable(folder)
            real.parent.mkdir(parents=True, exist_ok=True)
            # Not of `tempfile`, whose folders nobody else may read.
            aside = real.with_name(f".inkstand-import-{os.getpid()}-{secrets.token_hex(4)}")
            aside.mkdir()
            try:
                for place, (name, data) in enumerate(files.items()):
                    progress(place / len(files), "Writing pages")
                    with (aside / name).open("xb") as file:
                        file.write(data)
                        file.flush()
                        os.fsync(file.fileno())
                atomic.sync_folders(aside)
                inside = bible.workspace.history_name(real)
                saver.history.keep(
                    *(
                        Version(
                            name=f"{inside}/{name}", data=data, by=HUMAN, why=f"imported {source}"
                        )
                        for name, data in files.items()
                    )
                )
                aside.rename(real)
                atomic.sync_folders(real.parent)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise InputError(
            f"{sound(str(folder))} cannot be written: {error.strerror or error}.",
            "The disk may be full, or Inkstand may not write there. Nothing was imported.",
            "Make room, or change the folder's permissions, and try again.",
        ) from error
