"""The words of a book's names, where each stands, and what stands beside it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from inkstand_sdk import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.facts import BookFacts

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OWNER = re.compile(r"['’]s?$")
_BESIDE = re.compile(r"(?:([A-Z][^\W\d_]*)\.?,? )?\Z")
_AFTER = re.compile(r" ([A-Z][^\W\d_]+)")
_DOES = re.compile(
    r"(?:['’]s)? (?:\w+ly )?(?:was|had|is|has|said|did|would|could|\w+ed|\w+ew|came|went|took"
    r"|stood|sat|ran|put)\b"
)
_PLACED = re.compile(r"\b(?:in|at|near|through|round|outside|into) \Z")
_AS_A_WORD = re.compile(
    r"\w (?:said|says|pronounced|spelled|spelt|wrote|misspelled|misspelt)(?: it)? \Z"
    r"|\b(?:called|named|name of|surname|nickname|name was|name is|christened) \Z"
)
_SPELLING = re.compile(r"\b(?:spells?|spelled|spelt|spelling|pronounc\w+|misspel\w+)\b")
"""Before a word that is spoken of: "the vicar said Walther", "a man called Walther"."""
_MARKS = frozenset("\"'“”‘’*_")
_ENDS = re.compile(r"(?:[.!?:;—]|[\"'“”‘’(«»-]|\n)\s*\Z|\A\s*\Z")
_MORE_OFTEN = 3
"""A name like Silver or Rose stands so many times as often as its word."""
TITLES = lexicon.words("titles")


class Use:
    """One place where a name's word stands: in which company, and whether it begins a sentence."""

    __slots__ = (
        "_follows",
        "after",
        "before",
        "begins",
        "end",
        "follows_place_word",
        "is_mocked",
        "is_quoted",
        "scene",
        "start",
    )

    def __init__(self, scene: int, start: int, end: int, text: str) -> None:
        self.scene = scene
        self.start = start
        self.end = end
        lead = text[max(0, start - 24) : start]
        self.begins = _ENDS.search(lead) is not None
        self.follows_place_word = _PLACED.search(lead) is not None
        self.is_mocked = text[start - 1 : start] in _MARKS and text[end : end + 1] in _MARKS
        wider = text[max(0, start - 70) : start]
        self.is_quoted = bool(_AS_A_WORD.search(lead) or _SPELLING.search(wider))
        before = _BESIDE.search(lead)
        self.before = (before[1] or "") if before is not None else ""
        self._follows = _DOES.match(text, end)
        after = _AFTER.match(text, end)
        self.after = after[1] if after is not None else ""

    @property
    def is_subject(self) -> bool:
        """Whether a word of one follows: said, was, had, or any past form."""
        return self._follows is not None

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.scene, self.start, self.end)

    @property
    def title(self) -> str:
        """The title before it; "" where there is none."""
        return self.before if self.before in TITLES else ""

    @property
    def company(self) -> Iterator[str]:
        """The other words of the name that it is part of, titles left out."""
        if self.before and self.before not in TITLES:
            yield self.before
        if self.after:
            yield self.after


class NameWords:
    """Every capitalized word of a book that is hardly ever written small."""

    def __init__(self, facts: BookFacts) -> None:
        self.uses: dict[str, list[Use]] = {}
        small: Counter[str] = Counter()
        places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for scene in facts.scenes:
            facts.tick()
            for match in _WORD.finditer(scene.text):
                word = match[0]
                if not word[0].isupper():
                    small[word] += 1
                    continue
                word = _OWNER.sub("", word)
                if len(word) > 2 and not word[1:].isupper():
                    end = match.start() + len(word)
                    places[word].append((scene.index, match.start(), end))
        self._small = small
        self._places = {
            word: row
            for word, row in places.items()
            if small[word.lower()] * _MORE_OFTEN <= len(row)
        }
        self._texts = [scene.text for scene in facts.scenes]
        named = Counter(
            word
            for person in facts.reading.cast
            for name in (person.name, *person.aliases)
            for word in {_OWNER.sub("", each) for each in _WORD.findall(name)}
        )
        self.of_people = frozenset(named) & self._places.keys()

    def count(self, word: str) -> int:
        """How often a word stands in the book, with a capital."""
        return len(self._places.get(word, ()))

    def is_name(self, word: str) -> bool:
        """Whether a capitalized word is hardly ever written small: not "Then" before a name."""
        return word in self._places

    def is_unlike_words(self, word: str) -> bool:
        """Whether a word is never written small."""
        return not self._small[word.lower()]

    def words(self) -> Iterator[str]:
        """All of them."""
        return iter(self._places)

    def of(self, word: str) -> list[Use]:
        """The places of a word, in order."""
        if word not in self.uses:
            self.uses[word] = [
                Use(scene, start, end, self._texts[scene])
                for scene, start, end in self._places.get(word, ())
            ]
        return self.uses[word]
