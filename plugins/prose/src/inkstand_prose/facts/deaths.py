"""Who is said to be dead or to die, and who to be alive.

A value is "dies" where the telling itself sees it, "dead" where it looks back on it, and
"buried" for a funeral or a grave. What is feared, wished, or only like death is left out. Words
that often mean another ("the late Mr. Darcy" may be his father) are given less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.numbers import NUMBER
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import NAME, OWN, View
from inkstand_prose.lexicon import words

TRIGGERS = words("death_words")
_UNREAL = words("unreal")
_NOT_DEAD = words("not_dead")
"""After "dead" or "died" they make a figure of speech: "dead tired", "died laughing"."""
_SUBJECT = r"(?P<who><[ns]\d+[^>]*>),? (?:who )?"
_LOOSE = r"(?:(?!nearly|almost|hardly|scarcely|apparently|supposedly|virtually)[a-z]+ly |also |already |then |at last |soon |long since |now |there )*"
_BREATH = r"<p\d+[^>]*> last(?: breath)?"
_LOST = (
    r"(?:killed|murdered|drowned|hanged|slain|shot dead|beheaded|executed|strangled|poisoned|no more(?= ?[,.;:!]| ?$)|"
    r"(?:stabbed|burned|burnt|crushed|trampled|starved) to death|found dead|laid to rest|cremated|"
    r"lost at sea|lost with all hands|dead and (?:buried|gone))"
)
_PERISHES = (
    r"(?:drowned(?= ?[,.;:!]| in | at | off | with | when | before | while | on )|did not live to see|"
    r"never (?:woke|awoke|drew breath|breathed) again|breathed no more|took <p\d+[^>]*> own life|"
    r"hanged <r\d+[^>]*>|shot <r\d+[^>]*> (?:through|in the (?:head|heart|temple))|succumbed(?= ?[.,;]| to"
    r" (?:the |<p\d+[^>]*> )(?:fever|wounds?|injuries|illness|disease|cold|cancer))|fell to <p\d+[^>]*>"
    r" death|lost <p\d+[^>]*> life|gave <p\d+[^>]*> life|met <p\d+[^>]*> (?:death|end)|slipped away in the"
    r" night|bled to death|froze to death|starved to death|burned to death|burnt to death|choked to death)"
)
_PLACE_OF_REST = (
    r"(?= ?(?:[,.;:!?]|$|--|—)| (?:(?:in|at|under|beneath|on|by|beside|with|near|next to) (?:the |a |an |"
    r"<p\d+[^>]*> )?(?:[a-z]+ )?(?:church|churchyard|cemetery|graveyard|yard|yew|tree|oak|vault|"
    r"chapel|abbey|family|hill|garden|sea|ground|earth|sand|snow|grave|tomb|crypt|village|parish|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|"
    r"june|july|august|september|october|november|december|spring|summer|autumn|winter|"
    r"rain|mother|father|wife|husband|wall|stone)|today|yesterday|last|"
    r"that|this|here|there|beside|next|quietly|without|where|when|as|two|three|four|five|six|ten|"
    r"years|a (?:year|week|month|fortnight))\b)"
)
_WHEN_DEAD = r"(?:death|funeral|burial|murder|decease|demise)"

_PATTERNS: tuple[tuple[re.Pattern[str], str, float], ...] = tuple(
    (re.compile(pattern), value, confidence)
    for pattern, value, confidence in (
        (
            rf"{_SUBJECT}(?:had|has|having|'d|'s) {_LOOSE}(?:been [a-z]+ and )?(?:died|perished|"
            rf"passed away|passed on|(?:breathed|drawn) {_BREATH}|given up the ghost)\b(?P<after>)",
            "dead",
            0.9,
        ),
        (
            rf"{_SUBJECT}{_LOOSE}(?:died|perished|passed away|(?:breathed|drew) {_BREATH}|"
            r"gave up the ghost)\b(?P<after>)",
            "dies",
            0.88,
        ),
        (
            rf"{_SUBJECT}(?:is|was|'s|lay|lies|fell|dropped) {_LOOSE}(?:quite |stone |really |indeed |"
            r"found |lying )*dead\b(?P<after>)",
            "dead",
            0.88,
        ),
        (rf"{_SUBJECT}(?:had|has|'s) been {_LOOSE}dead\b(?P<after>)", "dead", 0.93),
        (
            rf"{_SUBJECT}(?:was|is|has been|had been|'s been) (?:now |already )?(?:some |about |nearly |"
            rf"almost |these |over )?(?:{NUMBER}|many|several|a|long|two|few) (?:year|month|week|day|"
            r"winter|hour)s? (?:dead|in (?:<p\d+[^>]*>|the) grave)\b(?P<after>)",
            "dead",
            0.93,
        ),
        (
            rf"{_SUBJECT}(?:had been|has been|was|is|'s been) {_LOOSE}{_LOST}\b(?P<after>)"
            r"(?! (?:by (?:the|his|her) (?:kindness|looks)|out\b|up\b|in (?:silk|tears|debt|work)))",
            "dies",
            0.88,
        ),
        (rf"{_SUBJECT}(?:had |has )?{_LOOSE}{_PERISHES}\b(?P<after>)", "dies", 0.85),
        (
            rf"\b(?:found|buried|discovered|carried|laid out|washed) (?P<who>{OWN}) (?:dead |lifeless |"
            r"drowned )?(?:body|corpse)\b",
            "dead",
            0.85,
        ),
        (
            rf"\b(?:closed (?P<who>{OWN}) eyes|(?:sheet|blanket|cloth) (?:up )?over (?P<who2>{OWN}) (?:face|head))"
            r"(?: and (?:drew|pulled|covered|crossed|folded)| for (?:the last time|him|her))",
            "dead",
            0.8,
        ),
        (
            rf"\b(?:fever|plague|cholera|illness|sickness|disease|cancer|consumption|pneumonia|influenza|"
            rf"fall|wound|blow|bullet|shot|poison|drink|cold|heart|stroke|accident|explosion|sea|war|"
            rf"typhoid|typhus|smallpox|storm|flood|fire|that|which|what) (?:had |has )?(?:finally |at last )?"
            rf"(?:killed|carried off|finished) (?P<who><[no]\d+[^>]*>)(?!')",
            "dies",
            0.85,
        ),
        (
            rf"{_SUBJECT}(?:had been|has been|was|is|lies|lay) {_LOOSE}buried\b{_PLACE_OF_REST}",
            "buried",
            0.85,
        ),
        (
            r"(?:<s\d+[^>]*>|<n\d+[^>]*>|\bthey|\bwe) (?:had |have )?(?:already )?buried"
            rf" (?P<who><[no]\d+[^>]*>)(?!'){_PLACE_OF_REST}",
            "buried",
            0.9,
        ),
        (
            rf"{OWN} (?:late|dead|deceased|departed) (?:husband|wife|father|mother|brother|sister|son|"
            rf"daughter|uncle|aunt|friend|partner|cousin|grandfather|grandmother),? (?P<who>{NAME})",
            "dead",
            0.9,
        ),
        (
            rf"\b(?:since|after|following|attended|at|missed) (?P<who>{OWN}) (?:[a-z]+ )?{_WHEN_DEAD}\b"
            r"(?! (?:bed|mask|scene))",
            "dead",
            0.75,
        ),
        (
            rf"(?P<who>{OWN}) {_WHEN_DEAD} (?:had (?:been|left|come|taken|broken)|was (?:in|on|announced|"
            r"reported|put|given|a great|a sore|a sad|so sudden|sudden|quick|peaceful|held)|took place|"
            r"came (?:as|on|in|at)|left (?:<|the|a)|broke|made)\b",
            "dead",
            0.85,
        ),
        (
            rf"\b(?:since|after|following|attended|at|missed) the (?:[a-z]+ )?{_WHEN_DEAD} of"
            rf" (?P<who>{NAME})(?!')",
            "dead",
            0.75,
        ),
        (rf"(?P<who>{NAME}),? (?:had|has) broken <p\d+[^>]*> neck\b", "dies", 0.85),
        (
            r"\b(?:killed|murdered|drowned|strangled|poisoned|hanged) (?P<who><[no]\d+[^>]*>)(?!')",
            "dies",
            0.62,
        ),
        (r"\b(?:found|saw|shot|struck|left|laid) (?P<who><[on]\d+[^>]*>),? dead\b", "dead", 0.62),
        (
            rf"\b(?:the|poor) (?:late|deceased|dead|murdered|departed)(?: lamented)? (?P<who>{NAME})",
            "dead",
            0.5,
        ),
        (
            rf"\b(?:{_WHEN_DEAD}|grave|tomb|corpse|body|coffin) of (?P<who>{NAME})(?!')",
            "dead",
            0.5,
        ),
        (
            rf"(?P<who>{OWN}) (?:grave|tomb|tombstone|gravestone|corpse|coffin|dead body|lifeless body|"
            r"headstone)\b",
            "buried",
            0.5,
        ),
    )
)
_ALIVE = re.compile(
    r"(?P<who><[ns]\d+[^>]*>) (?:is|was|'s) (?:still |yet |really |not dead, but )?"
    r"(?:alive|living|not dead)\b(?! with| in)"
)
_BEFORE_NAME = re.compile(r"\b(?:a|an|another|every|no|one|had|did|were|should|has|the|of)\s$")
"""Before a name: one of many of that name, or what is not so ("had Tom died")."""
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NEXT = re.compile(r" (?P<one>[a-z]+)(?: (?P<two>[a-z]+))?")
_IN_TWO = re.compile(r";|--|—")
_REACH = 70


def deaths(view: View) -> Iterator[Statement]:
    """Who is dead, dies, or lives, as a sentence states."""
    plain = view.plain
    if plain.rstrip().endswith("?"):
        return
    for pattern, value, confidence in _PATTERNS:
        for match in pattern.finditer(plain):
            if _is_unreal(plain, match) or _is_figure(match):
                continue
            name = match["who"] or match.groupdict().get("who2")
            if name is None:
                continue
            found = statement(
                view, view.who(name), "dead", value, match.span(), confidence
            )
            if found is not None:
                yield found
    for match in _ALIVE.finditer(plain):
        found = statement(view, view.who(match["who"]), "alive", "alive", match.span(), 0.8)
        if found is not None and not _is_unreal(plain, match):
            yield found


def _is_unreal(plain: str, match: re.Match[str]) -> bool:
    before = _IN_TWO.split(plain[max(0, match.start() - _REACH) : match.start()])[-1]
    if _BEFORE_NAME.search(plain[: match.start("who")]):
        if match.start("who") == match.start():
            return True
    said = _WORD.findall(before)
    if said and said[-1] == "before" and match.start("who") == match.start() and match.group()[1] == "s":
        return True  # "before she died", whenever that will be
    if not _UNREAL.isdisjoint(said) or any(word.endswith("n't") for word in said):
        return True
    after = _WORD.findall(plain[match.end() : match.end() + 40])
    return not {"if", "would", "unless", "almost", "he'd", "she'd"}.isdisjoint(after)


def _is_figure(match: re.Match[str]) -> bool:
    if "after" not in match.re.groupindex:
        return False
    following = _NEXT.match(match.string, match.end())
    if following is None:
        return match.string.startswith("-", match.end()) and not match.string.startswith(
            "--", match.end()
        )
    return following["one"] in _NOT_DEAD or f"{following['one']}_{following['two']}" in _NOT_DEAD
