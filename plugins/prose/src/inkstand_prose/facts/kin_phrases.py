"""Nouns of kinship: whose they are said to be, and who is said to be that.

"His late sister Ada", "Ada, who kept a shop, was a cousin of his", "Tom had an aunt called Ada".
Owner and holder are sought around the noun, whatever else stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from inkstand_prose.facts.clauses import BE, BREAKS, PREPOSITIONS, heard, said_of, subject_before
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Tie
from inkstand_prose.facts.views import Token, View
from inkstand_prose.lexicon import word_table

KIN_WORDS = word_table("kin_words")
RELATIONS = {
    word: kind for kind, others in word_table("relations").items() for word in (kind, *others)
}
"""What people are to each other, in one plain word, by all the words that say it."""
_KINDS = {
    word: kind
    for word, kind in RELATIONS.items()
    if kind in KIN_WORDS["family"] and " " not in word
}
_PLURALS = {f"{word}s": word for word in ("brother", "sister", "cousin", "twin", "sibling")}
_OFFSPRING = {"children": "child", "kids": "child", "sons": "son", "daughters": "daughter"}
_RANKS = frozenset(["eldest", "oldest", "youngest", "first", "second", "third", "last", "elder"])
_STOPS, _UNREAL, _HAVE = KIN_WORDS["stops"], KIN_WORDS["unreal"], KIN_WORDS["have"]
_ARTICLES = frozenset(["a", "an", "the", "one", "another", "only"])
_NAMING = frozenset([",", "called", "named", "-", "—", "(", "young", "old", "poor", "dear"])
_CLOSES = frozenset([",", ".", ";", ":", ")", "!", "—", "who", "and", "had", "was"])
_WOMEN = frozenset(["sister", "mother", "daughter", "aunt", "wife", "niece", "grandmother"])
_STEPS = {
    **dict.fromkeys(["mother", "father"], "parent"),
    **dict.fromkeys(["brother", "sister", "twin"], "sibling"),
    **dict.fromkeys(["son", "daughter", "child"], "child"),
    **dict.fromkeys(["uncle", "aunt"], "uncle"),
}
COMPOSED = {
    ("parent", "sibling"): ("uncle", "aunt"),
    ("parent", "parent"): ("grandfather", "grandmother"),
    ("parent", "child"): ("brother", "sister"),
    ("sibling", "child"): ("nephew", "niece"),
    ("sibling", "sibling"): ("brother", "sister"),
    ("child", "child"): ("grandson", "granddaughter"),
    ("uncle", "child"): ("cousin", "cousin"),
}
"""What somebody's kin's kin is to them, a man and a woman."""
_MARRIED = {
    "sister": "brother-in-law",
    "brother": "sister-in-law",
    "daughter": "son-in-law",
    "son": "daughter-in-law",
    "mother": "stepfather",
    "father": "stepmother",
    "aunt": "uncle",
    "uncle": "aunt",
}
"""What he or she is who marries somebody's kin."""
_SURE, _SAID, _NEAR, _ONLY = 0.93, 0.88, 0.8, 0.85


class _Noun(msgspec.Struct, frozen=True):
    """The noun at a place, with what belongs to it: the tokens `[opening, end)`."""

    kind: str
    at: int
    opening: int
    end: int
    owner: Reference | None
    trust: float = 1.0


def kin_phrases(view: View) -> Iterator[Tie]:
    """What the nouns of kinship in a sentence state."""
    found = heard(view)
    if found and found[-1].text == "?":
        return
    for at, token in enumerate(found):
        if token.text in _PLURALS:
            yield from _of_two(view, found, at)
        elif token.text in _OFFSPRING:
            yield from _among(view, found, at)
        elif token.text in _KINDS:
            noun = _noun(found, at)
            yield from _ties(view, found, noun)
    yield from _no_kin(view, found)
    yield from _same_parents(view, found)


