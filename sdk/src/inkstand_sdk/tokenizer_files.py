"""What is wrong with a folder's tokenizer, when the library could not read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from inkstand_sdk.errors import ModelFileError

# Read for a tokenizer, the likeliest to be damaged first.
_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
)
_AGAIN = "Get {name} again from where the model came from, and compare its size."


def tokenizer_error(folder: Path, error: Exception, read: Callable[[str], Any]) -> ModelFileError:
    """The error that names the file to blame, as far as that can be told from the files.

    `error` is what the library raised, and `read` what reads a tokenizer.json by itself, such as
    `tokenizers.Tokenizer.from_file`: it raises whatever it likes.
    """
    for name in _FILES:
        path = folder / name
        if path.is_file() and (told := _fault(path)):
            cause, fix = told
            return ModelFileError(f"The model's {path} is damaged.", cause, fix, detail=repr(error))
    path = _unknown_kind(folder, read)
    words = " ".join(str(error).split())[:200] or type(error).__name__
    return ModelFileError(
        f"The model's tokenizer in {path} cannot be read.",
        "It is not of a kind that the library knows: it was changed by hand, or made for a newer"
        f" version. The library says: {words}",
        _AGAIN.format(name=path.name) + " If it is as published: pip install --upgrade tokenizers",
        detail=repr(error),
    )


def _unknown_kind(folder: Path, read: Callable[[str], Any]) -> Path:
    """The file that is JSON of a kind that the library does not know, or the folder."""
    found = [folder / name for name in _FILES if (folder / name).is_file()]
    if not found:
        return folder
    if found[0].name == _FILES[0] and len(found) > 1:
        try:
            read(str(found[0]))
        except Exception:  # noqa: BLE001 - of any kind; the caller has the first one's words
            return found[0]
        return found[1]
    return found[0]


def no_tokens(folder: Path) -> ModelFileError:
    """The error for a tokenizer whose vocabulary is empty."""
    return ModelFileError(
        f"The model's tokenizer in {folder} has no tokens.",
        "Its vocabulary is empty, so the file is not the one that the model was published with.",
        _AGAIN.format(name=_FILES[0]),
    )


def _fault(path: Path) -> tuple[str, str] | None:
    """The cause and what to do, None if the file is a JSON object."""
    again = _AGAIN.format(name=path.name)
    data = path.read_bytes()
    if not data.strip():
        return "It is empty: a download or a copy broke off.", again
    if path.suffix != ".json":
        return None if _is_text(data) else ("It is not text in UTF-8.", again)
    if data.startswith(b"version https://git-lfs"):
        return (
            "It is a pointer of Git LFS, not the file itself.",
            "Run in that folder: git lfs pull",
        )
    if data.lstrip()[:1] == b"<":
        return (
            "It is a web page: the download was answered with a page to log in, or an error.",
            again,
        )
    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        # A file that breaks off ends in the middle of something.
        broken = "truncated" in str(error) or "EOF" in str(error)
        why = "it breaks off" if broken else str(error)
        return f"It is not JSON ({why}): it was not downloaded or copied whole.", again
    if not isinstance(content, dict):
        return "It is not a JSON object, so it is another file than its name says.", again
    if path.name == _FILES[0] and not isinstance(content.get("model"), dict):
        return "It has no vocabulary: its part `model` is missing.", again
    return None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
