"""A workspace's bible: its own pages and those of the series, read, made and changed."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand.workspace.bible import front, kinds
from inkstand.workspace.bible.kept import KeptFronts
from inkstand.workspace.files import MARKDOWN, natural, sound
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import HUMAN, Saved, Saver
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.bible import KINDS, is_fact
from inkstand_sdk.errors import InputError, NotFound, UsageError
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import Person, Reading
from inkstand_sdk.tool import BibleEntry

if TYPE_CHECKING:
    from inkstand.workspace.bible.cards import ExportedCard, ImportedCard
    from inkstand.workspace.bible.checking import Checked
    from inkstand.workspace.bible.evidence import Evidence
    from inkstand.workspace.bible.lorebooks import ExportedLorebook, ImportedLorebook


class BiblePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page as its file holds it; `file` is its path as Inkstand names it."""

    path: Path
    file: str
    kind: str
    name: str
    source: TextFile
    front: front.Front
    shared: bool = False

    @property
    def entry(self) -> BibleEntry:
        """The page as tools see it."""
        return BibleEntry(
            kind=self.kind,
            name=self.name,
            file=self.file,
            fields=_said(self.front.fields),
            text=self.source.text[self.front.text_at :].strip(),
        )


class Bible:
    """The bible of one workspace.

    Args:
        workspace: The workspace.
        saver: Gives what writes its files, if it is needed; nothing is changed without.

    """

    def __init__(self, workspace: Workspace, saver: Callable[[], Saver] | None = None) -> None:
        self.workspace = workspace
        self.folder = workspace.root / kinds.FOLDER
        self._saver = saver
        self._fronts = KeptFronts(workspace.state)

    def entries(self) -> tuple[BibleEntry, ...]:
        """The pages by kind and name, own ones before those of the series that they stand for.

        A page that cannot be read is left out: `check` says why.
        """
        found: dict[tuple[str, str], list[BibleEntry]] = {}
        for page in self.pages():
            key = (page.kind, kinds.same(page.name))
            own = found.get(key)
            if own is None:
                found[key] = [page.entry]
            elif not page.shared:
                # Two people of one name: both are there until the writer tells them apart.
                own.append(page.entry)
            elif len(own) == 1 and own[0].fields.get("extends") is True:
                own[0] = _extended(own[0], page.entry)
        order = {kind: place for place, kind in enumerate(KINDS)}
        return tuple(
            entry
            for key in sorted(found, key=lambda key: (order.get(key[0], 99), *key))
            for entry in found[key]
        )

    def pages(self) -> list[BiblePage]:
        """Every page that can be read, the workspace's own first."""
        return [page for page in self.files() if isinstance(page, BiblePage)]

    def files(self) -> Iterator[BiblePage | tuple[str, InputError]]:
        """Every page, or the name of its file and why it cannot be read."""
        for path, file, name, shared in self._paths():
            try:
                source = TextFile.read(path)
                yield _page(path, file, name, source, self._fronts.of(source), shared=shared)
            except InputError as error:
                yield file, error
        self._fronts.flush()

    def shared(self) -> list[tuple[str, Path]]:
        """The bibles of the series, as `inkstand.toml` names them, and where they lie."""
        section = self.workspace.settings.get("bible", {})
        named = section.get("shared", []) if isinstance(section, dict) else []
        named = [named] if isinstance(named, str) else named
        if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
            raise InputError(
                f"[bible] shared in {self.workspace.root / 'inkstand.toml'} is no list of folders.",
                "",
                'For example: shared = ["../series/bible"]',
            )
        return [
            (each, self.workspace.root / Path(each.replace("\\", "/")).expanduser())
            for each in named
        ]

    def find(self, name: str, kind: str = "") -> BibleEntry:
        """The page of that name, or of which it is an alias or the file.

        Raises:
            NotFound: there is none.
            UsageError: there are several.

        """
        wanted = kinds.same(name)
        entries = [each for each in self.entries() if kind in ("", each.kind)]
        for names in (_own_names, aliases, _parts):
            found = [each for each in entries if wanted in map(kinds.same, names(each))]
            if len(found) == 1:
                return found[0]
            if found:
                raise UsageError(
                    f"There are {len(found)} pages that {name!r} may mean.",
                    "They are: " + ", ".join(f"{each.name} ({each.file})" for each in found) + ".",
                    "Name the file.",
                )
        raise self._unknown(name, entries)

    def page(self, name: str, kind: str = "") -> BiblePage:
        """The file of the page that `find` finds. Raises as that does."""
        entry = self.find(name, kind)
        return next(page for page in self.pages() if page.file == entry.file)

    def new(self, kind: str, name: str, *, text: str = "", by: str = HUMAN) -> Saved:
        """Write a new page: the kind's template, or `text`.

        Raises:
            UsageError: there is such a page already, or it cannot have that name.

        """
        kind = kinds.kind_named(kind)
        name = name.strip() or kind
        path, made = self.see_free(kind, name), text or kinds.template(kind, name)
        return self.saver.save(path, made, basis=None, by=by, why=f"new page: {name}")

    def see_free(self, kind: str, name: str) -> Path:
        """The file of a page that is to be made. Raises `UsageError` if there is such a page."""
        for entry in self.entries():
            if entry.kind == kind and (
                kind in kinds.SINGLE or kinds.same(entry.name) == kinds.same(name)
            ):
                raise _taken(entry.name, entry.file)
        path = self.folder / kinds.file_of(kind, name)
        if _is_there(path):
            raise _taken(name, self.workspace.name_of(path))
        return path

    def set(
        self, page: BiblePage, keys: tuple[str, ...], value: Any, *, saver: Saver | None = None
    ) -> Saved:
        """Give a field of a page another value; everything else stays as it is, comments too.

        Args:
            page: The page, as it was read.
            keys: The key of the field, or several: `("voice", "tics")`.
            value: A JSON value; None leaves the key there without a value.
            saver: That of the bible's own workspace, for a page of the series.

        Raises:
            UsageError: it is a page of the series, and no saver was given.
            InputError: it cannot be read or written.

        """
        from inkstand.workspace.bible.rewriting import rewritten

        if page.shared and saver is None:
            raise UsageError(
                f"{page.name} is a page of the series: {page.file}.",
                "Other books have it, too; from here it is only read.",
                "To change it all the same, add --shared. To say something else in this book"
                f" alone, make a page here: inkstand bible new {page.kind} {page.name!r}",
            )
        text = rewritten(page.source.text, keys, value)
        why = f"set {'.'.join(keys)}"
        saved = (saver or self.saver).save(page.path, text, basis=page.source, why=why)
        return msgspec.structs.replace(saved, notes=(*saved.notes, *_new_faults(page, text)))

    kind_named = staticmethod(kinds.kind_named)

    @staticmethod
    def value_of(text: str) -> Any:
        """What a user wrote as a field's value: a text unless YAML says a number or a list."""
        if not text.strip():
            return None
        value = front.read(f"---\nvalue: {text}\n---\n")
        found = value.fields.get("value")
        is_list = isinstance(found, dict | list) and text.lstrip().startswith(("[", "{"))
        if value.fault or set(value.fields) != {"value"} or "\n" in text:
            return text
        return found if is_list or isinstance(found, int | float | bool) else text

    def as_of(self, entry: BibleEntry, scene: str, manuscript: Manuscript) -> BibleEntry:
        """A page as it is in one scene, which is named by its title, file, id or number.

        Raises:
            NotFound: there is no such scene.

        """
        from inkstand.workspace.bible.scenes import NamedScenes

        scenes = NamedScenes(manuscript)
        fields = scenes.at(entry.fields, scenes.find(scene))
        return msgspec.structs.replace(entry, fields=fields)

    def check(
        self, manuscript: Manuscript | None = None, reading: Reading | None = None
    ) -> Checked:
        """What is wrong with the pages by themselves, and compared with the text."""
        from inkstand.workspace.bible.checking import check

        return check(self, manuscript, reading)

    @staticmethod
    def evidence(entry: BibleEntry, manuscript: Manuscript, reading: Reading) -> Evidence:
        """What a text says of what a page is about: `evidence.evidence_of`."""
        from inkstand.workspace.bible import evidence

        return evidence.evidence_of(entry, manuscript, reading)

    def people(self, reading: Reading) -> dict[str, Person]:
        """Whom in a text the pages of people are about, by the names of the pages' files."""
        from inkstand.workspace.bible.evidence import people_of

        return people_of(self.entries(), reading)

    def import_card(self, source: Path) -> ImportedCard:
        """Make a page of a card's file: `cards.import_card`, which see."""
        from inkstand.workspace.bible import cards

        return cards.import_card(self, source)

    def export_card(self, name: str, out: Path, **how: Any) -> ExportedCard:
        """Write a page as a card: `cards.export_card`, with its arguments."""
        from inkstand.workspace.bible import cards

        return cards.export_card(self, name, out, **how)

    def import_lorebook(self, source: Path, name: str = "", **how: Any) -> ImportedLorebook:
        """Make pages of a lorebook: `lorebooks.import_lorebook`, with its arguments."""
        from inkstand.workspace.bible import lorebooks

        return lorebooks.import_lorebook(self, source, name, **how)

    def export_lorebook(self, out: Path, **how: Any) -> ExportedLorebook:
        """Write pages as a lorebook: `lorebooks.export_lorebook`, with its arguments."""
        from inkstand.workspace.bible import lorebooks

        return lorebooks.export_lorebook(self, out, **how)

    @property
    def saver(self) -> Saver:
        """What writes its files."""
        if self._saver is None:
            raise UsageError("This bible is only read.", "", "Open it through a desk.")
        return self._saver()

    def _paths(self) -> Iterator[tuple[Path, str, str, bool]]:
        """Every file: path, name for people, path within its bible, whether it is shared."""
        seen = {os.path.realpath(self.folder)}
        for path, name in _files(self.folder):
            yield path, f"{kinds.FOLDER}/{name}", name, False
        for named, folder in self.shared():
            real = os.path.realpath(folder)
            if real in seen:
                continue
            seen.add(real)
            for path, name in _files(folder):
                yield path, f"{named.rstrip('/')}/{name}", name, True

    def _unknown(self, name: str, entries: list[BibleEntry]) -> NotFound:
        from difflib import get_close_matches

        names = [each.name for each in entries]
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        return NotFound(
            f"The bible has no page {name!r}.",
            f"There is {near[0]}." if near else f"It has {len(entries)} pages.",
            "See: inkstand bible list",
        )


