"""A block of Markdown as pieces to be wrapped: what models write, drawn as it is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from textual.content import Content

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_STYLES = {"em": "italic", "strong": "bold", "s": "strike", "code": "$secondary"}
_MUTED = "$foreground 60%"
_LIST_STEP = 2


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text with what stands before its first row, and how far it is moved in."""

    content: Content
    indent: int = 0
    mark: str = ""


def pieces(block: str) -> list[Piece]:
    """The pieces of one block: a paragraph, a heading, a list, a quotation, code or a rule."""
    return list(_Reader(_parser().parse(block)).pieces())


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough")


class _Reader:
    """Walks through tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._indent = 0
        self._mark = ""
        self._quoted = 0
        self._lists: list[int] = []
        self._heading = False

    def pieces(self) -> Iterator[Piece]:
        """What the tokens say."""
        for token in self._tokens:
            kind = token.type
            if kind == "inline":
                yield self._piece(self._inline(token.children or []))
            elif kind in ("fence", "code_block"):
                text = token.content.rstrip("\n")
                yield Piece(Content.styled(text, "$secondary"), self._indent + _LIST_STEP)
            elif kind == "html_block":
                yield self._piece(Content(token.content.rstrip("\n")))
            elif kind == "hr":
                yield self._piece(Content.styled("· · ·", _MUTED))
            else:
                self._step(token)

    def _piece(self, content: Content) -> Piece:
        mark, self._mark = self._mark, ""
        return Piece(content, self._indent - len(mark), mark)

    def _step(self, token: Token) -> None:
        kind = token.type
        if kind == "heading_open":
            self._heading = True
        elif kind == "heading_close":
            self._heading = False
        elif kind in ("bullet_list_open", "ordered_list_open"):
            begins = int(token.attrGet("start") or 1) if kind.startswith("ordered") else 0
            self._lists.append(begins)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif kind == "list_item_open":
            self._mark = f"{self._lists[-1]}. " if self._lists[-1] else "• "
            self._indent += max(_LIST_STEP, len(self._mark))
            if self._lists[-1]:
                self._lists[-1] += 1
        elif kind == "list_item_close":
            number = self._lists[-1]
            self._indent -= max(_LIST_STEP, len(f"{number - 1}. ") if number else 0)
            self._mark = ""
        elif kind == "blockquote_open":
            self._quoted += 1
            self._indent += _LIST_STEP
        elif kind == "blockquote_close":
            self._quoted -= 1
            self._indent -= _LIST_STEP

    def _inline(self, children: Sequence[Token]) -> Content:
        parts: list[Any] = []
        looks: list[str] = []
        base = ["bold $primary"] if self._heading else ["italic"] if self._quoted else []
        for child in children:
            kind = child.type
            if kind.endswith("_open"):
                looks.append(_STYLES.get(kind.removesuffix("_open"), ""))
            elif kind.endswith("_close"):
                if looks:
                    looks.pop()
            else:
                own = [_STYLES["code"]] if kind == "code_inline" else []
                text = "\n" if kind in ("softbreak", "hardbreak") else child.content
                style = " ".join(look for look in (*base, *looks, *own) if look)
                parts.append((text, style) if style else text)
        return Content.assemble(*parts)
