"""Words next to a quotation that tell who speaks: tags ("said Ada") and beats (Ada smiled.)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.verbs import NOT_INVERTED, SPEECH_VERBS, SURE_SPEECH_VERBS
from inkstand_prose.mentions import Mention, MentionIndex, role_mention

CueKind = Literal["tag", "beat"]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LEAD = re.compile(r"[\s,;—–-]*(?:(?:and|but|then|so|here|again|thus|Then|And|But|So)\s+)*")
_INVERTED = re.compile(
    r"([a-z]+(?:-[a-z]+)?)(?:\s+(?:out|in|on|up|back|forth|again|[a-z]+ly|to|aloud))?\s+"
)
_EPITHETS = re.compile(
    r"(?:(?:[Tt]he|[Oo]ld|[Yy]oung|[Pp]oor|[Ll]ittle|[Dd]ear|[Gg]ood|[Hh]onest|[Bb]ig|[Pp]retty|[Ww]orthy)\s+){1,3}"
)
_NOUN_PHRASE = re.compile(
    r"(?:the|a|an|another|one|his|her|my|our|this|that)(?:\s+[^\W\d_]+(?:[-'’][^\W\d_]+)*){1,5}"
)
_PHRASE_ENDS = words("phrase_ends")
_SENTENCE_STOP = re.compile(r"[.!?…][\"'”’)\]]*\s")
_CLAUSE_STOP = frozenset(".!?;:…")
_PREPOSITIONS = words("prepositions")
_TAG_REACH = 160
_BEFORE_REACH = 400
_SHORT_BEAT = 150


class Cue(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`mention` is the one who is said to speak (tag) or to act (beat) at `[start, end)`."""

    kind: CueKind
    mention: Mention
    start: int
    end: int
    after: bool
    """It follows the quotation."""
    leads: bool = False
    """A beat's narration is short and opens with the mention: Ada smiled. "Yes." """


def cue_after(text: str, index: MentionIndex, start: int, limit: int) -> Cue | None:
    """What follows a quotation whose mark ends at `start`; narration ends at `limit`."""
    limit = min(limit, start + _TAG_REACH)
    lead = _LEAD.match(text, start, limit)
    at = lead.end() if lead else start
    return _inverted(text, index, at, limit) or _direct(text, index, at, limit)


def _inverted(text: str, index: MentionIndex, at: int, limit: int) -> Cue | None:
    verb = _INVERTED.match(text, at, limit)
    if verb is None:
        return None
    word = verb.group(1)
    if word in NOT_INVERTED or not (word in SPEECH_VERBS or word.endswith("ed")):
        return None
    mention = _starting_at(text, index, verb.end())
    if mention is None:
        mention = index.starting_at(at + len(word) + 1)
    if mention is None and word in SPEECH_VERBS:
        mention = _noun_phrase(text, index, verb.end(), limit)
    if mention is None or mention.possessive:
        return None
    return Cue("tag", mention, at, mention.end, after=True)


def _starting_at(text: str, index: MentionIndex, at: int) -> Mention | None:
    """Who is mentioned at a place, or named there after epithets: "old John Minafer"."""
    mention = index.starting_at(at)
    epithets = _EPITHETS.match(text, at) if mention is None else None
    if epithets is None:
        return mention
    named = index.starting_at(epithets.end())
    if named is None or named.kind != "name":
        return None
    return msgspec.structs.replace(named, start=at)


def _noun_phrase(text: str, index: MentionIndex, at: int, limit: int) -> Mention | None:
    """A phrase for somebody whose noun no table holds: "the Time Traveller"."""
    phrase = _NOUN_PHRASE.match(text, at, limit)
    if phrase is None:
        return None
    for named in index.between(at, phrase.end()):
        if named.kind == "name" and named.end <= phrase.end() + 1:
            return msgspec.structs.replace(named, start=at)  # "the unhappy Ada"
    end = at
    for number, word in enumerate(_WORD.finditer(text, at, phrase.end())):
        lower = word.group().lower()
        if number and (lower in _PHRASE_ENDS or lower.endswith("ly")):
            break
        end = word.end()
    return role_mention(text, at, end) if " " in text[at:end].replace("\n", " ") else None


def _direct(text: str, index: MentionIndex, at: int, limit: int) -> Cue | None:
    mention = _starting_at(text, index, at)
    if mention is None or mention.possessive:
        return None
    verb_end = _verb_after(text, mention.end, limit)
    if verb_end:
        return Cue("tag", mention, at, verb_end, after=True)
    return Cue("beat", mention, at, mention.end, after=True)


def _verb_after(text: str, start: int, limit: int) -> int:
    """Where the verb of speech ends whose subject ends at `start`; 0 where there is none."""
    commas = 0
    place = start
    for number, word in enumerate(_WORD.finditer(text, start, limit)):
        gap = text[place : word.start()]
        if any(c in _CLAUSE_STOP for c in gap):
            return 0
        commas += "," in gap or "--" in gap or "—" in gap
        verbs = SPEECH_VERBS if commas == 0 and number < 3 else SURE_SPEECH_VERBS
        if word.group() in verbs:
            return word.end()
        if number > 14:
            return 0
        place = word.end()
    return 0


def cue_before(text: str, index: MentionIndex, start: int, end: int) -> Cue | None:
    """What stands in the narration `[start, end)` that a quotation follows."""
    opening = start
    start = _last_sentence(text, max(start, end - _BEFORE_REACH), end)
    tail = text[start:end].rstrip()
    if not tail:
        return None
    leads_in = tail[-1] in ",:-—–" or tail[-1].isalnum()
    mentions = [m for m in index.between(start, end) if not m.possessive and m.quote < 0]
    if leads_in:
        verbs = [w for w in _WORD.finditer(text, start, end) if w.group() in SPEECH_VERBS]
        for verb in reversed(verbs):
            mention = _subject(text, mentions, start, verb.start())
            if mention is None:
                mention = index.starting_at(verb.end() + 1)
            if mention is not None:
                return Cue("tag", mention, mention.start, max(verb.end(), mention.end), after=False)
    mention = _subject(text, mentions, start, end)
    if mention is None:
        return None
    leads = end - opening <= _SHORT_BEAT and not text[opening : mention.start].strip()
    return Cue("beat", mention, mention.start, mention.end, after=False, leads=leads)


def _last_sentence(text: str, start: int, end: int) -> int:
    last = start
    for stop in _SENTENCE_STOP.finditer(text, start, end):
        if stop.end() < end and not text[stop.end()].islower() and text[stop.end() : end].strip():
            if text[stop.start() - 2 : stop.start()] in {"Mr", "rs", "Dr", "St"}:
                continue
            last = stop.end()
    return last


def _subject(text: str, mentions: list[Mention], start: int, end: int) -> Mention | None:
    """The first of the mentions before `end` that no preposition governs."""
    inside = [m for m in mentions if start <= m.start and m.end <= end]
    found = None
    for mention in inside:
        if mention.kind == "pronoun":
            found = mention
        elif found is None:
            before = text[max(start, mention.start - 12) : mention.start].split()
            if not before or before[-1].lower().strip(",") not in _PREPOSITIONS:
                found = mention
    return found


def renumbered_cue(cue: Cue, number: Mapping[int, int]) -> Cue:
    """The same cue with another number for the person."""
    person = cue.mention.person
    if number[person] == person:
        return cue
    mention = msgspec.structs.replace(cue.mention, person=number[person])
    return msgspec.structs.replace(cue, mention=mention)
