"""What somebody does for a living, where they live, and what they have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.patterns import load
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import View
from inkstand_prose.lexicon import words
from inkstand_sdk.facts import AttributeKind

PROFESSIONS = words("professions")
_LIVING = frozenset(
    ["lived", "lives", "live", "living", "dwelt", "dwells", "resided", "resides", "lodged"]
)
_HAVING = frozenset(
    ["owned", "owns", "carried", "carries", "wore", "wears", "possessed", "possesses"]
)
TRIGGERS = PROFESSIONS | _LIVING | _HAVING

_PATTERNS = load(
    "circumstances", PROFESSIONS="|".join(sorted(PROFESSIONS, key=lambda word: (-len(word), word)))
)


def circumstances(view: View) -> Iterator[Statement]:
    """Professions, homes and possessions that a sentence states."""
    for pattern in (_PATTERNS["IS_ONE"], _PATTERNS["DESCRIBED"], _PATTERNS["WORKED"]):
        for match in pattern.finditer(view.plain):
            yield from _stated(view, match, "profession", match["noun"], 0.9)
    for match in _PATTERNS["HOME"].finditer(view.plain):
        yield from _stated(view, match, "home", match["where"].strip(), 0.8)
    for match in _PATTERNS["HAS"].finditer(view.plain):
        yield from _stated(view, match, "possession", match["what"], 0.8)


def _stated(
    view: View, match: re.Match[str], kind: AttributeKind, value: str, confidence: float
) -> Iterator[Statement]:
    clause = re.split(r"[,;:—]", view.plain[: match.start()])[-1]
    if _PATTERNS["UNREAL"].search(clause) or _PATTERNS["UNREAL"].search(
        re.sub(r"<[^>]*>", "", match.group())
    ):
        return
    found = statement(view, view.who(match["who"]), kind, value, match.span(), confidence)
    if found is not None:
        yield found
