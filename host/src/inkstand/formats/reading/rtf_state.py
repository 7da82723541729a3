"""What holds at a place of an RTF document, and the paragraphs that were read up to it."""

from __future__ import annotations

import codecs
from collections import Counter
from typing import Any

from inkstand.formats.reading import blocks
from inkstand.formats.reading.inlines import comment, plain
from inkstand.formats.reading.rtf_words import CHARSETS
from inkstand.formats.reading.runs import Run, nested

Node = dict[str, Any]
_BULLETS = "•·◦▪‣⁃○●■o-–*"


class Group:
    """What holds in a `{...}` group: it begins with what held around it."""

    __slots__ = (
        "deleted", "font", "formats", "hidden", "is_field", "key", "link", "opens", "style",
        "table", "takes", "uc", "words",
    )  # fmt: skip

    def __init__(self) -> None:
        self.formats: frozenset[str] = frozenset()
        self.font: int | None = None
        self.uc = 1
        self.hidden = self.deleted = self.is_field = False
        self.takes = "text"  # or "words" for what is no prose, or "nothing"
        self.opens = self.table = self.key = self.link = ""
        self.style = 0
        self.words: list[str] = []

    def inner(self) -> Group:
        """A group within this one."""
        made = Group()
        made.formats, made.font, made.uc = self.formats, self.font, self.uc
        made.hidden, made.deleted = self.hidden, self.deleted
        made.takes, made.table, made.key = self.takes, self.table, self.key
        made.words = self.words if self.takes == "words" else []
        made.style = self.style
        return made

    def open(self, kind: str, *, key: str = "") -> None:
        """Take what follows as words of that kind."""
        self.opens, self.takes, self.key, self.words = kind, "words", key, []

    def set_format(self, name: str, *, on: bool) -> None:
        """Turn a format on or off."""
        self.formats = self.formats | {name} if on else self.formats - {name}

    def plain(self) -> None:
        """Turn all formats off."""
        self.formats = frozenset()
        self.hidden = self.deleted = False


class _Paragraphs:
    """Paragraphs of the text, of a footnote or of an annotation."""

    def __init__(self) -> None:
        self.done: list[Node] = []
        self.runs: list[Run] = []
        self.level = 0

    def end(self, list_mark: str, style: str) -> None:
        """Close the paragraph that is open."""
        content = nested(self.runs)
        self.runs = []
        level = self.level or _level_of(style)
        words = plain(content).strip()
        if style in ("title", "subtitle", "author") and words:
            pair = ["", [], [["custom-style", style.capitalize()]]]
            self.done.append({"t": "Div", "c": [pair, [{"t": "Para", "c": content}]]})
        elif level and words:
            self.done.append({"t": "Header", "c": [level, ["", [], []], content]})
        elif list_mark and words:
            self._item(list_mark, {"t": "Para", "c": content})
        else:
            self.done.append({"t": "Para", "c": content})

    def _item(self, mark: str, paragraph: Node) -> None:
        digits = mark.strip("().\t ")
        if mark.strip() and mark.strip() in _BULLETS:
            if self.done and self.done[-1]["t"] == "BulletList":
                self.done[-1]["c"].append([paragraph])
            else:
                self.done.append({"t": "BulletList", "c": [[paragraph]]})
        elif digits.isdecimal():
            last = self.done[-1] if self.done else None
            if last and last["t"] == "OrderedList":
                last["c"][1].append([paragraph])
            else:
                start = [int(digits), {"t": "Decimal"}, {"t": "Period"}]
                self.done.append({"t": "OrderedList", "c": [start, [[paragraph]]]})
        else:
            content = [{"t": "Str", "c": f"{mark.strip()} "}, *paragraph["c"]]
            self.done.append({"t": "Para", "c": content})


