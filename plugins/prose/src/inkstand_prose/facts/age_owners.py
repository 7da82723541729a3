"""Whose age a phrase tells."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inkstand_prose.facts.age_phrases import REACH, Phrase
from inkstand_prose.facts.clauses import (
    BE,
    BREAKS,
    CLAUSE_WORDS,
    before_aside,
    only_named,
    said_of,
    subject_after,
    subject_before,
    verb_before,
)
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.views import Token

Owner = tuple[Reference, float, bool]
"""Somebody, how sure that is, and whether the age was that of something done."""
_FINITE = CLAUSE_WORDS["finite"]
_OPENING = CLAUSE_WORDS["opening"]
"""Words that open a clause before the one that it hangs on."""
_STILL = CLAUSE_WORDS["still"]
"""After "At forty she had" they tell of what holds now."""
_LOOSE = frozenset(["beside", "reach", "birthday", "at", "first"])
_BY_NAME = 0.76
"""What a person is trusted for who is the only one that a sentence names."""
_UNSURE = 0.72
_PEOPLE = frozenset(["people", "women", "men", "those", "girls", "boys", "ladies", "most", "folk"])


def owner_of(found: Sequence[Token], phrase: Phrase) -> Owner | None:
    """Who has that age, how sure that is, and whether it was at something that they did; None
    where nobody is meant for certain.
    """
    owner = _owner(found, phrase)
    named = only_named(found)
    if named is None:
        return owner
    if owner is None:
        others = any(token.letter == "d" for token in found)
        told = phrase.sure and phrase.frame in _LOOSE
        told = told and not any(
            token.letter == "s" and token.who is not None and token.who.person != named.person
            for token in found
        )
        return (named, _BY_NAME * (0.85 if others else 1.0), False) if told else None
    who, trust, event = owner
    if who.confidence < _UNSURE and who.person == named.person and named.start < who.start:
        return msgspec.structs.replace(who, confidence=0.85), trust, event
    return owner


def _owner(found: Sequence[Token], phrase: Phrase) -> Owner | None:
    head = phrase.head
    trust = 1.0 if phrase.sure else 0.92
    if phrase.frame == "birthday":
        return _birthday(found, head)
    if phrase.frame == "be" and found[head].text in {"and", "but"}:
        be = verb_before(found, head)
        return _told(subject_before(found, be), 0.8 * trust) if be >= 0 else None
    opens = phrase.frame == "be" and found[head].text == "being"
    if opens and (not head or found[head - 1].text in BREAKS | {"and"}):
        return _told(subject_after(found, phrase.last), 0.9 * trust)
    if phrase.frame in {"be", "reach"}:
        return _told(_named_later(found, phrase) or subject_before(found, head), trust)
    if phrase.frame == "own":
        return _told(found[head].who, 0.95 if phrase.sure or found[head].letter == "s" else 0.72)
    if phrase.frame == "first":
        return _told(subject_after(found, phrase.last), 0.9 * trust)
    if phrase.frame == "at":
        return _at(found, phrase, trust)
    if phrase.frame == "of":
        return _of(found, phrase, trust)
    return _beside(found, phrase, trust)


def _named_later(found: Sequence[Token], phrase: Phrase) -> Reference | None:
    """Who is named after the clause that begins the sentence: "Though she was thirty, Nell"."""
    opening = next((n for n in range(3) if found[n : n + 1] and found[n].text in _OPENING), -1)
    pronoun = found[opening + 1] if opening >= 0 and opening + 1 < phrase.head else None
    if pronoun is None or pronoun.letter != "s" or pronoun.text.endswith(" i>"):
        return None
    if any(token.letter == "n" for token in found[: phrase.last]):
        return None
    at = next((n for n in range(phrase.last, len(found)) if found[n].text == ","), len(found))
    if at + 1 >= len(found) or at > phrase.last + 8:
        return None
    named = found[at + 1]
    return named.who if named.letter == "n" and not named.owns else None


def _told(who: Reference | None, trust: float) -> Owner | None:
    return (who, trust, False) if who is not None else None


def _birthday(found: Sequence[Token], head: int) -> Owner | None:
    if head < 0:
        return None
    token = found[head]
    if token.owns:
        return (token.who, 0.95, False) if token.who is not None else None
    if token.text == "whose":
        before = found[head - 2] if head > 1 and found[head - 1].text == "," else found[head - 1]
        return _told(before.who, 0.9) if before.letter in {"n", "s"} else None
    verbs = {"celebrated", "kept", "celebrating", "marked", "had", "reached"}
    for place in range(head, max(-1, head - 3), -1):
        if found[place].text in verbs:
            return _told(subject_before(found, place), 0.9)
    return None


def _at(found: Sequence[Token], phrase: Phrase, trust: float) -> Owner | None:
    head = phrase.head
    apart = head > 0 and found[head - 1].text == ","
    beside = found[head - 1 - apart] if head > apart else None
    if beside is not None and beside.text == "who" and head > 2 + apart:
        named = found[head - 2 - apart - (found[head - 2 - apart].text == ",")]
        if named.letter == "n" and not named.owns:
            return _told(named.who, 0.88 * trust)
    if beside is not None and beside.who is not None and beside.letter in "ns" and not beside.owns:
        following = found[phrase.last].text if phrase.last < len(found) else ""
        if following == "," or following in _FINITE:
            return beside.who, 0.88 * trust, False
    start = head == 0 or found[head - 1].text in {",", ";", "—", '"', "and", "but", "that", "now"}
    if start:
        who = subject_after(found, phrase.last)
        if who is not None:
            place = next(n for n in range(phrase.last, len(found)) if found[n].who is who)
            said = [each.text for each in found[place + 1 : place + 3]]
            past = said[:1] == ["had"] and not (set(said[1:]) & _STILL)
            return who, 0.85 * trust, past
    if head and found[head - 1].text in BE | {"now", "still"}:
        return _told(subject_before(found, head - 1), 0.85)
    closed = phrase.last < len(found) and found[phrase.last].text == ","
    if apart and closed and (be := verb_before(found, head)) >= 0:
        return _told(subject_before(found, be), 0.85 * trust)  # "was, at seventy, still"
    return None


def _of(found: Sequence[Token], phrase: Phrase, trust: float) -> Owner | None:
    """Of "a man of thirty" and "the thirty-year-old": who that is said of."""
    if found[phrase.head - 1].text in _PEOPLE:
        return _told(subject_after(found, phrase.last), 0.85 * trust)
    if found[phrase.head].owns:
        return _told(_named_after(found, phrase.last), 0.95)
    noun = phrase.head - 1 if found[phrase.head].text == "of" else phrase.last
    opening = min(noun, phrase.head)
    if noun < len(found) and found[noun].who is not None:
        who = found[noun].who
        if found[noun].letter == "n":
            return _told(who, 0.95) if found[phrase.head].text != "of" else None
        if found[noun].letter == "d" and who is not None and who.person >= 0:
            return who, 1.0 * trust, False
        if phrase.head > noun:
            opening = noun
    else:
        for back in range(6):
            if opening - back < 0:
                break
            if found[opening - back].text in {"a", "an", "the", "this", "that", "another", "no"}:
                opening -= back
                break
        else:
            return None
        if found[opening].text not in {"a", "an", "the"}:
            return None
    told = said_of(found, opening, phrase.last)
    return (told[0], told[1] * trust, False) if told is not None else None


def _named_after(found: Sequence[Token], at: int) -> Reference | None:
    """As in "her nine-year-old brother Abraham"."""
    for token in found[at : at + 4]:
        if token.who is not None:
            return token.who if token.letter == "n" and not token.owns else None
        if not token.text.isalpha():
            return None
    return None


def _beside(found: Sequence[Token], phrase: Phrase, trust: float) -> Owner | None:
    head = phrase.head
    token = found[head]
    if token.letter == "p" and token.who is not None:
        return _decade(found, phrase, token.who)
    if token.text in {"of", "at", "as", "to", "age"} | BE | {":"} and not token.who:
        place = next((n for n in range(head, max(-1, head - 6), -1) if found[n].text == "age"), -1)
        if place > 0 and found[place - 1].owns and found[place - 1].who is not None:
            return _told(found[place - 1].who, 0.95)
        if place > 1 and found[place - 1].text in {
            "own",
            "real",
            "true",
            "exact",
            "present",
            "the",
        }:
            if found[place - 2].owns:
                return _told(found[place - 2].who, 0.9)
            if found[place - 2].text in {"at", "of"}:
                return _aside(found, place - 2, phrase, trust)
            if found[place - 2].text in REACH:
                return _told(subject_before(found, place - 2), trust)
        return None
    if token.text == "aged":
        return _aside(found, head, phrase, trust)
    return _aside(found, head + (token.who is not None), phrase, trust)


def _aside(found: Sequence[Token], first: int, phrase: Phrase, trust: float) -> Owner | None:
    """Somebody right before the words set apart that begin at `first`, or right after them."""
    before = first - 1
    if found[first].text in {",", "("} and before >= 0:
        pass
    elif before >= 0 and found[before].text in {",", "("}:
        before -= 1
    elif before < 0 or found[before].text in {'"', ";", "—"}:
        return _told(subject_after(found, phrase.last), 0.85 * trust)
    while before > 0 and found[before].text in {"now", "then", "only", "and", "just"}:
        before -= 1
    following = found[phrase.last].text if phrase.last < len(found) else ""
    token = found[before]
    if token.who is not None and token.letter in "nds" and not token.owns:
        closed = following in {",", ")", ".", ";", "", "and"} or phrase.sure
        if token.letter == "s" and not phrase.sure:
            return None
        return (token.who, 0.9 * trust, False) if closed else None
    if following in {",", ")", "."} and phrase.sure:
        return _told(before_aside(found, first), 0.8 * trust)
    return None


def _decade(found: Sequence[Token], phrase: Phrase, own: Reference) -> Owner | None:
    """Of "in his thirties": who is near and the same as "his", or else "his" alone."""
    for place in range(phrase.first - 1, -1, -1):
        token = found[place]
        if token.text in BREAKS:
            break
        if token.who is not None and token.letter in "nds" and not token.owns:
            same = token.who.person == own.person
            if same or token.letter == "n" or own.person < 0:
                near = phrase.first - place < 9
                return (token.who, 0.95 if same else 0.8, False) if near else None
            return None
    return _told(own, 0.85)
