"""A manuscript from whatever the writer names: a file, a folder, a workspace, standard input."""

from __future__ import annotations

import math
import stat
import tomllib
from pathlib import Path
from typing import Any

from inkstand.workspace import frontmatter
from inkstand.workspace.encoding import decode
from inkstand.workspace.files import MARKDOWN, SUFFIXES, prose_files, read, sound, unreadable
from inkstand.workspace.scenes import split
from inkstand_sdk.errors import InputError
from inkstand_sdk.manuscript import Manuscript, Scene


def load(path: Path) -> Manuscript:
    """The manuscript at `path`: one file, or a folder of Markdown and text files.

    A folder with `inkstand.toml` is a workspace: its title and language come from there and its
    scenes from `manuscript/`. Hidden files, `bible/` and README files are not prose.

    Raises:
        InputError: nothing is there, or nothing in it is text.

    """
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        return _from_folder(path)
    if not stat.S_ISREG(mode):
        raise InputError(f"{path} is not a regular file.", "", "Give a text file or a folder.")
    scenes, notes = _scenes_of([(path, sound(path.name))])
    if not scenes:
        raise _no_text(str(path))
    return Manuscript(
        title=_title(scenes, sound(path.stem)), scenes=tuple(scenes), notes=tuple(notes)
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


def _from_folder(folder: Path) -> Manuscript:
    settings, notes = _workspace_settings(folder)
    prose = folder / "manuscript" if (folder / "manuscript").is_dir() else folder
    named = [(path, sound(path.relative_to(folder).as_posix())) for path in prose_files(prose)]
    scenes, more = _scenes_of(named)
    notes += more
    if not scenes:
        raise InputError(
            f"There is no text in the folder {folder}.",
            f"Text files end in {', '.join(SUFFIXES)}; hidden files, bible/ and README are not"
            " counted.",
            "Give the folder that holds your manuscript, or a file.",
        )
    return Manuscript(
        title=str(settings.get("title") or sound(folder.resolve().name)),
        scenes=tuple(scenes),
        language=str(settings.get("language") or "en")[:2].lower(),
        notes=tuple(notes),
    )


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
    path = folder / "inkstand.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except FileNotFoundError:
        return {}, []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        return {}, [f"{path.name} could not be read and was left out: {error}."]


def _scenes_of(files: list[tuple[Path, str]]) -> tuple[list[Scene], list[str]]:
    scenes: list[Scene] = []
    notes: list[str] = []
    single = len(files) == 1
    parsed: list[tuple[float, int, Path, str, str, frontmatter.FrontMatter]] = []
    for place, (path, name) in enumerate(files):
        try:
            decoded = decode(read(path), name)
        except InputError as error:
            if single:
                raise
            notes.append(f"{name} was left out: {error.what}")
            continue
        front = frontmatter.parse(decoded.text, name)
        notes += [note for note in (decoded.note, front.note) if note]
        order = front.fields.get("order")
        rank = float(place)
        if isinstance(order, int | float) and math.isfinite(order):
            rank = float(order)
        parsed.append((rank, place, path, name, decoded.text, front))
    for _, _, path, name, text, front in sorted(parsed, key=lambda entry: entry[:2]):
        scenes += split(
            text,
            front.end,
            file=name,
            fields=front.fields,
            first=len(scenes),
            markdown=path.suffix.lower() in MARKDOWN,
        )
    return scenes, notes


def _title(scenes: list[Scene], name: str) -> str:
    first = scenes[0]
    return first.title or (first.chapter if len(scenes) == 1 else "") or name


def _no_text(name: str) -> InputError:
    return InputError(
        f"There is no text in {name}.",
        "It is empty, or holds only headings and front matter.",
        "Give a file with some prose in it.",
    )
