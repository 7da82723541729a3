"""A proposal as stretches of text: what stays, what goes, what comes, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from inkstand.workspace.proposal_store import Proposal
    from inkstand.workspace.units import Unit

Kind = Literal["same", "removed", "added", "gap"]
By = Literal["change", "sentence"]
_PARAGRAPHS = 2
"""Paragraphs that are shown before and after a change."""


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of text; `group` is the change or sentence that it belongs to, 0 for none. Of a
    gap the text says how much was left out.
    """

    kind: Kind
    text: str
    group: int = 0


def groups_of(proposal: Proposal, by: By) -> list[int]:
    """The numbers of the changes, or sentences, of which some still waits."""
    waiting = [unit for unit in proposal.units if unit.state == "waiting"]
    return sorted({number_of(unit, by) for unit in waiting})


def number_of(unit: Unit, by: By) -> int:
    """The change or the sentence that a unit belongs to."""
    return unit.hunk if by == "change" else unit.sentence


def stretches(proposal: Proposal, basis: str, by: By) -> list[Stretch]:
    """The text that a proposal is for, with all that it would change.

    Of one that is over, all that it would have changed.
    """
    found: list[Stretch] = []
    at = 0
    is_over = not groups_of(proposal, by)
    for unit in proposal.units:
        if unit.start > at:
            found.append(Stretch("same", basis[at : unit.start]))
        at = unit.end
        found += _of_unit(unit, basis, by, is_over=is_over)
    found.append(Stretch("same", basis[at:]))
    return list(_near(_joined(found)))


def _of_unit(unit: Unit, basis: str, by: By, *, is_over: bool) -> Iterator[Stretch]:
    old = basis[unit.start : unit.end]
    if is_over:
        yield Stretch("removed", old)
        yield Stretch("added", unit.text)
    elif unit.state == "accepted":
        yield Stretch("same", unit.text)
    elif unit.state == "rejected":
        yield Stretch("same", old)
    else:
        group = number_of(unit, by)
        if old:
            yield Stretch("removed", old, group)
        if unit.text:
            yield Stretch("added", unit.text, group)


def _joined(found: Sequence[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for each in found:
        last = joined[-1] if joined else None
        if last is not None and (last.kind, last.group) == (each.kind, each.group):
            joined[-1] = Stretch(each.kind, last.text + each.text, each.group)
        elif each.text:
            joined.append(each)
    return joined


def _near(found: Sequence[Stretch]) -> Iterator[Stretch]:
    """The same, less what lies more than a few paragraphs from any change."""
    for place, each in enumerate(found):
        if each.kind != "same":
            yield each
            continue
        paragraphs = each.text.splitlines(keepends=True)
        head = 0 if place == 0 else _end_of(paragraphs)
        tail = len(paragraphs)
        if place < len(found) - 1:
            tail -= _end_of(paragraphs[::-1])
        else:
            tail = max(head, tail if len(paragraphs) <= head + 1 else head)
            left = [line for line in paragraphs[head:] if line.strip()]
            yield Stretch("same", "".join(paragraphs[:head]))
            if left:
                yield _gap(left)
            continue
        left = [line for line in paragraphs[head:tail] if line.strip()]
        if tail - head < 2 or not left:
            yield each
            continue
        if head:
            yield Stretch("same", "".join(paragraphs[:head]))
        yield _gap(left)
        yield Stretch("same", "".join(paragraphs[tail:]))


def _end_of(lines: Sequence[str]) -> int:
    """How many lines the first few paragraphs take, the one that is cut in two included."""
    seen = 0
    for place, line in enumerate(lines):
        if line.strip():
            seen += 1
        if seen > _PARAGRAPHS:
            return place
    return len(lines)


def _gap(lines: Sequence[str]) -> Stretch:
    count = len(lines)
    return Stretch("gap", f"{count:,} paragraph{'' if count == 1 else 's'}")
