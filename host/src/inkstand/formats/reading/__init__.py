"""Files of other programs into documents."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from inkstand.formats.document import Document, Imported, Section
from inkstand.formats.pandoc import NEVER, Cancel
from inkstand.formats.reading.kinds import Kind, kind_of
from inkstand_sdk.errors import InputError

LARGEST = 256 * 2**20
"""Bytes of a file at most."""
Decode = Callable[[bytes, str], tuple[str, str]]
"""Text of bytes, and a sentence about how they were read or ""; given a name for errors."""

_FORMATS: dict[Kind, str] = {
    "docx": "DOCX",
    "odt": "ODT",
    "epub": "EPUB",
    "html": "HTML",
    "rtf": "RTF",
    "markdown": "Markdown",
    "text": "text",
}
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def read(path: Path, decode: Decode, cancel: Cancel | None = None) -> Imported:
    """The document in a file or a project folder; what it is, its contents say.

    Args:
        path: A file, or the folder of a Scrivener or novelWriter project.
        decode: Reads text of any encoding.
        cancel: Its `check` raises when the document is no longer wanted.

    Raises:
        InputError: it cannot be read: damaged, protected, empty, too large, of another kind.
        FormatMissing: its format needs a program that is not installed.

    """
    cancel = cancel or NEVER
    name = _name(path)
    if path.is_dir():
        return _project(path, cancel)
    data = _bytes(path)
    kind = kind_of(data, name, path.suffix.lower())
    if kind in ("scrivx", "nwx"):
        return _project(path.parent, cancel)
    if kind == "fdx":
        from inkstand.formats.reading.final_draft import final_draft

        return final_draft(data, name)
    if kind == "fountain":
        return _fountain(*decode(data, name))
    if kind in ("markdown", "text"):
        return _plain(*decode(data, name), kind)
    return _flow(data, name, kind, decode, cancel)


def _project(folder: Path, cancel: Cancel) -> Imported:
    if any(folder.glob("*.scrivx")):
        from inkstand.formats.reading.scrivener import scrivener

        return scrivener(folder, cancel.check)
    if (folder / "nwProject.nwx").is_file():
        from inkstand.formats.reading.novelwriter import novelwriter

        return novelwriter(folder, cancel.check)
    raise InputError(
        f"{_name(folder)} is no project of Scrivener or novelWriter.",
        "A folder of Markdown or text files needs no import.",
        f"Work in it as it is: inkstand run repetition {folder}",
    )


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            raise InputError(
                f"{_name(path)} {what}.",
                "The name may be misspelled, or relative to another folder.",
                f"You are in {Path.cwd()}.",
            )
        if path.stat().st_size > LARGEST:
            raise InputError(
                f"{_name(path)} is larger than {LARGEST // 2**20} MB.",
                "No manuscript is, without its pictures.",
                "Save it without pictures, and try again.",
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(
            f"{_name(path)} cannot be read: {getattr(error, 'strerror', None) or error}.",
            "Inkstand may not open it, or the disk failed.",
            "Check the file's permissions.",
        ) from error


def _flow(data: bytes, name: str, kind: Kind, decode: Decode, cancel: Cancel) -> Imported:
    from inkstand.formats.reading.losses import told

    note = ""
    if kind == "rtf":
        from inkstand.formats.reading.rtf import rtf

        flow = rtf(data, name, cancel.check)
    else:
        from inkstand.formats.reading import office

        if kind == "html":
            text, note = _web_text(data, name, decode)
            flow = office.web_page(text, name, cancel)
        else:
            flow = office.READERS[kind](data, name, cancel)
    said = dict(flow.metadata)
    document = Document(
        title=said.pop("title", ""),
        authors=_authors(said.pop("author", "")),
        language=said.pop("language", "") or said.pop("lang", ""),
        metadata=said,
        sections=(Section(text=flow.text),),
    )
    notes = (*([note] if note else []), *flow.notes, *told(flow.lost))
    return Imported(document=document, format=_FORMATS[kind], flow=True, notes=notes)


def _web_text(data: bytes, name: str, decode: Decode) -> tuple[str, str]:
    match = _CHARSET.search(data[:8_192])
    if match and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return data.decode(match[1].decode("ascii")), ""
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data, name)


def _authors(said: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in said.split(";") if each.strip())


def _fountain(text: str, note: str) -> Imported:
    from inkstand.formats.reading.fountain import fountain
    from inkstand.formats.reading.plain import unified

    document = fountain(unified(text))
    return Imported(document=document, format="Fountain", notes=(note,) if note else ())


def _plain(text: str, note: str, kind: Kind) -> Imported:
    from inkstand.formats.reading.plain import from_text, unified

    text = unified(text)
    more: tuple[str, ...] = ()
    if kind == "text":
        text, more = from_text(text)
    return Imported(
        document=Document(sections=(Section(text=text),)),
        format=_FORMATS[kind],
        flow=True,
        notes=(*([note] if note else []), *more),
    )


def _name(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode("utf-8") or str(path)
