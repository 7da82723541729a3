"""People known only by what they are ("the Time Traveller"), where they speak.

A role is somebody's already where it says their name ("the Dodger"), their title ("the colonel"
for Colonel Ducroix), or where it keeps one person's company and never talks to them ("the old
sailor" is he who is about whenever the old sailor speaks).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log

import msgspec

from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.nouns import PERSON_NOUNS
from inkstand_prose.lexicon.titles import KIN_TITLES, title_key
from inkstand_prose.mentions import Mention, MentionIndex
from inkstand_prose.turns import Turn

_NOBODY = words("nobody")
ANYBODY = frozenset(
    ["man", "woman", "boy", "girl", "lady", "gentleman", "stranger", "person", "fellow", "child"]
)
"""Nouns that are now one, now another."""
_TELLING_LITTLE = words("adjectives_plain")
_MANY_BEARERS = words("nouns_shared")
_TITLE_OF = {"baronet": "sir", "physician": "dr"}
_IS = re.compile(r"\s+(?:was|is|being)\s+(?:only\s+|now\s+)?")
_COMMA = re.compile(r",\s+")
_MAYBE_COMMA = re.compile(r",?\s+")
_CLOSED = re.compile(r"[,.;)](?!\s+and\b)")
_LONGEST_GAP = 24
_ANY_BEARER = words("titles_loose")
_UNTOLD = frozenset(["man", "other man", "woman", "stranger", "person", "fellow", "boy"])
_KIN = KIN_TITLES | {"wife", "husband", "mamma", "papa", "son", "daughter"}
_ENOUGH_EPISODES = 3
_ENOUGH_TITLED = 3
_ENOUGH_CALLS = 3
_CALL_LEAD = 2
_EPISODE_GAP = 40
_NEAR = 20
_NEAR_SHARE = 0.7
_LEAST_LIFT = 1.5
_TALKING_SHARE = 0.04
_LEAST_LEAD = 1.4
"""How far the likeliest owner of a role must be ahead of the next."""
_DOMINANT = 4
_SAMPLE_EVERY = 5
_ENOUGH_LINES = 2
_ALONE = 0.4
"""Of a role's lines, those where nobody else can be meant, from which on it is a stranger's."""


class RoleTag(msgspec.Struct, frozen=True):
    """A line that is given to a role; `answers` are people whose tagged lines stand next to it."""

    scene: int
    paragraph: int
    answers: tuple[int, ...]
    called: tuple[int, ...] = ()
    """Who is called by name in the lines next to it."""
    calls: frozenset[int] = frozenset()
    """Whom the line calls."""


class Role(msgspec.Struct):
    """`phrase` is lowercased after "the" or "my"; `written` are its forms in the text."""

    phrase: str
    gender: str
    tags: list[RoleTag]
    written: Counter[str]
    uses: int = 0


Titles = Sequence[Mapping[str, int]]
"""Of everybody the titles that they bear, each with how often the narration gives it."""
Presence = Mapping[int, Sequence[int]]
"""The paragraphs of a scene in which each person is named by the narration, ascending."""


def presence(index: MentionIndex, paragraphs: Sequence[tuple[int, int]]) -> Presence:
    """Where in a scene everybody is named."""
    found: dict[int, list[int]] = defaultdict(list)
    at = 0
    for mention in index.mentions:
        if mention.person < 0 or mention.quote >= 0 or mention.possessive:
            continue
        while paragraphs[at][1] <= mention.start:
            at += 1
        found[mention.person].append(at)
    return found


def role_noun(phrase: str) -> str:
    """The noun of a role: "gentleman" of "the gentleman in the white waistcoat"; "" of ""."""
    for detail in (" in the ", " with the "):
        phrase = phrase.partition(detail)[0]
    return phrase.rpartition(" ")[2]


def find_roles(scenes: Iterable[tuple[str, Mapping[str, int], Sequence[Turn]]]) -> list[Role]:
    """Roles that a tag gives a line to, the most frequent first.

    Of each scene its text, how often each role is mentioned, and its turns.
    """
    roles: dict[str, Role] = {}
    uses: Counter[str] = Counter()
    for number, (text, mentioned, turns) in enumerate(scenes):
        for at, turn in enumerate(turns):
            mention = turn.tag.mention if turn.tag is not None else None
            if mention is None or not mention.role or _is_nobody(mention.role):
                continue
            role = roles.setdefault(mention.role, Role(mention.role, "unknown", [], Counter()))
            if role.gender == "unknown":
                role.gender = mention.gender
            role.tags.append(
                RoleTag(
                    number,
                    turn.paragraph,
                    _neighbors(turns, at),
                    _called_beside(turns, at),
                    turn.vocatives,
                )
            )
            role.written[_written(text, mention)] += 1
        uses.update(mentioned)
    for role in roles.values():
        role.uses = max(uses[role.phrase], len(role.tags))
    return sorted(roles.values(), key=lambda r: (-len(r.tags), r.phrase))


def _is_nobody(phrase: str) -> bool:
    return phrase.rsplit(maxsplit=1)[-1] in _NOBODY


def _neighbors(turns: Sequence[Turn], at: int) -> tuple[int, ...]:
    found = []
    for other in (at - 1, at + 1):
        if 0 <= other < len(turns) and abs(turns[other].paragraph - turns[at].paragraph) <= 1:
            tag = turns[other].tag
            if tag is not None and tag.mention.person >= 0:
                found.append(tag.mention.person)
    return tuple(found)


def _called_beside(turns: Sequence[Turn], at: int) -> tuple[int, ...]:
    found: list[int] = []
    for other in (at - 1, at + 1):
        if 0 <= other < len(turns) and abs(turns[other].paragraph - turns[at].paragraph) <= 2:
            found += turns[other].vocatives
    return tuple(found)


def _written(text: str, mention: Mention) -> str:
    words = text[mention.start : mention.end].replace(",", " ").split()
    return " ".join([words[0].capitalize(), *words[1:]])


def is_anybody(phrase: str) -> bool:
    """Whether a role is now one, now another: "the young man", but not "the hump-backed man"."""
    noun = role_noun(phrase)
    if noun not in ANYBODY:
        return False
    before = phrase.removeprefix("the ").removeprefix("my ").partition(noun)[0]
    return phrase.endswith(noun) and _TELLING_LITTLE.issuperset(before.split())


def is_epithet(role: Role) -> bool:
    """Whether nobody was brought in as "a spy", so that "the spy" is somebody known."""
    told = role.uses > 1 or role_noun(role.phrase) not in PERSON_NOUNS
    return not told and all(form.startswith("The ") for form in role.written)


def told_roles(text: str, index: MentionIndex) -> list[tuple[str, int]]:
    """Roles that the narration says somebody has: "Mr. Orme, the parish undertaker"."""
    found = []
    for one, other in pairwise(index.mentions):
        if one.quote >= 0 or other.quote >= 0 or one.possessive or other.possessive:
            continue
        if not 0 < other.start - one.end <= _LONGEST_GAP:
            continue
        closed = _CLOSED.match(text, other.end) is not None
        if one.person >= 0 and other.role:
            apposed = closed and _COMMA.fullmatch(text, one.end, other.start)
            if apposed or _IS.fullmatch(text, one.end, other.start):
                found.append((other.role, one.person))
        elif one.role and other.person >= 0:
            apart = text[one.end] == ","
            if (closed or not apart) and _MAYBE_COMMA.fullmatch(text, one.end, other.start):
                found.append((one.role, other.person))
    return found


def owner_by_telling(role: Role, told: Iterable[tuple[str, int]], genders: Sequence[str]) -> int:
    """The one of whom the narration says that this is their role; -1 for nobody."""
    noun = role_noun(role.phrase)
    details = set(role.phrase.split()[1:-1]) - _TELLING_LITTLE
    if noun in ANYBODY or noun in _MANY_BEARERS or role.phrase.startswith("my "):
        return -1
    votes = Counter(
        person
        for phrase, person in told
        if role_noun(phrase) == noun
        and details.issubset(phrase.split())
        and {role.gender, genders[person]} != {"female", "male"}
    )
    ordered = votes.most_common(2)
    if not ordered or (len(ordered) > 1 and ordered[0][1] < 2 * ordered[1][1]):
        return -1
    return ordered[0][0]


def owner_by_title(role: Role, titles: Titles, uses: Sequence[int]) -> int:
    """The one person, or by far the most named, who bears the role's noun as a title; or -1."""
    noun = role_noun(role.phrase)
    title = _TITLE_OF.get(noun) or title_key(noun)
    if not title or title_key(noun) in _ANY_BEARER:
        return -1
    bearers = [person for person, held in enumerate(titles) if title in held]
    bearers = [p for p in bearers if titles[p][title] >= _ENOUGH_TITLED] or bearers
    bearers.sort(key=lambda person: (-uses[person], person))
    if not bearers or (len(bearers) > 1 and uses[bearers[0]] < _DOMINANT * uses[bearers[1]]):
        return -1
    return bearers[0]


