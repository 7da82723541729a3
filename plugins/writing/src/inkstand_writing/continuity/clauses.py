"""The finite verbs of a sentence, with whom each is about: enough grammar to tell its tense."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from inkstand_writing import lexicon
from inkstand_writing.continuity.narration import pasts, presents

Subject = Literal["person", "i", "we", "you", "they", "it", "there", "thing"]

NAMED = "\0"
"""Stands for a person's name among the words."""
_TOKEN = re.compile(r"\0|[^\W\d_]+(?:['-][^\W\d_]+)*|[^\w\s]")
_PRONOUNS: dict[str, Subject] = {
    "he": "person",
    "she": "person",
    NAMED: "person",
    "i": "i",
    "we": "we",
    "you": "you",
    "they": "they",
    "it": "it",
    "there": "there",
}
_DETERMINERS = frozenset(["the", "a", "an", "his", "her", "their", "its", "my", "our"])
_SUBORDINATES = lexicon.words("clause_subordinates")
_ADVERBS = lexicon.words("clause_adverbs")
_NO_VERBS = lexicon.words("clause_no_verbs")
_EVENTS = lexicon.words("clause_events")
_PREPOSITIONS = lexicon.words("clause_prepositions")
_PRESENT = frozenset(
    [
        "is",
        "are",
        "am",
        "has",
        "have",
        "does",
        "do",
        "isn't",
        "aren't",
        "doesn't",
        "don't",
        "hasn't",
    ]
)
_MODAL = frozenset(["can", "may", "must", "shall", "will", "cannot", "can't", "won't"])
_PAST = lexicon.words("clause_pasts")
_OPENS = frozenset([",", ";", ":", "—", "-", "and", "but", "or", "so", "yet", "then", "nor"])
_OPENING = _DETERMINERS | _PRONOUNS.keys()
_LONGEST_PHRASE = 5
_MOST_ADVERBS = 3
_ASIDES = frozenset(["who", "whose", "still", "now", "having", "with", "without"])
_LONGEST_ASIDE = 14
_TIMES = frozenset(["when", "as", "while", "before", "until", "after"])
_INVERTED = frozenset(["had", "did", "was", "could"])
_TURNS = frozenset(["never", "nor", "neither", "not", "seldom", "rarely", "only", "hardly"])
"""Before these words verb and subject change places."""
_LONG_LEAD = 8
_SHORT_LEAD = 4
"""Words of "at last" or "in the hall", before a subject that no comma parts from them."""


class Verb(msgspec.Struct, frozen=True):
    """A finite verb: `doing` is what follows in "is going", `main` whether its clause is."""

    tense: Literal["past", "present"]
    subject: Subject
    word: str
    doing: str
    main: bool
    after: str = ""
    opens: bool = False
    """Whether its subject is the first word of a clause."""


def tokens_of(text: str, people: Sequence[tuple[int, int]] = ()) -> list[str]:
    """Words and marks in lower case, each of the people's names as one `NAMED`."""
    plain = text.replace("’", "'")
    for start, end in sorted(people, reverse=True):
        plain = f"{plain[:start]}{NAMED}{plain[end:]}"
    return _TOKEN.findall(plain.lower())


def verbs_of(tokens: Sequence[str]) -> Iterator[Verb]:
    """The finite verbs that have a subject of their own, in order."""
    for at, token in enumerate(tokens):
        if token in _OPENING or "'" in token:
            found = _verb_at(tokens, at)
            if found is not None:
                yield found


def _verb_at(tokens: Sequence[str], at: int) -> Verb | None:
    word, _, short = tokens[at].partition("'")
    subject = _PRONOUNS.get(word)
    if subject is not None:
        return _of_pronoun(tokens, at, subject, short)
    opens = at == 0 or tokens[at - 1] in _OPENS or tokens[at - 1] in _SUBORDINATES
    if opens and tokens[at] in _DETERMINERS:
        return _of_phrase(tokens, at)
    return None


def _of_pronoun(tokens: Sequence[str], at: int, subject: Subject, short: str) -> Verb | None:
    if short in {"s", "re", "m", "ve"}:
        if tokens[at].startswith(NAMED):
            return None
        return _verb("present", subject, "is", tokens, at, place=at)
    if short in {"d", "ll"}:
        tense: Literal["past", "present"] = "past" if short == "d" else "present"
        following = _past_adverbs(tokens, at + 1)
        done = following < len(tokens) and _tense(tokens[following], "i") == "past"
        had = "had" if done else "would"
        return _verb(tense, subject, had if short == "d" else "will", tokens, at, place=at)
    if tokens[at] == NAMED and at and tokens[at - 1] in {"a", "an"}:
        subject = "thing"  # "a Mexican"
    if subject == "i" and at and tokens[at - 1] == NAMED:
        return None  # "Charles I"
    if at and (tokens[at - 1] in _PREPOSITIONS or tokens[at - 1] == "'s"):
        return None
    if subject == "i" and _is_inverted(tokens, at):
        return _verb("past", subject, tokens[at + 1], tokens, at + 1, place=at)
    verb = _past_adverbs(tokens, _past_aside(tokens, at + 1))
    if verb >= len(tokens):
        return None
    word = tokens[verb]
    if subject == "person" and word.endswith("s") and _is_of_phrase(tokens, at, word):
        return None
    if word == "'s":
        return None
    tense_of = _tense(word, subject)
    return _verb(tense_of, subject, word, tokens, verb, place=at) if tense_of else None


