"""A manuscript from whatever the writer names: a file, a folder, a workspace, standard input."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

from inkstand.workspace import frontmatter
from inkstand.workspace.arranging import Entry, arranged
from inkstand.workspace.cloud import Marks
from inkstand.workspace.encoding import decode
from inkstand.workspace.files import MANUSCRIPT, SETTINGS, SUFFIXES, prose_files, sound, unreadable
from inkstand.workspace.outlines import Outlines, Stamp
from inkstand.workspace.project import Workspace
from inkstand.workspace.scenes import split
from inkstand_sdk.errors import InputError
from inkstand_sdk.manuscript import Manuscript, Scene


def load(
    path: Path, workspace: Workspace | None = None, outlines: Outlines | None = None
) -> Manuscript:
    """The manuscript at `path`: one file, or a folder of Markdown and text files.

    A folder with `inkstand.toml` is a workspace: its title and language come from there and its
    scenes from `manuscript/`. Hidden files, `bible/` and README files are not prose.

    Args:
        path: The file or folder.
        workspace: The workspace that it is or lies in, if any is known.
        outlines: How that workspace's files were split before.

    Raises:
        InputError: nothing is there, or nothing in it is text.

    """
    mode = _mode(path)
    kept = _Kept(workspace, outlines or Outlines())
    if stat.S_ISDIR(mode):
        return _from_folder(path, kept)
    if not stat.S_ISREG(mode):
        raise InputError(f"{path} is not a regular file.", "", "Give a text file or a folder.")
    settings, notes = kept.settings(path.parent)
    marks = Marks(kept.root(path.parent), settings)
    scenes, more = _scenes_of([(path, sound(path.name))], path.parent, kept, marks)
    if not scenes:
        raise _no_text(str(path))
    return Manuscript(
        title=_title(scenes, sound(path.stem)),
        scenes=tuple(scenes),
        language=_language(settings),
        notes=(*notes, *more),
    )


def from_bytes(data: bytes, name: str = "standard input") -> Manuscript:
    """A manuscript of what was piped in, read as Markdown.

    Raises:
        InputError: it is empty, or not text.

    """
    decoded = decode(data, name)
    front = frontmatter.parse(decoded.text, name)
    scenes = split(decoded.text, front.end, file="", fields=front.fields, first=0, markdown=True)
    if not scenes:
        raise _no_text(name)
    notes = tuple(note for note in (decoded.note, front.note) if note)
    return Manuscript(title=_title(scenes, name), scenes=tuple(scenes), notes=notes)


class _Kept:
    """What is known of the workspace around a manuscript: its settings, and outlines."""

    def __init__(self, workspace: Workspace | None, outlines: Outlines) -> None:
        self._workspace = workspace
        self.outlines = outlines

    def settings(self, folder: Path) -> tuple[dict[str, Any], list[str]]:
        """The settings of the workspace, or else of the folder itself."""
        return _workspace_settings(self._workspace.root if self._workspace else folder)

    def root(self, folder: Path) -> Path:
        """The folder that names of files go from."""
        return self._workspace.root if self._workspace else folder

    def name_of(self, path: Path, name: str) -> str:
        """What a file is called in its workspace; `name` where none is known."""
        return self._workspace.name_of(path) if self._workspace else name


def _from_folder(folder: Path, kept: _Kept) -> Manuscript:
    settings, notes = kept.settings(folder)
    prose = folder / MANUSCRIPT if (folder / MANUSCRIPT).is_dir() else folder
    named = [(path, sound(path.relative_to(folder).as_posix())) for path in prose_files(prose)]
    scenes, more = _scenes_of(named, prose, kept, Marks(kept.root(folder), settings))
    notes += more
    if not scenes:
        raise InputError(
            f"There is no text in the folder {folder}.",
            f"Text files end in {', '.join(SUFFIXES)}; hidden files, bible/ and README are not"
            " counted.",
            "Give the folder that holds your manuscript, or a file.",
        )
    own = settings if (folder / SETTINGS).is_file() else {}
    return Manuscript(
        title=str(own.get("title") or sound(folder.resolve().name)),
        scenes=tuple(scenes),
        language=_language(settings),
        notes=tuple(notes),
    )


def _language(settings: dict[str, Any]) -> str:
    return str(settings.get("language") or "en")[:2].lower()


def _mode(path: Path) -> int:
    """What kind of file `path` is, as `st_mode`; `InputError` if it is not there."""
    try:
        return path.stat().st_mode
    # No such file, a part of its path that is no folder, a name too long or with NUL in it.
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise unreadable(path, error) from error
        raise InputError(
            f"There is no file or folder {_shortened(str(path))}.",
            "The name may be misspelled, or relative to another folder.",
            f"You are in {Path.cwd()}.",
        ) from error


def _shortened(name: str) -> str:
    return name if len(name) <= 200 else f"{name[:100]} ... {name[-90:]}"


def _workspace_settings(folder: Path) -> tuple[dict[str, Any], list[str]]:
    path = folder / SETTINGS
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except FileNotFoundError:
        return {}, []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        return {}, [f"{path.name} could not be read and was left out: {error}."]


def _scenes_of(
    files: list[tuple[Path, str]], prose: Path, kept: _Kept, marks: Marks
) -> tuple[list[Scene], list[str]]:
    notes: list[str] = []
    single = len(files) == 1
    entries: list[Entry] = []
    for path, name in files:
        named = kept.name_of(path, name)
        try:
            stamp = Stamp.of(path.stat())
            got = kept.outlines.read(path, named, stamp)
        except InputError as error:
            if single:
                raise
            notes.append(f"{name} was left out: {error.what}")
            continue
        except OSError as error:
            notes.append(f"{name} was left out: {unreadable(path, error).what}")
            continue
        notes += got.outline.notes
        folders = path.relative_to(prose).parts[:-1]
        entries.append(Entry(name, folders, got.outline, marks.keep(named), got.text))
    return arranged(entries), notes


def _title(scenes: list[Scene], name: str) -> str:
    first = scenes[0]
    return first.title or (first.chapter if len(scenes) == 1 else "") or name


def _no_text(name: str) -> InputError:
    return InputError(
        f"There is no text in {name}.",
        "It is empty, or holds only headings and front matter.",
        "Give a file with some prose in it.",
    )
