"""Direct speech: where each stretch begins and ends, whatever marks surround it.

Marks are paired paragraph by paragraph, so one that is missing spoils no more than its own
paragraph. A quotation that is open at the end of a paragraph goes on in the next only where
that begins with an opening mark again.
"""

from __future__ import annotations

import re

import msgspec

from inkstand_prose.conventions import Convention
from inkstand_prose.dashes import dash_speech
from inkstand_prose.languages import VERBS, without_incises
from inkstand_prose.paragraphs import set_off

_MARK = re.compile(r"[\"“”„‟«»‹›]")
_MARK_OR_LOW = re.compile(r"[\"“”„‟«»‹›‚‘]")
_MARK_OR_SINGLE = re.compile(r"[\"“”„‟«»‹›‘’‚']")
_CLOSERS = {
    '"': '"',
    "“": "”",
    "„": '“”"',
    "‟": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "”": "”",
    "‘": "’",
    "‚": "‘’",
    "'": "'",
}
_OPENING_CONTEXT = frozenset(" \t\r\n\f\v\u00a0\u2009\u202f([{_*")
_DASHES = frozenset("—–-―")
_BEFORE_CLOSING = frozenset(",.!?;:—–-…)")
_ELISION = re.compile(
    r"['’](?:tis|twas|twere|twill|twould|twasn|tisn|tain|em|im|er|ere|cause|bout|round|neath|gainst|mid|"
    r"til|till|bus|phone|ow|ouse|ome|ad|e|is|ave|a|n|un|kay|cos|nother|nuff|sblood|zounds|s|d|ll|\d\ds?)\b",
    re.IGNORECASE,
)
_CLIPPED = re.compile(r"(?:[sS]|\b(?:o|th|an|ol|wi|d|t|l|i|po|ha|mo)|[a-z]in)$")
"""Before an apostrophe that ends a word: "the boys' hats", "out o' here", "goin' home"."""
_DROPPED_G = re.compile(r"[a-z]in$")
_SINGLE_SPEECH = re.compile(
    r"(?:‘(?:[^‘’]|’(?=\w)){2,400}[,.!?—…]’|'[A-Z](?:[^']|'(?=\w)){1,400}[,.!?—…]')(?!\w)"
)
_AFTER_COMMA = re.compile(rf"(?<=[,:]\s){_SINGLE_SPEECH.pattern}")
_GERSHAYIM = re.compile(
    r"(?<=[\u05d0-\u05ea])[\"“”](?=[\u05d0-\u05ea](?![\u05d0-\u05ea]))"
    r"|(?<=[\u05d0-\u05ea]{3})[\"“”](?=[\u05d0-\u05ea])"
)
"""The sign of an abbreviation in Hebrew, which is typed as a quotation mark."""
_INCHES = re.compile(r"(?<=\d['’′]\d)\"|(?<=\d['’′]\d\d)\"")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LAST_WORD = re.compile(r"([^\W\d_]+)[,:]?\s*$")
_SCARE_WORDS = 6