class Story:
    """The document so far."""

    def __init__(self) -> None:
        self.lost: Counter[str] = Counter()
        self.styles: dict[int, str] = {}
        self.encoding = "cp1252"
        self.author = ""
        self.list_mark = ""
        self._stack = [_Paragraphs()]
        self._links: list[list[Run]] = []
        self._fonts: dict[int, str] = {}
        self._bytes = bytearray()
        self._bytes_in: Group | None = None
        self._bytes_as = ""
        self._high = 0
        self._style = 0
        self._left_out: tuple[str, int] = ("", -1)
        self._length = 0

    @property
    def _here(self) -> _Paragraphs:
        return self._stack[-1]

    def add(self, text: str, group: Group) -> None:
        """Add text in a group's format."""
        self.flush()
        self._high = 0
        self._length += len(text)
        runs = self._here.runs
        if runs and runs[-1].node is None and runs[-1].formats == group.formats:
            runs[-1] = Run(runs[-1].text + text, group.formats)
        else:
            runs.append(Run(text, group.formats))

    def add_byte(self, value: int, group: Group) -> None:
        """Add a byte of the group's code page; characters may have several."""
        encoding = self.encoding_of(group)
        if self._bytes_in is not group or self._bytes_as != encoding:
            self.flush()
        self._bytes_in, self._bytes_as = group, encoding
        self._bytes.append(value)

    def add_unit(self, code: int, group: Group) -> None:
        """Add a UTF-16 unit: half a pair waits for its other half."""
        if 0xD800 <= code < 0xDC00:
            self.flush()
            self._high = code
        elif 0xDC00 <= code < 0xE000:
            high, self._high = self._high, 0
            pair = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
            self.add(chr(pair) if high else "\ufffd", group)
        # Symbol fonts have their characters in this private area.
        elif code:
            self.add(chr(code), group)

    def flush(self) -> None:
        """Turn bytes that wait into text."""
        if not self._bytes:
            return
        data, group = bytes(self._bytes), self._bytes_in
        self._bytes.clear()
        assert group is not None
        self.add(data.decode(self._bytes_as, "replace"), group)

    def add_nodes(self, nodes: list[Node]) -> None:
        """Add elements that are no text."""
        self.flush()
        self._here.runs += [Run(node=node) for node in nodes]

    def encoding_of(self, group: Group) -> str:
        """The code page of a group's font, or the document's."""
        encoding = self._fonts.get(group.font, "") if group.font is not None else ""
        try:
            return codecs.lookup(encoding or self.encoding).name
        except LookupError:
            return "cp1252"

    def font_told(self, word: str, number: int | None, group: Group) -> None:
        """Keep the code page of a font of the font table."""
        if word == "f":
            group.font = number
        elif word == "fcharset" and number is not None and group.font is not None:
            # Charset 0 and 1 are "the document's own" in practice.
            self._fonts[group.font] = CHARSETS.get(number, "") if number > 2 else ""

    def leave_out(self, what: str, group: Group) -> None:
        """Count a passage that is left out, once for all its pieces."""
        if self._left_out != (what, self._length):
            self.lost[what] += 1
        self._left_out = (what, self._length)

    def mark(self, word: str, number: int | None, group: Group) -> None:
        """Heed a word about paragraphs."""
        self.flush()
        if word in ("par", "cell", "sect"):
            self._end_paragraph()
        elif word == "row":
            self.lost["rows of tables, kept as paragraphs cell by cell"] += 1
        elif word in ("line", "lbr"):
            self.add_nodes([{"t": "LineBreak"}])
        elif word == "page":
            self.add(blocks.PAGE, group)
        elif word == "pard":
            self._here.level = self._style = 0
        elif word == "s":
            self._style = number or 0
        elif word == "outlinelevel" and number is not None and 0 <= number < 6:
            self._here.level = number + 1

    def _end_paragraph(self) -> None:
        self._here.end(self.list_mark, self.styles.get(self._style, ""))
        self.list_mark = ""

    def start_inner(self, group: Group) -> None:
        """Begin a footnote or an annotation, whose text has formats of its own."""
        self.flush()
        self._stack.append(_Paragraphs())
        group.plain()

    def _end_inner(self) -> list[Node]:
        self.flush()
        inner = self._stack.pop()
        if inner.runs:
            inner.end("", "")
        return [node for node in inner.done if plain([node]).strip()]

    def end_footnote(self) -> None:
        """Add a footnote at the place where it was opened."""
        inner = self._end_inner()
        if inner:
            self.add_nodes([{"t": "Note", "c": inner}])

    def end_annotation(self) -> None:
        """Add an annotation as a comment."""
        words = plain(self._end_inner()).strip()
        author, self.author = self.author, ""
        said = comment(f"{author}: {words}" if author else words)
        if said:
            self.add_nodes([{"t": "RawInline", "c": ["html", said]}])

    def start_link(self) -> None:
        """Begin the text of a link or of another field."""
        self.flush()
        self._links.append(self._here.runs)
        self._here.runs = []

    def end_link(self) -> list[Node]:
        """End it, and give its text."""
        self.flush()
        nodes = nested(self._here.runs)
        self._here.runs = self._links.pop()
        return nodes

    def blocks(self) -> list[Node]:
        """All blocks of the text."""
        self.flush()
        if self._here.runs:
            self._end_paragraph()
        return self._here.done


def _level_of(style: str) -> int:
    name, _, number = style.rpartition(" ")
    return int(number) if name == "heading" and number.isdecimal() and int(number) <= 6 else 0
