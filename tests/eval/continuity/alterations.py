"""Alterations of a book's own words: names, the person and the tense of a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_VOWELS = "aeiou"
_TURNED = {"a": "e", "e": "a", "i": "e", "o": "a", "u": "o"}
_LOOKALIKES = {"n": "m", "m": "n", "l": "t", "t": "l", "d": "b", "b": "d", "r": "n", "s": "r"}
_ENDINGS = ("ston", "ley", "ine", "ard", "mer")
_INITIALS = {"A": "E", "E": "A", "B": "D", "D": "B", "M": "N", "N": "M", "T": "F", "F": "T"}
_MORE_INITIALS = {"C": "G", "G": "C", "H": "K", "J": "T", "L": "T", "P": "B", "R": "B", "S": "L"}

_FIRST = {
    "he": "I",
    "she": "I",
    "him": "me",
    "his": "my",
    "hers": "mine",
    "himself": "myself",
    "herself": "myself",
}
_MALE = frozenset(["he", "him", "his", "himself"])
_FEMALE = frozenset(["she", "her", "hers", "herself"])
_AGREEING = {"is": "am", "has": "have", "does": "do"}
_NOT_A_NOUN = frozenset(
    [
        "in",
        "on",
        "at",
        "to",
        "of",
        "by",
        "for",
        "from",
        "with",
        "and",
        "but",
        "as",
        "so",
        "if",
        "when",
        "while",
        "until",
        "before",
        "after",
        "that",
        "which",
        "who",
        "into",
        "upon",
        "up",
        "down",
        "out",
        "off",
        "over",
        "about",
        "again",
        "away",
        "back",
        "by",
        "through",
        "there",
        "then",
        "than",
        "or",
        "now",
    ]
)

_PRESENT = dict(
    pair.split(":")
    for pair in [
        "was:is",
        "were:are",
        "had:has",
        "did:does",
        "said:says",
        "went:goes",
        "came:comes",
        "saw:sees",
        "took:takes",
        "gave:gives",
        "made:makes",
        "knew:knows",
        "thought:thinks",
        "told:tells",
        "stood:stands",
        "sat:sits",
        "found:finds",
        "felt:feels",
        "left:leaves",
        "kept:keeps",
        "held:holds",
        "heard:hears",
        "began:begins",
        "ran:runs",
        "spoke:speaks",
        "brought:brings",
        "lay:lies",
        "fell:falls",
        "rose:rises",
        "drew:draws",
        "threw:throws",
        "met:meets",
        "led:leads",
        "grew:grows",
        "shook:shakes",
        "turned:turns",
        "caught:catches",
        "wore:wears",
        "broke:breaks",
        "bent:bends",
        "sent:sends",
        "spent:spends",
        "slept:sleeps",
        "wept:weeps",
        "rode:rides",
        "drove:drives",
        "wrote:writes",
        "woke:wakes",
        "struck:strikes",
        "sprang:springs",
        "swung:swings",
        "hung:hangs",
        "lost:loses",
        "paid:pays",
        "meant:means",
        "understood:understands",
        "became:becomes",
        "got:gets",
        "drank:drinks",
        "ate:eats",
        "sang:sings",
        "sank:sinks",
        "blew:blows",
        "flew:flies",
        "chose:chooses",
        "forgot:forgets",
        "stole:steals",
        "swore:swears",
        "bore:bears",
    ]
)
_HINDRANCES = re.compile(
    r"\b(?:would|could|should|might|must|ought|been|being|having|read|put|set|let|hit)\b|n['’]t\b",
    re.IGNORECASE,
)


def double(name: str) -> str | None:
    """A consonant between vowels is doubled: "Dora" to "Dorra"."""
    return _first(name, r"(?<=[aeiou])([bdflmnprst])(?=[aeiouy])", r"\1\1")


def undouble(name: str) -> str | None:
    """A double consonant is made single: "Bennet" to "Benet"."""
    return _first(name, r"([bcdfglmnprst])\1", r"\1")


def swap(name: str) -> str | None:
    """Two neighbors inside change places: "Brian" to "Brain"."""
    for at in range(len(name) - 2, 1, -1):
        one, two = name[at - 1], name[at]
        if one != two and (one in _VOWELS or two in _VOWELS):
            return name[: at - 1] + two + one + name[at + 1 :]
    return None


def i_y(name: str) -> str | None:
    """An i becomes a y, or the other way: "Philip" to "Phylip"."""
    if "i" in name[1:]:
        return name[0] + name[1:].replace("i", "y", 1)
    return name[0] + name[1:].replace("y", "i", 1) if "y" in name[1:] else None


def e_a(name: str) -> str | None:
    """The last e inside becomes an a: "Jennet" to "Jennat"."""
    at = name.rfind("e", 1, -1)
    return None if at < 0 else f"{name[:at]}a{name[at + 1 :]}"


def s_z(name: str) -> str | None:
    """An s becomes a z, or the other way: "Eliza" to "Elisa"."""
    if re.search("[sz]", name[1:]) is None:
        return None
    return name[0] + re.sub("[sz]", lambda m: "sz"[m[0] == "s"], name[1:], count=1)


def final_e(name: str) -> str | None:
    """A last e is put on or taken off: "Clark" to "Clarke"."""
    return name[:-1] if name[-1] == "e" else f"{name}e" if name[-1] not in _VOWELS else None


def h(name: str) -> str | None:
    """A silent h is dropped or added: "Catherine" to "Caterine", "Sara" to "Sarah"."""
    if "h" in name[1:]:
        return name[0] + name[1:].replace("h", "", 1)
    return f"{name}h" if name[-1] == "a" else _first(name, r"(?<=.)t(?=[aeiou])", "th")


def c_k(name: str) -> str | None:
    """A c becomes a k, or the other way: "Victor" to "Viktor"."""
    if name[0] in "CK":
        return ("K" if name[0] == "C" else "C") + name[1:]
    return _first(name, "(?<=.)ck", "k") or _first(name, "(?<=.)c(?=[^h])", "k")


def vowel(name: str) -> str | None:
    """The last vowel inside becomes another: "Darwin" to "Darwen"."""
    for at in range(len(name) - 2, 0, -1):
        if name[at] in _TURNED:
            return name[:at] + _TURNED[name[at]] + name[at + 1 :]
    return None


def consonant(name: str) -> str | None:
    """A consonant inside becomes one that looks like it: "Marta" to "Malta"."""
    for at in range(len(name) - 2, 0, -1):
        if name[at] in _LOOKALIKES:
            return name[:at] + _LOOKALIKES[name[at]] + name[at + 1 :]
    return None


def ending(name: str) -> str | None:
    """Another last letter: "Ellen" to "Eller"."""
    if len(name) < 4:
        return None
    return name[:-1] + ("a" if name[-1] in _VOWELS else "n" if name[-1] in "ry" else "r")


def tail(name: str) -> str | None:
    """The name with a tail: "Harper" to "Harpers"."""
    return None if name[-1] in "sey" else f"{name}{'s' if name[-1] not in _VOWELS else 'n'}"


def initial(name: str) -> str | None:
    """The same name with another first letter: "Ellen" to "Allen"."""
    first = {**_INITIALS, **_MORE_INITIALS}.get(name[0])
    return first + name[1:] if first else None


def prefix(name: str) -> str | None:
    """The same beginning with another end: "Catherine" to "Cathley"."""
    if len(name) < 5:
        return None
    kept = name[:4]
    return next((kept + end for end in _ENDINGS if end[0] != kept[-1]), None)


RESPELLINGS: Mapping[str, Callable[[str], str | None]] = {
    f.__name__: f
    for f in (
        *(double, undouble, swap, i_y, e_a, s_z, final_e, h, c_k, vowel),
        *(consonant, ending, tail, initial, prefix),
    )
}


def in_first_person(words: str, gender: str) -> str | None:
    """The sentence as told by the person whom "he" or "she" is; None where that is unclear."""
    own = _MALE if gender == "male" else _FEMALE
    found = {word.lower() for word in re.findall(r"[A-Za-z]+", words)}
    if not {"he", "she"} & found & own or found & ((_MALE | _FEMALE) - own) or "I" in words.split():
        return None

    def changed(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word not in own:
            return match[0]
        new = _FIRST.get(word) or _mine(words[match.end() :])
        return new[0].upper() + new[1:] if match[0][0].isupper() else new

    told = re.sub(r"[A-Za-z]+", changed, words)
    return re.sub(r"\bI (is|has|does)\b", lambda m: f"I {_AGREEING[m[1]]}", told)


def _mine(after: str) -> str:
    """Whether "her" before these words is "my" or "me"."""
    noun = re.match(r"\s([A-Za-z]+)", after)
    return "my" if noun and noun[1].lower() not in _NOT_A_NOUN else "me"


def in_present(words: str, name: str, lexicon: Mapping[str, int]) -> str | None:
    """The sentence in the present tense; None where that cannot be done surely.

    `lexicon` counts the book's words, to tell "moved" (move) from "walked" (walk).
    """
    if _HINDRANCES.search(words):
        return None
    subject = rf"(?:[Hh]e|[Ss]he|{re.escape(name)})"
    pattern = re.compile(rf"(\b{subject} (?:[a-z]+ly )?|\band (?:then )?)([a-z]+)\b(?! been)")
    altered = 0

    def changed(match: re.Match[str]) -> str:
        nonlocal altered
        coordinate = match[1].startswith("and")
        present = _PRESENT.get(match[2]) if coordinate else _present(match[2], lexicon)
        if present is None:
            return match[0]
        altered += 1
        return match[1] + present

    told = pattern.sub(changed, words)
    left = re.findall(r"[A-Za-z]+", told)
    if not altered or not re.search(rf"\b{subject} (?:[a-z]+ly )?[a-z]+s\b", told):
        return None
    past = any(word in _PRESENT or word.endswith("ed") for word in left)
    return None if past or "I" in left else told


def _present(verb: str, lexicon: Mapping[str, int]) -> str | None:
    if verb in _PRESENT:
        return _PRESENT[verb]
    if not verb.endswith("ed") or len(verb) < 5:
        return None
    stem = verb[:-2]
    if stem.endswith("i"):
        return f"{stem[:-1]}ies"
    bases = [stem, f"{stem}e"]
    if stem[-1] == stem[-2] and stem[-1] not in "ls":
        bases.append(stem[:-1])
    base = max(bases, key=lambda word: lexicon.get(word, 0))
    if not lexicon.get(base):
        return None
    return f"{base}es" if re.search(r"(?:s|x|z|ch|sh|o)$", base) else f"{base}s"


def _first(name: str, pattern: str, new: str) -> str | None:
    altered = re.sub(pattern, new, name, count=1)
    return altered if altered != name else None
