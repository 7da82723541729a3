"""What a text was, beside what it is: the words that went and came since, or all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from inkstand.tui.proposals.changes import Stretch

if TYPE_CHECKING:
    from inkstand.workspace.history import Snapshot
    from inkstand.workspace.passages import Passage
    from inkstand.workspace.past import Past

View = Literal["since", "then", "whole"]
VIEWS: tuple[View, ...] = ("since", "then", "whole")
_MOST = 400_000
"""Characters that are drawn at most; more is no reading."""


class Shown(msgspec.Struct, frozen=True):
    """A view of a snapshot: the stretches, and in a sentence what they are."""

    stretches: tuple[Stretch, ...]
    said: str
    came: int = 0
    went: int = 0


def view(past: Past, snapshot: Snapshot, before: Snapshot | None, how: View) -> Shown:
    """A snapshot as it is to be shown. Touches the disk, and compares whole texts.

    Args:
        past: The text's past.
        snapshot: What it was.
        before: The snapshot before that; None if it is the first.
        how: "since" what changed since then, "then" what changed at that time, or "whole".

    Raises:
        InputError: it is damaged, or is no text.
        NotFound: it is not kept any more.

    """
    if how == "whole" or (how == "since" and not past.is_there()):
        said = "The text as it was then." if past.is_there() else "Deleted. The text as it was."
        return Shown(_cut([Stretch("same", past.text(snapshot))]), said)
    if how == "then" and before is None:
        return Shown(_cut([Stretch("same", past.text(snapshot))]), "The first text that was kept.")
    if how == "since":
        passages, same = past.changes(snapshot, None), "It is the same now."
    else:
        # `before` is None for the first one only, which is shown whole.
        passages = past.changes(before or snapshot, snapshot)
        same = "Nothing but what the text is kept for: no word changed."
    if not passages:
        return Shown((Stretch("same", past.text(snapshot)),), same)
    came, went = _words(passages, "added"), _words(passages, "removed")
    when = "since then" if how == "since" else "at that time"
    return Shown(_cut(_stretches(passages)), f"+{came:,} −{went:,} words {when}", came, went)


def _words(passages: Sequence[Passage], kind: str) -> int:
    return sum(
        len(piece.text.split())
        for passage in passages
        for piece in passage.pieces
        if piece.kind == kind
    )


def _stretches(passages: Sequence[Passage]) -> Iterator[Stretch]:
    for number, passage in enumerate(passages, start=1):
        yield Stretch("gap", f"line {passage.old_line}")
        for piece in passage.pieces:
            yield Stretch(piece.kind, piece.text, number if piece.kind != "same" else 0)


def _cut(stretches: Sequence[Stretch] | Iterator[Stretch]) -> tuple[Stretch, ...]:
    """The same, less what nobody reads to the end."""
    found: list[Stretch] = []
    left = _MOST
    for each in stretches:
        if left <= 0:
            found.append(Stretch("gap", "the rest is left out"))
            break
        found.append(Stretch(each.kind, each.text[:left], each.group))
        left -= len(each.text)
    return tuple(found)
