"""Of which time an age is that somebody is said to have: now, before, soon, or no time at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from inkstand_prose.facts.age_phrases import Phrase
from inkstand_prose.facts.clauses import BREAKS, CLAUSE_WORDS
from inkstand_prose.facts.views import Token

When = Literal["now", "before", "soon", "guessed", "never"]

_UNREAL = CLAUSE_WORDS["unreal"]
_GUESSED = CLAUSE_WORDS["guessed"]
_COMING = CLAUSE_WORDS["coming"]
_DATED = CLAUSE_WORDS["dated"]
_RECENT = CLAUSE_WORDS["recent"]
_FOLLOWS_AGE = CLAUSE_WORDS["follows"]
_PAST_WHEN = CLAUSE_WORDS["past"]
_STORY = CLAUSE_WORDS["story"]
_NOT_YET = CLAUSE_WORDS["not_yet"]


def when_of(
    found: Sequence[Token], phrase: Phrase, *, event: bool, spoken: bool, asked: bool
) -> When:
    """Which time an age is of: `event` where something was done at it, `asked` in a question."""
    first = phrase.first
    clause = first
    aside = phrase.frame in {"at", "beside"} and found[max(0, phrase.head - 1)].text != "who"
    while clause > 0 and found[clause - 1].text not in BREAKS:
        if found[clause - 1].text == ",":
            if not aside:
                break
            aside = False
        clause -= 1
    whole = [token.text for token in found[clause:first]]
    after = [token.text for token in found[phrase.last : phrase.last + 4]]
    around = {token.text for token in found[max(0, first - 6) : phrase.last]}
    if (after and after[0] in _FOLLOWS_AGE) or asked:
        return "never"
    said = {*whole}
    if phrase.frame == "of" and found[phrase.head - 1].text in {"people", "women", "men", "those"}:
        said.discard("like")
    if said & _COMING and phrase.frame in {"be", "reach", "birthday"}:
        return _coming(found, phrase, after)
    if "born" in {token.text for token in found} and "when" in {t.text for t in found}:
        return "before"
    if phrase.years[0] == "<" and {"had", "has", "have"} & said:
        return "now"
    if said & _UNREAL or any(word.endswith("n't") for word in said):
        return "never"
    if {"not", "never"} & said and phrase.years[0] not in "<>":
        return "never"
    if said & _NOT_YET:
        return "never"
    if phrase.frame not in {"at", "first"} and said & _PAST_WHEN:
        return "before"
    dated = event or "when" in after[:3] or {"since", "until", "till"} & set(after[:2])
    if dated and not _of_the_story(found, phrase):
        return "before"
    following = {token.text for token in found[phrase.last : phrase.last + 30]}
    decade = phrase.years[-1:] == "s" or "-" in phrase.years
    if decade and phrase.first < 3 and "had" in following:
        return "before"
    then = phrase.first < len(found) and found[phrase.first].text == "then"
    if then and phrase.frame == "be" and not spoken and not said & {"had", "when", "years"}:
        return "guessed"  # "was then about thirty": as the book begins, or a little before
    if {"then"} & around or ("that" in around and {"time", "days"} & around):
        return "before"
    if "been" in said and "had" in said:
        return "before"
    if said & _GUESSED:
        return "guessed"
    past = {"was", "were"} & {token.text for token in found[max(0, first - 3) : first]}
    if spoken and past and not set(after[:1]) & _RECENT:
        return "before"
    return "now"


def _of_the_story(found: Sequence[Token], phrase: Phrase) -> bool:
    """Whether that time is when the book plays: "when these things happened"."""
    said = [token.text for token in found[phrase.last : phrase.last + 9]]
    at = said.index("when") + 1 if "when" in said else len(said)
    return {"this", "these", "our", "the"} >= {*said[at : at + 1]} and bool(_STORY & {*said[at:]})


def _coming(found: Sequence[Token], phrase: Phrase, after: Sequence[str]) -> When:
    """As in "would be forty in June"; without a date it may be never, and "to be" a claim."""
    near = [token.text for token in found[max(0, phrase.head - 3) : phrase.head + 1]]
    if "to" in near and {"claimed", "said", "declared", "professed", "known"} & set(near):
        return "guessed"
    if "have" in near:
        return "guessed" if {"ll", "will"} & {*near} else "never"
    dated = set(after[:2]) & _DATED or {"following", "next", "coming"} & {t.text for t in found}
    return "soon" if dated or (after[:1] in ([], ["."]) and "ll" in near) else "never"
