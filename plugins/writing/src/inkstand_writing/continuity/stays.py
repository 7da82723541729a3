"""Where a book says that people are at times that it names, one after another."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from inkstand_sdk import Quotation, Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.whereabouts import When, Where, place, times

_LONGEST = 400
"""A sentence of more characters tells of too much."""
_SURE = 0.6
"""A pronoun that is less sure means nobody here."""
_NOT_THERE = re.compile(
    r"\b(?:would|should|if|might|(?-i:may)|could(?! not| no longer| hardly)|will|shall|going to"
    r"|intend\w*|hoped?|expect\w*|dream\w*|imagin\w*|pretend\w*|suppos\w*|granted|believ\w*"
    r"|thought|thinking of|born|(?-i:Every)|always"
    r"|(?:many|several|few|three|some|other|at) times|twice|[’']ll|used to"
    r"|next(?! (?:county|door|room|town|village|street|house|to)\b)|set out|start\w*"
    r"|leave for|bound|left for|(?:before|after)(?! (?:dark|noon|midnight|dawn|dinner|supper)\b)"
    r"|by the|since|some|any|wonder\w*|ought|must|why|whether|as if|as though"
    r"|often|sometimes|usually|promised?|invit\w*)\b",
    re.IGNORECASE,
)
_AFTER_NO_SUBJECT = re.compile(
    r"\b(?:with|of|to|for|by|from|at|in|on|like|than|about|beside|near|behind|and told|saw|met)\s\Z"
)
_MET = re.compile(r"\b(?:met|saw|seen|found|visited|joined)\s\Z")
_AT = re.compile(r"\s(?:again\s)?(?:in|at|on)\s")
_OPENING = 3
_REACH = 12
"""Characters of a verb before its object."""
_OWNS = re.compile(r"['’]s\b")
_FIRST = re.compile(r"\bI\b")
_ASKED = re.compile(r"\b[Ww]here (?:was|were|had|did|exactly were|was it that) (?P<who>\w+)[^?]*\?")
_ONLY_TIME = re.compile(
    r"[“\"‘']?(?:(?:It|That|This|Today|To-day) (?:was|is)|(?:It|That|Today)[’']s|[Hh]e|[Ss]he)\b"
)
_STAYS = re.compile(
    r"\A(?!As |When |While |Then |And |But )[^;:]{0,60}?"
    r"\b(?:was|had been|sat|stood|lay|stayed|slept|dined|lived|spent|remained)\b|[’']d been\b"
)
_PRONOUN = re.compile(r"(?:He|She) (?:was|had been|stood|sat|lay|spent)\b")


class Stay(msgspec.Struct, frozen=True):
    """That somebody was somewhere at some time."""

    span: Span
    where: Where
    times: tuple[When, ...]


_Pronouns = list[tuple[int, int, str]]


class _Told(msgspec.Struct, frozen=True):
    """What one sentence tells: the place and the times, as far as it names them."""

    span: Span
    text: str
    where: Where | None
    times: tuple[When, ...]
    people: tuple[str, ...]
    opens: bool = False
    """Whether it begins with a time."""


def stays(facts: BookFacts) -> Iterator[tuple[str, Stay]]:
    """Who is where at what time. A sentence that names no time or no place takes it from the one
    beside it: "It was Saturday. Ada was in Bath."; "Where were you that night?" "In Bath."
    """
    pronouns = _pronouns(facts)
    for scene in facts.scenes:
        facts.tick()
        before: _Told | None = None
        last: Span | None = None
        for start, end in facts.scene(scene.index).sentences:
            span = Span(scene.index, start, end)
            found = _times(facts, span)
            told = None
            if found or (before is not None and before.times and before.where is None):
                told = _told(facts, span, found, pronouns[scene.index])
                if told is not None and told.where is None and before is None and last is not None:
                    before = _told(facts, last, [], pronouns[scene.index])
                if told is not None:
                    yield from _stays(facts, told, before)
            before, last = told, span


def _times(facts: BookFacts, sentence: Span) -> list[tuple[int, int, When]]:
    is_long = sentence.end - sentence.start > _LONGEST
    return [] if is_long else list(times(_line(facts, sentence)))


def _line(facts: BookFacts, sentence: Span) -> str:
    text = facts.scenes[sentence.scene].text[sentence.start : sentence.end]
    return re.sub(r"[\n\r\t]", " ", text)


def _told(
    facts: BookFacts,
    sentence: Span,
    found: list[tuple[int, int, When]],
    pronouns: _Pronouns,
) -> _Told | None:
    text = _line(facts, sentence)
    if len(text) > _LONGEST or (_NOT_THERE.search(text) and not _ASKED.search(text)):
        return None
    where = place(text, [(start, end) for start, end, _ in found])
    if where is not None and (not where.kind and _is_person(facts, where)):
        where = None
    return _Told(
        sentence,
        text,
        where,
        tuple(when for _, _, when in found),
        tuple(_people(facts, sentence, pronouns)),
        opens=any(start < _OPENING for start, _, _ in found),
    )


def _stays(facts: BookFacts, told: _Told, before: _Told | None) -> Iterator[tuple[str, Stay]]:
    if told.where is not None and told.times:
        if "?" not in told.text:
            for who in told.people:
                yield who, Stay(told.span, told.where, told.times)
        return
    if before is None or "?" in told.text:
        return
    is_there = told.where is not None and (_STAYS.search(told.text) or _ASKED.search(before.text))
    if is_there and told.where is not None and before.times and before.where is None:
        for who in _followed(facts, told, before):
            yield who, Stay(told.span, told.where, before.times)
    is_back = told.times and not before.times and "?" not in before.text
    is_time = _ONLY_TIME.match(told.text) or (told.opens and _is_more(facts, before, told))
    if is_back and before.where is not None and is_time:
        for who in before.people:
            yield who, Stay(before.span, before.where, told.times)


def _is_more(facts: BookFacts, before: _Told, told: _Told) -> bool:
    """Whether a sentence is more of what was said in the one before it."""
    speakers = [
        {said.speaker for said in facts.speeches_in(one.span) if said.confidence >= _SURE}
        for one in (before, told)
    ]
    return len(speakers[0]) == 1 and speakers[0] == speakers[1]


def _followed(facts: BookFacts, told: _Told, before: _Told) -> tuple[str, ...]:
    """Who is at the place of a sentence, at the time that the one before it names."""
    asked = _ASKED.search(before.text)
    if asked is not None:
        said = facts.speeches_in(told.span)
        if asked["who"].lower() == "you":
            is_sure = said and said[0].speaker is not None and said[0].confidence >= _SURE
            return (str(said[0].speaker),) if is_sure else ()
        return before.people[:1]
    is_same = facts.paragraph(before.span) == facts.paragraph(told.span)
    if not is_same:
        return ()
    if told.people:
        is_free = _ONLY_TIME.match(before.text) and not before.people
        return told.people if is_free or before.people == told.people else ()
    return before.people if _PRONOUN.match(told.text) and len(before.people) == 1 else ()


def _is_person(facts: BookFacts, where: Where) -> bool:
    return not where.kind and any(where.words in name or name in where.words for name in facts.cast)


def _pronouns(facts: BookFacts) -> dict[int, _Pronouns]:
    """For each scene its sure pronouns: where, and whom they mean."""
    found: dict[int, _Pronouns] = defaultdict(list)
    for one in facts.reading.coreferences:
        if one.confidence >= _SURE:
            found[one.span.scene].append((one.span.start, one.span.end, one.person))
    for row in found.values():
        row.sort()
    return found


def _in_first_person(facts: BookFacts, sentence: Span) -> Quotation | None:
    """The speech of a sentence that tells of the speaker, if it tells of nobody before."""
    text = facts.scenes[sentence.scene].text
    for said in facts.speeches_in(sentence):
        first = max(said.span.start, sentence.start)
        found = _FIRST.search(text, first, min(said.span.end, sentence.end))
        if facts.people_in(Span(sentence.scene, first, found.start() if found else said.span.end)):
            return None
        if found is not None:
            return said
    return None


def _people(facts: BookFacts, sentence: Span, pronouns: _Pronouns) -> Iterator[str]:
    """Who is somewhere, as a sentence has it: its subject, and who is joined to it by "and"."""
    text = facts.scenes[sentence.scene].text
    spoken = _in_first_person(facts, sentence)
    if spoken is not None:
        if spoken.speaker is not None and spoken.confidence >= _SURE:
            yield spoken.speaker
        return
    first = bisect_left(pronouns, (sentence.start,))
    last = bisect_left(pronouns, (sentence.end,))
    subjects = [
        one for one in pronouns[first:last] if text[one[0] : one[1]].lower() in {"he", "she"}
    ]
    named = [
        one
        for one in facts.people_in(sentence)
        if not _AFTER_NO_SUBJECT.search(text, max(sentence.start, one[0] - _REACH), one[0])
        and not _OWNS.match(text, one[1], one[1] + 2)
    ]
    found = sorted([*named, *subjects])
    if not found and facts.narrator and _FIRST.search(text, sentence.start, sentence.end):
        yield facts.narrator
    for start, end, name in facts.people_in(sentence):
        is_met = _MET.search(text, max(sentence.start, start - _REACH), start)
        if is_met and _AT.match(text, end):
            yield name
    last_end = -1
    for start, end, name in found:
        if last_end >= 0 and text[last_end:start].split() != ["and"]:
            return
        yield name
        last_end = end