def _files(folder: Path) -> list[tuple[Path, str]]:
    """The pages of a bible's folder, with their paths within it, in the order of their names."""
    found: list[tuple[Path, str]] = []
    for where, folders, files in os.walk(folder):
        # Folders behind links are not entered: they may lead back to where they are.
        folders[:] = [each for each in folders if not each.startswith(".")]
        for file in files:
            path = Path(where) / file
            if path.suffix.lower() in MARKDOWN and not file.startswith("."):
                found.append((path, sound(path.relative_to(folder).as_posix())))
    return sorted(found, key=lambda each: natural(each[0].relative_to(folder)))


def _page(
    path: Path, file: str, name: str, source: TextFile, matter: front.Front, *, shared: bool
) -> BiblePage:
    named = matter.fields.get("name")
    kind = kinds.kind_of(name)
    plain = unicodedata.normalize("NFC", sound(path.stem))
    return BiblePage(
        path=path,
        file=file,
        kind=kind,
        name=str(named) if isinstance(named, str | int) and str(named).strip() else plain,
        source=source,
        front=matter,
        shared=shared,
    )


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value: a template's empty ones say nothing."""
    said = {
        key: _said(value) if isinstance(value, dict) and not is_fact(value) else value
        for key, value in fields.items()
    }
    return {key: value for key, value in said.items() if value is not None and value != {}}