def _noun(found: Sequence[Token], at: int) -> _Noun:
    kind = _KINDS[found[at].text]
    left = at
    while left and found[left - 1].who is None and _is_adjective(found[left - 1].text):
        left -= 1
    before = found[left - 1] if left else None
    if before is not None and before.owns and before.who is not None:
        return _Noun(kind, at, left - 1, at + 1, before.who)
    opening = left
    while opening and found[opening - 1].text in _ARTICLES:
        opening -= 1
    after = found[at + 1].text if at + 1 < len(found) else ""
    if after not in {"of", "to"}:
        return _Noun(kind, at, opening, at + 1, None)
    place = at + 2
    while place < len(found) and found[place].who is None and _is_adjective(found[place].text):
        place += 1
    if place >= len(found) or place > at + 5:
        return _Noun(kind, at, opening, at + 1, None)
    owner = found[place]
    following = found[place + 1].text if place + 1 < len(found) else ""
    if owner.who is None or owner.letter not in "nopd":
        return _Noun(kind, at, opening, at + 1, None)
    if owner.owns and following.isalpha() and following not in _STOPS:
        return _composed(found, _Noun(kind, at, opening, place + 1, owner.who), place + 1)
    if after == "to" and kind not in {"brother", "sister", "twin", "cousin", "uncle", "aunt"}:
        return _Noun(kind, at, opening, at + 1, None)
    return _Noun(kind, at, opening, place + 1, owner.who)


def _composed(found: Sequence[Token], noun: _Noun, place: int) -> _Noun:
    """Of "a son of his brother": his nephew."""
    while (
        place < len(found) and _is_adjective(found[place].text) and found[place].text not in _KINDS
    ):
        place += 1
    first = _KINDS.get(found[place].text, "") if place < len(found) else ""
    kinds = COMPOSED.get((_STEPS.get(first, ""), _STEPS.get(noun.kind, "")))
    if kinds is None or (place + 1 < len(found) and found[place + 1].text == "'"):
        return msgspec.structs.replace(noun, owner=None)
    kind = kinds[noun.kind in _WOMEN]
    end = place + 1
    if end < len(found) and found[end].letter == "n" and not found[end].owns:
        end += 1  # "a son of his brother Tom"
    return msgspec.structs.replace(noun, kind=kind, end=end)


def _is_adjective(word: str) -> bool:
    plain = word[0].isalpha() and not word.endswith("'s")
    return plain and word not in _STOPS and word not in _KINDS and word not in BE


def _ties(view: View, found: Sequence[Token], noun: _Noun) -> Iterator[Tie]:
    if noun.end < len(found) and found[noun.end].text in {"'", "'s", "-"}:
        return
    if noun.opening and found[noun.opening - 1].text in {"married", "marry", "marrying", "wed"}:
        yield from _married_in(view, found, noun)
        return
    holder, trust = _holder(found, noun, spoken=view.quote >= 0)
    owner = noun.owner
    had = noun.opening < noun.at and found[noun.opening - 1].text in _HAVE
    if owner is None and holder is not None and noun.opening and had:
        owner = subject_before(found, noun.opening - 1)
    if owner is None or holder is None:
        return
    if _is_doubtful(found, noun, naming=trust == _SURE):
        return
    yield from tie(view, found, (owner, holder, noun.kind), trust, (noun.opening, noun.end))
    adjectives = {token.text for token in found[noun.opening : noun.at]}
    if noun.kind in {"brother", "sister"}:
        for way in ("elder", "younger"):
            if adjectives & KIN_WORDS[way]:
                place = (noun.opening, noun.end)
                yield from tie(view, found, (owner, holder, way), trust * 0.95, place)


def _holder(found: Sequence[Token], noun: _Noun, *, spoken: bool) -> tuple[Reference | None, float]:
    """Who is said to be that, and how sure that is."""
    end = noun.end
    following = found[end] if end < len(found) else None
    if following is not None and following.letter == "n" and end == noun.at + 1:
        return following.who, _SURE
    listed = following is not None and following.text == "," and end + 1 < len(found)
    listed = listed and (found[end + 1].owns or found[end + 1].text in {"a", "an", "the"})
    told = said_of(found, noun.opening, end) if not listed else None
    if told is not None and told[0] is not noun.owner:
        return told[0], _SAID * told[1]
    if following is None:
        return None, 0.0
    place = end
    if following.text in BE:
        place += 1
        while place < len(found) and found[place].text in _NAMING | {"none", "other", "than", "no"}:
            place += 1
        closed = place + 1 >= len(found) or found[place + 1].text in _CLOSES
        if place < len(found) and found[place].letter == "n" and not found[place].owns and closed:
            return found[place].who, _SAID
        return None, 0.0
    while place < len(found) and found[place].text in _NAMING and place < end + 3:
        place += 1
    named = found[place] if place < len(found) else None
    if place == end or named is None or named.letter != "n" or named.owns:
        return None, 0.0
    closed = place + 1 >= len(found) or found[place + 1].text in _CLOSES - {"and"}
    apart = following.text == ","
    if apart and place + 2 < len(found) and found[place + 1].text == ",":
        after = found[place + 2]
        closed = closed and after.who is None and after.text not in {"and", "everyone", "the"}
    if not closed or (apart and spoken):
        return None, 0.0
    return named.who, _NEAR if apart else _SURE


