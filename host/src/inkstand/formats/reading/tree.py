"""A document of pandoc's JSON, from which a `Flow` is made."""

from __future__ import annotations

from typing import Any

import msgspec

from inkstand.formats.reading.blocks import Blocks, Flow
from inkstand.formats.reading.inlines import plain
from inkstand_sdk.errors import InputError

_WANTED = ("title", "subtitle", "author", "date", "language", "lang", "description", "publisher")


def from_json(data: bytes, name: str) -> Flow:
    """The flow of a document as pandoc writes it with `-t json`.

    Raises:
        InputError: it is nested too deeply.

    """
    try:
        tree = msgspec.json.decode(data)
        return from_blocks(tree["blocks"], _metadata(tree["meta"]))
    except (RecursionError, msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{name} cannot be read: its parts are nested too deeply, or oddly.",
            "It was probably made by a program that saves a lot of formatting.",
            "Copy its text into a new document, save that, and try again.",
            detail=str(error)[:500],
        ) from error


def from_blocks(blocks: list[dict[str, Any]], metadata: dict[str, str]) -> Flow:
    """The flow of a tree of blocks."""
    made = Blocks()
    text, notes = made.flow(blocks)
    return Flow(text, {**made.words_of, **metadata}, made.lost, notes)


def _metadata(meta: dict[str, Any]) -> dict[str, str]:
    found = {key: _plain_of(meta[key]) for key in _WANTED if key in meta}
    return {key: value for key, value in found.items() if value}


def _plain_of(value: dict[str, Any]) -> str:
    if value["t"] == "MetaList":
        return "; ".join(filter(None, map(_plain_of, value["c"])))
    if value["t"] in ("MetaInlines", "MetaBlocks"):
        return " ".join(plain(value["c"]).split())
    return str(value.get("c", ""))