def _new_faults(page: BiblePage, text: str) -> list[str]:
    """What a check would say of a changed page, and would not have said before."""
    from inkstand.workspace.bible.shapes import problems

    before = {each.what for each in problems(page.kind, page.front, page.file)}
    after = problems(page.kind, front.read(text), page.file)
    return [f"{each.what}. {each.fix}" for each in after if each.what not in before]


def _extended(own: BibleEntry, shared: BibleEntry) -> BibleEntry:
    return msgspec.structs.replace(
        own, fields={**shared.fields, **own.fields}, text=own.text or shared.text
    )


def _own_names(entry: BibleEntry) -> list[str]:
    file = Path(entry.file)
    return [entry.name, entry.file, file.name, file.stem]


def _parts(entry: BibleEntry) -> list[str]:
    return entry.name.split()


def aliases(entry: BibleEntry) -> list[str]:
    """The other names that a page claims, whenever they hold."""
    return [kinds.unlinked(each) for each in texts(entry.fields.get("aliases"))]


def texts(value: object) -> Iterator[str]:
    """The texts that a field has, whenever they hold."""
    if isinstance(value, str | int):
        yield str(value)
    elif isinstance(value, dict):
        yield from texts(value.get("value"))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        return False
    return True


def _taken(name: str, file: str) -> UsageError:
    return UsageError(
        f"There is a page of {name} already: {file}.",
        "A new one would take its place; nothing was written.",
        f"See it: inkstand bible show {name!r}",
    )