def owner_by_company(role: Role, company: Company, genders: Sequence[str], held: Titles) -> int:
    """The one who is about whenever the role speaks and never answers it; -1 for nobody."""
    if _has_bearers(role, held):
        return -1
    talking: Counter[int] = Counter()
    for tag in role.tags:
        talking.update(set(tag.answers))
    episodes = _episodes(role.tags)
    if len(episodes) < _ENOUGH_EPISODES or role.phrase.removeprefix("the ") in _UNTOLD:
        return -1
    near: Counter[int] = Counter()
    for episode in episodes:
        near.update({p for tag in episode for p in company.around(tag.scene, tag.paragraph)})
    scores = []
    for person, count in near.items():
        share = count / len(episodes)
        lift = share / company.usual_share(person)
        if talking[person] > _TALKING_SHARE * len(role.tags) or share < _NEAR_SHARE:
            continue
        if lift > _LEAST_LIFT and (role.gender == "unknown" or genders[person] == role.gender):
            scores.append((count * log(lift), -person))
    scores.sort(reverse=True)
    if not scores or (len(scores) > 1 and scores[0][0] < _LEAST_LEAD * scores[1][0]):
        return -1
    return -scores[0][1]


def owner_by_call(role: Role, genders: Sequence[str], narrator: int) -> int:
    """The one whose name others call when the role speaks; -1 for nobody."""
    noun = role_noun(role.phrase)
    if noun in ANYBODY or len(role.tags) < _ENOUGH_CALLS:
        return -1
    votes: Counter[int] = Counter()
    talking: Counter[int] = Counter()
    for tag in role.tags:
        votes.update(set(tag.called))
        talking.update({*tag.answers, *tag.calls})
    scores = Counter(
        {
            person: count - talking[person]
            for person, count in votes.items()
            if person != narrator and {role.gender, genders[person]} != {"female", "male"}
        }
    )
    ordered = scores.most_common(2)
    if not ordered or ordered[0][1] < _ENOUGH_CALLS:
        return -1
    if len(ordered) > 1 and ordered[0][1] < _CALL_LEAD * ordered[1][1]:
        return -1
    return ordered[0][0]