def _is_doubtful(found: Sequence[Token], noun: _Noun, *, naming: bool) -> bool:
    """Whether it is only wished, feared or likened, or negated."""
    start = noun.opening
    while start and found[start - 1].text not in BREAKS | {","}:
        if found[start - 1].text == "that" and start > 1 and found[start - 2].text not in _UNREAL:
            break
        start -= 1
    said = {token.text for token in found[start : noun.opening]}
    ends = [token.text for token in found[noun.end : noun.end + 1]]
    if said == {"as"} and found[max(0, noun.opening - 2)].text == "," and ends == [","]:
        said = set()  # "Nell, as his aunt, had a right"
    if noun.kind in {"father", "mother"} and {"little", "second", "spiritual"} & {
        token.text for token in found[noun.opening : noun.at]
    }:
        return True
    if {"like", "step", "foster", "adopted", "almost", "half"} & {
        token.text for token in found[max(0, noun.opening - 2) : noun.at]
    }:
        return True
    unreal = {"pretend", "pretended", "imagine", "suppose", "if"} if naming else _UNREAL
    return bool(said & unreal) or any(word.endswith("n't") for word in said)


def _married_in(view: View, found: Sequence[Token], noun: _Noun) -> Iterator[Tie]:
    """As in "Tom, who had married Ada's aunt": her uncle."""
    kind = _MARRIED.get(noun.kind)
    who = subject_before(found, noun.opening - 1)
    if kind is None or who is None or noun.owner is None or _is_doubtful(found, noun, naming=False):
        return
    yield from tie(view, found, (noun.owner, who, kind), _SAID, (noun.opening, noun.end))


