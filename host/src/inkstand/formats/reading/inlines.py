"""Pandoc's inline elements as Markdown, and the count of what Markdown has no place for.

An element is `{"t": type, "c": contents}`, as in pandoc's JSON:
https://hackage.haskell.org/package/pandoc-types/docs/Text-Pandoc-Definition.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from inkstand.formats.reading.escapes import inline

Node = dict[str, Any]
_WRAPS = {
    "Emph": ("*", "*"),
    "Strong": ("**", "**"),
    "Strikeout": ("~~", "~~"),
    "Superscript": ("^", "^"),
    "Subscript": ("~", "~"),
    "SmallCaps": ("[", "]{.smallcaps}"),
    "Underline": ("[", "]{.underline}"),
}
_QUOTES = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
_PLAIN = {"Str", "Space", "SoftBreak"}
_EXTERNAL = re.compile(r"(?:https?|mailto|ftp):", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LOOKS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("SmallCaps", r"font-variant(?:-caps)?\s*:\s*small-caps"),
        ("Underline", r"text-decoration(?:-line)?\s*:[^;]*underline"),
        ("Strikeout", r"text-decoration(?:-line)?\s*:[^;]*line-through"),
        ("Strong", r"font-weight\s*:\s*(?:bold|[6-9]00)"),
        ("Emph", r"font-style\s*:\s*(?:italic|oblique)"),
    )
)
DEEPEST = 100


class Inlines:
    """Turns inline elements into Markdown.

    Args:
        lost: Counts what could not be carried, by what to call it.
        footnote: Keeps the blocks of a footnote, and gives its reference.

    """

    def __init__(self, lost: Counter[str], footnote: Callable[[list[Node]], str]) -> None:
        self.lost = lost
        self._footnote = footnote
        self._depth = 0

    def markdown(self, nodes: list[Node]) -> str:
        """The elements in Markdown, lines joined with a backslash where they were broken."""
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                return inline(plain(nodes))
            return self._joined(nodes)
        finally:
            self._depth -= 1

    def _joined(self, nodes: list[Node]) -> str:
        pieces: list[str] = []
        run: list[str] = []
        for node in nodes:
            if node["t"] in _PLAIN:
                run.append(node["c"] if node["t"] == "Str" else " ")
                continue
            if run:
                pieces.append(inline("".join(run)))
                run.clear()
            piece = self._one(node)
            # Two marks that touch would be read as one.
            if pieces and piece[:1] in "*~^" and piece[:1] == pieces[-1][-1:] != "":
                pieces.append("<!-- -->")
            pieces.append(piece)
        if run:
            pieces.append(inline("".join(run)))
        return "".join(pieces)

    def _one(self, node: Node) -> str:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind in _WRAPS:
            return self._wrapped(kind, content)
        if kind == "LineBreak":
            return "\\\n"
        method = getattr(self, f"_{kind.lower()}", None)
        if method is None:
            self.lost[f"elements of the kind {kind}"] += 1
            return ""
        return str(method(content))

    def _wrapped(self, kind: str, content: list[Node]) -> str:
        while len(content) == 1 and content[0]["t"] == kind:
            content = content[0]["c"]
        match = _EDGES.fullmatch(self.markdown(content))
        assert match is not None
        before, body, after = match.groups()
        if body.startswith("\\\n"):
            before, body = before + "\\\n", body[2:].lstrip()
        if body.endswith("\\") and after.startswith("\n") and not body.endswith("\\\\"):
            body, after = body[:-1].rstrip(), "\\" + after
        if not body:
            return before + after
        if kind in ("Superscript", "Subscript"):
            body = re.sub(r"(?<!\\) ", r"\\ ", body)
        opening, closing = _WRAPS[kind]
        return f"{before}{opening}{body}{closing}{after}"

    def _quoted(self, content: Any) -> str:
        opening, closing = _QUOTES[content[0]["t"]]
        return opening + self.markdown(content[1]) + closing

    def _cite(self, content: Any) -> str:
        return self.markdown(content[1])

    def _code(self, content: Any) -> str:
        ticks = "`" * (1 + max((len(run) for run in re.findall("`+", content[1])), default=0))
        pad = " " if "`" in content[1] else ""
        return f"{ticks}{pad}{content[1]}{pad}{ticks}"

    def _math(self, content: Any) -> str:
        self.lost["formulas, kept as text"] += 1
        return inline(content[1])

    def _rawinline(self, content: Any) -> str:
        return self.raw(content)

    def raw(self, content: Any) -> str:
        """Comments of raw HTML; everything else of it is counted."""
        comments = _COMMENT.findall(content[1]) if content[0] == "html" else []
        if not comments and content[1].strip():
            self.lost["pieces of raw markup"] += 1
        return "".join(comments)

    def _link(self, content: Any) -> str:
        text, target = self.markdown(content[1]), content[2][0]
        if not _EXTERNAL.match(target) or not text.strip():
            return text
        if plain(content[1]) == target.removeprefix("mailto:") and " " not in target:
            return f"<{target.removeprefix('mailto:')}>"
        return f"[{text}](<{target}>)" if re.search(r"[\s()]", target) else f"[{text}]({target})"

    def _image(self, content: Any) -> str:
        self.lost["images, marked by a comment"] += 1
        target = content[2][0]
        # A picture may stand in its address, with all its bytes.
        where = "in the page itself" if target.startswith("data:") else target
        return comment(f"image: {plain(content[1]) or where}")

    def _note(self, content: Any) -> str:
        return self._footnote(content)

    def _span(self, content: Any) -> str:
        (_, classes, pairs), nodes = content
        if "deletion" in classes:
            self.lost["tracked deletions, left out as if accepted"] += 1
            return ""
        if "comment-start" in classes:
            author = dict(pairs).get("author", "")
            return comment(f"{author}: {plain(nodes)}" if author else plain(nodes))
        if "insertion" in classes:
            self.lost["tracked insertions, taken in as if accepted"] += 1
        if "comment-end" in classes or classes[:1] in (
            ["paragraph-insertion"],
            ["paragraph-deletion"],
        ):
            return ""
        style = dict(pairs).get("style", "")
        if _HIDDEN.search(style):
            self.lost["hidden passages, taken in as if they were shown"] += 1
        for kind, pattern in _LOOKS:
            if pattern.search(style):
                nodes = [{"t": kind, "c": nodes}]
        return self.markdown(nodes)


def comment(text: str) -> str:
    """A comment of the writer in Markdown; `--` would end it in some readers."""
    body = re.sub(r"\s+", " ", text).strip()
    while "--" in body:
        body = body.replace("--", "- -")
    return f"<!-- {body.rstrip('-')} -->" if body else ""


def plain(nodes: Iterable[Any]) -> str:
    """The words of elements, without any markup. Footnotes are left out."""
    out: list[str] = []
    stack: list[Any] = [list(nodes)]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            kind = node.get("t")
            if kind == "Str":
                out.append(node["c"])
            elif kind in ("Space", "SoftBreak", "LineBreak"):
                out.append(" ")
            elif kind in ("Para", "Plain", "Header"):
                stack.extend((" ", node["c"]))
            elif kind in ("Code", "Math"):
                out.append(node["c"][1])
            elif kind not in ("Note", "RawInline") and "c" in node:
                stack.append(node["c"])
        elif node == " ":
            out.append(" ")
    return "".join(out)
