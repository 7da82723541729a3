"""Who is older than whom, and by how many years, and who are of the same age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inkstand_prose.facts.age_owners import owner_of
from inkstand_prose.facts.age_phrases import phrases
from inkstand_prose.facts.clauses import BE, CLAUSE_WORDS, heard, subject_before
from inkstand_prose.facts.numbers import number_of
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Tie
from inkstand_prose.facts.views import Token, View

_ELDER, _YOUNGER = frozenset(["older", "elder", "senior"]), frozenset(["younger", "junior"])
_SMALL = CLAUSE_WORDS["small"]
_MONTHS = frozenset(["month", "months", "week", "weeks", "day", "days", "hour", "hours", "minutes"])
_UNREAL = CLAUSE_WORDS["compared"]
_PARENT = frozenset(["father", "mother", "grandfather", "grandmother", "parent"])
_CHILD = frozenset(["son", "daughter", "child", "grandson", "granddaughter", "grandchild"])
_GENERATION = ">14"


def elders(view: View) -> Iterator[Tie]:
    """Ties "elder", "younger" and "coeval"; their value is how many years lie between."""
    found = heard(view)
    if found and found[-1].text == "?":
        return
    for at, token in enumerate(found):
        text = token.text
        if text in _ELDER or text in _YOUNGER:
            yield from _compared(view, found, at)
        elif text in {"age", "year", "day", "old"}:
            yield from _coeval(view, found, at)
        elif text == "born" and at:
            yield from _at_birth(view, found, at)
        elif text == "years" and found[at + 1 : at + 2] and found[at + 1].text == "on":
            yield from _years_on(view, found, at)
        elif text == "enough" and at:
            yield from _generation(view, found, at)


def _compared(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "Nell was nine years older than Tobias", "Nell was his senior by nine years"."""
    following = found[at + 1].text if at + 1 < len(found) else ""
    first = at
    owner = found[at - 1] if at else None
    if following in {"than", "to"}:
        other = _person(found, at + 2)
    elif (
        owner is not None
        and owner.owns
        and following not in _PARENT | _CHILD
        and not (
            following.isalpha() and following not in {"by", "and", "but", "in", "though", "yet"}
        )
    ):
        other, first = owner.who, at - 1
    elif owner is not None and (owner.text == "the" or _years_before(found, at)[0]):
        yield from _the_younger(view, found, at)
        return
    else:
        return
    if other is None:
        return
    years, start = _years_before(found, first)
    if not years:
        years = _years_by(found, at)
    if years == "-":
        return
    one = _holder(found, start)
    clause = {token.text for token in found[max(0, start - 4) : start + 1]}
    if one is None or clause & _UNREAL or any(word.endswith("n't") for word in clause):
        return
    kind = "younger" if found[at].text in _YOUNGER else "elder"
    yield from _tie(view, found, (other, one, kind, years), (start, at))


