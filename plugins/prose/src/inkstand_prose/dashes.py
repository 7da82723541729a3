"""Speech that a dash opens: "— Yes, said Ada. You may."

The tag stands inside without marks of its own, so it is found by its verb.
"""

from __future__ import annotations

import re

from inkstand_prose.languages import Language, without_incises
from inkstand_prose.lexicon.verbs import SURE_SPEECH_VERBS

_DASH = re.compile(r"(?:—|–|―|--|- )\s*")
_TAG_START = re.compile(r"[,.!?…—]\s+(?:(?:he|she|I|they|[A-Z][a-z]+)\s+)?([a-z]+)\b")
_TAG_END = re.compile(r"[.,:;—](?=\s|$)")
_LONGEST_TAG = 80
_NARRATION = re.compile(
    r",\s+(?:and (?:then )?(?:[a-z]+ed|went|came|took|put|sat|stood|rose|gave|ran|left|held|shook|"
    r"threw|drew|got|began|fell|bent|set|laid|spat|drank|lit|swung|sank|was|had|did)\b|"
    r"(?!(?:nothing|something|anything|everything|king|darling|during)\b)[a-z]{2,}ing\b|"
    r"(?:with|in|without|over) (?:an?|his|her|no|the)\b|(?:his|her) [a-z]+\b|"
    r"as (?:he|she|they|if|though)\b|who\b|not [a-z]+ing\b)"
)
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")


def dash_speech(
    text: str, start: int, end: int, language: Language = "en"
) -> list[tuple[int, int]]:
    """Spans of speech in the paragraph `[start, end)`; none where no dash opens it."""
    opening = _DASH.match(text, start, end)
    if opening is None or opening.end() >= end:
        return []
    begin = opening.end()
    if language != "en":
        return without_incises(text, begin, end, language, marked=False)
    spans: list[tuple[int, int]] = []
    for tag in _TAG_START.finditer(text, begin, end):
        if tag.start() < begin or tag.group(1) not in SURE_SPEECH_VERBS:
            continue
        if begin < tag.start() + 1:
            spans.append((begin, tag.start() + 1))
        tag_end = _TAG_END.search(text, tag.end(), min(end, tag.end() + _LONGEST_TAG))
        if tag_end is not None and _NARRATION.match(text, tag_end.start(), end):
            tag_end = _SENTENCE_END.search(text, tag_end.end(), end)
        if tag_end is None:
            return spans
        begin = tag_end.end()
        while begin < end and (text[begin].isspace() or text[begin] in "—–-"):
            begin += 1
    if begin < end:
        spans.append((begin, end))
    return spans
