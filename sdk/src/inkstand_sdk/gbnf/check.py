"""GBNF grammars, checked whole before the engine sees them.

The engine's own parser loops until memory is gone on a repetition such as `{3,1}`, recurses as
deeply as the parentheses go, and finds a reversed range only while writing. Syntax:
https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from inkstand_sdk.errors import SchemaError

_MAX_LENGTH = 1 << 18
_MAX_NESTING = 64
_MAX_REPETITION = 1_000
_MAX_ELEMENTS = 200_000  # with every repetition written out
_GUIDE = "https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md"

_SPACE = re.compile(r"(?:[ \t]|#[^\r\n]*)*")
_SPACE_AND_LINES = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_DEFINED_AS = re.compile(r"::=")
_RULE_AHEAD = re.compile(r"[A-Za-z0-9-]+[ \t]*::=")
_REPETITION = re.compile(r"\{[ \t]*(\d{1,9})[ \t]*(,)?[ \t]*(\d{1,9})?[ \t]*\}")
_ESCAPE = re.compile(
    r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[trn\\\"\[\]])", re.ASCII
)
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass
class _Body:
    """What is known of a rule or group: its size, and which rules may stand first in it."""

    size: int = 1
    nullable: bool = False
    first: set[str] = field(default_factory=set)


def check_grammar(grammar: str) -> None:
    """Raise `SchemaError`, with line and column, unless `grammar` is GBNF that is safe to run."""
    if len(grammar) > _MAX_LENGTH:
        raise SchemaError(
            "The grammar is too large.",
            f"It has {len(grammar):,} characters; {_MAX_LENGTH:,} is the limit.",
            "Use a JSON Schema, or a simpler grammar.",
        )
    _Parser(grammar).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._rules: dict[str, _Body] = {}
        self._uses: dict[str, int] = {}  # name -> where it was first used

    def parse(self) -> None:
        self._skip(_SPACE_AND_LINES)
        while self._at < len(self._text):
            self._rule()
            self._skip(_SPACE_AND_LINES)
        if "root" not in self._rules:
            raise self._wrong("There is no rule named 'root', where writing begins.", 0)
        for name, at in self._uses.items():
            if name not in self._rules:
                raise self._wrong(f"The rule {name!r} is used and nowhere defined.", at)
        self._refuse_left_recursion()

    def _rule(self) -> None:
        start = self._at
        name = self._expect(_NAME, "the name of a rule")
        self._skip(_SPACE)
        self._expect(_DEFINED_AS, "'::='")
        if name in self._rules:
            raise self._wrong(f"The rule {name!r} is defined twice.", start)
        self._skip(_SPACE_AND_LINES)
        self._rules[name] = self._alternates(0)
        if self._at < len(self._text) and not _LINE_END.match(self._text, self._at):
            raise self._wrong("Something stands here that is not part of a rule.", self._at)

    def _alternates(self, nesting: int) -> _Body:
        if nesting > _MAX_NESTING:
            raise self._wrong(f"Groups are nested more than {_MAX_NESTING} deep.", self._at)
        whole = self._sequence(nesting)
        while self._peek() == "|":
            self._at += 1
            self._skip(_SPACE_AND_LINES)
            other = self._sequence(nesting)
            whole.size += other.size
            whole.nullable |= other.nullable
            whole.first |= other.first
        return whole

    def _sequence(self, nesting: int) -> _Body:
        whole = _Body(nullable=True)
        while (element := self._element(nesting)) is not None:
            element = self._repeated(element)
            whole.size += element.size
            if whole.size > _MAX_ELEMENTS:
                raise self._wrong("Written out, the grammar is too large.", self._at)
            if whole.nullable:
                whole.first |= element.first
            whole.nullable &= element.nullable
            self._skip(_SPACE_AND_LINES if nesting else _SPACE)
            self._skip_to_continuation()
        return whole

    def _skip_to_continuation(self) -> None:
        """At the top level a rule goes on over a line end only if `|` opens the next line."""
        ahead = _SPACE_AND_LINES.match(self._text, self._at)
        if ahead and self._text.startswith("|", ahead.end()):
            self._at = ahead.end()

    def _element(self, nesting: int) -> _Body | None:
        character = self._peek()
        if character == '"':
            return self._literal()
        if character == "[":
            return self._character_class()
        if character == "(":
            return self._group(nesting)
        if character == ".":
            self._at += 1
            return _Body()
        if character and _NAME.match(character) and not _RULE_AHEAD.match(self._text, self._at):
            return self._reference()
        return None

    def _literal(self) -> _Body:
        start = self._at
        self._at += 1
        size = 0
        while self._peek() != '"':
            self._character(start, "The quotation")
            size += 1
        self._at += 1
        return _Body(size=max(size, 1), nullable=size == 0)

    def _character_class(self) -> _Body:
        start = self._at
        self._at += 2 if self._text.startswith("[^", self._at) else 1
        size = 0
        while self._peek() != "]":
            low = self._character(start, "The character class")
            if self._peek() == "-" and not self._text.startswith("-]", self._at):
                self._at += 1
                if self._character(start, "The character class") < low:
                    raise self._wrong("A range of characters runs backwards.", start)
            size += 1
        self._at += 1
        if size == 0:
            raise self._wrong("The character class is empty.", start)
        return _Body(size=size)

    def _character(self, start: int, what: str) -> str:
        """One character, maybe escaped, of a quotation or class that began at `start`."""
        character = self._peek()
        if not character or character in "\r\n":
            raise self._wrong(f"{what} that begins here has no end.", start)
        if character != "\\":
            self._at += 1
            return character
        escape = _ESCAPE.match(self._text, self._at)
        if escape is None:
            raise self._wrong("After the backslash comes no known escape.", self._at)
        code = escape[0][2:]
        if code and int(code, 16) > 0x10FFFF:
            raise self._wrong("There is no such character.", self._at)
        self._at = escape.end()
        return chr(int(code, 16)) if code else escape[0][1].translate(_CONTROLS)

    def _group(self, nesting: int) -> _Body:
        start = self._at
        self._at += 1
        self._skip(_SPACE_AND_LINES)
        body = self._alternates(nesting + 1)
        if self._peek() != ")":
            raise self._wrong("The group that begins here is not closed.", start)
        self._at += 1
        return body

    def _reference(self) -> _Body:
        at = self._at
        name = self._expect(_NAME, "a rule's name")
        self._uses.setdefault(name, at)
        return _Body(first={name})

    def _repeated(self, element: _Body) -> _Body:
        self._skip(_SPACE)
        while (character := self._peek()) and character in "*+?{":
            if character != "{":
                self._at += 1
                element.size += 2
                element.nullable |= character in "*?"
                continue
            self._braces(element)
        return element

    def _braces(self, element: _Body) -> None:
        at = self._at
        match = _REPETITION.match(self._text, at)
        if match is None:
            raise self._wrong("A repetition looks like {2}, {2,} or {2,5}.", at)
        low = int(match[1])
        high = int(match[3]) if match[3] else low
        if high < low:
            raise self._wrong("A repetition's upper bound lies below its lower one.", at)
        if high > _MAX_REPETITION:
            raise self._wrong(f"A repetition may go up to {_MAX_REPETITION:,}.", at)
        if match[3] and not match[2]:
            raise self._wrong("A repetition's bounds are separated by a comma.", at)
        element.size *= max(high, 1)
        element.nullable |= low == 0
        self._at = match.end()

    def _refuse_left_recursion(self) -> None:
        """A rule that may begin with itself would never write a first character.

        A reference to a rule that may be empty lets what follows stand first too; references are
        taken as never empty here, so the engine's own check remains the last word on that case.
        """
        done: set[str] = set()
        for root in self._rules:
            path: list[tuple[str, Iterator[str]]] = []
            if root not in done:
                path.append((root, iter(sorted(self._rules[root].first))))
            while path:
                name, following = path[-1]
                child = next(following, None)
                if child is None:
                    done.add(name)
                    path.pop()
                elif any(child == ancestor for ancestor, _ in path):
                    raise self._wrong(
                        f"The rule {child!r} may begin with itself, which never ends.",
                        self._uses[child],
                    )
                elif child not in done:
                    path.append((child, iter(sorted(self._rules[child].first))))

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()

    def _expect(self, pattern: re.Pattern[str], what: str) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise self._wrong(f"Here should be {what}.", self._at)
        self._at = match.end()
        return match[0]

    def _wrong(self, cause: str, at: int) -> SchemaError:
        line = self._text.count("\n", 0, at) + 1
        column = at - (self._text.rfind("\n", 0, at) + 1) + 1
        return SchemaError(
            "The grammar is not valid GBNF.",
            f"Line {line}, column {column}: {cause}",
            f"Correct it; the syntax is explained at {_GUIDE}.",
        )


_CONTROLS = str.maketrans({"t": "\t", "r": "\r", "n": "\n"})
