"""Errors as a person reads them: one paragraph on standard error."""

from __future__ import annotations

import sys
import textwrap

from inkstand_sdk.errors import Cancelled, InkstandError, OutputInvalid, UsageError


def show(error: BaseException) -> int:
    """Print `error` to standard error and return the exit status that goes with it."""
    if isinstance(error, Cancelled):
        print("Stopped.", file=sys.stderr)
        return 130
    if isinstance(error, InkstandError):
        print(paragraph(error), file=sys.stderr)
        if isinstance(error, OutputInvalid) and (text := error.data.get("text")):
            print(f"The model wrote:\n{_printable(text)}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    if isinstance(error, OSError):
        what = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        text = f"Error: A file or folder could not be used ({what}). Check that it can be."
        print(_wrapped(_printable(text)), file=sys.stderr)
        return 1
    name = type(error).__name__
    text = (
        f"Inkstand met an error that it did not expect ({name}: {error})."
        " This is a fault of Inkstand, not of yours; your files are as they were."
        " To see where it happened, run the same command with INKSTAND_DEBUG=1."
    )
    print(_wrapped(text), file=sys.stderr)
    return 1


def paragraph(error: InkstandError) -> str:
    """What happened, the likely cause and what to do, wrapped."""
    text = "Error: " + " ".join(
        part.strip() for part in (error.what, error.cause, error.fix) if part
    )
    return _wrapped(_printable(text))


def _printable(text: str) -> str:
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def _wrapped(text: str) -> str:
    if not sys.stderr.isatty():
        return text
    from shutil import get_terminal_size

    width = max(40, min(get_terminal_size().columns, 100))
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )
