"""DOCX, ODT, EPUB and HTML, and Typst for PDF: a prose document through pandoc."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import msgspec

from inkstand.formats import pandoc
from inkstand.formats.document import Document
from inkstand.formats.writing import manuscript_page, package, word_styles
from inkstand.formats.writing.joined import READER, escaped, has_parts, joined
from inkstand.formats.writing.options import Options, Written

Target = Literal["docx", "odt", "epub", "html", "typst"]

_HERE = Path(__file__).parent
_WRITER = {"docx": "docx", "odt": "odt", "epub": "epub3", "html": "html5", "typst": "typst-smart"}
_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"}
_OF_A_BOOK = ("subtitle", "publisher", "description", "rights", "date")
_COUNTED = re.compile(r"inkstand (\w+) (\d+)")
_SAID = {
    "picture": (
        "{} picture was left out; its caption stands in the text.",
        "{} pictures were left out; their captions stand in the text.",
    ),
    "link": (
        "{} link leads to no web address; its words stand in the text without it.",
        "{} links lead to no web address; their words stand in the text without them.",
    ),
}


def write(
    document: Document, target: Target, options: Options, cancel: pandoc.Cancel | None = None
) -> Written:
    """The file of a prose document.

    Raises:
        FormatMissing: pandoc is not installed.
        InputError: pandoc could not do it.
        Cancelled: `cancel` was.

    """
    with TemporaryDirectory(prefix="inkstand-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        metadata = folder / "metadata.json"
        metadata.write_bytes(msgspec.json.encode(_metadata(document, target, options)))
        arguments = [
            f"--from={READER}",
            f"--to={_WRITER[target]}",
            *(["--standalone"] if target != "typst" else []),
            "--wrap=none",
            f"--metadata-file={metadata}",
            f"--lua-filter={_HERE / 'book.lua'}",
            *_for_target(document, target, options, folder),
            "--output=-",
        ]
        data, warnings = pandoc.run(
            arguments,
            what=document.title or "The manuscript",
            stdin=joined(document).encode("utf-8"),
            cancel=cancel,
        )
    if target in ("docx", "odt", "epub"):
        data = package.finished(data, options)
    return Written(data, tuple(_notes(warnings)))


def identifier_of(document: Document) -> str:
    """What names an EPUB for ever: the one that was set, else one made of title and authors."""
    said = str(document.metadata.get("identifier") or "").strip()
    if said:
        return said
    name = "\n".join([document.title, *document.authors])
    return uuid.uuid5(uuid.NAMESPACE_URL, f"inkstand:{name}").urn


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    tags = language.replace("_", "-").lower().split("-")
    return tags[0] in _RIGHT_TO_LEFT or bool({"arab", "hebr"} & set(tags))


def _metadata(document: Document, target: Target, options: Options) -> dict[str, Any]:
    shunn = options.style == "shunn"
    how: dict[str, Any] = {
        "parts": "yes" if has_parts(document) else "no",
        "mark": escaped("#" if shunn else "* * *"),
        "underline": "yes" if shunn and options.underline else "no",
        "ending": "END" if shunn else "",
    }
    metadata: dict[str, Any] = {"inkstand": how, "lang": escaped(document.language or "en")}
    if is_right_to_left(document.language):
        metadata["dir"] = "rtl"
    if shunn and target == "docx":
        how["titlepage"] = [
            {"style": escaped(style), "text": escaped(text)}
            for style, text in manuscript_page.lines(document, options.words)
        ]
        return metadata
    if shunn:
        metadata |= manuscript_page.fields(document, options)
    metadata["title"] = escaped(document.title)
    metadata["author"] = [escaped(author) for author in document.authors]
    for key in _OF_A_BOOK:
        if value := document.metadata.get(key):
            metadata[key] = escaped(str(value))
    metadata["identifier"] = [{"text": escaped(identifier_of(document))}]
    return metadata


def _for_target(document: Document, target: Target, options: Options, folder: Path) -> list[str]:
    parts = has_parts(document)
    if target == "docx":
        reference = folder / "reference.docx"
        reference.write_bytes(word_styles.reference(document, options, parts=parts))
        return [f"--reference-doc={reference}"]
    if target == "epub":
        depth = "2" if parts else "1"
        return [
            f"--split-level={depth}",
            f"--toc-depth={depth}",
        ]
    if target == "html":
        return [f"--template={_HERE / 'book.html'}"]
    return []


def _notes(warnings: list[str]) -> list[str]:
    notes = []
    for warning in warnings:
        if found := _COUNTED.search(warning):
            one, many = _SAID[found[1]]
            notes.append((one if found[2] == "1" else many).format(found[2]))
        elif "title" not in warning.lower():
            notes.append(warning if warning.endswith(".") else f"{warning}.")
    return sorted(notes)
