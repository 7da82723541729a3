"""A naive reader to compare with: straight or curly quotes, a name beside a verb of speech, and
else whoever spoke before last.
"""

from __future__ import annotations

import re
from typing import Any

_QUOTE = re.compile(r"[\"“]([^\"“”]{1,3000})[\"”]")
_NAME = r"((?:(?:Mr|Mrs|Dr)\. |Miss |Lady |Sir |Lord )?[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
_SAID = r"(?:said|says|asked|replied|answered|cried|exclaimed|returned|added|continued|observed)"
_AFTER = re.compile(rf"\s*(?:{_SAID} {_NAME}|{_NAME} {_SAID})")
_BEFORE = re.compile(rf"{_NAME} {_SAID}\b[^.\"“”]{{0,40}}[,:]\s*$")
_REACH = 80
_TAGGED, _GUESSED = 0.9, 0.4


def read(text: str) -> dict[str, Any]:
    """What `inkstand read --json` would print, as far as it is scored."""
    quotations: list[dict[str, Any]] = []
    turns: list[str] = []
    last_end = 0
    for match in _QUOTE.finditer(text):
        flat = " ".join(text[match.end() : match.end() + _REACH].split())
        before = " ".join(text[max(0, match.start() - _REACH) : match.start()].split()) + " "
        tag = _AFTER.match(" " + flat) or _BEFORE.search(before)
        if tag is not None:
            speaker = next(group for group in tag.groups() if group)
        elif turns and "\n\n" not in text[last_end : match.start()]:
            speaker = turns[-1]
        else:
            speaker = turns[-2] if len(turns) > 1 else ""
        turns.append(speaker)
        last_end = match.end()
        quotations.append(
            {
                "start": match.start(1),
                "end": match.end(1),
                "speaker": speaker or None,
                "confidence": _TAGGED if tag is not None else _GUESSED,
                "kind": "explicit" if tag is not None else "implicit",
                "addressees": [],
            }
        )
    cast = [{"name": name, "aliases": []} for name in dict.fromkeys(filter(None, turns))]
    return {"cast": cast, "quotations": quotations}
