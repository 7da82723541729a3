"""Finding and replacing in a text, in words or by a pattern, within a time.

`regex` lets other threads run while it searches, and stops when told: a pattern such as `(a+)+b`
costs nobody a key.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

import msgspec
import regex

from inkstand_sdk.errors import InputError

Range = tuple[int, int]
MOST = 100_000
"""Matches that are counted at most."""
LONGEST_S = 3.0


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. Without `case`, capitals in the pattern still mean capitals."""

    pattern: str
    is_regex: bool = False
    case: bool = False
    words: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Where a query matched, in code points of the text; `more` is whether there were too many."""

    query: Query
    matches: list[Range]
    more: bool = False

    def after(self, at: int) -> int | None:
        """The number of the first match that begins at a place or later, else the first of all."""
        if not self.matches:
            return None
        number = bisect_left(self.matches, (at, -1))
        return number if number < len(self.matches) else 0

    def before(self, at: int) -> int | None:
        """The number of the last match that begins before a place, else the last of all."""
        if not self.matches:
            return None
        return (bisect_left(self.matches, (at, -1)) - 1) % len(self.matches)


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """A replacement of all matches as one: `text` for what is between two places."""

    start: int
    end: int
    text: str
    count: int


def compiled(query: Query) -> regex.Pattern[str]:
    """The pattern of a query. Raises `InputError` that says what is wrong with it, and where."""
    source = query.pattern if query.is_regex else regex.escape(query.pattern, special_only=True)
    if query.words:
        source = rf"\b(?:{source})\b"
    flags = regex.MULTILINE
    if not query.case and query.pattern == query.pattern.lower():
        flags |= regex.IGNORECASE
    try:
        pattern: regex.Pattern[str] = regex.compile(source, flags)
    except regex.error as error:
        at, what = getattr(error, "pos", None), getattr(error, "msg", str(error))
        where = f" at character {at + 1}" if isinstance(at, int) else ""
        raise InputError(
            f"That is no pattern: {what}{where}.",
            "Parentheses, brackets and * + ? have a meaning in patterns.",
            "Put a backslash before one that means itself, or search for plain words.",
        ) from error
    except (RecursionError, OverflowError, MemoryError) as error:
        raise InputError(
            "That pattern is too large.", "It repeats or nests too much.", "Make it simpler."
        ) from error
    return pattern


def find(text: str, query: Query) -> Found:
    """Every match in a text, line ends of any kind being one character to the pattern.

    Raises:
        InputError: it is no pattern, or takes too long.

    """
    if not query.pattern:
        return Found(query=query, matches=[])
    pattern = compiled(query)
    plain = _Plain(text)
    matches: list[Range] = []
    try:
        for match in pattern.finditer(plain.text, concurrent=True, timeout=LONGEST_S):
            if len(matches) == MOST:
                return Found(query=query, matches=matches, more=True)
            matches.append((plain.place(match.start()), plain.place(match.end())))
    except TimeoutError as error:
        raise _too_long() from error
    return Found(query=query, matches=matches)


def replacement(text: str, query: Query, at: Range, template: str) -> str:
    """What one match becomes. Raises `InputError`: the template asks for what it did not match."""
    if not query.is_regex:
        return template
    plain = _Plain(text)
    start = plain.inner(at[0])
    try:
        match = compiled(query).match(plain.text, start, concurrent=True, timeout=LONGEST_S)
    except TimeoutError as error:
        raise _too_long() from error
    return template if match is None else _expanded(match, template)


def replace_all(text: str, query: Query, template: str, newline: str) -> Replaced | None:
    """All matches replaced; None if there are none.

    Raises:
        InputError: it is no pattern, it takes too long, or the template asks for what it did not
            match.

    """
    pattern = compiled(query)
    plain = _Plain(text)
    pieces: list[str] = []
    first = at = -1
    count = 0
    try:
        for match in pattern.finditer(plain.text, concurrent=True, timeout=LONGEST_S):
            start, end = plain.place(match.start()), plain.place(match.end())
            first = start if first < 0 else first
            if at >= 0:
                pieces.append(text[at:start])
            new = _expanded(match, template) if query.is_regex else template
            pieces.append(new if newline == "\n" else new.replace("\n", newline))
            at = end
            count += 1
    except TimeoutError as error:
        raise _too_long() from error
    if not count:
        return None
    return Replaced(start=first, end=at, text="".join(pieces), count=count)


def _expanded(match: regex.Match[str], template: str) -> str:
    try:
        expanded: str = match.expand(template)
    except (regex.error, IndexError) as error:
        raise InputError(
            f"The replacement cannot be used: {error}.",
            r"\1 is the first part in parentheses; the pattern has fewer of them, or none.",
            r"Write \\ for a backslash.",
        ) from error
    return expanded


def _too_long() -> InputError:
    return InputError(
        f"That pattern takes more than {LONGEST_S:.0f} seconds here.",
        "It can match in too many ways, as (a+)+b does.",
        "Make it say more exactly what it means.",
    )


class _Plain:
    """A text with one character for each line end, and where its places are in the text itself."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._doubled: list[int] = []
        if "\r" in text:
            parts = text.split("\r\n")
            lengths = accumulate(len(part) + 1 for part in parts[:-1])
            self._doubled = [length - 1 for length in lengths]
            self.text = "\n".join(parts).replace("\r", "\n")

    def place(self, at: int) -> int:
        """A place of the plain text in the text itself."""
        return at + bisect_left(self._doubled, at) if self._doubled else at

    def inner(self, at: int) -> int:
        """A place of the text itself in the plain one."""
        if not self._doubled:
            return at
        low, high = 0, len(self._doubled)
        while low < high:
            middle = (low + high) // 2
            if self._doubled[middle] + middle + 1 < at:
                low = middle + 1
            else:
                high = middle
        return at - low
