"""How hard prose is to read, by its surface; and syllables, counted by rule."""

from __future__ import annotations

import re
from functools import lru_cache

from inkstand_sdk.style import Readability

_VOWELS = re.compile(r"[aeiouyàáâäãåæèéêëìíîïòóôöõøœùúûüýÿ]+")
_SILENT_END = re.compile(
    r"(?:[^aeiouy]|[aeiouy]l)e$|ue$"  # not "table", whose e sounds before the l
    r"|(?:[^aeiouylcgsxz]|[^cs]h|[aeiouy]l)es$"
    r"|(?:[^aeiouydtl]|[aeiouyl]l)ed$"
)
_SOUNDED_END = re.compile(r"[^aeiouyl]le$|[cs]hes$")
_SILENT_INSIDE = re.compile(
    r"[^aeiouyl]e(?:ful|less|ness|ly|liness|ment)(?!al|ar)|some(?=[tbwo])|(?<=[a-z]{2})eye"
)
_HIATUS = re.compile(
    r"(?<![tcsg])ia(?!ge)|(?<![tcsgx])io(?!us$)|(?<=[rlnvd])ious$|iu|eu(?=m)|eo(?!p|us|n)"
    r"|(?<![qg])ua(?!de)|[rdfl]ue(?=[ln])|(?<=[rl])ui(?=[nd])|oe(?=[mt])|oi(?=ng)"
    r"|(?<=[^aeiouyf])ie(?=[rt]|st)(?!ve)|ie(?=nce|nt)(?<![tc]ie)|[aeouy](?=ing(?:s?$|ly))"
    r"|(?<=cr)ea(?=t)|(?<=r)ea(?=ct|li[tsz])|(?<=th)ea(?=t)|ea$"
    r"|sms?$|thms?$|[ds]n't$"
)
_BY_HEART = {
    **dict.fromkeys(
        ["being", "doing", "going", "seeing", "people", "every", "evening", "business"], 2
    ),
    **dict.fromkeys(
        ["someone", "naked", "wicked", "hundred", "rugged", "ragged", "crooked", "wretched"], 2
    ),
    **dict.fromkeys(
        ["minute", "forehead", "creature", "ocean", "quiet", "acre", "centre", "science"], 2
    ),
    **dict.fromkeys(["theirs", "eyes", "friend", "friends", "once", "here", "there"], 1),
    **dict.fromkeys(
        [
            "different",
            "family",
            "anyone",
            "everyone",
            "area",
            "idea",
            "camera",
            "general",
            "recipe",
        ],
        3,
    ),
}


@lru_cache(maxsize=100_000)
def syllables(word: str) -> int:
    """About how many syllables a word in lower case has, at least one.

    Groups of vowels, corrected where English spells one syllable with two groups or two with
    one.
    """
    word = word.removesuffix("'s")
    known = _BY_HEART.get(word)
    if known is not None:
        return known
    groups = len(_VOWELS.findall(word))
    if _SILENT_END.search(word) and not _SOUNDED_END.search(word):
        groups -= 1
    return max(1, groups - len(_SILENT_INSIDE.findall(word)) + len(_HIATUS.findall(word)))


def readability(words: int, letters: int, spoken: int, sentence: float) -> Readability:
    """The indices of a text of so many words, letters and syllables, and sentences of so many
    words on average.
    """
    if not words or not sentence:
        return Readability()
    return Readability(
        flesch=round(206.835 - 1.015 * sentence - 84.6 * spoken / words, 1),
        kincaid=round(0.39 * sentence + 11.8 * spoken / words - 15.59, 1),
        ari=round(4.71 * letters / words + 0.5 * sentence - 21.43, 1),
    )
