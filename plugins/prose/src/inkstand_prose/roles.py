"""People known only by what they are ("the Time Traveller"), where they speak.

A role is somebody's already where it says their name ("the Dodger"), their title ("the colonel"
for Colonel Ducroix), or where it keeps one person's company and never talks to them ("the old
sailor" is he who is about whenever the old sailor speaks).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

import msgspec

from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.titles import title_key
from inkstand_prose.mentions import Mention, MentionIndex
from inkstand_prose.turns import Turn

_NOBODY = words("nobody")
ANYBODY = frozenset(
    ["man", "woman", "boy", "girl", "lady", "gentleman", "stranger", "person", "fellow", "child"]
)
"""Nouns that are now one, now another."""
_ANY_BEARER = words("titles_loose")
_UNTOLD = frozenset(["man", "other man", "woman", "stranger", "person", "fellow", "boy"])
_ENOUGH_EPISODES = 3
_EPISODE_GAP = 40
_NEAR = 20
_NEAR_SHARE = 0.7
_LEAST_LIFT = 1.5
_TALKING_SHARE = 0.04
_LEAST_LEAD = 1.4
"""How far the likeliest owner of a role must be ahead of the next."""
_DOMINANT = 4
_SAMPLE_EVERY = 5


class RoleTag(msgspec.Struct, frozen=True):
    """A line that is given to a role; `answers` are people whose tagged lines stand next to it."""

    scene: int
    paragraph: int
    answers: tuple[int, ...]


class Role(msgspec.Struct):
    """`phrase` is lowercased after "the" or "my"; `written` are its forms in the text."""

    phrase: str
    gender: str
    tags: list[RoleTag]
    written: Counter[str]
    uses: int = 0


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
            role.tags.append(RoleTag(number, turn.paragraph, _neighbors(turns, at)))
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


def _written(text: str, mention: Mention) -> str:
    words = text[mention.start : mention.end].replace(",", " ").split()
    return " ".join([words[0].capitalize(), *words[1:]])


def owner_by_title(role: Role, titles: Sequence[frozenset[str]], uses: Sequence[int]) -> int:
    """The one person, or by far the most named, who bears the role's noun as a title; or -1."""
    title = title_key(role_noun(role.phrase))
    if not title or title in _ANY_BEARER:
        return -1
    bearers = [person for person, held in enumerate(titles) if title in held]
    bearers.sort(key=lambda person: (-uses[person], person))
    if not bearers or (len(bearers) > 1 and uses[bearers[0]] < _DOMINANT * uses[bearers[1]]):
        return -1
    return bearers[0]


def owner_by_company(role: Role, company: Company, genders: Sequence[str]) -> int:
    """The one who is about whenever the role speaks and never answers it; -1 for nobody."""
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