def _of_two(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "Ada and Tom, brought up as one, were cousins", "the brothers Tom and Giles"."""
    kind = _PLURALS[found[at].text]
    following = [token.letter for token in found[at + 1 : at + 4]]
    if len(following) == 3 and following[0] == following[2] == "n" and found[at + 2].text == "and":
        two = (found[at + 1].who, found[at + 3].who, kind)
        yield from _both(view, found, two, (at, at + 3))
        return
    if at + 1 < len(found) and found[at + 1].text in {"of", "to", "in", "at"}:
        return
    place = at - 1
    while place > 1 and found[place].who is None:
        word = found[place].text
        if word in BREAKS or word in {"had", "if", "like", "not", "no", "have", "than"}:
            return
        place -= 1
    if place < 2 or found[place - 1].text != "and":
        return
    one, other = found[place - 2], found[place]
    if other.owns:
        return
    if one.letter in "nso" and other.letter in "nso" and not one.owns:
        said = {token.text for token in found[place:at]}
        verb = said & (BE - {"be"}) or found[at - 1].text in {",", "the", "two"}
        if verb and not said & (_UNREAL - {"as"}):
            yield from _both(view, found, (one.who, other.who, kind), (place - 2, at))


def _among(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "Ada had three children, of whom Tom was the first", "Ada's sons, Tom the eldest"."""
    before = found[max(0, at - 3) : at]
    owner = next((token.who for token in before if token.owns), None)
    have = next((n for n in range(at - 1, max(-1, at - 5), -1) if found[n].text in _HAVE), -1)
    if owner is None and have > 0:
        owner = subject_before(found, have)
    following = found[at + 1 : at + 10]
    named = [token for token in following if token.letter == "n"]
    said = {token.text for token in following}
    if owner is None or len(named) != 1 or named[0].owns or not said & {"whom", *_RANKS}:
        return
    if following[0].text not in {",", "of", "—", ":"} or said & BREAKS:
        return
    holder = named[0].who
    if holder is not None:
        yield from tie(view, found, (owner, holder, _OFFSPRING[found[at].text]), _SAID, (at, at))


def _both(
    view: View,
    found: Sequence[Token],
    told: tuple[Reference | None, Reference | None, str],
    place: tuple[int, int],
) -> Iterator[Tie]:
    one, other, kind = told
    if one is not None and other is not None:
        yield from tie(view, found, (one, other, kind), _SAID, place)
        yield from tie(view, found, (other, one, kind), _SAID, place)


def _same_parents(view: View, found: Sequence[Token]) -> Iterator[Tie]:
    """As in "Ada's father and Tom's father were brothers", "Ada and Tom had the same father"."""
    for at, token in enumerate(found):
        if token.text in _PLURALS and at > 5:
            owners = [n for n in range(at) if found[n].owns and found[n + 1].text in _STEPS]
            parents = [n for n in owners if _STEPS[found[n + 1].text] == "parent"]
            if len(parents) == 2 and {"were", "are", "been"} & {t.text for t in found[:at]}:
                one, other = found[parents[0]].who, found[parents[1]].who
                if _PLURALS[token.text] in {"brother", "sister"}:
                    yield from _both(view, found, (one, other, "cousin"), (parents[0], at))
        if token.text in {"same", "common"} and at + 1 < len(found):
            noun = found[at + 1].text
            kind = "sibling" if noun in {"father", "mother", "parents", "parent"} else ""
            kind = "cousin" if noun in {"grandfather", "grandmother", "grandparents"} else kind
            two = [t for t in found[:at] if t.letter in {"n", "s"} and not t.owns]
            linked = len(two) == 2 and "and" in {t.text for t in found[:at]}
            if (
                kind
                and linked
                and {"had", "shared", "have", "of", "share"} & {t.text for t in found[:at]}
            ):
                yield from _both(view, found, (two[0].who, two[1].who, kind), (0, at))


def _no_kin(view: View, found: Sequence[Token]) -> Iterator[Tie]:
    """As in "Ada and Tom had not one ancestor in common", "Tom, who was no relation of Ada's"."""
    for at, token in enumerate(found):
        family = (
            token.text == "family"
            and at
            and (found[at - 1].text in {"not", "no"} or found[at - 1].text.endswith("n't"))
        )
        if token.text not in KIN_WORDS["blood"] and not family:
            continue
        if token.text == "blood" and not {
            "drop",
            "tie",
            "ties",
            "relation",
            "between",
            "common",
        } & {each.text for each in found[max(0, at - 2) : at + 4]}:
            continue
        around = found[max(0, at - 7) : at]
        denied = token.text == "unrelated" or any(
            each.text in KIN_WORDS["negations"] or each.text.endswith("n't") for each in around
        )
        if not denied or {"if", "would", "cold", "shed", "poor"} & {t.text for t in around}:
            continue
        people: dict[int, Reference] = {}
        for each in found[max(0, at - 16) : at + 8]:
            if each.who is not None and each.who.person >= 0 and each.letter != "r":
                people.setdefault(each.who.person, each.who)
        if len(people) == 2:
            one, other = people.values()
            yield from tie(view, found, (other, one, "unrelated"), _NEAR, (at, at))
            return


def _only_other(found: Sequence[Token], of: Reference, one: Reference) -> bool:
    """Whether "his" means who is named before it, and nobody else is named but his kin."""
    places = [
        at
        for at, token in enumerate(found)
        if token.letter == "n" and token.who is not None and token.who.person != one.person
    ]
    named = [found[at].who for at in places]
    if {who.person for who in named if who is not None} != {of.person}:
        return False
    first = found[places[0]]
    apart = places[0] > 0 and found[places[0] - 1].text in PREPOSITIONS
    return not apart and first.who is not None and first.who.start < of.start


def tie(
    view: View,
    found: Sequence[Token],
    told: tuple[Reference, Reference, str],
    trust: float,
    place: tuple[int, int],
) -> Iterator[Tie]:
    """`told` is whose, who, and what: from the first of them in the sentence to the last."""
    of, one, kind = told
    person, sure = of.person, of.confidence
    if person == one.person and of.role == "own":
        # "Giles, who was his nephew": nobody is his own.
        person, sure = of.next_best, 0.6 * sure
    if person < 0 or one.person < 0 or person == one.person:
        return
    if person == of.person and of.role == "own" and _only_other(found, of, one):
        sure = max(sure, _ONLY)
    ends = [t for t in found if t.who is of or t.who is one]
    last = min(place[1], len(found) - 1)
    start = min([found[place[0]].start, *(t.start for t in ends)])
    end = max([found[last].end if place[1] == place[0] else found[last - 1].end])
    end = max([end, *(t.end for t in ends)])
    confidence = round(trust * sure * one.confidence, 3)
    yield Tie(person, one.person, kind, view.place(start), view.place(end), confidence, view.quote)
