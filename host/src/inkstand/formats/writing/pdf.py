"""PDF: what pandoc writes as Typst, set with the fonts that come with it, without the network."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import msgspec

from inkstand.formats import pandoc
from inkstand.formats.document import Document
from inkstand.formats.writing import books, manuscript_page
from inkstand.formats.writing.joined import has_parts
from inkstand.formats.writing.options import Options, Written
from inkstand_sdk.errors import InputError

_HERE = Path(__file__).parent
_FONTS = {
    "times": ("Times New Roman", "Liberation Serif", "Libertinus Serif"),
    "courier": ("Courier New", "Liberation Mono", "DejaVu Sans Mono"),
}
_TIME_S = 900
_POLL_S = 0.05
_UNSEEN = re.compile(r'"([^"`]+)"')
_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def write(document: Document, options: Options, cancel: pandoc.Cancel | None = None) -> Written:
    """The PDF of a prose document: a book's pages, or a manuscript's.

    Raises:
        FormatMissing: pandoc or Typst is not installed.
        InputError: it could not be set.
        Cancelled: `cancel` was.

    """
    if find_spec("typst") is None:
        raise pandoc.FormatMissing(
            "PDF needs typst, which is not installed.",
            "Inkstand itself writes Markdown, text, Fountain and Final Draft; the other formats"
            " are an extra.",
            f"Install them: {pandoc.INSTALL}",
        )
    body = books.write(document, "typst", options, cancel)
    look = "manuscript.typ" if options.style == "shunn" else "book.typ"
    with TemporaryDirectory(prefix="inkstand-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        parts = [(_HERE / "page.typ").read_bytes(), (_HERE / look).read_bytes(), body.data]
        (folder / "source.typ").write_bytes(b"\n".join(parts))
        (folder / "document.json").write_bytes(msgspec.json.encode(_given(document, options)))
        _typeset(folder, cancel or pandoc.NEVER)
        unseen = folder / "unseen.txt"
        notes = [*body.notes, *([_note(unseen)] if unseen.exists() else [])]
        return Written((folder / "out.pdf").read_bytes(), tuple(notes))


def _given(document: Document, options: Options) -> dict[str, object]:
    return {
        "title": document.title,
        "subtitle": str(document.metadata.get("subtitle") or ""),
        "authors": document.authors,
        "lang": (document.language or "en").split("-")[0].lower(),
        "rtl": books.is_right_to_left(document.language),
        "parts": has_parts(document),
        "head": manuscript_page.running_head(document),
        "contact": manuscript_page.contact(document),
        "words": manuscript_page.rounded(options.words),
        "underline": options.underline,
        "fonts": _FONTS[options.font],
    }


def _typeset(folder: Path, cancel: pandoc.Cancel) -> None:
    command = [sys.executable, "-I", "-m", "inkstand.formats.writing.typeset", str(folder)]
    until = time.monotonic() + _TIME_S
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, creationflags=_WINDOW
        )
        try:
            while True:
                try:
                    status = process.wait(_POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    cancel.check()
                if time.monotonic() > until:
                    raise _failed(f"It took longer than {_TIME_S} seconds.")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if status:
            errors.seek(0)
            raise _failed(errors.read(100_000).decode("utf-8", "replace"))


def _failed(said: str) -> InputError:
    return InputError(
        "The PDF could not be set.",
        "The text holds something that Typst cannot set; that is a fault of Inkstand.",
        "Export to DOCX or EPUB, and please report it.",
        detail=said[-2_000:],
    )


def _note(unseen: Path) -> str:
    found = _UNSEEN.search(unseen.read_text(encoding="utf-8"))
    which = f" ({found[1]!r} is the first)" if found else ""
    return (
        f"Some characters are in no font of this machine{which} and are empty boxes in the PDF."
        " Install a font that has them, or export to EPUB or DOCX."
    )
