"""Two names that the text says are one person's: "Bolter, late Claypole", and wives who took
their husband's name.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence

from inkstand_prose.book import Book, Character, SceneParts
from inkstand_prose.changes import beside_each, promoted, renamed
from inkstand_prose.given_forms import same_given
from inkstand_prose.mentions import Mention

_ALSO = re.compile(
    r",?\s+(?:otherwise|alias|late|formerly|née|nee|also\s+known\s+as|better\s+known\s+as|"
    r"whose\s+(?:real|true|right)\s+name\s+(?:is|was)|(?:is|was)\s+(?:really|no\s+other\s+than|"
    r"none\s+other\s+than|in\s+(?:truth|reality)))\s+"
)
_LONGEST_GAP = 40
_WEDDING = re.compile(
    r"\b(?:marr(?:y|ied|ies|ying|iage)|wed(?:ded|ding)?|wife|husband|bride|bridegroom|engaged|"
    r"engagement|matrimony|honeymoon)\b"
)
_NEAR = 150
_LEAST_SAID = 2
_LEAST_SHARE = 0.02
_SAME_SURNAME = 4
_LEAD = 1.5
_LEFT = 0.2
"""How much a widow's old name may still be used when she has a new one."""
_LATER = 0.2
"""How much of the book passes between the husband's first appearance and the wife's."""
_LEAST_USES = 5


def wedding_words(text: str) -> list[tuple[int, int]]:
    """Where a text tells of marriage."""
    return [word.span() for word in _WEDDING.finditer(text)]


def same_people(book: Book) -> dict[int, int]:
    """For each person who is somebody else too, that other's number, the more named one's."""
    people, scenes = book.cast, book.scenes
    same: dict[int, int] = {}
    first_seen = _first_seen(len(people), scenes)
    weddings = _weddings(people, scenes)
    for one, other in [
        *_told(people, scenes),
        *_married(people, scenes, first_seen, weddings),
        *renamed(people, weddings),
        *promoted(people, scenes, first_seen),
    ]:
        first, second = _root(same, one), _root(same, other)
        if first != second:
            rare, usual = sorted((first, second), key=lambda p: (people[p].uses, -p))
            same[rare] = usual
    return {person: _root(same, person) for person in same}


def _root(same: Mapping[int, int], person: int) -> int:
    while person in same:
        person = same[person]
    return person


def _told(people: Sequence[Character], scenes: Sequence[SceneParts]) -> list[tuple[int, int]]:
    """Pairs that the text equates."""
    found = []
    for scene in scenes:
        last: Mention | None = None
        for mention in scene.mentions.mentions:
            if mention.person < 0:
                continue
            if (
                last is not None
                and last.person != mention.person
                and mention.start - last.end <= _LONGEST_GAP
                and _ALSO.fullmatch(scene.text, last.end, mention.start)
                and not _opposite(people[last.person].gender, people[mention.person].gender)
            ):
                found.append((last.person, mention.person))
            last = mention
    return found


def _opposite(one: str, other: str) -> bool:
    return {one, other} == {"female", "male"}


def _married(
    people: Sequence[Character],
    scenes: Sequence[SceneParts],
    first_seen: Sequence[int],
    weddings: Mapping[int, Counter[int]],
) -> list[tuple[int, int]]:
    """Wives under their new name, each with the one that she was before."""
    whole = sum(len(scene.text) for scene in scenes) or 1
    wives = {}
    for wife, known in enumerate(people):
        if _is_wife(known):
            husband = _husband(people, known.surname)
            if husband >= 0 and first_seen[wife] - first_seen[husband] >= _LATER * whole:
                wives[wife] = husband
    if not wives:
        return []
    beside = beside_each(wives, scenes)

    def given_up(bride: int, place: int) -> bool:
        return _uses_from(bride, place, scenes) <= _LEFT * people[bride].uses

    found: list[tuple[int, int]] = []
    for wife, husband in wives.items():
        scores = sorted(
            (-_likely(people, bride, wife, count) / (1 + beside[wife, bride]), bride)
            for bride, count in weddings.get(husband, Counter()).items()
            if count >= _LEAST_SAID
            and first_seen[bride] < first_seen[wife]
            and (people[bride].given or given_up(bride, first_seen[wife]))
        )
        if (
            scores
            and scores[0][0] < 0
            and (len(scores) == 1 or scores[0][0] < _LEAD * scores[1][0])
        ):
            bride = scores[0][1]
            found += [(other, bride) for other in _namesakes(people, bride, people[wife].surname)]
            found.append((wife, bride))
    return found


def _namesakes(people: Sequence[Character], bride: int, surname: str) -> list[int]:
    """Whoever has the bride's given name and her husband's surname."""
    return [
        person
        for person, known in enumerate(people)
        if known.surname == surname
        and known.gender == "female"
        and same_given(known.given, people[bride].given)
    ]


def _uses_from(person: int, place: int, scenes: Sequence[SceneParts]) -> int:
    """How often somebody is named from a place of the book on."""
    found = offset = 0
    for scene in scenes:
        if offset + len(scene.text) > place:
            found += sum(
                m.person == person and offset + m.start >= place for m in scene.mentions.mentions
            )
        offset += len(scene.text)
    return found


def _is_wife(known: Character) -> bool:
    if known.gender != "female" or not known.surname or known.uses < _LEAST_USES:
        return False
    return "miss" not in known.titles and (known.titles == {"mrs"} or bool(known.given))


def _likely(people: Sequence[Character], bride: int, wife: int, said: int) -> float:
    """How much speaks for the bride who is named `said` times where there is talk of marriage."""
    one, other = people[bride], people[wife]
    if other.given and not same_given(one.given, other.given):
        return 0.0
    if one.surname == other.surname:
        return 0.0 if one.titles & {"mrs", "miss"} else _SAME_SURNAME * said
    if said < _LEAST_SHARE * one.uses or (one.given and said <= _LEAST_SAID):
        return 0.0
    return said / 2 if "mrs" in one.titles else float(said)


def _husband(people: Sequence[Character], surname: str) -> int:
    men = [p for p, known in enumerate(people) if known.surname == surname]
    men = [p for p in men if people[p].gender == "male" and people[p].uses >= _LEAST_USES]
    return max(men, key=lambda p: people[p].uses, default=-1)


def _first_seen(count: int, scenes: Sequence[SceneParts]) -> list[int]:
    """Where in the book each is first named."""
    first = [-1] * count
    offset = 0
    for scene in scenes:
        for mention in scene.mentions.mentions:
            person = mention.person
            if person >= 0 and first[person] < 0:
                first[person] = offset + mention.start
        offset += len(scene.text)
    return first


def _weddings(people: Sequence[Character], scenes: Sequence[SceneParts]) -> dict[int, Counter[int]]:
    """For each man, the women who are named with him where there is talk of marriage."""
    found: dict[int, Counter[int]] = {}
    for scene in scenes:
        named = [m for m in scene.mentions.mentions if m.person >= 0]
        starts = [m.start for m in named]
        for start, end in scene.weddings:
            low = bisect_left(starts, start - _NEAR)
            high = bisect_right(starts, end + _NEAR)
            near = {m.person for m in named[low:high]}
            women = [p for p in near if people[p].gender == "female"]
            for man in near.difference(women):
                found.setdefault(man, Counter()).update(women)
    return found
