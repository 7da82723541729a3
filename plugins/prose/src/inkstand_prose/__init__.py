"""The English Reader, an Inkstand plugin: what a manuscript says, found without a model."""

from __future__ import annotations

from inkstand_prose.reader import EnglishReader as EnglishReader
from inkstand_sdk.hookspecs import hookimpl
from inkstand_sdk.reader import Reader


@hookimpl
def inkstand_readers() -> list[type[Reader]]:
    """The readers of this distribution."""
    return [EnglishReader]
