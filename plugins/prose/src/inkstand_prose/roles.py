"""People known only by what they are ("the Time Traveller"), where they speak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from inkstand_prose.mentions import MentionIndex
from inkstand_prose.turns import Turn

_NOBODY = frozenset(
    {
        "the other",
        "the voice",
        "the man",
        "the others",
        "the one",
        "the latter",
        "the former",
        "the person",
        "the speaker",
    }
)


class Role(msgspec.Struct, frozen=True):
    """`phrase` is lowercased with its "the" or "my"; `uses` is how often it stands in the text."""

    phrase: str
    name: str
    gender: str
    uses: int


def gather_roles(scenes: Sequence[tuple[MentionIndex, Sequence[Turn]]]) -> list[Role]:
    """Roles that a tag gives a line to, the most frequent first."""
    speaking: Counter[str] = Counter()
    genders: dict[str, str] = {}
    uses: Counter[str] = Counter()
    for index, turns in scenes:
        for turn in turns:
            if turn.tag is not None and (role := turn.tag.mention.role):
                speaking[role] += 1
                genders.setdefault(role, turn.tag.mention.gender)
        uses.update(m.role for m in index.mentions if m.role)
    return [
        Role(role, _title(role), genders[role], max(uses[role], count))
        for role, count in sorted(speaking.items(), key=lambda item: (-item[1], item[0]))
        if role not in _NOBODY and role != "the"
    ]


def _title(role: str) -> str:
    first, *rest = role.split()
    return " ".join([first.capitalize(), *(word.capitalize() for word in rest)])
