"""The id of a finding: the same as long as the two passages are, wherever they come to stand."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from inkstand_sdk.findings import Passage

_NO_WORD = re.compile(r"[\W_]+")
_LENGTH = 8


def id_of(kind: str, people: tuple[str, ...], passages: tuple[Passage, ...]) -> str:
    """A short name from a finding's kind, its people, and the words of its passages.

    Neither the order of the passages, nor line breaks, marks of emphasis or quotation marks count.
    """
    parts = [kind, *sorted(map(_plain, people)), *sorted(_plain(each.quote) for each in passages)]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}-{digest[:_LENGTH]}"


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
