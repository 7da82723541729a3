"""The training text: novels as paragraphs, and short instructions made from their passages."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_START = re.compile(r"^\*\*\* ?START OF TH.*$", re.MULTILINE)
_END = re.compile(r"^\*\*\* ?END OF TH.*$", re.MULTILINE)
_NAME = re.compile(
    r"(?<=[a-z,;] )(?:(?:Mr|Mrs|Dr)\.? |Miss |Lady |Sir |Captain )?[A-Z][a-z]{2,}(?: [A-Z][a-z]+)?"
)
_NOT_NAMES = frozenset(
    {
        "The", "And", "But", "Then", "There", "This", "That", "God", "Lord", "Heaven", "English",
        "French", "Sunday", "Monday", "Christmas", "London", "England", "Paris",
    }
)  # fmt: skip
_PASSAGE = (700, 1600)  # characters: as many as a model of this size can hold together
_OPENING = 500
_SHORTEST_PARAGRAPH = 20

_SPEAK = ("Write a dialogue between {a} and {b}.", "Write a scene where {a} talks with {b}.")
_ABOUT = ("Write a passage about {a}.", "Describe {a}.", "Tell me about {a}.")
_GO_ON = ("Continue the scene:\n{text}", "Continue:\n{text}", "What happens next?\n{text}")
_FREE = ("Write a scene.", "Write a paragraph of a novel.", "Tell a story.")


def read_novels(folder: Path) -> list[list[str]]:
    """The paragraphs of every .txt file in `folder`, by file name; raises SystemExit if none."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise SystemExit(f"There are no .txt files in {folder}.")
    return [paragraphs(file.read_text(encoding="utf-8", errors="replace")) for file in files]


def paragraphs(text: str) -> list[str]:
    """A novel's paragraphs, each on one line, with plain quotation marks."""
    start, end = _START.search(text), _END.search(text)
    text = text[start.end() if start else 0 : end.start() if end else len(text)]
    text = re.sub("[“”]", '"', text.replace("\r", ""))
    text = re.sub("[‘’]", "'", text).replace("--", "—").replace("_", "")
    folded = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", text))
    return [part for part in folded if len(part) > _SHORTEST_PARAGRAPH]


def instructions(novel: list[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    """Pairs of an instruction and the passage that fulfils it."""
    at = 0
    while at < len(novel):
        passage: list[str] = []
        while at < len(novel) and sum(map(len, passage)) < _PASSAGE[0]:
            passage.append(novel[at])
            at += 1
        if sum(map(len, passage)) <= _PASSAGE[1]:
            yield _instruction(passage, rng)


def _instruction(passage: list[str], rng: random.Random) -> tuple[str, str]:
    text = "\n".join(passage)
    names = [name for name in _NAME.findall(text) if name.split()[0] not in _NOT_NAMES]
    people = [name for name, _ in Counter(names).most_common(2)]
    kind = rng.random()
    if kind < 0.6 and len(people) == 2 and text.count('"') >= 8:
        return rng.choice(_SPEAK).format(a=people[0], b=people[1]), text
    if kind < 0.6 and people:
        return rng.choice(_ABOUT).format(a=people[0]), text
    if kind < 0.8 and len(passage) > 1:
        opening = passage[0][-_OPENING:]
        return rng.choice(_GO_ON).format(text=opening), "\n".join(passage[1:])
    return rng.choice(_FREE), text


def made_up_novels() -> list[list[str]]:
    """A few kilobytes of text made by rule, for trying the training out."""
    rng = random.Random(1)
    people, places = ("Ann", "Ben", "Cora", "Dirk"), ("harbor", "garden", "attic", "mill")
    novels = []
    for _ in range(4):
        lines = []
        for _ in range(60):
            a, b = rng.sample(people, 2)
            place = rng.choice(places)
            lines.append(
                f'In the {place} stood {a}, and with {b} came the rain. "Have you seen it, {b}?"'
                f' asked {a}. "Not since the {rng.choice(places)} was shut," said {b}.'
            )
        novels.append(lines)
    return novels
