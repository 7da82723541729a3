"""Sentences that tell of a thing that it is lost for good: burned, sold, sunk, given away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from inkstand_writing import lexicon

_PART_NAME = re.compile(r"%([A-Z]+)%")
_OWNER = (
    r"(?:an?|[Tt]he|[Tt]hat|[Tt]his|[Hh]is|[Hh]er|[Mm]y|[Yy]our|[Oo]ur|[Tt]heir"
    r"|(?:[A-Z][\w-]+ )?[A-Z][\w-]+[’']s?)"
)
_HINDERED = re.compile(
    r"\b(?:not|never|nearly|almost|if|would|could|should|might|may|will|shall|to|cannot|wish\w*"
    r"|n[’']t|threaten\w*|want\w*|like|as though|dream\w*|imagin\w*|afraid|fear\w*|lest|suppos\w*"
    r"|pretend\w*|unless|whether|hope\w*|half|suspect\w*|thought|say|says)\b[^.;]{0,30}\Z"
)
_DONE = re.compile(
    r"\b(?:had to|forced to|obliged to|compelled to|never (?:saw|found|recovered|got|laid|set|be"
    r"|seen))"
    r"[^.;]{0,30}\Z"
)
_LONGEST = 1_500
_PLAIN = lexicon.words("plain_things")
_NO_THINGS = frozenset(
    {"hair", "voice", "face", "head", "heart", "hands", "eyes", "body", "way", "desire", "girls"}
    | {"dollars", "boys", "men", "women", "people", "pounds", "of", "to", "for", "in", "on"}
)
_COLORS = frozenset(["black", "white", "dark", "heavy", "glass", "paper", "fire"])
"""Words that tell one thing from another, though they name none themselves."""
_OTHER_OWNER = re.compile(r"(?:[A-Z]\w+|[Hh]e|[Ss]he|I)\b[^.;!?]*? ([A-Z]\w+)[’']s\Z")
"""Whose a thing is, where somebody else has been named before."""
_LIKE_THINGS = re.compile(
    r"(?<=[a-z-])(?:case|box|book|knife|glass|glasses|pot|bag|chest|cup|pin|chain|bottle|stick"
    r"|coat|hat"
    r"|chair|sword|gun|lamp|board|watch|spoon|plate|key|card|boat|cart|clock|boots?|gloves?|belt"
    r"|piece)\Z"
)
"""Ends of words for things that somebody has: a pocket-knife, a songbook."""
_ANOTHERS = frozenset(
    {"own", "other", "whole", "first", "another", "few", "many", "such", "little"}
)


class Loss(msgspec.Struct, frozen=True):
    """A thing that is lost: the word for it, the words that tell it from others of its kind, and
    where in the sentence it is named. `owned` is whether it is said whose it is.
    """

    what: str
    how: frozenset[str]
    start: int
    end: int
    owned: bool
    known: bool
    """Whether the word is one for a thing that somebody has."""
    kind: str = "strong"


def losses(text: str) -> Iterator[Loss]:
    """The things that a sentence says are lost. `text` has spaces for line breaks."""
    if len(text) > _LONGEST or not _trigger().search(text):
        return
    seen = set()
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            loss = _loss(text, match, kind)
            if loss is not None and loss.end not in seen:
                seen.add(loss.end)
                yield loss


def _loss(text: str, match: re.Match[str], kind: str) -> Loss | None:
    before = text[: match.start()]
    if _HINDERED.search(before) and not _DONE.search(text[: match.end()]):
        return None
    if "?" in text[match.end() : match.end() + 60]:
        return None
    if kind == "named":
        what = match["name"]
        return Loss(what, frozenset(), match.start("name"), match.end("name"), True, True, kind)
    what = match["what"]
    words = match["how"].split()
    how = frozenset(
        _bare(word)
        for word in words
        if word not in _PLAIN or word in _COLORS or _bare(word) != word
    )
    other = _OTHER_OWNER.search(text[: match.end("of")])
    if other is not None:
        how |= {other[1].lower()}
    if match["post"]:
        how |= {match["post"].split()[-1].lower()}
    owner = match["of"].lower()
    owned = owner in {"his", "her", "my", "your", "our", "their"} or (
        match["of"][0].isupper() and (owner not in {"the", "that", "this"})
    )
    known = what in lexicon.words("things") or bool(_LIKE_THINGS.search(what))
    if what in _NO_THINGS or not _ANOTHERS.isdisjoint(words):
        return None
    if not how and (owner in {"a", "an"} or (what in _PLAIN and not known)):
        return None
    if not known and not (kind == "thrown" and how):
        return None
    return Loss(what, how, match.start("of"), match.end("what"), owned, known, kind)


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


@cache
def _trigger() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(lexicon.words('loss_words')))})\b")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ends = "|".join(sorted(lexicon.words("noun_ends")))
    parts = {
        "THING": (
            rf"(?P<of>{_OWNER}) (?:(?:only|last|first|very|same"
            rf"|one) )?(?P<how>(?:(?!(?:{ends}) )[a-z]+(?:-[a-z]+)*(?:[’']s)? ){{0,4}}?)"
            rf"(?P<what>(?!(?:{ends})\b)[a-z]+(?:-[a-z]+)*)\b"
            r"(?P<post> (?:of|from) (?:the |his |her |my |an? )?(?:[a-z]+ )??[A-Za-z]+)?"
            r"(?: (?:to|for|with|on|in) (?:the|his|her|my|an?) (?:[a-z]+ )?[a-z]+)??"
        ),
        "END": rf"[,.;:!?)—–]| -|\s+(?:{ends})\b|\s*\Z",
    }
    found, after = [], []
    for head, text in lexicon.rows("losses"):
        written = _PART_NAME.sub(lambda match: parts[match[1]], text)
        if head.startswith("%"):
            parts[head.strip("%")] = written
        elif head == "after":
            after.append(written)
        else:
            found.append((head, re.compile(written)))
    # One pattern, so that what names the thing is looked for once.
    subject = re.compile(rf"{parts['THING']}(?:{'|'.join(after)})")
    return (*found, ("strong", subject))
