"""Days that do not follow: a Tuesday, and the next day a Saturday; the 3rd, and a week later
the 12th.

Each sentence may name the day that the story is at, or lead on from it. What is said in direct
speech, and what is told in the past perfect, has a clock of its own; "tomorrow" and "yesterday"
are counted from the story's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from inkstand_sdk import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.calendar import (
    DAY,
    HOLIDAY,
    MONTH,
    NUMBER,
    ORDINAL,
    PART,
    weekday_of,
)
from inkstand_writing.continuity.dated import Counted, Dated, contradictions
from inkstand_writing.continuity.day_clock import DayClock, Known, can_be
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.sojourns import sojourns
from inkstand_writing.continuity.suspicion import Suspicion
from inkstand_writing.continuity.time_words import Day, Mention, mentions

NEAR = 8_000
"""So many characters may lie between a day and the one that is counted from it."""
_ASIDE = 300
_TALK = 1_200
"""The same, where both are named in direct speech."""
_NAMED = re.compile(rf"\b(?:{DAY}|{MONTH})\b(?!s)|(?i:\b{HOLIDAY}\b)|\bthe (?:{ORDINAL})(?=[,.;])")
_LEAD = 400
"""What lies so far before the first named day, and after the last one, is looked at too."""
_LONGEST_GLUE = 60
_FAR = 600
"""So many characters of a sentence before and after a day tell what is said of it."""
_GLUE = lexicon.words("day_glue")
"""Words that may stand between "the next day" and "Saturday", if Saturday is the next day."""
_ARTICLES = frozenset(["a", "an", "the", "being"])
_TOLD = re.compile(r"[,.]?[”\"’']\s[^”“\".;]{1,40}[,.]\s[“\"‘']")
"""Who says it, between two parts of a speech."""
_STOPS = re.compile(r"[.!?]|\s{2}")
_TURNED_GLUE = re.compile(
    rf"(?:\s{PART})?(?:,\s|,?\s(?:which\s|that\s)?(?:was|is|being|would be)\s|\s?[—–-]+\s?)"
)
_TURNED_LEAD = re.compile(
    r"\b(?:was|is|came|being|be|on|by)\s(?:a\s|the\s|that\s)?\Z|(?:\A|[.!?“\"]\s+)\Z"
)
_TURNED_REST = re.compile(r"\s?[,;:.!?)—–]|\s(?:that|when|before|he|she|they|I|it|was|in)\b|\s*\Z")
_ELSEWHEN = re.compile(
    r"(?:\b(?:last|next|every|each|since|until|till|by|before|after|from|some|any|another|"
    r"following|other|of|to|for|than|or|and|previous|preceding|coming|"
    r"alternate|first|second|third|fourth|one|ago|next week|like|about|not|"
    r"next day|morning|morrow|later|week|fortnight)[ ,]+(?:is |was |on |a |the |which |it )*"
    r"|[-–—]+)\Z",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    r"\A(?:[’']s\b|s\b|\ (?:next|last|week|fortnight|before|after|school|dinners?|clothes|"
    r"best|paper|papers|books?|services?|sermons?|observance|coat|suit|dress|tea|lessons?)\b"
    rf"|\ {PART}s\b|,?\ (?:or|and|to|till|until)\ (?:\w+\ )?{DAY})",
    re.IGNORECASE,
)
_NOT_MEANT = re.compile(
    r"\b(?:will|shall|would|should|if|unless|might|(?-i:may)|could|can|must(?! be\b)|[’']ll"
    r"|going to|promised|intend\w*"
    r"|hope\w*|expect\w*|invit(?:e[ds]?|ing)|appoint\w*|fixed|arrange\w*"
    r"|engage\w*|to be|"
    rf"(?:till|until)(?! (?:noon|midnight|late|dark|dusk|dawn|{NUMBER}|{PART}|nearly|past)\b)"
    r"|always|usually|every|never|remember\w*|ago|used to|whether|dream\w*|were it"
    r"|tell you|no longer)\b",
    re.IGNORECASE,
)
_UNREAL = re.compile(
    r"\b(?:if|unless|whether|wish\w*|suppose|supposing|as though|dream\w*|mistake\w*|wrong\w*)\b"
    r"[^.!?;]*\Z",
    re.IGNORECASE,
)
_PERFECT = re.compile(
    r"(?:\bhad|[a-z][’']d) (?:\w+ly |never |already |not |just |always |all |once |also "
    r"|only )*(?:been|\w+ed"
    r"|\w+en|\w+ught|\w+wn|gone|come|done|said|made|left|lost|met|sent|spent|kept|felt|had|heard"
    r"|held|told"
    r"|found|read|paid|begun|run|won|set|put|cut|sat|stood|slept|lain|become|built|rung|sung"
    r"|drunk)\b"
    r"|\b(?:ago|remember\w*|recall\w*|used to)\b",
    re.IGNORECASE,
)
_IT_IS = re.compile(
    r"\b(?:(?:it|this|that|all this|today|to-day|now|the day|the date) (?:was|is|being|had become)"
    r"|it[’']s|today[’']s)\b[^.!?;]{0,24}\Z|\bnow,? on (?:an? |the )?\Z",
    re.IGNORECASE,
)
_ON = re.compile(
    r"\b(?:on|upon|that|this|through|all)\s+(?:the\s+whole\s+of\s+|of\s+|day\s+|the\s+|a\s+|that\s+)?"
    r"(?:\w+\s+)?\Z",
    re.IGNORECASE,
)
_RISES = re.compile(
    rf"\A(?:\ {PART})?\ (?:came|dawned|broke|began|arrived|found|was|brought|passed|saw)\b"
)
_HEADS = re.compile(
    r"\.\s|,\s\d|,\s(?:noon|midnight|early|late|(?:one|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve) (?:o['’]clock|[ap]\.?m))"
)
"""After a day that stands like a heading: "Wednesday, 11:40 p.m.", "Monday. Rain again."."""
_WHICH = re.compile(r"\b(?:what|which) day\b[^.!]{0,30}\?", re.IGNORECASE)
_BEGINS = re.compile(r"(?:\A|[.!?]|\s{2})\s*\Z")


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Days that cannot be so far apart as the text says they are."""
    story = _Story(facts)
    for scene in facts.scenes:
        facts.tick()
        for start, end in _windows(scene.text):
            yield from story.read(scene.index, start, end)
    yield from contradictions(facts, story.dated, story.counted)
    yield from sojourns(facts)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a text in which days are named, with what lies between them."""
    first = last = -1
    for match in _NAMED.finditer(text):
        if last < 0:
            first = 0 if match.start() < NEAR else match.start()
        elif match.start() - last > NEAR:
            yield max(0, first - _LEAD), last + _LEAD
            first = match.start()
        last = match.end()
    if last >= 0:
        yield max(0, first - _LEAD), min(len(text), last + NEAR)


class _Story:
    """The clocks of a book as it is read."""

    def __init__(self, facts: BookFacts) -> None:
        self.facts = facts
        self.now, self.talk, self.past = DayClock(), DayClock(), DayClock()
        self.remembered = Span(0, 0, 0)
        """The paragraph that the clock of what is past is for."""
        self.dated: list[Dated] = []
        """Every day that has been named."""
        self.counted: list[Counted] = []
        """Days that are counted from something that happened."""
        self.aside: tuple[Day, Span] | None = None
        """A day that the story is not at, from which the next one may be counted."""
        self.text = ""
        self.base = self.scene = 0
        lengths = (len(scene.text) for scene in facts.scenes)
        self.starts = tuple(accumulate(lengths, initial=0))

    def read(self, scene: int, start: int, end: int) -> Iterator[Suspicion]:
        """What does not follow in a stretch of a scene."""
        self.base = start
        self.text = re.sub(r"[\n\r\t]", " ", self.facts.scenes[scene].text[start:end])
        found = mentions(self.text)
        for one in found:
            if one.kind == "day":
                span = self._span(scene, one.start, one.end)
                self.dated.append(Dated(one.day, span, self._around(span)))
        number = 0
        while number < len(found):
            pair = found[number : number + 2]
            self._leave(self._span(scene, pair[0].start, pair[0].end))
            if len(pair) > 1 and (day := self._named_step(*pair)) is not None:
                step = pair[0] if day is pair[1] else pair[1]
                span = self._span(scene, pair[0].start, pair[1].end)
                yield from self._stepped(span, step, day.day, pair[0].start)
                number += 2
                continue
            span = self._span(scene, pair[0].start, pair[0].end)
            if pair[0].kind == "day":
                yield from self._named(span, pair[0])
            else:
                self._passed(span, pair[0])
            number += 1

    def _span(self, scene: int, start: int, end: int) -> Span:
        return Span(scene, self.base + start, self.base + end)

    def _leave(self, here: Span) -> None:
        """Forget what lies too far back."""
        if self.scene != here.scene:
            self.now.keep(lambda span: not self.facts.is_spoken(span))
            self.scene = here.scene
        at = self.starts[here.scene] + here.start
        self.now.keep(lambda span: at - self.starts[span.scene] - span.start <= NEAR)
        self.talk.keep(lambda span: at - self.starts[span.scene] - span.start <= _TALK)
        around = self.facts.paragraph(here)
        if around != self.remembered:
            self.past.forget()
            self.remembered = around

    def _named_step(self, one: Mention, other: Mention) -> Mention | None:
        """The day of the two, where the other leads to just that day."""
        gap = self.text[one.end : other.start]
        if one.kind == "step" and other.kind == "day":
            return other if _is_glue(gap) else None
        if one.kind == "day" and other.kind == "step" and _TURNED_GLUE.fullmatch(gap):
            is_turned = _TURNED_LEAD.search(self.text[: one.start][-30:]) and _TURNED_REST.match(
                self.text[other.end : other.end + 12]
            )
            return one if is_turned else None
        return None

    # -- what the text says -----------------------------------------------------------------

    def _stepped(self, span: Span, step: Mention, day: Day, at: int) -> Iterator[Suspicion]:
        """A day that is counted from another, and named."""
        sentence = self._sentence(span)
        if _UNREAL.search(self.text[max(0, at - 80) : at]) or "?" in sentence[-2:]:
            return
        spoken = self.facts.is_spoken(span)
        clock = self.now
        if spoken and not step.now:
            clock = self.talk
        elif not spoken and _PERFECT.search(sentence) and self.past.known:
            clock = self.past
        if re.fullmatch(DAY, step.about, re.IGNORECASE):
            other = Known(Day(weekday_of(step.about)), span)
            if not can_be(other.day, day, step.low, step.high):
                yield self._suspicion(other, span, 0.85)
            return
        if step.about:
            self.counted.append(Counted(Dated(day, span, self._around(span)), step))
            return
        known = clock.against(day, step.low, step.high)
        aside = self.aside
        if (
            known is not None
            and aside is not None
            and span.scene == aside[1].scene
            and span.start - aside[1].end <= _ASIDE
            and can_be(aside[0], day, step.low, step.high)
        ):
            return
        if known is not None:
            yield self._suspicion(known, span, 0.85)
            clock.forget()
        moves = step.moves and not (clock is self.now and _PERFECT.search(sentence))
        if moves and not _NOT_MEANT.search(sentence):
            clock.name(day, span)
        else:
            clock.also(day, span, step.low, step.high)

    def _named(self, span: Span, mention: Mention) -> Iterator[Suspicion]:
        """A day that is named by itself."""
        day = mention.day
        lead = self.text[max(0, mention.start - 40) : mention.start]
        rest = self.text[mention.end : mention.end + 24]
        spoken = self.facts.is_spoken(span)
        sentence = self._sentence(span)
        is_month = day.weekday < 0 and not day.date
        is_other = bool(_ELSEWHEN.search(lead) or _NOT_NOW.match(rest))
        is_it = bool(_IT_IS.search(lead)) and not is_other
        is_on = bool(_ON.search(lead) or (_RISES.match(rest) and _BEGINS.search(lead)))
        is_on = is_on or bool(_HEADS.match(rest) and _BEGINS.search(lead))
        is_date = day.weekday >= 0 and day.span is not None
        is_meant = not is_other and (is_it or is_on or is_date) and not _NOT_MEANT.search(sentence)
        if is_other and not is_month:
            self.aside = (day, span)
        if is_month and not (is_it and is_meant and not spoken):
            return
        perfect = bool(_PERFECT.search(sentence))
        if spoken:
            is_now = bool(re.search(r"\b(?:is|[’']s|being)\b[^.!?;]{0,24}\Z", lead))
            is_answer = self._answers(mention)
            if ((is_it and is_now and is_meant) or is_answer) and "?" not in sentence[-2:]:
                yield from self._check(self.now, day, span, 0.7)
                self.now.also(day, span, 0, 0)
            elif is_meant:
                self.talk.name(day, span)
            else:
                self.talk.forget()
            return
        if perfect and not is_it:
            self.past.forget()
            if is_meant:
                self.past.name(day, span)
            return
        if not is_meant:
            if is_on and not is_other:
                self.now.forget()
            return
        if is_it and any(one.steps or one.low for one in self.now.known):
            yield from self._check(self.now, day, span, 0.75)
        if is_month:
            self.now.also(day, span, 0, 0)
        else:
            self.now.name(day, span, is_it)

    def _answers(self, mention: Mention) -> bool:
        """Whether a day is all that is said to the question which day it is."""
        before = self.text[max(0, mention.start - 160) : mention.start]
        is_all = self.text[mention.end : mention.end + 1] in {",", "."}
        return is_all and before[-1:] in {"“", '"', "‘", "'"} and bool(_WHICH.search(before))

    def _passed(self, span: Span, mention: Mention) -> None:
        """Time that goes by without a name for the day to which it leads."""
        spoken = self.facts.is_spoken(span)
        if mention.now or not mention.moves:
            return
        if spoken:
            if mention.kind == "gap":
                self.talk.forget()
            else:
                self.talk.step(mention.low, mention.high, span)
            return
        sentence = self._sentence(span)
        if mention.kind == "gap":
            self.now.forget()
            self.past.forget()
            return
        if _PERFECT.search(sentence) and self.past.known:
            self.past.step(mention.low, mention.high, span)
        is_sure = not _PERFECT.search(sentence) and not _NOT_MEANT.search(sentence)
        self.now.step(mention.low if is_sure else 0, mention.high, span)

    def _check(self, clock: DayClock, day: Day, span: Span, trust: float) -> Iterator[Suspicion]:
        known = clock.against(day)
        if known is not None:
            yield self._suspicion(known, span, trust)
            clock.forget()

    def _around(self, span: Span) -> Span:
        """The sentence of a day; of one without an end what is near."""
        whole = self.facts.sentence(span)
        start, end = max(whole.start, span.start - _FAR), min(whole.end, span.end + _FAR)
        return Span(span.scene, start, end)

    def _sentence(self, span: Span) -> str:
        around = self._around(span)
        return self.text[max(0, around.start - self.base) : max(0, around.end - self.base)]

    def _suspicion(self, known: Known, span: Span, trust: float) -> Suspicion:
        """The day that was named, what led on from there, and the day that is named now."""
        shown = [known.span, *known.steps[-1:], span]
        sentences = {self.facts.sentence(one): one for one in shown}
        return Suspicion(
            kind="days",
            summary=(f"“{self.facts.text(span)}” does not follow “{self.facts.text(known.span)}”."),
            evidence=tuple(sentences.values()),
            confidence=trust,
        )


def _is_glue(gap: str) -> bool:
    """Whether what stands between a step and a day makes the day the one stepped to."""
    gap = _TOLD.sub(" ", gap)
    if len(gap) > _LONGEST_GLUE or _STOPS.search(gap):
        return False
    words = re.findall(r"[\w’'-]+", gap.lower().replace("’", "'"))
    for place, word in enumerate(words):
        if word in _GLUE:
            continue
        # "a wet and windy Saturday"
        if not _ARTICLES.intersection(words[max(0, place - 3) : place]):
            return False
    return True
