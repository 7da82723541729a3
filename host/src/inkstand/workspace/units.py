"""A proposed change in the parts that a writer may accept by themselves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from inkstand.workspace.sentences import cut
from inkstand.workspace.word_diff import Hunk, apply, hunks

UnitState = Literal["waiting", "accepted", "rejected"]


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest part of a proposal: the code points [start, end) of its basis become `text`.

    `hunk` and `sentence` count from 1; a hunk of several sentences has a unit for each.
    """

    hunk: int
    sentence: int
    start: int
    end: int
    text: str
    state: UnitState = "waiting"

    def change(self) -> Hunk:
        """The unit as a change of the basis."""
        return Hunk(self.start, self.end, self.text)


def units_of(basis: str, start: int, end: int, text: str) -> tuple[Unit, ...]:
    """The parts of the change that makes `text` of the code points [start, end) of `basis`."""
    whole = hunks(basis[start:end], text)
    borders = _borders(text)
    numbers: dict[int, int] = {}
    units: list[Unit] = []
    grown = 0
    for number, change in enumerate(whole, 1):
        at = change.old_start + grown  # in the new text
        for part, place in _by_sentence(basis[start:end], change, at):
            sentence = bisect_right(borders, place)
            units.append(
                Unit(
                    hunk=number,
                    sentence=numbers.setdefault(sentence, len(numbers) + 1),
                    start=start + part.old_start,
                    end=start + part.old_end,
                    text=part.new_text,
                )
            )
        grown += len(change.new_text) - (change.old_end - change.old_start)
    return tuple(units)


def applied(basis: str, units: Sequence[Unit]) -> str:
    """`basis` with these units in it."""
    return apply(basis, [unit.change() for unit in units])


def _borders(text: str) -> list[int]:
    ends: list[int] = []
    at = 0
    for piece in cut(text):
        at += len(piece)
        ends.append(at)
    return ends[:-1]


def _by_sentence(basis: str, change: Hunk, at: int) -> Iterator[tuple[Hunk, int]]:
    """A change by the sentences of its new text, and where in the whole new text each lies.

    Where as many sentences go as come, each takes another's place; else the first takes all.
    """
    new = _pieces(change.new_text)
    old = _pieces(basis[change.old_start : change.old_end])
    if len(new) <= 1:
        yield change, at + len(change.new_text) - len(change.new_text.lstrip())
        return
    if len(old) != len(new):
        old = [basis[change.old_start : change.old_end], *[""] * (len(new) - 1)]
    start = change.old_start
    for was, now in zip(old, new, strict=True):
        yield Hunk(start, start + len(was), now), at + len(now) - len(now.lstrip())
        start += len(was)
        at += len(now)


def _pieces(text: str) -> list[str]:
    """The sentences of a text; the space before one belongs to it, as it is what sets it off."""
    found = cut(text)
    pieces: list[str] = []
    space = ""
    for piece in found:
        bare = piece.rstrip()
        pieces.append(space + bare)
        space = piece[len(bare) :]
    if pieces:
        pieces[-1] += space
    return [piece for piece in pieces if piece]
