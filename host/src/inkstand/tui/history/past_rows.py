"""What the history lists: proposals that wait, texts, and below an open one what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from textual.content import Content

from inkstand.tui.choices import Choice
from inkstand.tui.moments import shown

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand.workspace.history import Snapshot
    from inkstand.workspace.proposal_store import Proposal

MOST = 500
"""Snapshots of a text that are listed."""


class KeptText(msgspec.Struct, frozen=True):
    """A text of which there are snapshots."""

    name: str
    snapshots: int
    at: str
    is_there: bool


class Listing(msgspec.Struct, frozen=True):
    """What there is: waiting proposals, texts, and the snapshots of the open one."""

    proposals: tuple[Proposal, ...] = ()
    texts: tuple[KeptText, ...] = ()
    open: str = ""
    snapshots: tuple[Snapshot, ...] = ()


def gather(desk: Desk, open_text: str) -> Listing:
    """What there is in a workspace; `open_text` is the name of the open one. Touches the disk.

    Raises:
        InputError: it cannot be read.

    """
    root = desk.workspace.root
    texts = tuple(
        KeptText(kept.name, kept.snapshots, kept.at, (root / kept.name).exists())
        for kept in desk.history.files()
    )
    names = {text.name for text in texts}
    snapshots = tuple(desk.history.of(open_text, MOST)) if open_text in names else ()
    return Listing(tuple(desk.waiting()), texts, open_text if snapshots else "", snapshots)


def rows(listing: Listing, titles: Mapping[str, str]) -> list[Choice]:
    """The lines of the list. `titles` are what scenes are called, by the names of their files."""
    found: list[Choice] = []
    if listing.proposals:
        found.append(_heading("Proposals"))
        found += [_proposal(each, titles) for each in listing.proposals]
        found.append(Choice("", Content("")))
    there = [text for text in listing.texts if text.is_there]
    gone = [text for text in listing.texts if not text.is_there]
    for heading, texts in (("Texts", there), ("Deleted", gone)):
        if not texts:
            continue
        found.append(_heading(heading))
        for text in texts:
            found += _text(text, listing, titles)
        if heading == "Texts" and gone:
            found.append(Choice("", Content("")))
    return found


def _heading(words: str) -> Choice:
    return Choice("", Content.styled(words, "bold $primary"))


def _proposal(proposal: Proposal, titles: Mapping[str, str]) -> Choice:
    what = proposal.title or proposal.tool or "proposal"
    mark = ("⚠ ", "$warning") if proposal.status == "stale" else ("● ", "$accent")
    where = titles.get(proposal.file) or _stem(proposal.file)
    return Choice(
        f"proposal {proposal.id}",
        Content.assemble(mark, what, (f"  {where}", "$foreground 60%")),
    )


def _text(text: KeptText, listing: Listing, titles: Mapping[str, str]) -> list[Choice]:
    is_open = text.name == listing.open
    title = titles.get(text.name) or _stem(text.name)
    found = [
        Choice(
            f"text {text.name}",
            Content.assemble(
                ("▾ " if is_open else "▸ ", "$foreground 60%"),
                title,
                (f"  {text.snapshots}", "$foreground 60%"),
            ),
        )
    ]
    if is_open:
        found += _snapshots(listing.snapshots)
        left = text.snapshots - len(listing.snapshots)
        if left > 0:
            found.append(Choice("", Content.styled(f"    and {left:,} more", "$foreground 60%")))
    return found


def _snapshots(snapshots: Sequence[Snapshot]) -> list[Choice]:
    width = max((len(shown(each.at)) for each in snapshots), default=0)
    return [
        Choice(
            f"snapshot {each.id}",
            Content.assemble(
                f"  {shown(each.at):<{width}}  ",
                (why(each), "$accent" if each.by == "machine" else "$foreground 60%"),
            ),
        )
        for each in snapshots
    ]


def why(snapshot: Snapshot) -> str:
    """The occasion of a snapshot in a few words; a machine's text is said to be one."""
    words = snapshot.why.removeprefix("before: ")
    if words != snapshot.why:
        words = f"before {words}" if words != "saved" else "before a save"
    return f"{words} (machine)" if snapshot.by == "machine" else words


def _stem(name: str) -> str:
    """A text's file without its ending; settings keep theirs."""
    last = name.rpartition("/")[2]
    stem, _, ending = last.rpartition(".")
    return stem if stem and ending in ("md", "markdown", "txt") else last
