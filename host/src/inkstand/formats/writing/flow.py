"""A section's Markdown as paragraphs of runs, for the formats that Inkstand writes by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

from inkstand.formats.writing.footnotes import REFERENCE, taken_out

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# markdown-it takes 40 ms to import: it is only loaded where a text is taken apart.

Kind = Literal["paragraph", "quote", "item", "verse", "code", "heading"]

_SPAN = re.compile(r"\[([^\[\]]*)\]\{\.(underline|smallcaps|mark)\}")
_RAISED = re.compile(r"(?<!\\)(?<!\[)([\^~])(?!~)([^\s\^~\\]+)\1(?!~)")
# Private-use characters stand for what this Markdown has beside CommonMark's.
_OPEN, _CLOSE, _NOTE, _NOTE_END = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKED = re.compile(f"([{_OPEN}{_CLOSE}]|{_NOTE}[^{_NOTE_END}]*{_NOTE_END})")


class Run(msgspec.Struct, frozen=True):
    """Text of one look. `note` is the label of the footnote that it refers to."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    note: str = ""


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph: what it is, its runs (a line break is LF), and an item's mark."""

    kind: Kind
    runs: tuple[Run, ...]
    mark: str = ""

    @property
    def text(self) -> str:
        """Its text without looks."""
        return "".join(run.text for run in self.runs)


class Flow(msgspec.Struct, frozen=True):
    """A section's paragraphs, and its footnotes by label."""

    paragraphs: tuple[Paragraph, ...]
    notes: dict[str, str]


def flow_of(text: str) -> Flow:
    """A section's text taken apart."""
    taken = taken_out([text])
    return Flow(tuple(_paragraphs(taken.texts[0])), taken.notes)


def runs_of(text: str) -> tuple[Run, ...]:
    """The runs of a heading, or of any Markdown in one line."""
    return tuple(run for paragraph in flow_of(text).paragraphs for run in paragraph.runs)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 60})
    return parser.enable(["strikethrough", "table"]).disable(["code", "html_block", "html_inline"])


def _paragraphs(text: str) -> Iterator[Paragraph]:
    text = REFERENCE.sub(rf"{_NOTE}\1{_NOTE_END}", text)
    text = _SPAN.sub(rf"{_OPEN}\1{_CLOSE}" if "{.underline}" in text else r"\1", text)
    text = _RAISED.sub(r"\2", text)
    inside: list[Kind] = []
    numbers: list[int | None] = []
    mark = ""
    for token in _parser().parse(text):
        kind = token.type
        if kind == "blockquote_open":
            inside.append("quote")
        elif kind in ("bullet_list_open", "ordered_list_open"):
            inside.append("item")
            start = token.attrGet("start")
            numbers.append(int(start or 1) if kind.startswith("ordered") else None)
        elif kind in ("blockquote_close", "bullet_list_close", "ordered_list_close"):
            if inside.pop() == "item":
                numbers.pop()
        elif kind == "list_item_open":
            number = numbers[-1]
            mark = "-" if number is None else f"{number}."
            if number is not None:
                numbers[-1] = number + 1
        elif kind == "inline":
            runs = tuple(_runs(token.children or []))
            is_verse = runs and runs[0].text.startswith("| ")
            yield Paragraph(
                "verse" if is_verse else inside[-1] if inside else "paragraph",
                _verse(runs) if is_verse else runs,
                mark,
            )
            mark = ""
        elif kind == "fence":
            yield Paragraph("code", (Run(token.content.rstrip("\n")),))


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    looks = {"strong": 0, "em": 0, "s": 0, "underline": 0}
    for token in tokens:
        name, _, edge = token.type.partition("_")
        if edge in ("open", "close") and name in looks:
            looks[name] += 1 if edge == "open" else -1
        elif token.type == "softbreak":
            yield _run("\n" if _is_verse_next(token) else " ", looks)
        elif token.type == "hardbreak":
            yield _run("\n", looks)
        elif token.type == "image":
            yield _run(token.content, looks)
        elif token.content:
            for piece in _MARKED.split(token.content):
                if piece in (_OPEN, _CLOSE):
                    looks["underline"] += 1 if piece == _OPEN else -1
                elif piece.startswith(_NOTE):
                    yield msgspec.structs.replace(_run("", looks), note=piece[1:-1])
                elif piece:
                    yield _run(piece, looks)


def _run(text: str, looks: dict[str, int]) -> Run:
    return Run(
        text,
        bold=looks["strong"] > 0,
        italic=looks["em"] > 0,
        underline=looks["underline"] > 0,
        strike=looks["s"] > 0,
    )


def _is_verse_next(token: Token) -> bool:
    return bool(token.meta.get("verse"))


def _verse(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The lines of a verse without the bar before each."""
    out = []
    fresh = True
    for run in runs:
        text = run.text
        if fresh:
            text = text.removeprefix("| ").removeprefix("|")
        text = "\n" if text == " " else text
        fresh = text == "\n"
        out.append(msgspec.structs.replace(run, text=text))
    return tuple(out)
