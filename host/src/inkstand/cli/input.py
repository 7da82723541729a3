"""What is piped in, and files that are named on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from inkstand_sdk.errors import InputError

_MOST_PIPED = 256 * 2**20
_MOST_IN_FILE = 2_000_000


def piped() -> bytes | None:
    """All of standard input, if it is a pipe or a file; None for a terminal, or if it is closed.

    Raises:
        InputError: it cannot be read, or has no end in sight.

    """
    if sys.stdin is None or sys.stdin.isatty():
        return None
    return standard_input()


def standard_input() -> bytes:
    """All of standard input, a terminal's too.

    Raises:
        InputError: it is closed, cannot be read, or has no end in sight.

    """
    if sys.stdin is None:
        raise InputError("Standard input is closed.", "", "Pipe something in, or name a file.")
    try:
        data = sys.stdin.buffer.read(_MOST_PIPED + 1)
    except OSError as error:
        raise InputError(f"Standard input cannot be read: {error.strerror}.") from error
    if len(data) > _MOST_PIPED:
        raise InputError(
            f"More than {_MOST_PIPED // 2**20} MB were piped in.", "No text is that long.", ""
        )
    return data


def text_file(path: str, what: str) -> str:
    """The text of a UTF-8 file; `what` is what to call it in errors, such as "schema".

    Raises:
        InputError: it cannot be read, is too large, or is no UTF-8.

    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_IN_FILE + 1)
        if len(data) > _MOST_IN_FILE:
            raise InputError(
                f"The {what} file {path} is larger than 2 MB.", "", "Use a smaller one."
            )
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"The {what} file {path} cannot be read: {error.strerror}.", "", "Check its name."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"The {what} file {path} is not UTF-8 text.", "", "") from error
