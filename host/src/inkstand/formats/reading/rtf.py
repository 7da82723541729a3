"""RTF as word processors, macOS and Scrivener write it, without any program's help.

After the Rich Text Format Specification 1.9.1 (Microsoft, 2008). Text, emphasis, headings,
footnotes, annotations, lists and links are read; the rest is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from inkstand.formats.reading.blocks import Flow
from inkstand.formats.reading.rtf_state import Group, Story
from inkstand.formats.reading.rtf_words import (
    CHARACTERS,
    CODE_PAGES,
    FORMATS,
    HEADERS,
    INFO,
    SKIPPED,
    STARRED,
    SYMBOLS,
    TOKEN,
    code_page,
)
from inkstand.formats.reading.tree import from_blocks
from inkstand_sdk.errors import InputError

_DEEPEST = 2_000
_OFTEN = 20_000
_HYPERLINK = re.compile(r'HYPERLINK\s+"([^"]*)"')
LinkReader = Callable[[str, list[dict[str, Any]]], list[dict[str, Any]]]
"""Given a link's target and its text, what stands in its place."""


def rtf(
    data: bytes,
    name: str,
    check: Callable[[], None] = lambda: None,
    linked: LinkReader | None = None,
) -> Flow:
    """An RTF document.

    Args:
        data: Its bytes.
        name: What to call it in errors.
        check: Called now and then; may raise to stop.
        linked: What to make of links; they stay links otherwise.

    Raises:
        InputError: it is no RTF, or nested without bounds.

    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"{\\rtf"):
        raise InputError(
            f"{name} is no RTF.",
            "Its name says so, but it does not begin as RTF does.",
            "Open it in the program that made it, and save it anew.",
        )
    reader = _Reader(name, linked)
    reader.read(data.decode("latin-1"), check)
    flow = from_blocks(reader.finished(), reader.info)
    lost = flow.lost + reader.story.lost
    if boxes := data.count(b"\\shptxt"):
        lost["text boxes, left out with their text"] += boxes
    return msgspec.structs.replace(flow, lost=lost, notes=(*flow.notes, *reader.notes))


def note_blocks(data: bytes, name: str) -> list[dict[str, Any]]:
    """The blocks of a note that is RTF, or plain text. Raises `InputError`."""
    if not data.startswith(b"{\\rtf"):
        return [{"t": "Para", "c": [{"t": "Str", "c": data.decode("utf-8", "replace")}]}]
    reader = _Reader(name, None)
    reader.read(data.decode("latin-1"), lambda: None)
    return reader.finished()


class _Reader:
    """Goes through the tokens of a document, and tells its story."""

    def __init__(self, name: str, linked: LinkReader | None) -> None:
        self.info: dict[str, str] = {}
        self.notes: list[str] = []
        self.story = Story()
        self._name = name
        self._linked = linked
        self._groups = [Group()]
        self._skip = 0  # characters that stand for one which was given as \u
        self._starred = False

    @property
    def _group(self) -> Group:
        return self._groups[-1]

    def read(self, text: str, check: Callable[[], None]) -> None:
        at = count = 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                at += 1
                continue
            at = match.end()
            count += 1
            if count % _OFTEN == 0:
                check()
            if match["text"] is not None:
                self._text(match["text"])
            elif match["word"] is not None:
                number = int(match["number"]) if match["number"] else None
                if match["word"] == "bin" and number is not None and number > 0:
                    at += number
                else:
                    self._word(match["word"], number)
            elif match["byte"] is not None:
                self._byte(int(match["byte"], 16))
            elif match["brace"] is not None:
                self._brace(match["brace"])
            elif match["symbol"] is not None:
                self._symbol(match["symbol"])

    def finished(self) -> list[dict[str, Any]]:
        """The blocks of the whole document."""
        if len(self._groups) > 1:
            self.notes.append(
                "The file ends in the middle of a group: it may have been cut off. What was there"
                " was taken."
            )
        while len(self._groups) > 1:
            self._brace("}")
        return self.story.blocks()

    def _brace(self, brace: str) -> None:
        self.story.flush()
        self._skip = 0
        self._starred = False
        if brace == "{":
            if len(self._groups) > _DEEPEST:
                raise InputError(
                    f"{self._name} is not read: its groups are nested more than {_DEEPEST} deep.",
                    "It was made by hand, or to do harm.",
                    "Open it in the program that it is for, save it anew, and try again.",
                )
            self._groups.append(self._group.inner())
        elif len(self._groups) > 1:
            self._ended(self._groups.pop())

    def _ended(self, group: Group) -> None:
        if group.opens == "footnote":
            self.story.end_footnote()
        elif group.opens == "annotation":
            self.story.end_annotation()
        elif group.opens == "link":
            target = self._group.link
            nodes = self.story.end_link()
            self.story.add_nodes(self._of_link(target, nodes))
        elif group.opens in ("font", "style", "instruction", "info", "list", "author"):
            self._told(group)

    def _told(self, group: Group) -> None:
        """Keep the words that a group of another kind than text held."""
        words = "".join(group.words).strip()
        if group.opens == "style":
            self.story.styles[group.style] = words.rstrip(";").lower()
        elif group.opens == "info" and words:
            self.info.setdefault(group.key, words)
        elif group.opens == "list":
            self.story.list_mark = words
        elif group.opens == "author":
            self.story.author = words
        elif group.opens == "instruction" and (match := _HYPERLINK.search(words)):
            for each in reversed(self._groups):
                if each.is_field:
                    each.link = match[1]
                    break

    def _of_link(self, target: str, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self._linked is not None:
            return self._linked(target, nodes)
        return [{"t": "Link", "c": [["", [], []], nodes, [target, ""]]}] if target else nodes

    def _text(self, text: str) -> None:
        if self._skip:
            text, self._skip = text[self._skip :], max(0, self._skip - len(text))
        self._starred = False
        if text.isascii():
            self._put(text)
        else:
            for character in text:
                self._byte(ord(character))

    def _byte(self, value: int) -> None:
        if self._skip:
            self._skip -= 1
        elif self._group.takes == "text" and not self._is_left_out():
            self.story.add_byte(value, self._group)
        elif self._group.takes == "words":
            self._group.words.append(bytes([value]).decode(self._encoding(), "replace"))

    def _encoding(self) -> str:
        return self.story.encoding_of(self._group)

    def _put(self, text: str) -> None:
        if not text:
            return
        if self._group.takes == "text":
            if not self._is_left_out():
                self.story.add(text, self._group)
        elif self._group.takes == "words":
            self._group.words.append(text)

    def _is_left_out(self) -> bool:
        group = self._group
        if group.hidden:
            self.story.leave_out("passages of hidden text, left out", group)
        elif group.deleted:
            self.story.leave_out("tracked deletions, left out as if accepted", group)
        return group.hidden or group.deleted

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._starred = True
        elif self._skip and symbol not in "\r\n":
            self._skip -= 1
        elif symbol in SYMBOLS:
            self._put(SYMBOLS[symbol])
        elif symbol in "\r\n":
            self._word("par", None)

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        group = self._group
        if starred and word not in STARRED:
            group.takes = "nothing"
        elif self._opens(word, group):
            return
        elif word == "u" and number is not None:
            self._unicode(number & 0xFFFF)
        elif word == "uc":
            group.uc = max(0, number or 0)
        elif word in CHARACTERS:
            self._put(CHARACTERS[word])
        elif group.takes != "nothing":
            self._format(word, number, group)

    def _unicode(self, code: int) -> None:
        if self._group.takes == "text" and not self._is_left_out():
            self.story.add_unit(code, self._group)
        elif self._group.takes == "words":
            self._group.words.append(chr(code))
        self._skip = self._group.uc

    def _opens(self, word: str, group: Group) -> bool:
        """Whether a word says what its group is, if that is something else than text."""
        if group.takes == "nothing":
            return word not in ("u", "uc")
        if word in SKIPPED:
            group.takes = "nothing"
        elif word in HEADERS:
            group.takes = "nothing"
            self.story.lost["headers or footers, left out"] += 1
        elif word == "pict":
            self.story.lost["images, left out"] += 1
            group.takes = "nothing"
        elif word in ("fonttbl", "stylesheet", "info"):
            group.takes, group.table = "words", word
        elif group.table == "info" and word in INFO:
            group.open("info", key=INFO[word])
        elif group.table == "stylesheet" and word == "s":
            return False
        elif word == "fldinst":
            group.open("instruction")
        elif word == "field":
            group.is_field = True
        elif word == "fldrslt":
            self.story.start_link()
            group.opens = "link"
        elif word == "listtext":
            group.open("list")
        elif word == "atnauthor":
            group.open("author")
        elif word in ("footnote", "annotation"):
            self.story.start_inner(group)
            group.opens = word
        else:
            return False
        return True

    def _format(self, word: str, number: int | None, group: Group) -> None:
        on = number is None or number != 0
        if group.table == "fonttbl":
            self.story.font_told(word, number, group)
        elif group.table == "stylesheet":
            if word == "s" and number is not None:
                group.open("style")
                group.style = number
        elif word in FORMATS:
            group.set_format(FORMATS[word], on=on)
        elif word == "ulnone":
            group.set_format("Underline", on=False)
        elif word == "nosupersub":
            group.set_format("Superscript", on=False)
            group.set_format("Subscript", on=False)
        elif word == "plain":
            group.plain()
        elif word == "v":
            group.hidden = on
        elif word == "deleted":
            group.deleted = on
        elif word == "f":
            self.story.flush()
            group.font = number
        elif word == "ansicpg":
            self.story.encoding = code_page(number or 0)
        elif word in CODE_PAGES:
            self.story.encoding = CODE_PAGES[word]
        elif group.takes == "text":
            self.story.mark(word, number, group)
