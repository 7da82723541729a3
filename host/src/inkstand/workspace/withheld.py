"""Passages that must not leave the machine, and the check of what is about to.

A passage is a scene whose front matter says `cloud: never`, or a file that `inkstand.toml` keeps
here. What goes to another machine is compared with all of them right before it is sent.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from inkstand.workspace import files, frontmatter
from inkstand.workspace.bible.bible import Bible
from inkstand.workspace.cloud import Marks
from inkstand.workspace.encoding import decode
from inkstand.workspace.outlines import Stamp
from inkstand.workspace.project import Workspace
from inkstand.workspace.scenes import split
from inkstand.workspace.shingles import runs, whole, words_of
from inkstand_sdk.errors import InputError, Withheld
from inkstand_sdk.manuscript import Manuscript, Scene

_TICK = 2_000_000_000  # as for outlines: a file may be changed twice within a tick of its clock
_FEWEST = 3
"""Words of a short scene that may be looked for within a text; fewer have to be all of it."""


class Passage(msgspec.Struct, frozen=True):
    """A text that stays here: what to call it, the runs of its words, and its words if few."""

    label: str
    file: str
    runs: frozenset[int]
    short: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, label: str, file: str = "") -> Passage:
        """The passage that a text is."""
        words = words_of(text)
        found = frozenset(runs(words))
        return cls(label, file, found, () if found else tuple(words))

    def is_in(self, sent: Sent) -> bool:
        """Whether what is to be sent holds it, or eight words of it in a row."""
        if not self.runs.isdisjoint(sent.runs):
            return True
        if not self.short:
            return False
        if len(self.short) < _FEWEST:
            return self.short in sent.parts
        return whole(self.short) in sent.whole


class Sent(msgspec.Struct, frozen=True):
    """What is to be sent: the runs of its words, and its words for short passages."""

    runs: frozenset[int]
    whole: str
    parts: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Sent:
        """Several texts, taken as one."""
        parts = [words_of(text) for text in texts]
        words = [word for part in parts for word in part]
        short = frozenset(tuple(part) for part in parts if len(part) < _FEWEST)
        return cls(frozenset(runs(words)), whole(words), short)


class Guard:
    """Keeps what is marked `cloud: never` from being sent. Thread-safe.

    Args:
        data: The user's data folder.
        places: Gives the files and folders that are worked on.

    """

    def __init__(self, data: Path, places: Callable[[], Iterable[Path]]) -> None:
        self._data = data
        self._places = places
        self._lock = threading.Lock()
        self._known: dict[tuple[Path, Path | None], _Protected] = {}
        self._given: dict[str, Passage] = {}

    def remember(self, manuscript: Manuscript) -> None:
        """Keep the marked scenes of a manuscript here, also if their files are changed later."""
        for scene in manuscript.scenes:
            if not scene.cloud and scene.sha256 not in self._given:
                passage = Passage.of(scene.text, scene.label(), scene.file)
                with self._lock:
                    self._given[scene.sha256] = passage

    def remember_text(self, text: str, name: str) -> None:
        """Keep a text here if it begins with front matter that says so."""
        front = frontmatter.parse(text, name)
        if frontmatter.says_never(text, front):
            passage = Passage.of(text, name)
            with self._lock:
                self._given[name] = passage

    def check(self, params: Any, target: str) -> None:
        """See that nothing that is marked is in what is about to be sent.

        Args:
            params: What is sent: any value that msgspec knows, its texts wherever they are.
            target: The model that it would go to, for the error.

        Raises:
            Withheld: something is. Nothing was sent then.

        """
        self._look_around()
        with self._lock:
            workspaces = list(self._known.values())
            given = list(self._given.values())
        protected = [workspace.passages(target) for workspace in workspaces]
        if not given and not any(protected):
            return
        sent = Sent.of(_texts_in(msgspec.to_builtins(params)))
        for passage in (*given, *(passage for each in protected for passage in each)):
            if passage.is_in(sent):
                raise _withheld(passage, target)

    def _look_around(self) -> None:
        """Know the workspaces that are worked on, and the project that the current folder is in."""
        for place in self._places():
            # A place that is gone has nothing that could be sent; it may come back.
            with contextlib.suppress(InputError):
                self._add(Workspace.at(place, self._data))
        try:
            here = Workspace.at(Path.cwd(), self._data)
        except (OSError, InputError):
            return
        # A folder that is no project may be anything: it is only looked through if it is named.
        if here.is_project:
            self._add(here)

    def _add(self, workspace: Workspace) -> None:
        with self._lock:
            self._known.setdefault((workspace.root, workspace.only), _Protected(workspace))


class _Marked(msgspec.Struct, frozen=True):
    """A file as it was read: when in ns, by which stamp, and what of it stays here."""

    stamp: Stamp
    read: int
    here: bool
    passages: tuple[Passage, ...]


class _Protected:
    """What stays here of one workspace, as its files say now."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._files: dict[str, _Marked] = {}
        self._lock = threading.Lock()

    def passages(self, target: str) -> list[Passage]:
        """The marked passages.

        Raises:
            Withheld: nothing may leave the workspace, or its settings cannot be read.

        """
        root, only = self._workspace.root, self._workspace.only
        try:
            # A workspace reads its settings once, and a check has to know them as they are.
            fresh = Workspace(root, self._workspace.state)
            marks = Marks(root, fresh.settings)
            # Pages that several books share lie elsewhere, and reach tools all the same.
            shared = [Path(os.path.realpath(folder)) for _, folder in Bible(fresh).shared()]
        except InputError as error:
            raise Withheld(
                f"Nothing was sent to {target}: {error.what}",
                f"What must not leave this machine may be said in {files.SETTINGS}.",
                "Mend that line, or use a model on this machine: inkstand models list",
            ) from error
        if marks.everything:
            raise Withheld(
                f"Nothing was sent to {target}: the workspace {files.sound(root.name)} stays on"
                " this machine.",
                f"{files.SETTINGS} says so: cloud = never.",
                "Use a model on this machine: inkstand models list",
                workspace=files.sound(str(root)),
            )
        found: list[Passage] = []
        with self._lock:
            folders = shared if only is not None else [root, *shared]
            below = (path for folder in folders for path in _texts_below(folder))
            for path in (*([only] if only is not None else ()), *below):
                marked = self._read(path, marks)
                found += marked.passages if marked is not None else ()
        return found

    def _read(self, path: Path, marks: Marks) -> _Marked | None:
        inside = path.is_relative_to(self._workspace.root)
        name = self._workspace.name_of(path) if inside else files.sound(str(path))
        here = marks.keep(name)
        known = self._files.get(name)
        try:
            stamp = Stamp.of(path.stat())
            if (
                known is not None
                and (known.stamp, known.here) == (stamp, here)
                and max(stamp.changed, stamp.touched) < known.read - _TICK
            ):
                return known
            began = time.time_ns()
            passages = tuple(_passages(files.read(path), path, name, here=here))
        except (OSError, InputError):
            return None  # what cannot be read cannot be sent
        marked = self._files[name] = _Marked(stamp, began, here, passages)
        return marked