def _the_younger(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "Harriet, Nell's sister, was five years the younger"."""
    years, start = _years_before(found, at - (found[at - 1].text == "the"))
    years = years or _years_by(found, at)
    one = _holder(found, start) if years not in {"", "-"} else None
    if one is None:
        return
    others = [t for t in found if t.who is not None and t.who.person not in {-1, one.person}]
    owner = next((t for t in others if t.owns and t.start < found[start].start), None)
    named = {t.who.person: t for t in others if t.letter == "n" and t.who is not None}
    if owner is None and len(named) == 1:
        owner = next(iter(named.values()))
    if owner is not None and owner.who is not None:
        kind = "younger" if found[at].text in _YOUNGER else "elder"
        yield from _tie(view, found, (owner.who, one, kind, years), (start, at))


def _person(found: Sequence[Token], at: int) -> Reference | None:
    """The one named from a place on: "Tobias", "her", "his brother Tobias"."""
    for place in range(at, min(len(found), at + 6)):
        token = found[place]
        if token.who is None:
            if (
                token.text in {"any", "most", "all", "the", "that", "when"}
                or not token.text.isalpha()
            ):
                return None
            continue
        if token.owns:
            if token.letter != "p" or place + 1 >= len(found):
                return None
            continue
        return token.who if token.letter in "nosd" else None
    return None


def _years_before(found: Sequence[Token], at: int) -> tuple[str, int]:
    """How many years are told right before a place, and where that begins; "-" is no years."""
    start = at
    if start and found[start - 1].text in _MONTHS:
        return "-", start
    years = ""
    if start and found[start - 1].text in {"years", "year", "years'", "year's"}:
        start -= 1
        said = [token.text for token in found[max(0, start - 3) : start]]
        for length in (3, 1):
            if number := number_of(" ".join(said[-length:])):
                years, start = str(number), start - length
                break
        else:
            if said[-1:] == ["a"]:
                years = "1"
    while start and found[start - 1].text in _SMALL:
        start -= 1
    return years, start


def _years_by(found: Sequence[Token], at: int) -> str:
    """The years of "by nine years", within a few words."""
    for place in range(at + 1, min(len(found), at + 9)):
        if found[place].text == "by":
            said = [token.text for token in found[place + 1 : place + 6]]
            if not {"year", "years"} & set(said):
                return "-" if _MONTHS & set(said) else ""
            number = next((n for word in said if (n := number_of(word))), 0)
            return str(number) if number else "1" if said[:2] == ["a", "year"] else ""
        if found[place].text in {";", ":", ".", "and"}:
            return ""
    return ""


def _holder(found: Sequence[Token], start: int) -> Reference | None:
    """Whom a comparison that begins at a place is said of."""
    before = found[start - 1] if start else None
    if before is None:
        return None
    if before.text in BE or before.text in {"been", "now", "still"}:
        return subject_before(found, start - 1)
    if before.who is not None and before.letter == "s" and before.text.endswith("'s"):
        return before.who
    if before.text == "," and start > 1:
        named = found[start - 2]
        return named.who if named.who is not None and named.letter == "n" else None
    return None


def _coeval(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "Nell and Tobias were of an age", "Nell was the same age as Tobias"."""
    before = [token.text for token in found[max(0, at - 3) : at]]
    text = found[at].text
    same = before[-2:] in (["of", "an"], ["the", "same"], ["very", "same"], ["an", "equal"])
    if text == "old" and before[-1:] == ["as"] and found[at + 1 : at + 2]:
        same = found[at + 1].text == "as" and "exactly" in before
    if text == "age" and not same and (owner := found[at - 1].who) and found[at - 1].owns:
        if before[-2:-1] == ["exactly"] and (one := _holder(found, at - 2)) is not None:
            yield from _tie(view, found, (owner, one, "coeval", "0"), (at - 2, at))
        if before[-2:-1] in (["half"], ["twice"]):
            one = _holder(found, at - 2)
            kind = "younger" if before[-2] == "half" else "elder"
            if one is not None:
                told = (owner, one, kind, ">7")
                yield from _tie(view, found, told, (at - 2, at))
        return
    if not same or (
        text in {"year", "day"} and "born" not in [t.text for t in found[max(0, at - 6) : at]]
    ):
        return
    start = max(0, at - 2)
    while start and found[start - 1].text in {
        "of",
        "in",
        "almost",
        "nearly",
        "exactly",
        "about",
        "both",
    }:
        start -= 1
    if start and found[start - 1].text == "born":
        start -= 1
    link = found[at + 1].text if at + 1 < len(found) else ""
    if link in {"as", "with"}:
        other, one = _person(found, at + 2), _holder(found, start)
        if one is not None and other is not None:
            yield from _tie(view, found, (other, one, "coeval", "0"), (start, at))
        return
    be = start - 1
    if be > 2 and found[be].text in {"were", "are", "been"}:
        one, other = _pair(found, be)
        if one is not None and other is not None:
            yield from _tie(view, found, (other, one, "coeval", "0"), (be, at))


def _pair(found: Sequence[Token], be: int) -> tuple[Reference | None, Reference | None]:
    """The two of "Nell and Tobias were"."""
    at = be - 1
    while at > 1 and found[at].text in {"had", "both", ",", "who"}:
        at -= 1
    if at > 1 and found[at - 1].text == "and":
        one, other = found[at - 2], found[at]
        if one.letter in {"n", "s"} and other.letter in {"n", "s"}:
            return one.who, other.who
    return None, None


def _years_on(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "Nell had nine years on Tobias"."""
    years, start = _years_before(found, at + 1)
    if not years.isdigit() or not start or found[start - 1].text not in {"had", "has"}:
        return
    one, other = subject_before(found, start - 1), _person(found, at + 2)
    if one is not None and other is not None:
        yield from _tie(view, found, (other, one, "elder", years), (start, at))


def _at_birth(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "when Nell was born, Tobias was already fourteen": so much the elder."""
    born = subject_before(found, at)
    if born is None or not {"when", "before", "year"} & {t.text for t in found[:at]}:
        return
    for phrase in phrases(found):
        if phrase.frame not in {"be", "at"} or not phrase.years.isdigit():
            continue
        owner = owner_of(found, phrase)
        if owner is not None and owner[0] is not born:
            told = (born, owner[0], "elder", phrase.years)
            yield from _tie(view, found, told, (at, phrase.first))


def _generation(view: View, found: Sequence[Token], at: int) -> Iterator[Tie]:
    """As in "Nell was old enough to be his mother"."""
    said = [token.text for token in found[at + 1 : at + 3]]
    way = found[at - 1].text
    if said != ["to", "be"] or at + 4 >= len(found) or way not in {"old", "young"}:
        return
    owner, noun = found[at + 3], found[at + 4].text
    one = _holder(found, at - 1)
    if one is None or not owner.owns or owner.who is None:
        return
    if noun in (_PARENT if way == "old" else _CHILD):
        kind = "elder" if way == "old" else "younger"
        yield from _tie(view, found, (owner.who, one, kind, _GENERATION), (at - 1, at + 4))


def _tie(
    view: View,
    found: Sequence[Token],
    told: tuple[Reference, Reference, str, str],
    place: tuple[int, int],
) -> Iterator[Tie]:
    of, one, kind, years = told
    person, trust = of.person, of.confidence
    if person == one.person and of.role == "own":
        person, trust = of.next_best, 0.6 * trust
    if person < 0 or one.person < 0 or person == one.person:
        return
    ends = [t for t in found if t.who is of or t.who is one]
    start = min(found[place[0]].start, *(t.start for t in ends))
    end = max(found[place[1]].end, *(t.end for t in ends))
    yield Tie(
        person,
        one.person,
        kind,
        view.place(start),
        view.place(end),
        round(0.92 * trust * one.confidence, 3),
        view.quote,
        years,
    )
