"""Turns at speech: quotations of one paragraph, or carried over several, with one speaker."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from inkstand_prose.cues import Cue, cue_after, cue_before, renumbered_cue
from inkstand_prose.evidence import is_vocative
from inkstand_prose.mentions import Mention, MentionIndex
from inkstand_prose.quotations import Quote
from inkstand_prose.ticking import ticking

_ADDRESS = re.compile(
    r"(?:^|[,.!?;—-]\s*|\byes |\bno |\bmy (?:dear )?)"
    r"(sir|ma['’]?am|madam|miss|papa|mamma|mother|father|madame|milord|my lord|my lady|"
    r"your ladyship|your lordship|old man|old chap|old boy|my boy|my girl|lad|lass)(?=[,.!?;—-]|$)",
    re.IGNORECASE,
)
_ADDRESS_REACH = 600
_WHO = re.compile(r"\b[Ww]ho(?:m|se)?\b.*\?", re.DOTALL)
_QUESTION = 100
_TO_WOMEN = re.compile(r"ma|miss|mother|my (?:lady|girl)|lass|your ladyship", re.IGNORECASE)


class Turn(msgspec.Struct, array_like=True):
    """Consecutive quotations `[first, last]` of one speaker, and what tells who that is."""

    first: int
    last: int
    start: int
    end: int
    paragraph: int
    last_paragraph: int
    tag: Cue | None = None
    beats: list[Cue] = msgspec.field(default_factory=list)
    vocatives: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    """People named in the speech who are not addressed."""
    asks: bool = False
    says_to: str = "unknown"
    """The gender of the one spoken to, where "sir" or "madam" tells."""


def find_turns(
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    quotes: Sequence[Quote],
    index: MentionIndex,
    headings: Sequence[tuple[int, int]] = (),
    tick: Callable[[], None] = lambda: None,
) -> list[Turn]:
    """The turns of a scene, in order; `headings` are, in a play, what each quotation is under.
    `tick` is called now and then, and raises to stop.
    """
    turns: list[Turn] = []
    for number, quote in enumerate(ticking(quotes, tick)):
        if headings:
            before, after = _under(index, *headings[number]), None
        else:
            before, after = _cues(text, paragraphs, quotes, index, number)
        turn = turns[-1] if turns else None
        if turn is None or not _carries_on(turn, quotes, number, before, after):
            turn = Turn(number, number, quote.start, quote.end, quote.paragraph, quote.paragraph)
            turns.append(turn)
        _extend(turn, quote, number, before, after)
        _listen(text, turn, quote, index)
        if _answers_who(text, quotes, number, index):
            turn.named |= turn.vocatives
            turn.vocatives = frozenset()
    return turns


def _under(index: MentionIndex, start: int, end: int) -> Cue | None:
    mention = index.starting_at(start)
    return Cue("tag", mention, start, end, after=False) if mention is not None else None


def _cues(
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    quotes: Sequence[Quote],
    index: MentionIndex,
    number: int,
) -> tuple[Cue | None, Cue | None]:
    quote = quotes[number]
    left, right = paragraphs[quote.paragraph]
    if number and quotes[number - 1].paragraph == quote.paragraph:
        left = quotes[number - 1].outer_end
    elif quote.outer_start == left and quote.paragraph:
        left = _lead_in(text, paragraphs, quotes, number)
    if number + 1 < len(quotes) and quotes[number + 1].paragraph == quote.paragraph:
        right = quotes[number + 1].outer_start
    return (
        cue_before(text, index, left, quote.outer_start),
        cue_after(text, index, quote.outer_end, right),
    )


def _lead_in(
    text: str, paragraphs: Sequence[tuple[int, int]], quotes: Sequence[Quote], number: int
) -> int:
    """Where narration begins that leads into this paragraph: "He turned and said:"."""
    quote = quotes[number]
    start, end = paragraphs[quote.paragraph - 1]
    if text[end - 1] not in ":,":
        return quote.outer_start
    if number and quotes[number - 1].outer_end > start:
        start = quotes[number - 1].outer_end
    return min(start, quote.outer_start)


def _carries_on(
    turn: Turn, quotes: Sequence[Quote], number: int, before: Cue | None, after: Cue | None
) -> bool:
    quote = quotes[number]
    if quote.resumes:
        return True
    if quote.paragraph != turn.last_paragraph:
        return False
    if turn.tag is None:
        return not any(
            cue is not None and cue.kind == "tag" and cue.after and _other_beat(turn, cue.mention)
            for cue in (before, after)
        )
    for cue in (before, after):
        if cue is not None and cue.kind == "tag" and differ(turn.tag.mention, cue.mention):
            return False
    return True


def _other_beat(turn: Turn, mention: Mention) -> bool:
    return any(differ(beat.mention, mention) for beat in turn.beats)


def differ(one: Mention, other: Mention) -> bool:
    """Whether two mentions surely point at two people."""
    if one.person >= 0 and other.person >= 0:
        return one.person != other.person
    if {one.gender, other.gender} == {"female", "male"}:
        return True
    if one.kind == other.kind == "pronoun":
        return one.gender != other.gender  # "she" and "I"
    return one.kind == other.kind == "role" and one.role != other.role


def _extend(turn: Turn, quote: Quote, number: int, before: Cue | None, after: Cue | None) -> None:
    turn.last, turn.end, turn.last_paragraph = number, quote.end, quote.paragraph
    for cue in (after, before):
        if cue is None:
            continue
        if cue.kind == "beat":
            turn.beats.append(cue)
        elif turn.tag is None or (turn.tag.mention.kind != "name" and cue.mention.kind == "name"):
            turn.tag = cue


def _answers_who(text: str, quotes: Sequence[Quote], number: int, index: MentionIndex) -> bool:
    """Whether a line is nothing but the name asked for: "Who lifted it?" "Arthur"."""
    quote = quotes[number]
    mention = index.starting_at(quote.start)
    if number == 0 or mention is None or text[mention.end : quote.end].strip(",.—"):
        return False
    asked = quotes[number - 1]
    return _WHO.search(text, max(asked.start, asked.end - _QUESTION), asked.end) is not None


def _listen(text: str, turn: Turn, quote: Quote, index: MentionIndex) -> None:
    for mention in index.between(quote.start, quote.end):
        if mention.person < 0:
            continue
        calls = not mention.possessive and is_vocative(
            text, mention.start, mention.end, quote.start, quote.end
        )
        if calls and mention.person not in turn.vocatives:
            turn.vocatives |= {mention.person}
        elif not calls and mention.person not in turn.named:
            turn.named |= {mention.person}
    address = _ADDRESS.search(text, quote.start, min(quote.end, quote.start + _ADDRESS_REACH))
    if address is not None and turn.says_to == "unknown":
        turn.says_to = "female" if _TO_WOMEN.match(address.group(1)) else "male"
    turn.asks = text[quote.end - 1] == "?"


def renumbered_turn(turn: Turn, number: Mapping[int, int]) -> Turn:
    """The same turn with other numbers for the people."""
    return msgspec.structs.replace(
        turn,
        tag=renumbered_cue(turn.tag, number) if turn.tag is not None else None,
        beats=[renumbered_cue(beat, number) for beat in turn.beats],
        vocatives=frozenset(number[person] for person in turn.vocatives),
        named=frozenset(number[person] for person in turn.named),
    )
