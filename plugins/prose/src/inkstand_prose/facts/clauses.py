"""Who is the subject of a verb, and of whom "a man of thirty" or "his aunt" is said."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.views import Token, View, tokens
from inkstand_prose.lexicon import word_table, words

CLAUSE_WORDS = word_table("age_clauses")
"""Words around an age or what somebody is, by what they tell of it."""
BE = frozenset(["was", "is", "were", "am", "are", "been", "being", "be", "s", "m", "re", "became"])
BREAKS = frozenset([";", ":", "—", '"', "(", ")", "…"])
PREPOSITIONS = words("prepositions") | frozenset(["as"])
_BETWEEN = CLAUSE_WORDS["between"]
"""Words that stand between somebody and what is said of them."""
_FINITE = CLAUSE_WORDS["finite"]
_THINKS = CLAUSE_WORDS["thinks"]
_YOURS = frozenset(["you", "your"])
_COPULAS = BE | frozenset(["as", "but", "not", "yet", "still", "now", "already", "only", "just"])


def subject_before(found: Sequence[Token], verb: int) -> Reference | None:
    """The subject of the verb at a place: right before it, or before what commas set apart."""
    if found[verb].text == "being" and verb > 1 and found[verb - 1].text == ",":
        return _subject(found, verb - 2) if found[verb - 2].who is not None else None
    at, relative = verb - 1, False
    while at >= 0:
        token = found[at]
        if token.who is not None:
            return _subject(found, at)
        if token.text == ",":
            if relative:
                relative = False
            elif at + 1 == verb or found[at + 1].text in _BETWEEN:
                return before_aside(found, at)
            else:
                return None
        elif token.text == "who":
            relative = True
        elif token.text not in _BETWEEN and not token.text.endswith("ly"):
            return None
        at -= 1
    return None


def _subject(found: Sequence[Token], at: int) -> Reference | None:
    token = found[at]
    if token.letter not in "nsd" or (token.owns and token.letter != "s"):
        if token.letter == "r":
            return subject_before(found, at)
        return None
    before = found[at - 1].text if at else ""
    if before in PREPOSITIONS and token.letter != "s" and before not in {"before", "after", "and"}:
        return None
    return token.who


def before_aside(found: Sequence[Token], close: int) -> Reference | None:
    """Who stands before an aside that a comma at `close` ends."""
    for at in range(close - 1, max(-1, close - 26), -1):
        token = found[at]
        if token.text in BREAKS:
            return None
        if token.text == "," and at and found[at - 1].who is not None:
            who = _subject(found, at - 1)
            if who is not None:
                return who
    return None


def subject_after(found: Sequence[Token], at: int, reach: int = 12) -> Reference | None:
    """The subject that follows a place, after a comma or at once."""
    for place in range(at, min(len(found), at + reach)):
        token = found[place]
        if token.text in BREAKS:
            return None
        if token.who is not None and token.letter in "nsd" and not token.owns:
            following = found[place + 1].text if place + 1 < len(found) else ""
            if token.text.endswith(" i>") and following in _THINKS:
                return None
            near = place < at + 3 or found[place - 1].text in {",", "and", "-"}
            return token.who if near else None
        if token.text in _FINITE:
            return None
    return None


def verb_before(found: Sequence[Token], at: int) -> int:
    """The "was" on which an "and thirty" hangs; -1 where there is none."""
    for place in range(at - 1, max(-1, at - 12), -1):
        token = found[place]
        if token.text in BREAKS or (token.who is not None and token.letter in "nso"):
            return -1
        if token.text in BE:
            return place
    return -1


def said_of(found: Sequence[Token], opening: int, end: int) -> tuple[Reference, float] | None:
    """Of whom a noun with what belongs to it, the tokens `[opening, end)`, is said: "Nell was a
    widow of thirty", "Nell, a widow of thirty,", "A widow of thirty, Nell"; and how sure that is.
    """
    before = found[opening - 1] if opening > 0 else None
    if before is not None and before.text == "as" and opening > 2 and end < len(found):
        apposed = found[opening - 3]
        if found[opening - 2].text == found[end].text == "," and apposed.letter == "n":
            return _with(None if apposed.owns else apposed.who, 0.85)  # "Nell, as his aunt, had"
    if (
        before is None
        or before.text in BREAKS
        or before.text in {"like", "being"}
        or (before.text == "as" and (opening < 2 or found[opening - 2].text in BREAKS))
    ):
        following = found[end].text if end < len(found) else ""
        if following != "," or end + 1 >= len(found):
            return None
        after = found[end + 1]
        named = after.who is not None and after.letter in "ns" and not after.owns
        return (after.who, 0.85) if named and after.who else None
    if before.text in _COPULAS:
        return _with(subject_before(found, opening - 1), 0.95)
    if before.who is not None and before.letter == "s" and before.text.endswith("'s"):
        return before.who, 0.9
    if before.text == "," and opening > 1:
        aside = found[opening - 2]
        if aside.who is not None and aside.letter == "n" and not aside.owns:
            return aside.who, 0.9
        be = verb_before(found, opening - 1)
        if be >= 0:
            return _with(subject_before(found, be), 0.85)
    if before.text == "and" and (be := verb_before(found, opening - 1)) >= 0:
        return _with(subject_before(found, be), 0.85)
    if before.text == "for" and not found[opening].owns:
        who = subject_after(found, end)
        if who is None:
            be = verb_before(found, opening - 1)
            who = subject_before(found, be) if be >= 0 else None
        return _with(who, 0.85)
    return None


def _with(who: Reference | None, trust: float) -> tuple[Reference, float] | None:
    return (who, trust) if who is not None else None


def only_named(found: Sequence[Token]) -> Reference | None:
    """The one person whom a sentence names; None where it names two."""
    named = [token.who for token in found if token.letter == "n" and token.who is not None]
    if not named or len({who.person for who in named}) > 1 or named[0].person < 0:
        return None
    return named[0]


def surer(found: Sequence[Token], who: Reference) -> Reference:
    """A pronoun that means the one person whom its sentence names is as sure as that."""
    named = only_named(found)
    if named is None or named.person != who.person or who.role not in {"own", "subject"}:
        return who
    least = 0.85 if named.start < who.start else 0.75
    return who if who.confidence >= least else structs.replace(who, confidence=least)


def heard(view: View) -> list[Token]:
    """The tokens of a view; in speech that calls one person by name, "you" and "your" mean them."""
    found = tokens(view)
    if view.quote < 0:
        return found
    called = [token.who for at, token in enumerate(found) if _is_called(found, at)]
    if len(called) != 1 or called[0] is None:
        return found
    hearer = called[0]
    for at, token in enumerate(found):
        if token.text in _YOURS or (token.letter in "sop" and token.text[-4:] in {"you>", "our>"}):
            own = token.text.endswith(("your", "your>"))
            place = token.who or hearer
            who = structs.replace(
                hearer, start=place.start, end=place.end, role="own" if own else "subject"
            )
            found[at] = Token(token.text, token.start, token.end, who, "p" if own else "s")
    return found


def _is_called(found: Sequence[Token], at: int) -> bool:
    """Whether a name at a place calls somebody: commas or the ends of the sentence set it off."""
    token = found[at]
    if token.letter != "n" or token.owns:
        return False
    before = found[at - 1].text if at else ""
    after = found[at + 1].text if at + 1 < len(found) else ""
    return before in {"", ",", "dear", "my", "—"} and after in {"", ",", ".", "!", "?", "—", ";"}
