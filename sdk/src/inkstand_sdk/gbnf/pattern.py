"""Regular expressions as GBNF, for texts inside a JSON string.

Python's own parser reads them: it is the only one here, and has no public name.
"""

from __future__ import annotations

import re
import re._parser as regex  # type: ignore[import-not-found]
from collections.abc import Iterable
from typing import Any

_CATEGORIES = {
    "CATEGORY_DIGIT": "0-9",
    "CATEGORY_WORD": "0-9A-Za-z_",
    "CATEGORY_SPACE": " ",
}
_CONTROL = r"\x00-\x1F\x7F"  # never stand in a JSON string as they are
_IN_CLASS = {"\\": "\\\\", "]": "\\]", "[": "\\[", "-": "\\x2D", "^": "\\x5E"}
_MOST = 1_000


class NotExpressible(Exception):
    """The expression uses what a grammar cannot say."""


def pattern_body(pattern: str) -> str:
    """GBNF for a text that matches `pattern` as a whole, as it stands between the quotation marks.

    Raises:
        re.error: it is no regular expression.
        NotExpressible: it looks around, refers back, or names a class of characters by its kind.

    """
    re.compile(pattern)
    return _sequence(regex.parse(pattern))


def quoted(text: str) -> str:
    """`text` as a GBNF literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\x{ord(m[0]):02X}", escaped) + '"'


def _sequence(items: Iterable[Any]) -> str:
    return " ".join(filter(None, (_item(str(kind), value) for kind, value in items))) or '""'


def _item(kind: str, value: Any) -> str:
    match kind:
        case "LITERAL":
            return _literal(chr(value))
        case "ANY":
            return f'([^"\\\\{_CONTROL}] | "\\\\" ["\\\\])'
        case "NOT_LITERAL":
            return _class([("LITERAL", value)], negated=True)
        case "IN":
            negated = str(value[0][0]) == "NEGATE"
            return _class(value[1:] if negated else value, negated=negated)
        case "SUBPATTERN":
            if value[1] or value[2]:
                raise NotExpressible("flags in a group")
            return f"({_sequence(value[3])})"
        case "BRANCH":
            return "(" + " | ".join(_sequence(branch) for branch in value[1]) + ")"
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _repeat(*value)
        case "AT" if str(value) in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
            return ""
        case "AT" if str(value) in ("AT_END", "AT_END_STRING"):
            return ""
    raise NotExpressible(kind)


def _repeat(least: int, most: Any, items: Any) -> str:
    if least > _MOST or (isinstance(most, int) and most > _MOST and str(most) != "MAXREPEAT"):
        raise NotExpressible("so many repetitions")
    bounds = f"{{{least},}}" if str(most) == "MAXREPEAT" else f"{{{least},{most}}}"
    return f"({_sequence(items)}){bounds}"


def _literal(character: str) -> str:
    if character in '"\\':
        return quoted(f"\\{character}")
    if character < " " or character == "\x7f":
        escapes = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f", "\b": "\\b"}
        if character not in escapes:
            raise NotExpressible("a control character")
        return quoted(escapes[character])
    return quoted(character)


def _class(parts: Iterable[Any], *, negated: bool) -> str:
    inside = "".join(_range(str(kind), value) for kind, value in parts)
    if negated:
        return f'[^"\\\\{_CONTROL}{inside}]'
    if not inside:
        raise NotExpressible("a class without a character")
    return f"[{inside}]"


def _range(kind: str, value: Any) -> str:
    if kind == "LITERAL":
        low = high = value
    elif kind == "RANGE":
        low, high = value
    elif kind == "CATEGORY" and str(value) in _CATEGORIES:
        return _CATEGORIES[str(value)]
    else:
        raise NotExpressible(kind)
    # A quotation mark or backslash would need an escape before it, which a class cannot hold.
    if low < 0x20 or any(low <= ord(character) <= high for character in '"\\\x7f'):
        raise NotExpressible("a class with quotation marks, backslashes or control characters")
    ends = [_IN_CLASS.get(chr(code), chr(code)) for code in (low, high)]
    return ends[0] if low == high else "-".join(ends)