def _has_bearers(role: Role, held: Titles) -> bool:
    """Whether the role is a title of people's, or what the narrator calls a relation."""
    noun = role_noun(role.phrase)
    if role.phrase.startswith("my ") and noun in _KIN:
        return True
    title = title_key(noun)
    if not title or title_key(noun) in _ANY_BEARER:
        return False
    return any(titles.get(title, 0) >= _ENOUGH_TITLED for titles in held)


def is_stranger(role: Role, company: Company, genders: Sequence[str]) -> bool:
    """Whether nobody who is about can be meant by "the man" but whoever answers him."""
    alone = 0
    for tag in role.tags:
        about = [
            person
            for person in company.around(tag.scene, tag.paragraph)
            if person not in tag.answers and {role.gender, genders[person]} != {"female", "male"}
        ]
        alone += not about
    return len(role.tags) >= _ENOUGH_LINES and alone >= _ALONE * len(role.tags)


def _episodes(tags: Sequence[RoleTag]) -> list[list[RoleTag]]:
    """The tags in groups of one conversation each."""
    groups: list[list[RoleTag]] = []
    for tag in tags:
        last = groups[-1][-1] if groups else None
        if last and last.scene == tag.scene and tag.paragraph - last.paragraph <= _EPISODE_GAP:
            groups[-1].append(tag)
        else:
            groups.append([tag])
    return groups


class Company:
    """Who is about where speech is."""

    def __init__(self, present: Sequence[Presence], turns: Sequence[Sequence[Turn]]) -> None:
        self._present = present
        self._usual: Counter[int] = Counter()
        self._sampled = 0
        for scene, said in enumerate(turns):
            for turn in said[::_SAMPLE_EVERY]:
                self._usual.update(self.around(scene, turn.paragraph))
                self._sampled += 1

    def around(self, scene: int, paragraph: int) -> list[int]:
        """People named within some paragraphs."""
        found = []
        for person, paragraphs in self._present[scene].items():
            at = bisect_left(paragraphs, paragraph - _NEAR)
            if at < len(paragraphs) and paragraphs[at] <= paragraph + _NEAR:
                found.append(person)
        return found

    def usual_share(self, person: int) -> float:
        """How large a share of all speech has the person about."""
        return (self._usual[person] + 1) / (self._sampled + 1)
