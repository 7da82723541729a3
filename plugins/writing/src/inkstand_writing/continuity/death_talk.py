"""Deaths that no one sentence states: an answer to a question, and what is said of nobody by name.

"And Tom?" -- "Drowned, sir." "The hospital called at six. Tom was gone." "The machine was switched
off at noon. Tom's hand stayed warm."
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from inkstand_sdk import Span
from inkstand_sdk.facts import Attribute
from inkstand_writing.continuity.facts import BookFacts

_SURE_SPEAKER = 0.8
_APART = 160
"""Characters between a question and its answer at most."""
_ANSWER = re.compile(
    r"(?:(?:Oh|No|Why|Sir|Ah|Yes|Well|Him|Her|Alas|Poor \w+|I['’]m sorry|[A-Z]\w+)[,?.!…—]* ?){0,2}"
    r"(?:(?P<pronoun>[Hh]e|[Ss]he)(?:['’](?:s|d)|\s(?:is|was|has|had))?\s(?:been\s)?(?:already\s)?)?"
    r"(?:[Dd]ead|[Dd]rowned|[Kk]illed|[Hh]anged|[Mm]urdered|[Ss]hot dead|[Bb]uried|[Dd]ied"
    r"|[Pp]assed away|(?P<gone>[Gg]one|[Pp]assed))\b"
    r"(?!-)(?! (?:to|tired|drunk|asleep|out|off|for|home|away to|against|set|nuts|sure|certain))"
)
_SURELY = re.compile(
    r"\b(?:dead|died|buried|drowned|funeral|grave|in the ground|fever|churchyard|passed away)\b"
)
_GONE = re.compile(r"\s(?:was|is|had)\s(?:already\s|just\s|simply\s)?gone(?=\s?[.,;!—]|--)")
_SICKROOM = re.compile(
    r"\b(?:hospital|hospice|paramedics?|ambulance|coroner|pulse|heartbeat|funeral|coffin|monitor"
    r"|morphine|ventilator|life support|cancer|chemo|closed (?:his|her) eyes|sheet over|rattle"
    r"|undertaker|fever|deathbed|stopped breathing|last breath)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:life[- ]support|ventilator|respirator|machines?)\s(?:was|were|had been)\s"
    r"(?:switched|turned|shut)\soff"
    r"|\b(?:switched|turned|shut)\s(?:off\s)?the\s(?:life[- ]support|ventilator|respirator)"
    r"|\bthere\swas\s(?:no|no longer a|not a)\s(?:pulse|heartbeat|heart-beat)"
    r"|\btime\sof\sdeath\b|\b(?:monitor|line)\s(?:had\s)?(?:gone\sflat|flatlined"
    r"|went\sflat)",
    re.IGNORECASE,
)
_NO_SURVIVORS = re.compile(
    r"\b(?:no|not a single|without) survivors?\b"
    r"|\b(?:nobody|no one|none|not a soul|not one)(?: of (?:them|those) \w+)? (?:had )?"
    r"(?:survived|got out|came out|was saved|were saved|lived)\b"
    r"|\b(?:everyone|everybody|all)(?: hands| aboard| on board| inside)+ (?:was |were |had )?"
    r"(?:been )?(?:lost|drowned|perished|died|killed)\b",
    re.IGNORECASE,
)
_IN_WRECK = re.compile(
    r",? (?:at the (?:wheel|helm|controls|oars)|aboard|on board|inside)\b"
    r"|(?:['’]s?|s['’]) (?:car|plane|ship|boat|train|coach|van|truck|bus|taxi|flight|regiment)\b"
    r"| (?:was|had been|were) (?:aboard|on board|inside|in the|on the|on it|in it|among)\b"
)
"""After a name: they are where none survive."""
_ANSWERED, _LEFT, _UNNAMED = 0.86, 0.74, 0.72
_WRECKED = 0.78


def told_deaths(facts: BookFacts) -> Mapping[str, list[Attribute]]:
    """Deaths by person, each as it would be if one sentence stated it."""
    found: dict[str, list[Attribute]] = defaultdict(list)
    for one in (*_answers(facts), *_of_nobody(facts)):
        found[one.person].append(one)
    return found


def _answers(facts: BookFacts) -> Iterator[Attribute]:
    """A question that names somebody, and the answer that they are dead."""
    for row in facts.quotations:
        for question, answer in pairwise(row):
            if answer.span.start - question.span.end > _APART:
                continue
            if not question.text.rstrip().endswith("?"):
                continue
            match = _ANSWER.match(answer.text)
            if match is None or (match["gone"] and not _SURELY.search(answer.text)):
                continue
            people = {name for _, _, name in facts.people_in(question.span)}
            if len(people) != 1:
                continue
            person = facts.cast[people.pop()]
            pronoun = (match["pronoun"] or "").lower()
            if pronoun and {pronoun, person.gender} in ({"he", "female"}, {"she", "male"}):
                continue
            if answer.speaker == person.name and answer.confidence >= _SURE_SPEAKER:
                continue
            at = answer.span.start
            span = Span(answer.span.scene, at, at + match.end())
            yield _dead(person.name, span, _ANSWERED, answer.speaker)


def _of_nobody(facts: BookFacts) -> Iterator[Attribute]:
    """Deaths whose sentence names nobody, where it and the next name only one person; and who "was
    gone" where somebody lies ill.
    """
    for scene in facts.scenes:
        facts.tick()
        for match in _NOBODY.finditer(scene.text):
            span = Span(scene.index, match.start(), match.end())
            people = {name for _, _, name in facts.people_in(_two_sentences(facts, span))}
            if len(people) == 1 and not facts.is_spoken(span):
                yield _dead(people.pop(), span, _UNNAMED)
        yield from _in_wrecks(facts, scene.index)
        if " gone" not in scene.text:
            continue
        for start, end, name in facts.named[scene.index]:
            after = _GONE.match(scene.text, end, end + 30)
            if after is None or not scene.text[start].isupper():
                continue
            span = Span(scene.index, start, end)
            if facts.is_spoken(span) or facts.text(span).startswith("The "):
                continue
            near = facts.text(facts.paragraph(span))
            if _SICKROOM.search(near):
                yield _dead(name, Span(scene.index, start, after.end()), _LEFT)


def _in_wrecks(facts: BookFacts, scene: int) -> Iterator[Attribute]:
    """Who was where nobody survived, as the sentence before says, or the same."""
    text = facts.scenes[scene].text
    for match in _NO_SURVIVORS.finditer(text):
        span = Span(scene, match.start(), match.end())
        first = facts.sentence(span).start
        before = facts.sentence(Span(scene, max(0, first - 3), max(1, first - 2)))
        start = max(before.start, facts.paragraph(span).start)
        named = facts.people_in(Span(scene, start, match.start()))
        if len({name for _, _, name in named}) != 1 or facts.is_spoken(span):
            continue
        if any(_IN_WRECK.match(text, end, match.start()) for _, end, _ in named):
            yield _dead(named[0][2], Span(scene, named[0][0], match.end()), _WRECKED)


def _two_sentences(facts: BookFacts, span: Span) -> Span:
    """The sentence of a span, and the next of its paragraph."""
    first, paragraph = facts.sentence(span), facts.paragraph(span)
    following = facts.sentence(Span(span.scene, first.end + 1, first.end + 2))
    return Span(span.scene, first.start, min(following.end, paragraph.end))


def _dead(person: str, span: Span, confidence: float, speaker: str | None = None) -> Attribute:
    return Attribute(
        person=person, kind="dead", value="dead", span=span, confidence=confidence, speaker=speaker
    )
