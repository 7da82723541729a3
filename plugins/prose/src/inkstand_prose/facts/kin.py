"""Who is what to whom: kinship, marriage, service, friendship, as sentences state it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.elders import elders
from inkstand_prose.facts.kin_lacks import kin_lacks
from inkstand_prose.facts.kin_phrases import RELATIONS, kin_phrases
from inkstand_prose.facts.patterns import load
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement, Tie, statement
from inkstand_prose.facts.views import View
from inkstand_prose.lexicon import words

_WORDS = frozenset(word.rpartition(" ")[2] for word in RELATIONS)
TRIGGERS = _WORDS | words("relation_words")
_ALTERNATIVES = "|".join(
    sorted((re.escape(word) for word in RELATIONS), key=lambda word: (-len(word), word))
)
_PATTERNS = load("kin", KINDS=_ALTERNATIVES)
_NAMING, _APPOSED = "naming", "apposed"
"""Labels: names put after what somebody is ("his sister Ada") are true even in a question or a
wish; those set off by a comma ("my brother, Tom, is here") may in speech be whom one talks to.
"""
_CALLED = 0.62
_NO_BRACKETS = re.compile(r"<[^>]*>")
_CLAUSE = re.compile(r"[,;:.—]")
_PAIRS = {
    "brothers": "brother",
    "sisters": "sister",
    "cousins": "cousin",
    "twins": "twin",
    "siblings": "sibling",
    "brother and sister": "sibling",
    "sister and brother": "sibling",
    "husband and wife": "spouse",
    "man and wife": "spouse",
    "married": "spouse",
    "engaged": "betrothed",
    "friends": "friend",
    "father and son": "son|father",
    "mother and daughter": "daughter|mother",
    "father and daughter": "daughter|father",
    "mother and son": "son|mother",
    "uncle and nephew": "nephew|uncle",
    "aunt and niece": "niece|aunt",
}
_COMPOSED = {
    ("parent", "sibling"): ("uncle", "aunt"),
    ("parent", "parent"): ("grandfather", "grandmother"),
    ("parent", "child"): ("brother", "sister"),
    ("sibling", "child"): ("nephew", "niece"),
    ("child", "child"): ("grandson", "granddaughter"),
    ("uncle", "child"): ("cousin", "cousin"),
}
"""What somebody's kin's kin is to them, a man and a woman."""
_STEPS = {
    **dict.fromkeys(["mother", "father"], "parent"),
    **dict.fromkeys(["brother", "sister", "twin"], "sibling"),
    **dict.fromkeys(["son", "daughter"], "child"),
    **dict.fromkeys(["uncle", "aunt"], "uncle"),
}
_WOMEN = frozenset(["mother", "sister", "daughter"])
_LACKS = {
    "brother": "no brother",
    "brothers": "no brother",
    "sister": "no sister",
    "sisters": "no sister",
    "children": "no child",
    "child": "no child",
    "siblings": "only child",
}


def ties(view: View) -> Iterator[Tie]:
    """What a sentence states people to be to each other."""
    plain = view.plain
    for listed in _PATTERNS.listed:
        for match in listed.pattern.finditer(plain):
            confidence = listed.confidence
            if _is_doubtful(
                plain, match, "LIKENED" if listed.label in {_NAMING, _APPOSED} else "MAY_BE"
            ):
                continue
            if listed.label == _APPOSED and view.quote >= 0:
                confidence = _CALLED  # "My brother, Tom, is here" may be said to Tom
            kind = RELATIONS[match["kin"]]
            yield from _tie(view, match, match["of"], match["one"], kind, confidence)
    yield from _unrelated(view)
    yield from _kin_of_kin(view)
    yield from elders(view)
    yield from kin_phrases(view)
    for match in _PATTERNS["BOTH"].finditer(plain):
        if not _is_doubtful(plain, match):
            kind, _, back = _PAIRS[match["kin"]].partition("|")
            yield from _tie(view, match, match["one"], match["of"], kind, 0.95)
            yield from _tie(view, match, match["of"], match["one"], back or kind, 0.95)
    for match in _PATTERNS["MARRIED"].finditer(plain):
        if not _is_doubtful(plain, match):
            yield from _tie(view, match, match["one"], match["of"], "spouse", 0.85)


def _kin_of_kin(view: View) -> Iterator[Tie]:
    """Kin of kin: "Harriet was his mother's sister": his aunt."""
    for match in _PATTERNS["KIN_OF_KIN"].finditer(view.plain):
        side = "" if match["one"] else "2"
        second = match[f"second{side}"]
        kinds = _COMPOSED.get((_STEPS[match[f"first{side}"]], _STEPS[second]))
        if kinds is not None and not _is_doubtful(view.plain, match):
            kind = kinds[second in _WOMEN]
            yield from _tie(view, match, match[f"of{side}"], match[f"one{side}"], kind, 0.9)


def _unrelated(view: View) -> Iterator[Tie]:
    for match in _PATTERNS["NO_KIN"].finditer(view.plain):
        yield from _tie(view, match, match["of"], match["one"], "unrelated", 0.9)
    for match in _PATTERNS["UNRELATED"].finditer(view.plain):
        one = match["one"]
        if one is None:
            before = _PATTERNS["SUBJECT_BEFORE"].search(view.plain, 0, match.start())
            one = before["who"] if before is not None else None
        if one is not None:
            yield from _tie(view, match, match["of"], one, "unrelated", 0.9)


def lacks(view: View) -> Iterator[Statement]:
    """Who is said to be an only child, or to have no brother, sister or child."""
    yield from kin_lacks(view)
    plain = view.plain
    for match in _PATTERNS["HAS_NO"].finditer(plain):
        for name in ("kin", "also"):
            word = _LACKS.get(match[name] or "")
            found = word and statement(
                view, view.who(match["who"]), "other", word, match.span(), 0.9
            )
            if found and not _PATTERNS["SUPPOSED"].search(plain[: match.start()]):
                yield found
    for match in _PATTERNS["ONLY_CHILD"].finditer(plain):
        if not _is_doubtful(plain, match):
            found = statement(
                view, view.who(match["who"]), "other", "only child", match.span(), 0.95
            )
            if found is not None:
                yield found


def _is_doubtful(plain: str, match: re.Match[str], doubts: str = "MAY_BE") -> bool:
    """Whether it is only wished, feared or likened; `doubts` names what tells."""
    before = _CLAUSE.split(plain[: match.start()])[-1]
    return bool(
        _PATTERNS[doubts].search(before)
        or _PATTERNS["STEP"].search(before[-20:] + _NO_BRACKETS.sub(" ", match.group()))
        or plain.rstrip().endswith("?")
    )


def _tie(
    view: View, match: re.Match[str], of: str, one: str, kind: str, confidence: float
) -> Iterator[Tie]:
    owner: Reference = view.who(of)
    other: Reference = view.who(one)
    person, trust = owner.person, owner.confidence
    if person == other.person and owner.role == "own":
        # "Giles, who was his nephew": nobody is his own.
        person, trust = owner.next_best, 0.6 * trust
    if person < 0 or other.person < 0 or person == other.person:
        return
    yield Tie(
        person,
        other.person,
        kind,
        view.place(match.start()),
        view.place(match.end()),
        round(confidence * trust * other.confidence, 3),
        view.quote,
    )