def _is_inverted(tokens: Sequence[str], at: int) -> bool:
    """As in "Never in my life had I seen": no condition, which begins its clause."""
    if at < 2 or at + 1 >= len(tokens) or tokens[at - 1] not in _INVERTED:
        return False
    return tokens[at - 2].isalpha() and not _TURNS.isdisjoint(tokens[:at])


def _of_phrase(tokens: Sequence[str], at: int) -> Verb | None:
    """As in "the old door opens": the first finite verb after a noun that has its article."""
    for place in range(at + 2, min(len(tokens), at + _LONGEST_PHRASE + 2)):
        word = tokens[place]
        if not word[0].isalpha() or word in _PREPOSITIONS or word in _SUBORDINATES:
            return None
        if word in _PRESENT or ((word in presents() or word in _EVENTS) and word not in _NO_VERBS):
            return _verb("present", "thing", word, tokens, place, place=at)
        if word in _PAST or word in pasts() or (word.endswith("ed") and place > at + 2):
            return _verb("past", "thing", word, tokens, place, place=at)
    return None


def _tense(word: str, subject: Subject) -> Literal["past", "present"] | None:
    if word in _PAST or word in pasts():
        return "past"
    if word in _PRESENT or word in _MODAL or word in presents():
        return "present"
    if word.endswith("ed") and len(word) > 3:
        return "past"
    third = subject == "person" and word.endswith("s") and not word.endswith(("ss", "us", "'s"))
    return "present" if third and len(word) > 3 and word not in _NO_VERBS else None


def _verb(
    tense: Literal["past", "present"],
    subject: Subject,
    word: str,
    tokens: Sequence[str],
    at: int,
    *,
    place: int,
) -> Verb:
    main, opens = _is_main(tokens, place), _opens(tokens, place)
    following = _past_adverbs(tokens, at + 1)
    doing = tokens[following] if following < len(tokens) else ""
    return Verb(tense, subject, word, doing if doing.endswith("ing") else "", main, doing, opens)


def _past_aside(tokens: Sequence[str], at: int) -> int:
    """Where a clause goes on: "Ada, who had said nothing, gets up"."""
    if at + 1 >= len(tokens) or tokens[at] != "," or tokens[at + 1] not in _ASIDES:
        return at
    end = min(len(tokens), at + _LONGEST_ASIDE)
    return next((n + 1 for n in range(at + 2, end) if tokens[n] == ","), at)


def _is_of_phrase(tokens: Sequence[str], at: int, word: str) -> bool:
    """Whether a word in -s is a noun that goes with a name: "the Douglas lands"."""
    before = tokens[at - 1] if at else ""
    return (
        tokens[at] == NAMED
        and word not in presents()
        and word not in _PRESENT | _PAST
        and (before in _DETERMINERS or (before.isalpha() and before not in _OPENS | _ADVERBS))
    )


def _past_adverbs(tokens: Sequence[str], at: int) -> int:
    end = min(len(tokens), at + _MOST_ADVERBS)
    while at < end and (tokens[at] in _ADVERBS or tokens[at].endswith("ly")):
        at += 1
    return at


def _is_main(tokens: Sequence[str], at: int) -> bool:
    before = at - 1
    while before >= 0 and (tokens[before] in _ADVERBS or tokens[before].endswith("ly")):
        before -= 1
    return before < 0 or tokens[before] not in _SUBORDINATES


def _opens(tokens: Sequence[str], at: int) -> bool:
    """Whether a subject begins a clause: no "she" of "the man she sees"."""
    before = at - 1
    while before >= 0 and (tokens[before] in _ADVERBS or tokens[before].endswith("ly")):
        before -= 1
    if before < 0 or tokens[before] in _OPENS or not tokens[before][0].isalpha():
        return True
    if tokens[before] in _TIMES:
        return tokens[before] != "as" or before == 0 or tokens[before - 1] == ","
    if at > (_LONG_LEAD if tokens[at] == NAMED else _SHORT_LEAD):
        return False
    return "," not in tokens[:at] and (tokens[0] in _PREPOSITIONS or tokens[0] == "not")
