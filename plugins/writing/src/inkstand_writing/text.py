"""Words: how a text is cut into them, and which of them carry meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from inkstand_writing import lexicon

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SPACE = re.compile(r"\s+")
_EMPHASIS = re.compile(r"(?<![^\W_])[_*]+|[_*]+(?![^\W_])")
_ENDS = '.!?…"”’»)'
GUESSED_STOPWORDS = 100
"""For a language without a list, this many of a text's commonest words count as stopwords."""


def words(text: str) -> tuple[str, ...]:
    """The words of `text` in lower case, apostrophes straight, numbers left out."""
    return tuple(word.replace("’", "'") for word in WORD.findall(text.lower()))


def plain(text: str) -> str:
    """`text` on one line: white space collapsed, the marks of emphasis left out."""
    return _SPACE.sub(" ", _EMPHASIS.sub("", text)).strip()


def ended(text: str) -> str:
    """`text` without a last sentence that breaks off; with an ellipsis if there is no other."""
    if not text or text[-1] in _ENDS:
        return text
    last = max(text.rfind(mark) for mark in ".!?")
    return text[: last + 1] if last > len(text) // 3 else f"{text.rstrip(' ,;:-—')}…"


def stopwords_of(language: str, sentences: Iterable[Sequence[str]]) -> frozenset[str]:
    """The words of `language` that say nothing by themselves.

    English has a list. For others the text's own commonest words stand in for one, which every
    language's grammatical words are.
    """
    if language == "en":
        return lexicon.words("stopwords")
    counts = Counter(word for sentence in sentences for word in sentence)
    return frozenset(word for word, _ in counts.most_common(GUESSED_STOPWORDS))
