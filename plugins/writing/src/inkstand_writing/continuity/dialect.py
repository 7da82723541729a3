"""Speech that is spelled as it is heard: what looks like a slip there is meant."""

from __future__ import annotations

import re

from inkstand_sdk import Span
from inkstand_writing.continuity.facts import BookFacts

_ELISION = re.compile(r"(?<![^\W_])['’][a-z]+|\b[a-z]+in['’](?![^\W_])|\b[a-z]+['’](?=\s+[a-z])")
_BROKEN = re.compile(
    r"\b(?:ain['’]t|an['’]|o['’]|ye|yer|yez|zur|sez|wot|wuz|dat|dis|dey|dem|de|den|gwine|jest|sich|ter"
    r"|git|hev|ez|thet|fer|arter|afore|agin|vas|und|mit|ze|zis|zat|ees|heem|oi|oim|bin|dey|doan|nuffin"
    r"|wid|yo|yoh|ef|massa|mars|marse|mas'r|missus|leetle|wery|vich|vot|ay|hef|nae|dinna|canna|wee)\b"
)
_FOREIGN = re.compile(
    r"\b(?:le|la|les|vous|mon|ma|mes|qui|que|est|ne|pas|dans|avec|une|und|der|die|das|ist|nicht|ich|el|los"
    r"|il|che|non|signor|monsieur|et|je|tu|sur|pour|cum|sed|vobis|mein|du)\b",
    re.IGNORECASE,
)


def is_plain_speech(facts: BookFacts, span: Span) -> bool:
    """Whether words are English narration, or speech in ordinary spelling."""
    if len(_FOREIGN.findall(facts.text(facts.sentence(span)))) > 1:
        return False
    quotation = facts.speech(span.scene, span.start)
    if quotation is None:
        return True
    text = quotation.text
    return len(_ELISION.findall(text)) < 2 and not _BROKEN.search(text.lower())
