"""Words as the style measures count them, and what is known of each by itself."""

from __future__ import annotations

import re
from functools import lru_cache

from inkstand_prose.style import tables

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

ADVERB, BE, PARTICIPLE, SIGN, BRIGHT, DARK, TENSE, RARE, CONTRACTION = (1 << n for n in range(9))
"""What a word may be: flags of `Traits`."""
RARE_FROM = 2_500
"""From this rank on a word is rare enough that its return is heard."""
_SHORTEST_RARE = 5
_MOST_KNOWN = 200_000
_BE = frozenset(
    [
        "am",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "isn't",
        "aren't",
        "wasn't",
        "weren't",
        "i'm",
        "he's",
        "she's",
        "it's",
        "we're",
        "you're",
        "they're",
    ]
)
_CONTRACTED = re.compile(r".*(?:n't|'(?:ll|re|ve|d|m|em))|'?tis|'?twas")
_CONTRACTED_IS = frozenset(
    [
        "it's",
        "that's",
        "he's",
        "she's",
        "there's",
        "what's",
        "who's",
        "where's",
        "let's",
        "here's",
        "how's",
        "when's",
        "why's",
        "everything's",
        "nothing's",
        "something's",
    ]
)
_SUFFIXES = ("ingly", "edly", "iness", "ness", "ing", "ily", "ied", "ies", "ed", "ly", "es", "s")


def plain(written: list[str]) -> list[str]:
    """Words in lower case with straight apostrophes."""
    return " ".join(written).lower().replace("’", "'").split(" ") if written else []


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What a word has in common with its other forms: "glanc" for glance, glanced, glancing."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) > 2:
            word = word[: -len(suffix)]
            if suffix in ("iness", "ily", "ied", "ies"):
                return word + "y"
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e")


class Traits(dict[str, int]):
    """The flags of every word that was asked for; a word is looked at once."""

    def __init__(self, signs: frozenset[str]) -> None:
        super().__init__()
        self._signs = signs
        self._ranks = tables.ranks()
        self._valences = tables.valences()
        self._participles = tables.word_set("participles")
        self._states = tables.word_set("not_passive")
        self._not_adverbs = tables.word_set("not_adverbs")
        self._not_participles = tables.word_set("not_participles")
        tense = tables.words("tension")
        self._tense = frozenset(word for word in tense if not word.endswith("*"))
        self._tense_beginnings = tuple(word[:-1] for word in tense if word.endswith("*"))

    def __missing__(self, word: str) -> int:
        if len(self) > _MOST_KNOWN:
            self.clear()
        flags = 0
        if word.endswith("ly") and word not in self._not_adverbs and len(word) > 4:
            flags |= ADVERB
        if word in _BE:
            flags |= BE
        if self._is_participle(word):
            flags |= PARTICIPLE
        if word in self._signs:
            flags |= SIGN
        valence = self._valences.get(word, 0)
        if valence:
            flags |= BRIGHT if valence > 0 else DARK
        if word in self._tense or word.startswith(self._tense_beginnings):
            flags |= TENSE
        if self._is_rare(word):
            flags |= RARE
        if _CONTRACTED.fullmatch(word) or word in _CONTRACTED_IS:
            flags |= CONTRACTION
        self[word] = flags
        return flags

    def _is_participle(self, word: str) -> bool:
        if word in self._states:
            return False
        if word in self._participles:
            return True
        return word.endswith("ed") and len(word) > 4 and word not in self._not_participles

    def _is_rare(self, word: str) -> bool:
        if len(word) < _SHORTEST_RARE or "'" in word:
            return False
        # A form is as common as the commonest of its family: "lamps" is no rarer than "lamp".
        root = stem(word)
        ranks = self._ranks
        family = (word, root, f"{root}e", f"{root}s", f"{root}ed", f"{root}ing", f"{root}ly")
        return min(ranks.get(form, tables.UNKNOWN_RANK) for form in family) >= RARE_FROM
