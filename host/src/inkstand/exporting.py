"""A manuscript written into a file for readers, editors and other programs."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from inkstand.atomic import write_bytes
from inkstand.formats.writing.options import Font, Format, Options, Style
from inkstand.formats.writing.targets import SUFFIXES, TEXTS, format_of, write
from inkstand.jobs import CancelToken
from inkstand.workspace.compiling import Compiled, compiled
from inkstand.workspace.files import SUFFIXES as PROSE
from inkstand.workspace.files import sound
from inkstand.workspace.project import Workspace
from inkstand.workspace.selecting import Selection
from inkstand_sdk.errors import InkstandError, UsageError
from inkstand_sdk.manuscript import Manuscript

_COVERS: dict[bytes, Literal["jpeg", "png", "gif"]] = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF8": "gif",
}
_LARGEST_COVER = 50_000_000
_KNOWN = (
    "subtitle",
    "date",
    "publisher",
    "description",
    "rights",
    "identifier",
    "contact",
    "surname",
)
STDOUT = "-"


class ExportFailed(InkstandError):
    """A file could not be written; the old one, if any, is untouched."""

    code = "export-failed"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be exported, and how.

    Args:
        to: The name of a format, "shunn" included.
        out: The file to write; "-" for none, whose bytes are wanted.
        title: The title; that of the workspace if empty.
        authors: The authors; those of the workspace if empty.
        scenes: Numbers of scenes, such as "3-7,9"; all if empty.
        chapters: Titles or numbers of chapters; all if empty.
        force: Whether a file that is there may be replaced.
        style: As a book, or as a manuscript for editors.

    """

    to: str
    out: str
    title: str = ""
    authors: tuple[str, ...] = ()
    scenes: str = ""
    chapters: tuple[str, ...] = ()
    force: bool = False
    style: Style = "book"
    font: Font = "times"
    underline: bool = False


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was written. `file` is "" where `data` was asked for instead."""

    file: str
    format: Format
    style: Style
    title: str
    words: int
    chapters: int
    scenes: int
    bytes: int
    notes: tuple[str, ...] = ()


def export(
    path: Path,
    out: str,
    to: str,
    workspace: Workspace,
    load: Callable[[Path], Manuscript],
    *,
    progress: Callable[[str], None] = lambda _said: None,
    cancel: CancelToken | None = None,
    **how: Any,
) -> tuple[Exported, bytes]:
    """Write the manuscript at a file or folder; give what was written, and its bytes.

    Args:
        path: The file or folder.
        out: The file to write; "-" for none, whose bytes are wanted.
        to: The name of a format, "shunn" included.
        workspace: The workspace that `path` is or lies in.
        load: Gives the manuscript at a path.
        progress: Told what is going on.
        cancel: Cancels it; nothing is written then.
        how: Fields of `Request`.

    Raises:
        UsageError: the format, the file or the selection cannot be meant.
        InputError: the manuscript cannot be read, or there is nothing to export.
        FormatMissing: the format needs a program that is not installed.
        ExportFailed: the file could not be written.
        Cancelled: `cancel` was; nothing was written then.

    """
    request = Request(to=to, out=out, **how)
    target, style = _checked_format(request)
    file = _checked_out(Path(out), workspace, request) if out != STDOUT else None
    if file is None and target not in TEXTS:
        raise UsageError(
            f"{target.upper()} is no text: it is not written to a terminal or pipe.",
            "",
            f"Name a file: inkstand export --to {request.to} book{SUFFIXES[target][0]}",
        )
    progress("Reading the manuscript")
    source = _compiled(path, workspace, load, request)
    if cancel is not None:
        cancel.check()
    options = Options(
        style=style, font=request.font, underline=request.underline, words=source.words
    )
    cover_note = ""
    if target == "epub":
        options, cover_note = _with_cover(options, workspace)
    progress(f"Writing {target.upper()}: {source.words:,} words")
    written = write(source.document, target, options, cancel)
    if file is not None:
        _write(file, written.data, force=request.force)
    notes = [*source.notes, *written.notes, *([cover_note] if cover_note else [])]
    return _result(source, target, style, file, written.data, notes), written.data


def _result(
    source: Compiled, target: Format, style: Style, out: Path | None, data: bytes, notes: list[str]
) -> Exported:
    sections = source.document.sections
    return Exported(
        file=sound(str(out)) if out else "",
        format=target,
        style=style,
        title=source.document.title,
        words=source.words,
        chapters=sum(each.level == "chapter" for each in sections),
        scenes=sum(bool(each.text) for each in sections),
        bytes=len(data),
        notes=tuple(dict.fromkeys(notes)),
    )


def _compiled(
    path: Path, workspace: Workspace, load: Callable[[Path], Manuscript], request: Request
) -> Compiled:
    settings = workspace.settings
    if path.suffix.lower() in SUFFIXES["fountain"] or settings.get("kind") == "screenplay":
        from inkstand.workspace.scripts import screenplay

        return screenplay(path, _metadata(settings, request, {}))
    text = load(path)
    first = text.scenes[0].meta if len({scene.file for scene in text.scenes}) == 1 else {}
    selection = Selection(text, request.scenes, request.chapters)
    folder = path if path.is_dir() else path.parent
    return compiled(text, folder, _metadata(settings, request, first), selection.holds)


def _metadata(settings: dict[str, Any], request: Request, front: dict[str, Any]) -> dict[str, Any]:
    """What is known of the book: on the command line, in `inkstand.toml`, in front matter."""
    table = settings.get("metadata")
    known = {**front, **(table if isinstance(table, dict) else {}), **settings}
    found: dict[str, Any] = {key: known[key] for key in _KNOWN if known.get(key)}
    if isinstance(known.get("title_page"), dict):
        found["title_page"] = known["title_page"]
    found["title"] = request.title or str(known.get("title") or "")
    found["language"] = str(known.get("language") or known.get("lang") or "")
    authors = known.get("authors") or known.get("author") or ()
    named = [authors] if isinstance(authors, str) else list(authors)
    found["authors"] = request.authors or tuple(str(name) for name in named)
    return found


def _checked_format(request: Request) -> tuple[Format, Style]:
    target, is_shunn = format_of(request.to)
    style: Style = "shunn" if is_shunn or request.style == "shunn" else "book"
    if style == "shunn" and target not in ("docx", "pdf"):
        raise UsageError(
            f"There is no manuscript format in {target}.",
            "Editors want manuscripts as DOCX or PDF.",
            "Use --to shunn, or --to pdf --style shunn.",
        )
    return target, style


def _checked_out(out: Path, workspace: Workspace, request: Request) -> Path:
    out = out.expanduser()
    shown = sound(str(out))
    if out.is_dir():
        raise UsageError(f"{shown} is a folder.", "", f"Name a file in it: {shown}/book")
    parent = out.absolute().parent
    if not parent.is_dir():
        raise UsageError(
            f"There is no folder {sound(str(parent))}.",
            "The name may be misspelled.",
            "Make the folder first, or name another.",
        )
    if out.suffix.lower() in PROSE and _is_in_manuscript(out, workspace):
        raise UsageError(
            f"{shown} would become part of the manuscript.",
            "Text files in the manuscript's folder are its chapters.",
            "Name a file in another folder.",
        )
    if os.path.lexists(out) and not out.is_file():
        raise UsageError(f"{shown} is not a regular file.", "", "Name another file.")
    if out.exists() and not request.force:
        raise _is_there(out)
    return out


def _is_in_manuscript(out: Path, workspace: Workspace) -> bool:
    real = Path(os.path.realpath(out))
    if workspace.only is not None:
        return real == Path(os.path.realpath(workspace.only))
    return real.is_relative_to(os.path.realpath(workspace.prose))


def _is_there(out: Path) -> UsageError:
    return UsageError(
        f"{sound(str(out))} is there already.",
        "Nothing was written.",
        "Use --force to replace it, or name another file.",
    )


def _write(out: Path, data: bytes, *, force: bool) -> None:
    def still_free() -> None:
        if not force and os.path.lexists(out):
            raise _is_there(out)

    try:
        write_bytes(out, data, before_rename=still_free)
    except OSError as error:
        causes = {
            errno.ENOSPC: "The disk is full.",
            errno.EDQUOT: "Your share of the disk is full.",
            errno.EROFS: "The disk can only be read.",
            errno.EACCES: "You may not write in that folder.",
            errno.EPERM: "You may not write in that folder.",
            errno.ENAMETOOLONG: "The name is too long.",
        }
        raise ExportFailed(
            f"{sound(str(out))} could not be written: {error.strerror or error}.",
            causes.get(error.errno or 0, ""),
            "Name a file in another folder. A file that was there before is as it was.",
        ) from error


def _with_cover(options: Options, workspace: Workspace) -> tuple[Options, str]:
    """The options with the picture that `inkstand.toml` names, or why it cannot be the cover."""
    table = workspace.settings.get("metadata")
    said = workspace.settings.get("cover") or (
        table.get("cover") if isinstance(table, dict) else None
    )
    if not said:
        return options, ""
    path = workspace.root / str(said)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return options, f"The cover {said} was left out, as it could not be read ({reason})."
    if size > _LARGEST_COVER:
        most = _LARGEST_COVER // 1_000_000
        return options, f"The cover {said} was left out: it is larger than {most} MB."
    for magic, kind in _COVERS.items():
        if head.startswith(magic):
            return msgspec.structs.replace(options, cover=path, cover_type=kind), ""
    return options, f"The cover {said} was left out: it is no JPEG, PNG or GIF picture."
