"""Who does, or suffers, what a predicate tells: its subject, looked for to the left.

"Ada, who had never been strong, died", "Ada took to her bed and died", "it was Ada who died". A
subject that is no person ("the fire died") is nobody's; so is one that this does not understand.
"""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.views import Token
from inkstand_prose.lexicon import words

_PREPOSITIONS = frozenset(
    ["of", "with", "by", "to", "from", "about", "near", "against", "without", "upon", "towards"]
)
"""Right before a person they make them no subject, even where the predicate follows at once."""
_ANY_PREPOSITION = words("prepositions") | frozenset(["during", "through", "within", "beneath"])
_JOINS = frozenset(["and", "but", "or", "then", "so"])
_OPENS = frozenset(
    [
        *("and", "but", "that", "when", "while", "as", "because", "since", "after", "before"),
        *("for", "where", "though", "although", "until", "till", "so", "then", "how", "whether"),
        *("which", "if", "once", "than", "or", "yet", "nor", "why", "what", "poor", "old", "dear"),
        *(
            "young",
            "little",
            "day",
            "night",
            "year",
            "morning",
            "week",
            "summer",
            "winter",
            "spring",
        ),
        *("time", "moment", "hour", "only", "even", "also", "here", "there", "thus", "first"),
    ]
)
_STOPS = frozenset([";", ":", "—", '"', "(", ")", "!", "?"])
_DETERMINERS = frozenset(
    ["the", "a", "an", "his", "her", "their", "its", "my", "your", "our", "this", "that", "these"]
)
_OTHERS = frozenset(["it", "they", "we", "everybody", "everyone", "nobody", "somebody", "someone"])
_SUBJECTS = frozenset("nsd")
_LONGEST = 40
"""Tokens to the left that are looked through."""
_SURE, _NEAR, _FAR = 1.0, 0.97, 0.94


class Subject(msgspec.Struct, frozen=True):
    """Who it is, where the words for them begin in the plain form, and how sure that is, 0 to 1."""

    who: Reference
    start: int
    trust: float


def subject(found: list[Token], place: int) -> Subject | None:
    """The person who is the subject of the predicate that begins at `place` of the plain form."""
    at = bisect_right(found, place, key=lambda token: token.start) - 1
    if at >= 0 and found[at].start < place < found[at].end and found[at].who is not None:
        return _who(found[at], _SURE) if found[at].letter == "s" else None  # "he's dead"
    left = at - 1
    if left < 0:
        return None
    token = found[left]
    if token.who is not None:
        return _who(token, _SURE) if _leads(found, left) else None
    if token.text in {"who", "that"}:
        return _antecedent(found, left)
    if token.text == ",":
        return _around_comma(found, left)
    if token.text in _JOINS:
        return _of_clause(found, left)
    return _with_phrase(found, left)


def _leads(found: list[Token], at: int) -> bool:
    """Whether a reference may be the subject of what follows it at once."""
    token = found[at]
    if token.owns or token.letter not in _SUBJECTS:
        return False
    return at == 0 or found[at - 1].text not in _PREPOSITIONS


def _antecedent(found: list[Token], at: int) -> Subject | None:
    """Whom "who" is said of: "Ada, who", "it was Ada who", but not "the man who"."""
    before = at - 1
    if before >= 0 and found[before].text == ",":
        before -= 1
    if before < 0 or found[before].who is None or found[before].owns:
        return None
    return _who(found[before], _NEAR)


def _around_comma(found: list[Token], comma: int) -> Subject | None:
    """The subject before what stands between commas: "Ada, worn out by grief, died"."""
    at = comma - 1
    while at >= 0 and comma - at < _LONGEST and found[at].text not in _STOPS:
        token = found[at]
        if token.text == "," and at and found[at - 1].who is not None and _leads(found, at - 1):
            if not _is_list(found, at, comma):
                return _who(found[at - 1], _NEAR)
            return None
        at -= 1
    return _of_clause(found, comma)


def _is_list(found: list[Token], first: int, last: int) -> bool:
    """Whether commas part people from each other: "Ada, Tom, and Nell"."""
    inside = found[first + 1 : last]
    return bool(inside) and len(inside) < 3 and inside[-1].letter == "n"


def _of_clause(found: list[Token], join: int) -> Subject | None:
    """The subject of the predicate that another is joined to: "Ada fell ill and died"."""
    at = join - 1
    while at >= 0 and join - at < _LONGEST and found[at].text not in _STOPS:
        token = found[at]
        if token.who is not None and _opens(found, at):
            if token.owns:
                return None  # "Ada's ship struck and sank"
            return _who(token, _FAR) if token.letter in _SUBJECTS else None
        if token.text in _OTHERS and _opens(found, at):
            return None
        if token.text in _DETERMINERS and _opens(found, at) and _is_subject(found, at, join):
            return None
        at -= 1
    return None


def _opens(found: list[Token], at: int) -> bool:
    """Whether a clause may begin here."""
    if at == 0:
        return True
    before = found[at - 1].text
    return before in _STOPS or before == "," or before in _OPENS


def _is_subject(found: list[Token], at: int, join: int) -> bool:
    """Whether "the ..." right after a join is somebody new, and not one more thing."""
    return at > 0 and found[at - 1].text != "," and join - at > 2


def _with_phrase(found: list[Token], left: int) -> Subject | None:
    """The subject before a phrase without commas: "Ada in her sixtieth year died"."""
    at = left
    while at >= 0 and left - at < 9:
        token = found[at]
        if token.text == "," or token.text in _STOPS:
            return None
        if token.who is not None and not token.owns and token.letter != "o":
            following = found[at + 1].text if at < left else ""
            if following in _ANY_PREPOSITION and _leads(found, at) and _opens(found, at):
                return _who(token, _FAR)
            if token.letter == "s" or at == 0 or found[at - 1].text not in _ANY_PREPOSITION:
                return None
        at -= 1
    return None


def _who(token: Token, trust: float) -> Subject | None:
    return Subject(token.who, token.start, trust) if token.who is not None else None
