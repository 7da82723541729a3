"""Word tables of the English Reader, of our own making: `words/*.txt`, read once."""

from __future__ import annotations

from importlib.resources import files


def word_lines(name: str) -> list[str]:
    """The lines of a table, without comments."""
    text = files(__package__).joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def words(name: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(" ".join(word_lines(name)).split())


def word_table(name: str) -> dict[str, frozenset[str]]:
    """The rows "HEAD: WORDS" of a table by their heads, with a blank for each "_"."""
    found: dict[str, frozenset[str]] = {}
    for line in word_lines(name):
        head, _, rest = line.partition(":")
        row = frozenset(word.replace("_", " ") for word in rest.split())
        found[head] = found.get(head, frozenset()) | row
    return found
