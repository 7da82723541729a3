"""What somebody does for a living, where they live, and what they have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import NAME, WHO, View
from inkstand_prose.lexicon import words
from inkstand_sdk.facts import AttributeKind

PROFESSIONS = words("professions")
_LIVING = frozenset(["lived", "lives", "live", "living", "dwelt", "dwells", "resided", "resides", "lodged"])
_HAVING = frozenset(["owned", "owns", "carried", "carries", "wore", "wears", "possessed", "possesses"])
TRIGGERS = PROFESSIONS | _LIVING | _HAVING

_BE = r"(?:was|is|were|am|'s|'m|had been|has been|became|being)"
_NOUN = "|".join(sorted(PROFESSIONS, key=lambda word: (-len(word), word)))
_IS_ONE = re.compile(
    rf"(?P<who>{WHO})(?: {_BE}|,|{_BE})(?: (?:now|once|still|only|also|by trade|merely|[a-z]+ly))?"
    rf" (?:a|an|the)(?: [a-z-]+){{0,2}}? (?P<noun>{_NOUN})\b(?!'s| of the|-)"
)
_DESCRIBED = re.compile(rf"(?P<who><d\d+ (?:a|an)(?: [a-z-]+)*? (?P<noun>{_NOUN})>)")
_WORKED = re.compile(
    rf"(?P<who>{WHO}) (?:had |has )?(?:worked|works|work|served|practi[cs]ed) as (?:a|an|the)"
    rf"(?: [a-z-]+){{0,2}}? (?P<noun>{_NOUN})\b"
)
_HOME = re.compile(
    rf"(?P<who>{WHO})(?:'s home was| (?:had |has |still |now |also |always )*(?:lived|lives|live|dwelt|dwells|"
    r"resided|resides|lodged)(?: (?:alone|now|then|quietly|still|there))?),? (?P<where>(?:in|at|on|near|"
    r"above|over|behind) (?:(?!and |with |when |for |until |all |his |her |peace|fear|hope|ease)"
    r"[^,.;:!?<\"—]){2,40})"
)
_HAS = re.compile(
    rf"(?P<who>{NAME}|<s\d+[^>]*>) (?:had |has |always |still |also |never )?(?P<verb>owned|owns|carried|carries|"
    r"wore|wears|possessed|possesses) (?P<what>(?:a|an|the|two|three) (?:[a-z'-]+ ){0,3}?[a-z'-]+)"
    r"(?=[,.;:!?]| (?:and|in|on|at|of|with|which|that|who|under|over|about|to|from|as|for|round|around)\b|$)"
)
_UNREAL = re.compile(
    r"\b(?:if|would|might|may|should|could|not|never|like|as though|as if|n't)\b|n't\b"
)


def circumstances(view: View) -> Iterator[Statement]:
    """Professions, homes and possessions that a sentence states."""
    for pattern in (_IS_ONE, _DESCRIBED, _WORKED):
        for match in pattern.finditer(view.plain):
            yield from _stated(view, match, "profession", match["noun"], 0.9)
    for match in _HOME.finditer(view.plain):
        yield from _stated(view, match, "home", match["where"].strip(), 0.8)
    for match in _HAS.finditer(view.plain):
        yield from _stated(view, match, "possession", match["what"], 0.8)


def _stated(
    view: View, match: re.Match[str], kind: AttributeKind, value: str, confidence: float
) -> Iterator[Statement]:
    clause = re.split(r"[,;:—]", view.plain[: match.start()])[-1]
    if _UNREAL.search(clause) or _UNREAL.search(re.sub(r"<[^>]*>", "", match.group())):
        return
    found = statement(view, view.who(match["who"]), kind, value, match.span(), confidence)
    if found is not None:
        yield found