class Quote(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of speech at `[start, end)`, marks left out. `outer` spans the marks too.
    `resumes`: it carries on speech that was open at the end of the paragraph before.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    paragraph: int
    resumes: bool = False


def find_quotes(
    text: str, paragraphs: list[tuple[int, int]], convention: Convention
) -> list[Quote]:
    """All direct speech, in order; titles, scare quotes and indented letters are left out."""
    quotes: list[Quote] = []
    still_open = ""
    skipped = set_off(text, paragraphs)
    for number, (start, end) in enumerate(paragraphs):
        if number in skipped:
            continue
        closed = end
        if still_open in _CLOSERS and text[end - 1] in _CLOSERS[still_open]:
            closed = end - 1
        if convention.dashes and (spoken := dash_speech(text, start, closed, convention.language)):
            quotes += [_quote(text, a, b, number) for a, b in spoken]
            still_open = still_open if closed == end else ""
            continue
        here = convention
        if not still_open and _is_single_here(text, start, end, convention):
            here = msgspec.structs.replace(convention, single=True)
        scan = _ParagraphScan(text, start, end, number, here)
        quotes += scan.run(still_open)
        still_open = scan.left_open
    return quotes


def _is_single_here(text: str, start: int, end: int, convention: Convention) -> bool:
    """Whether a paragraph among others in double marks has its speech in single ones."""
    if convention.single or convention.dashes or convention.language != "en":
        return False
    if _MARK.search(text, start, end) is not None:
        return False
    if _SINGLE_SPEECH.match(text, start, end) is not None:
        return True
    return _AFTER_COMMA.search(text, start, end) is not None


def _quote(text: str, start: int, end: int, paragraph: int) -> Quote:
    """Speech without marks of its own, and without the blanks around it."""
    body = text[start:end]
    start, end = start + len(body) - len(body.lstrip()), start + len(body.rstrip())
    return Quote(start, end, start, end, paragraph)


class _ParagraphScan:
    """Pairs the marks of one paragraph."""

    def __init__(
        self, text: str, start: int, end: int, number: int, convention: Convention
    ) -> None:
        self.text, self.start, self.end, self.number = text, start, end, number
        self.convention = convention
        self.left_open = ""
        self.opener = ""
        self.opened_at = -1
        self.weak_close = -1
        self.quotes: list[Quote] = []

    def run(self, still_open: str) -> list[Quote]:
        pattern = _MARK_OR_SINGLE if self.convention.single else _MARK
        if self.convention.language == "de" and not self.convention.single:
            pattern = _MARK_OR_LOW
        for match in pattern.finditer(self.text, self.start, self.end):
            at, mark = match.start(), match.group()
            if mark in '"“”' and self._is_sign(at):
                continue
            if self.opener:
                self._while_open(at, mark)
            else:
                self._while_closed(at, mark)
        if self.opener:
            self._finish()
        if still_open and self.quotes and self._starts_with(still_open):
            self.quotes[0] = msgspec.structs.replace(self.quotes[0], resumes=True)
        return [part for q in self.quotes if not self._is_scare(q) for part in self._parts(q)]

    def _is_sign(self, at: int) -> bool:
        """Whether a mark stands for something else than speech: in a Hebrew abbreviation, or for
        inches.
        """
        return bool(_GERSHAYIM.match(self.text, at) or _INCHES.match(self.text, at))

    def _parts(self, quote: Quote) -> list[Quote]:
        """The quotation without words within its marks that tell who speaks."""
        parts = without_incises(
            self.text, quote.start, quote.end, self.convention.language, marked=True
        )
        if len(parts) == 1 and parts[0] == (quote.start, quote.end):
            return [quote]
        found = [_quote(self.text, start, end, self.number) for start, end in parts]
        if found:
            outer, resumes = quote.outer_start, quote.resumes
            found[0] = msgspec.structs.replace(found[0], outer_start=outer, resumes=resumes)
            if found[-1].end == quote.end:
                found[-1] = msgspec.structs.replace(found[-1], outer_end=quote.outer_end)
        return found

    def _starts_with(self, opener: str) -> bool:
        first = self.quotes[0]
        return first.outer_start == self.start and self.text[self.start] == opener

    def _while_closed(self, at: int, mark: str) -> None:
        if self._can_open(at, mark):
            self.opener, self.opened_at, self.weak_close = mark, at, -1
        elif self._ends_unopened(at, mark):
            self._add(self.start, self.start, at, at + 1)

    def _ends_unopened(self, at: int, mark: str) -> bool:
        """Whether the opening mark is missing, or stands in a paragraph before."""
        if self.quotes or self.convention.single or mark not in '"”»':
            return False
        return self._looks_closing(at) and not self.text[at - 1 : at].isdigit()

    def _while_open(self, at: int, mark: str) -> None:
        if mark not in _CLOSERS[self.opener] and not self._is_turned(at, mark):
            return
        if mark in "'’":
            self._close_single(at)
        elif mark == '"' and self._looks_opening(at) and not self._looks_closing(at):
            self._close(at)
            self.opener, self.opened_at, self.weak_close = mark, at, -1
        else:
            self._close(at)

    def _is_turned(self, at: int, mark: str) -> bool:
        """Whether an opening mark was typed where its closing one belongs: “so.“"""
        if mark != "“" or self.opener != "“" or self._looks_opening(at):
            return False
        return self.text[at - 1] in _BEFORE_CLOSING and self._looks_closing(at)

    def _close_single(self, at: int) -> None:
        before, after = self.text[at - 1], self.text[at + 1] if at + 1 < self.end else " "
        if after.isalnum() or at == self.opened_at + 1:
            return
        if before in _BEFORE_CLOSING:
            self._close(at)
        elif after in ",.!?" and _DROPPED_G.search(self.text[max(self.start, at - 14) : at]):
            if not self._closes_before_opening(at):
                self._close(at)
        elif before.isspace() and _ELISION.match(self.text, at, min(self.end, at + 12)):
            return
        elif after == " " and _CLIPPED.search(self.text[max(self.start, at - 14) : at]):
            self.weak_close = at
        elif not before.isspace():
            self._close(at)

    def _can_open(self, at: int, mark: str) -> bool:
        if mark == '"':
            return self._looks_opening(at) or not self._looks_closing(at)
        if mark in "”’":
            return mark == "”" and self._looks_opening(at)
        if mark in "«»‹›":
            opening, closing = self._looks_opening(at), self._looks_closing(at)
            if opening != closing:
                return opening
            return (mark in "»›") == self.convention.reversed_angles
        if mark == "'":
            return self._looks_opening(at) and not self._is_elision(at)
        if mark == "‘" and self.convention.language == "de":
            return False
        if mark == "‘":
            return not self._is_elision(at) or self._closes_soon(at)
        return True

    def _is_elision(self, at: int) -> bool:
        window = self.text[at : min(self.end, at + 12)].replace("‘", "’", 1)
        return _ELISION.match(window) is not None and not self._closes_soon(at)

    def _closes_soon(self, at: int) -> bool:
        """Whether a closing single mark after punctuation follows before the next opening one."""
        mark = self.text[at]
        closer = "'" if mark == "'" else "’"
        found = self.text.find(closer, at + 1, min(self.end, at + 400))
        while found > 0:
            if self.text[found - 1] in _BEFORE_CLOSING:
                return True
            if mark == "'" and self._looks_opening(found):
                return False
            found = self.text.find(closer, found + 1, min(self.end, at + 400))
        return False

    def _closes_before_opening(self, at: int) -> bool:
        """Whether a closing single mark after punctuation follows before any that may open."""
        opening = self.text.find("‘", at + 1, min(self.end, at + 400))
        closer = re.compile(rf"(?<=[,.!?;:—–…-]){self.text[at]}(?!\w)")
        closing = closer.search(self.text, at + 1, min(self.end, at + 400))
        if closing is None or 0 <= opening < closing.start():
            return False
        marks = re.finditer("'", self.text[at + 1 : closing.start()])
        return not any(self._looks_opening(at + 1 + m.start()) for m in marks)

    def _looks_opening(self, at: int) -> bool:
        before = self.text[at - 1] if at > self.start else " "
        after = self.text[at + 1] if at + 1 < self.end else " "
        return (before in _OPENING_CONTEXT or before in _DASHES) and not after.isspace()

    def _looks_closing(self, at: int) -> bool:
        before = self.text[at - 1] if at > self.start else " "
        after = self.text[at + 1] if at + 1 < self.end else " "
        return before not in _OPENING_CONTEXT and not after.isalnum()

    def _close(self, at: int) -> None:
        self._add(self.opened_at, self.opened_at + 1, at, at + 1)
        self.opener = ""

    def _finish(self) -> None:
        """The paragraph ends within speech."""
        if self.weak_close > 0:
            self._close(self.weak_close)
            return
        self._add(self.opened_at, self.opened_at + 1, self.end, self.end)
        self.left_open, self.opener = self.opener, ""

    def _add(self, outer_start: int, start: int, end: int, outer_end: int) -> None:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start < end:
            self.quotes.append(Quote(start, end, outer_start, outer_end, self.number))

    def _is_scare(self, quote: Quote) -> bool:
        """A title or a word held at arm's length: "stylish" within a sentence of narration."""
        if quote.end - quote.start > 60 or quote.outer_start == self.start or quote.resumes:
            return False
        words = len(_WORD.findall(self.text, quote.start, quote.end))
        if words > _SCARE_WORDS or self.text[quote.end - 1] in ",.!?—-…":
            return words == 0
        before = self.text[max(self.start, quote.outer_start - 30) : quote.outer_start]
        if before.rstrip().endswith((",", ":", "—", "-")):
            return False
        last = _LAST_WORD.search(before)
        if last is None or last.group(1).lower() in VERBS[self.convention.language]:
            return False
        after = self.text[quote.outer_end : quote.outer_end + 2].strip()
        return not after or not after[0].isupper()
