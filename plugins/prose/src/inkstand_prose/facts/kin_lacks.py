"""Who is an only child, has no brother, sister or other kin, or how many brothers and sisters.

Values: "only child", "no brother", "no sister", "no child", "no cousin", "no kin" and the like, and
"2 brother" for how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inkstand_prose.facts.clauses import BREAKS, heard, only_named, said_of, subject_before
from inkstand_prose.facts.kin_phrases import KIN_WORDS
from inkstand_prose.facts.numbers import number_of
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import Token, View, tokens

LACKED = {
    "brother": "no brother",
    "sister": "no sister",
    "sibling": "only child",
    "child": "no child",
    "children": "no child",
    "kid": "no child",
    "son": "no son",
    "daughter": "no daughter",
    "cousin": "no cousin",
    "uncle": "no uncle",
    "aunt": "no aunt",
    "nephew": "no nephew",
    "niece": "no niece",
}
"""What somebody is said to lack who has no such kin."""
_HAVE = frozenset(["had", "has", "have", "having", "got", "'ve", "know", "known", "knew"])
_ADJECTIVES = KIN_WORDS["adjectives"]
_NO = frozenset(["no", "neither", "not"])
_SUPPOSED = frozenset(["if", "wish", "wished", "would", "might", "when", "since", "as", "though"])
_CLASSES = {"children": "child", "brethren": "brother", "siblings": "sibling"}
_AFTER = frozenset(["in", "but", "who", "like", "of", "whom", "whose", "here", "at", "to", "that"])
_COUNTED = frozenset(["brother", "sister", "sibling"])
_ORDER = {"eldest": "eldest", "oldest": "eldest", "firstborn": "eldest", "youngest": "youngest"}
_FAMILY = frozenset(["children", "family", "brothers", "sisters", "siblings", "brood", "kids"])
_BARE = {"childless": "no child", "siblingless": "only child", "brotherless": "no brother"}
_SURE = 0.92


def kin_lacks(view: View) -> Iterator[Statement]:
    """What kin a sentence says that somebody does not have, or how many."""
    found = heard(view)
    if found and found[-1].text == "?":
        return
    for at, token in enumerate(found):
        kind = singular(token.text)
        if kind in LACKED:
            yield from _lack(view, found, at, kind)
            yield from _count(view, found, at, kind)
            yield from _sole(view, found, at)
        if token.text in _BARE:
            yield from _bare(view, found, at)
        if token.text in _ORDER:
            yield from _rank(view, found, at)
        if kind == "child" and at and found[at - 1].text in {"only", "sole"}:
            yield from _only(view, found, at)


def singular(word: str) -> str:
    """The word for one of such kin."""
    return _CLASSES.get(word) or (word[:-1] if word.endswith("s") and word[:-1] in LACKED else word)


def _lack(view: View, found: Sequence[Token], at: int, kind: str) -> Iterator[Statement]:
    """As in "had never had a sister", "without brothers", "had neither aunt nor uncle"."""
    following = found[at + 1].text if at + 1 < len(found) else ""
    if following in _AFTER:
        return
    place = at - 1
    while place >= 0 and (
        found[place].text in _ADJECTIVES | {"a", "any", "and", "or", "nor", "single", "one"}
        or singular(found[place].text) in LACKED
    ):
        place -= 1
    if place < 0 or at - place > 9:
        return
    word = found[place].text
    if word == "without":
        has, begin = True, place
    elif word in _NO or word in _HAVE:
        begin = place - (word in _NO)
        back = place - 9
        while word in _NO and begin > max(0, back) and found[begin].text not in _HAVE:
            if found[begin].text in BREAKS or found[begin].letter in {"n", "s", "d"}:
                break
            begin -= 1
        has = begin >= 0 and found[begin].text in _HAVE
        if word in _HAVE and not _is_denied(found, begin):
            return
    else:
        return
    who = _subject(found, begin) if has else None
    said = {token.text for token in found[max(0, begin - 5) : begin]}
    if who is not None and not said & _SUPPOSED:
        yield from _stated(view, who, LACKED[kind], (begin, at), _SURE)


def _is_denied(found: Sequence[Token], verb: int) -> bool:
    """Whether "never", "not" or "n't" stands before the verb, in its clause."""
    for token in reversed(found[max(0, verb - 8) : verb]):
        if token.text in {"never", "not", "nor"} or token.text.endswith("n't"):
            return True
        if token.text in BREAKS | {",", "that", "which"} or token.letter in {"n", "s", "d", "o"}:
            return False
    return False


def _subject(found: Sequence[Token], verb: int) -> Reference | None:
    """Whose verb it is: right before it, or before words like "never in all her life"."""
    who = subject_before(found, verb)
    if who is not None:
        return who
    for token in reversed(found[max(0, verb - 8) : verb]):
        if token.letter in {"n", "s"} and not token.owns:
            return token.who
        if token.text in BREAKS | {",", "that", "which"}:
            break
    return only_named(found)


def _count(view: View, found: Sequence[Token], at: int, kind: str) -> Iterator[Statement]:
    """As in "Ada had three brothers", "Ada's only sister"."""
    only = found[at - 1].text in {"only", "one"} and at > 1 and found[at - 2]
    if kind in _COUNTED and only and only.owns and only.who is not None:
        yield from _stated(view, only.who, f"1 {kind}", (at - 2, at), 0.85)
    if kind not in _COUNTED or at < 2:
        return
    place = at - 1
    while place > 0 and found[place].text in _ADJECTIVES:
        place -= 1
    number = number_of(found[place].text) if found[place].text[0].isalnum() else 0
    before = found[place - 1] if place else None
    if not 0 < number < 13 or before is None:
        return
    if before.text == "only" and place > 1:
        place -= 1
        before = found[place - 1]
    following = found[at + 1].text if at + 1 < len(found) else ""
    if following in {"of", "who", "in", "at", "here", "there", "left", "living", "with"}:
        return
    if before.owns and before.who is not None:
        yield from _stated(view, before.who, f"{number} {kind}", (place, at), 0.6)
    if before.text in {"had", "has", "have", "'ve"}:
        who = subject_before(found, place - 1)
        if who is not None:
            yield from _stated(view, who, f"{number} {kind}", (place, at), 0.85)


def _rank(view: View, found: Sequence[Token], at: int) -> Iterator[Statement]:
    """As in "Ada was the youngest of six children", "the eldest of the family"."""
    said = [token.text for token in found[at + 1 : at + 7]]
    if not said or said[0] not in {"of", "child"} or not _FAMILY & {*said}:
        return
    opening = at - 1 if at and found[at - 1].text == "the" else at
    end = at + 2
    while end < len(found) and found[end].text not in BREAKS | {",", ".", "and", "who", "was"}:
        end += 1
    told = said_of(found, opening, end)
    if told is not None:
        yield from _stated(view, told[0], _ORDER[found[at].text], (opening, at), 0.9 * told[1])


def _sole(view: View, found: Sequence[Token], at: int) -> Iterator[Statement]:
    """As in "Ada had one child, a daughter": and so no son."""
    said = [token.text for token in found[max(0, at - 3) : at + 4]]
    if found[at].text != "child" or said[-3:-1] != [",", "a"] or at < 2:
        return
    other = {"daughter": "no son", "son": "no daughter"}.get(said[-1])
    place = at - 1 - (found[at - 2].text in {"only", "but", "just"})
    if other is None or found[at - 1].text not in {"one", "only", "single"}:
        return
    if found[place - 1].text in {"a", "an"}:
        place -= 1
    if found[place - 1].text in {"had", "has"} and (who := subject_before(found, place - 1)):
        yield from _stated(view, who, other, (place, at), 0.85)


def _bare(view: View, found: Sequence[Token], at: int) -> Iterator[Statement]:
    """As in "Ada was childless", "Ada, a childless widow,"."""
    opening = at
    while opening and found[opening - 1].text in {"a", "an", "the", "and", "old"}:
        opening -= 1
    end = at + 1
    while end < len(found) and found[end].text not in BREAKS | {",", ".", "and", "who", "was"}:
        end += 1
    said = {token.text for token in found[max(0, at - 5) : at]}
    told = said_of(found, opening, end)
    if told is not None and not said & (_SUPPOSED | {"not", "no"}):
        yield from _stated(view, told[0], _BARE[found[at].text], (opening, at), _SURE * told[1])


def _only(view: View, found: Sequence[Token], at: int) -> Iterator[Statement]:
    """As in "Ada, an only child,", "as the only child of a clergyman, Ada"."""
    opening = at - 1
    while opening and found[opening - 1].text in {"an", "the", "a", "lonely", "spoiled", "spoilt"}:
        opening -= 1
    end = at + 1
    while end < len(found) and found[end].text not in BREAKS | {",", ".", "and", "who", "was"}:
        end += 1
    if opening == at - 1 and not found[opening - 1].owns:
        return
    said = {token.text for token in found[max(0, opening - 4) : opening]}
    if said & {"if", "like", "not", "no", "though", "would", "almost"}:
        return
    told = said_of(found, opening, end)
    if told is not None:
        yield from _stated(view, told[0], "only child", (opening, at), _SURE * told[1])


def _stated(
    view: View, who: Reference, value: str, place: tuple[int, int], trust: float
) -> Iterator[Statement]:
    ends = (found := tokens(view))[max(0, place[0])].start, found[place[1]].end
    said = statement(view, who, "other", value, ends, round(trust, 3))
    if said is not None:
        yield said