def _passages(data: bytes, path: Path, name: str, *, here: bool) -> Iterator[Passage]:
    """What stays here of a file: all of its text, and each scene, to be named in the error."""
    # Most files are not marked: those are not even decoded. A NUL may be half of a character.
    head = data[: 4 * frontmatter.MOST]
    if not here and b"\0" not in head and b"cloud" not in head.lower():
        return
    text = decode(data, name).text
    front = frontmatter.parse(text, name)
    if not here and not frontmatter.says_never(text, front):
        return
    markdown = path.suffix.lower() in files.MARKDOWN
    for scene in split(text, front.end, file=name, fields=front.fields, first=0, markdown=markdown):
        yield Passage.of(scene.text, _named(scene), name)
    yield Passage.of(text[front.end :], "", name)
    # Scenes of one book have much of their front matter in common, but not a synopsis.
    told = [text[: front.end]] if front.note else _texts_in(front.fields)
    yield from (each for value in told if (each := Passage.of(value, "", name)).runs)


def marked_files(workspace: Workspace, marks: Marks) -> list[str]:
    """The names of the files of a workspace that stay on this machine, in their order."""
    only = workspace.only
    found = []
    for path in [only] if only is not None else _texts_below(workspace.root):
        name = workspace.name_of(path)
        try:
            if any(_passages(files.read(path), path, name, here=marks.keep(name))):
                found.append(name)
        except (OSError, InputError):
            continue  # what cannot be read cannot be sent
    return sorted(found)


def _named(scene: Scene) -> str:
    return scene.title or scene.chapter


def _texts_below(root: Path) -> Iterator[Path]:
    """Every text file of a workspace, prose or not; hidden folders are left out."""
    # Folders behind links are not entered, lest they lead back, but for those of every workspace.
    linked = (root / name for name in (files.MANUSCRIPT, files.BIBLE))
    for top in (root, *(folder for folder in linked if folder.is_symlink())):
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if os.path.splitext(name)[1].lower() in files.SUFFIXES:  # noqa: PTH122
                    yield Path(folder, name)


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in plain data, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts_in(key)
            yield from _texts_in(item)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for item in value:
            yield from _texts_in(item)


def _withheld(passage: Passage, target: str) -> Withheld:
    what = f"“{passage.label}”" if passage.label else "A passage"
    where = f" in {passage.file}" if passage.file else ""
    return Withheld(
        f"{what}{where} is marked `cloud: never`, and the request to {target} holds words of it."
        " Nothing was sent.",
        "It is marked in its front matter or in inkstand.toml.",
        "Use a model on this machine: inkstand models list",
        scene=passage.label,
        file=passage.file,
        target=target,
    )
