"""Pandoc's document tree as the Markdown of a `Document`: paragraphs, headings, scene breaks.

A reader that knows more than pandoc's tree can say marks the text before pandoc reads it, with
characters that Unicode keeps free for such uses: `PAGE`, `RULE`, `COMMENT` to `COMMENT_END`, and
`SMALL_CAPITALS` or `UNDERLINED` to `ENDED`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import msgspec

from inkstand.formats.document import SCENE_BREAK
from inkstand.formats.reading.escapes import is_scene_break, line_starts
from inkstand.formats.reading.inlines import DEEPEST, Inlines, Node, comment, plain

PAGE = "\ufdd0"
RULE = "\ufdd1"
COMMENT = "\ufdd2"
COMMENT_END = "\ufdd3"
EMPTY = "\ufdd4"
SMALL_CAPITALS = "\ufdd5"
UNDERLINED = "\ufdd6"
ENDED = "\ufdd7"
_COMMENTS = re.compile(f"{COMMENT}([^{COMMENT}{COMMENT_END}]*){COMMENT_END}")
_LOOSE = re.compile(r"[ \t]+(?=\n)|(?<=\n)[ \t]+|(?:\\\n)+\Z|\A(?:\\\n)+")
_MARKS = re.compile(
    f"[{PAGE}{RULE}{COMMENT}{COMMENT_END}{EMPTY}{SMALL_CAPITALS}{UNDERLINED}{ENDED}]"
)
_SPAN = re.compile(
    f"([{SMALL_CAPITALS}{UNDERLINED}])([^{SMALL_CAPITALS}{UNDERLINED}{ENDED}]*){ENDED}"
)
_CLASSES = {SMALL_CAPITALS: "smallcaps", UNDERLINED: "underline"}
_CHAPTER_FILE = re.compile(r".*\.(?:x?html?|xml)\Z", re.IGNORECASE)
_RARE = 8
_LONGEST_BREAK = 40
_TITLE_STYLES = {"Title": "title", "Author": "author", "Subtitle": "subtitle"}


class Flow(msgspec.Struct, frozen=True):
    """A text as one piece of Markdown; footnotes stand at its end."""

    text: str
    metadata: dict[str, str]
    lost: Counter[str]
    notes: tuple[str, ...] = ()


class Blocks:
    """Turns a tree of blocks into Markdown."""

    def __init__(self) -> None:
        self.lost: Counter[str] = Counter()
        self.words_of: dict[str, str] = {}
        self._inlines = Inlines(self.lost, self._footnote)
        self._footnotes: list[str] = []
        self._depth = 0

    def flow(self, blocks: list[Node]) -> tuple[str, tuple[str, ...]]:
        """The Markdown of a whole document, and what is to be said of its scene breaks."""
        made = self._all(blocks)
        made, notes = _with_breaks(made)
        text = "\n\n".join([*made, *self._footnotes])
        return text, notes

    def _footnote(self, blocks: list[Node]) -> str:
        number = len(self._footnotes) + 1
        self._footnotes.append("")
        body = "\n\n".join(self._all(blocks))
        self._footnotes[number - 1] = f"[^{number}]: " + _indented(_without_marks(body).lstrip(), 4)
        return f"[^{number}]"

    def _all(self, blocks: list[Node]) -> list[str]:
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                return [line_starts(plain(blocks))]
            made: list[str] = []
            for block in blocks:
                made += self._one(block)
            return made
        finally:
            self._depth -= 1

    def _one(self, block: Node) -> list[str]:
        method = getattr(self, f"_{block['t'].lower()}", None)
        if method is None:
            self.lost[f"blocks of the kind {block['t']}"] += 1
            return []
        made: list[str] = method(block.get("c"))
        return made

    def _written(self, content: list[Node]) -> str:
        """Inline elements in Markdown, with what was marked before pandoc read it."""
        text = self._inlines.markdown(content)
        text = _SPAN.sub(lambda match: f"[{match[2]}]{{.{_CLASSES[match[1]]}}}", text)
        return _COMMENTS.sub(lambda match: comment(match[1]), text)

    def _para(self, content: list[Node]) -> list[str]:
        if not content:
            return [EMPTY]
        if len(content) <= _LONGEST_BREAK and _divides(content):
            return [SCENE_BREAK]
        text = self._written(content)
        text = re.sub(r"[ \t]+(?=\n)|(?<=\n)[ \t]+|(?:\\\n)+\Z|\A(?:\\\n)+", "", text).strip(
            " \t\n"
        )
        if not text.strip():
            return [PAGE if _opens_file(content) else EMPTY]
        made = []
        for place, piece in enumerate(text.split(PAGE)):
            made += [PAGE] if place else []
            part = piece.strip().removesuffix("\\") if PAGE in text else piece
            made += [line_starts(part)] if part else []
        return [RULE if each.strip() == RULE else each.replace(RULE, "") for each in made]

    _plain = _para

    def _lineblock(self, content: list[list[Node]]) -> list[str]:
        return ["\\\n".join(line_starts(self._inlines.markdown(line)) for line in content)]

    def _header(self, content: Any) -> list[str]:
        level, _, nodes = content
        # Whatever a heading looks like, its being one says it.
        while len(nodes) == 1 and nodes[0]["t"] == "Strong":
            nodes = nodes[0]["c"]
        text = self._written(nodes).replace("\\\n", " ")
        text = re.sub(r"\s+", " ", _without_marks(text)).strip()
        if text.endswith("#"):
            text = text[:-1] + "\\#"
        return [f"{'#' * min(level, 6)} {text}"] if text else []

    def _blockquote(self, content: list[Node]) -> list[str]:
        made = self._all(content)
        if all(each in (SCENE_BREAK, EMPTY, PAGE, RULE) for each in made):
            return made
        body = "\n\n".join(each for each in made if each != EMPTY)
        return ["\n".join(f"> {line}".rstrip() for line in _without_marks(body).split("\n"))]

    def _codeblock(self, content: Any) -> list[str]:
        fence = "`" * max(3, 1 + max((len(r) for r in re.findall("`+", content[1])), default=0))
        return [f"{fence}\n{content[1]}\n{fence}"]

    def _rawblock(self, content: Any) -> list[str]:
        text = self._inlines.raw(content)
        return [text] if text else []

    def _bulletlist(self, content: list[list[Node]]) -> list[str]:
        return self._list(content, lambda _: "-")

    def _orderedlist(self, content: Any) -> list[str]:
        (start, *_), items = content
        return self._list(items, lambda place: f"{start + place}.")

    def _list(self, items: list[list[Node]], mark: Any) -> list[str]:
        made = []
        for place, item in enumerate(items):
            body = [each for each in self._all(item) if each != EMPTY]
            sign = f"{mark(place)} "
            made.append(sign + _indented(_without_marks("\n\n".join(body)), len(sign)))
        return ["\n".join(made) if all("\n\n" not in each for each in made) else "\n\n".join(made)]

    def _definitionlist(self, content: list[Any]) -> list[str]:
        self.lost["lists of definitions, kept as paragraphs"] += 1
        made = []
        for term, definitions in content:
            made.append(f"**{self._inlines.markdown(term)}**")
            for blocks in definitions:
                made += self._all(blocks)
        return made

    def _div(self, content: Any) -> list[str]:
        (_, classes, pairs), blocks = content
        style = dict(pairs).get("custom-style", "")
        known = _TITLE_STYLES.get(style)
        if known:
            self.words_of.setdefault(known, plain(blocks).strip())
            return []
        if "toc" in classes or dict(pairs).get("role") == "doc-toc":
            self.lost["tables of contents, left out"] += 1
            return []
        if "line-block" in classes:
            return self._all(blocks)
        return self._all(blocks)

    def _figure(self, content: Any) -> list[str]:
        _, (_, caption), blocks = content
        return [*self._all(blocks), *self._all(caption)]

    def _horizontalrule(self, _: Any) -> list[str]:
        return [SCENE_BREAK]

    def _table(self, content: Any) -> list[str]:
        _, (_, caption), columns, head, bodies, foot = content
        rows = [*head[1]]
        for body in bodies:
            rows += [*body[2], *body[3]]
        rows += foot[1]
        cells = [[self._all(cell[4]) for cell in row[1]] for row in rows]
        made = self._all(caption)
        is_simple = all(
            len(cell) <= 1 and "\n" not in "".join(cell) and len("".join(cell)) < 300
            for row in cells
            for cell in row
        )
        if len(columns) < 2 or not is_simple or len(cells) < 2:
            self.lost["tables, kept as paragraphs cell by cell"] += 1
            return made + [each for row in cells for cell in row for each in cell]
        lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in cells]
        lines.insert(1, "|" + "---|" * len(columns))
        return [*made, "\n".join(lines)]


def _opens_file(content: list[Node]) -> bool:
    """Whether a paragraph only says where a file of an EPUB begins."""
    return (
        len(content) == 1
        and content[0]["t"] == "Span"
        and _CHAPTER_FILE.fullmatch(content[0]["c"][0][0]) is not None
    )


def _divides(content: list[Node]) -> bool:
    has_more = any(node["t"] in ("Note", "Image") for node in content)
    return not has_more and is_scene_break(plain(content))


def _cell(cell: list[str]) -> str:
    return _without_marks("".join(cell)).replace("|", "\\|")


def _indented(text: str, width: int) -> str:
    return re.sub(r"\n(?=[^\n])", "\n" + " " * width, text)


def _without_marks(text: str) -> str:
    return _MARKS.sub("", text)


def _with_breaks(made: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The blocks with breaks where empty paragraphs, rules and new pages mean some.

    Empty paragraphs do if they are rare: else they only space out all paragraphs.
    """
    texts = sum(each not in (EMPTY, PAGE, RULE, SCENE_BREAK) for each in made)
    gaps = sum(
        each == EMPTY and place > 0 and made[place - 1] not in (EMPTY, SCENE_BREAK, PAGE)
        for place, each in enumerate(made)
    )
    mean_breaks = 0 < gaps * _RARE <= texts
    result: list[str] = []
    counted: Counter[str] = Counter()
    pending = ""
    for each in made:
        if each in (EMPTY, PAGE, RULE, SCENE_BREAK):
            if each != EMPTY or mean_breaks:
                pending = pending if pending in (RULE, SCENE_BREAK) else each
            continue
        if pending and result and not each.startswith("#") and not result[-1].startswith("#"):
            result.append(SCENE_BREAK)
            counted[pending] += 1
        pending = ""
        result.append(each)
    notes = [
        f"{counted[mark]} {one if counted[mark] == 1 else many} read as scene breaks."
        for mark, one, many in (
            (EMPTY, "empty paragraph was", "empty paragraphs were"),
            (PAGE, "new page was", "new pages were"),
        )
        if counted[mark]
    ]
    return [_without_marks(each) for each in result], tuple(notes)
