"""An arm, a leg or an eye that somebody has lost, and has again later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from inkstand_sdk import Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

_ONE = r"(?P<limb>arm|leg|hand|foot|eye|ear|thumb|finger|forefinger|toe)"
_SIDE = r"(?:(?P<side>left|right) )?"
_LOST = re.compile(
    r"\b(?:lost|losing|lose|was missing|missing) (?:an|one|his|her|the|the (?:sight|use"
    r"|tip) of (?:one|his"
    r"|her|an|a)|half) (?:of h(?:is|er) )?(?:other )?"
    rf"{_SIDE}(?:index |little |middle )?{_ONE}s?\b"
    r"|\b(?:his|her|[A-Z]\w+[’']s) (?:(?P<side2>left|right) )?(?P<limb2>arm|leg|hand|foot)"
    r" (?:was|had been|had to be) (?:\w+ )?"
    r"(?:amputated|cut off|taken off|sawn off|shot away|shot off|torn off)\b"
)
_NOT_MEANT = re.compile(
    r"\b(?:if|would|might|could|nearly|almost|may|should|feared|like|as though|track|not|never"
    r"|n[’']t"
    r"|I[’']d|will|shall|risk\w*|hold)\b|\?"
)
_BOTH = {
    "arm": "arms|hands",
    "hand": "hands",
    "leg": "legs|feet",
    "foot": "feet",
    "eye": "eyes",
    "ear": "ears",
    "thumb": "hands|thumbs",
    "finger": "fingers",
    "forefinger": "fingers",
    "toe": "toes",
}
_ALL = {
    "finger": "ten fingers|all h(?:is|er) fingers",
    "forefinger": "ten fingers",
    "toe": "ten toes",
}


def find(facts: BookFacts, sentences: Sequence[Span]) -> Iterator[Suspicion]:
    """People who lose a limb, and use both later."""
    for number, span in enumerate(sentences):
        text = facts.text(span)
        match = _LOST.search(text)
        if match is None or _NOT_MEANT.search(text[: match.start()]) or text.endswith("?"):
            continue
        who = {name for _, _, name in facts.people_in(span)}
        if len(who) != 1:
            continue
        again = _again(facts, match, who, sentences[number + 1 :])
        if again is not None:
            yield Suspicion(
                kind="lost_thing",
                summary=f"{next(iter(who))} has lost a limb in one place, and has it later.",
                evidence=(span, again),
                people=tuple(who),
                confidence=0.7,
            )


def _again(
    facts: BookFacts, match: re.Match[str], who: set[str], later: Sequence[Span]
) -> Span | None:
    limb = match["limb"] or match["limb2"]
    side = match["side"] or match["side2"]
    own = r"(?:of )?(?:his |her |[A-Z]\w+[’']s )?(?:own |strong |good |big |great )?"
    pattern = re.compile(
        rf"\b(?:[Bb]oth|two good) {own}(?:{_BOTH[limb]})\b"
        + (rf"|\b(?:his|her) {side} {limb}\b" if side else "")
        + (rf"|\b{_ALL[limb]}\b" if limb in _ALL else "")
    )
    for number, span in enumerate(later):
        if number % 500 == 0:
            facts.tick()
        text = facts.scenes[span.scene].text
        found = pattern.search(text, span.start, span.end)
        if found is None or _NOT_MEANT.search(text, span.start, found.start()):
            continue
        before = later[number - 1] if number else span
        names = {name for _, _, name in facts.people_in(span)}
        if not names and before.scene == span.scene:
            names = {name for _, _, name in facts.people_in(before)}
        if names == who and not facts.is_spoken(span):
            return span
    return None
