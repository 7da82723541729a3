"""Texts that tools made for a manuscript: kept aside until the writer accepts or rejects them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from inkstand.workspace.accepting import Accepted, Accepting, TakenBack, see_waiting
from inkstand.workspace.made import Made
from inkstand.workspace.proposal_store import Proposal, ProposalStore, Status
from inkstand.workspace.saving import HUMAN, Saver
from inkstand.workspace.textfile import TextFile
from inkstand.workspace.units import Unit, UnitState, units_of
from inkstand.workspace.word_diff import Hunk, Piece, pieces
from inkstand_sdk.errors import ChangedMeanwhile, UsageError

OPEN: tuple[Status, ...] = ("waiting", "part", "stale")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LONE_LF = re.compile(r"(?<!\r)\n")


class ShownHunk(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a proposal: its number, its line in the text that it was made for, the words
    that go and come with those around them, and its parts by sentence.
    """

    hunk: int
    line: int
    pieces: tuple[Piece, ...]
    units: tuple[Unit, ...]


class Proposals:
    """The proposals of one workspace.

    Args:
        saver: What writes the workspace's files.
        on_damage: Told a sentence for the user when a damaged file was moved aside.

    """

    def __init__(self, saver: Saver, on_damage: Callable[[str], None] | None = None) -> None:
        self._saver = saver
        self.workspace = saver.workspace
        self.store = ProposalStore(saver.workspace.state, on_damage)
        self._accepting = Accepting(saver, self.store)

    def add(
        self, path: Path, span: tuple[int, int], proposal: Proposal, *, seen: str, offset: int = 0
    ) -> Proposal:
        """Keep a proposal for a file as it was seen, and return it with its id.

        Args:
            path: The file; it need not be there.
            span: From where to where in `seen` its text is to stand, in code points.
            proposal: Its text, and where it comes from.
            seen: The file's text when the tool read it, or the part of it that the tool read.
            offset: Where that part began in the file.

        Raises:
            UsageError: the file lies outside of the workspace, or the range outside of the text.
            InputError: it cannot be kept.

        """
        start, end = span
        if not 0 <= start <= end <= len(seen):
            raise UsageError(
                f"A proposal for the code points {start} to {end} was made,"
                f" and the text has {len(seen)}.",
                "The tool counted wrong.",
                "Report it to the tool's author.",
            )
        workspace = self.workspace
        real = workspace.writable(path)
        with self._saver.alone():
            basis, start, end, snapshot = self._basis(real, seen, span, offset)
            text = _sound(proposal.text)
            if "\r\n" in basis and not _LONE_LF.search(basis):
                text = _LONE_LF.sub("\r\n", text)
            units = units_of(basis, start, end, text)
            kept = msgspec.structs.replace(
                proposal,
                file=workspace.name_of(real),
                is_new=not real.exists(),
                start=start,
                end=end,
                text=text,
                snapshot=snapshot,
                at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                units=units,
                status="waiting" if units else "accepted",
            )
            return self.store.add(kept, basis)

    def add_paragraph(self, path: Path, line: int | None, proposal: Proposal) -> Proposal:
        """Keep a text as a new paragraph: before a line (from 1), or at the file's end.

        A file that is not there is to be made.

        Raises:
            UsageError: the file lies outside of the workspace, or has no such line.
            InputError: the file cannot be read, or the proposal not kept.

        """
        real = self.workspace.writable(path)
        seen = TextFile.read(real).text if real.exists() else ""
        text = proposal.text.strip()
        at = len(seen.rstrip())
        if line is not None:
            starts = [0, *(found.end() for found in _LINE_END.finditer(seen))]
            if not 1 <= line <= len(starts):
                raise UsageError(
                    f"{path.name} has {len(starts)} lines, and no line {line}.",
                    "",
                    "Leave --at out for a paragraph at its end.",
                )
            at = starts[line - 1]
        if line is None and at:
            text = f"\n\n{text}"
        else:
            text = f"{text}\n\n" if seen[at:].strip() else f"{text}\n"
        made = msgspec.structs.replace(proposal, text=text)
        return self.add(path, (at, at), made, seen=seen)

    def _basis(
        self, real: Path, seen: str, span: tuple[int, int], offset: int
    ) -> tuple[str, int, int, int]:
        """The file's whole text, where in it the place is, and its snapshot.

        A file that went on since it was seen is left out of it: what was seen is the basis then,
        and its place is looked for when the proposal is accepted.
        """
        if not real.exists():
            return seen, *span, 0
        file = TextFile.read(real)
        snapshot = self._saver.history.snapshot(
            self.workspace.name_of(real), file.data, by=HUMAN, why="basis of a proposal"
        )
        at = offset
        if file.text[offset : offset + len(seen)] != seen:
            at = file.text.find(seen)
            if at < 0 or file.text.find(seen, at + 1) >= 0:
                return seen, *span, snapshot
        return file.text, span[0] + at, span[1] + at, snapshot

    def listed(self, *, everything: bool = False) -> list[Proposal]:
        """The proposals that wait, or all, the oldest first."""
        self._recover()
        return self.store.of(*(() if everything else OPEN))

    def get(self, number: int) -> Proposal:
        """The proposal of that id. Raises `NotFound`."""
        self._recover()
        return self.store.get(number)

    def made(self) -> list[Made]:
        """The sentences that came from a machine, in the order of accepting."""
        self._recover()
        return self.store.made()

    def hunks(self, proposal: Proposal, around: int = 0) -> list[ShownHunk]:
        """What a proposal changes, hunk by hunk.

        Args:
            proposal: The proposal.
            around: Code points of the text before and after a hunk to show with it.

        """
        basis = self.store.basis(proposal)
        found = []
        for number in sorted({unit.hunk for unit in proposal.units}):
            units = tuple(unit for unit in proposal.units if unit.hunk == number)
            left = max(0, units[0].start - around)
            moved = [Hunk(unit.start - left, unit.end - left, unit.text) for unit in units]
            found.append(
                ShownHunk(
                    hunk=number,
                    line=basis.count("\n", 0, units[0].start) + 1,
                    pieces=tuple(pieces(basis[left : units[-1].end + around], moved)),
                    units=units,
                )
            )
        return found

    def accept(
        self,
        number: int,
        *,
        hunks: Sequence[int] = (),
        sentences: Sequence[int] = (),
        units: Sequence[int] = (),
    ) -> Accepted:
        """Write a proposal into its file: all of it that waits, or only some.

        Words that are in the file already, as the writer undid an undo, are not written twice.

        Args:
            number: The proposal's id.
            hunks: Which changes; with none of the three, all that waits.
            sentences: Which sentences.
            units: Which parts, by their places in the proposal's `units`.

        Raises:
            ChangedMeanwhile: its place in the file has changed; it is kept as stale.
            UsageError: it is accepted or rejected already, or has no such hunk or sentence.
            InputError: the file cannot be written; it is then as it was.

        """
        with self._saver.alone():
            self._recover()
            proposal = self.store.get(number)
            chosen = _chosen(proposal, hunks, sentences, units)
            try:
                return self._accepting.accept(proposal, chosen)
            except ChangedMeanwhile:
                self.store.change(msgspec.structs.replace(proposal, status="stale"))
                raise

    def reject(
        self, number: int, *, hunks: Sequence[int] = (), sentences: Sequence[int] = ()
    ) -> Proposal:
        """Lay a proposal aside, all of it that waits or only some; its text is kept.

        What was accepted of it stays in the file.

        Raises:
            UsageError: nothing of it waits, or it has no such hunk or sentence.

        """
        with self._saver.alone():
            self._recover()
            proposal = self.store.get(number)
            units = list(proposal.units)
            for place in _chosen(proposal, hunks, sentences):
                units[place] = msgspec.structs.replace(units[place], state="rejected")
            rejected = msgspec.structs.replace(
                proposal, units=tuple(units), status=_status(proposal, units)
            )
            self.store.change(rejected)
            return rejected

    def take_back(
        self,
        number: int,
        *,
        hunks: Sequence[int] = (),
        sentences: Sequence[int] = (),
        units: Sequence[int] = (),
    ) -> TakenBack:
        """Undo an accept, or a part of it: its words leave the file, and it waits again.

        What else was written since stays. Where the words are gone from the file already, the
        proposal is only marked.

        Args:
            number: The proposal's id.
            hunks: Of which changes; with none of the three, all that was accepted.
            sentences: Of which sentences.
            units: Of which parts, by their places in the proposal's `units`.

        Raises:
            ChangedMeanwhile: somebody wrote in those words since; nothing is changed.
            UsageError: nothing of it is accepted, or it has no such part.
            InputError: the file cannot be written; it is then as it was.

        """
        with self._saver.alone():
            self._recover()
            proposal = self.store.get(number)
            chosen = _taken(proposal, hunks, sentences, units)
            return self._accepting.take_back(proposal, chosen)

    def is_in_text(self, number: int) -> bool:
        """Whether what was accepted of a proposal is in its file as it is now.

        Raises:
            NotFound: there is no such proposal.
            InputError: the file, or what the proposal was made for, cannot be read.

        """
        return self._accepting.is_in_text(self.get(number))

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def _recover(self) -> None:
        if self.store.under_way():
            with self._saver.alone():
                self._accepting.recover()


def _chosen(
    proposal: Proposal,
    hunks: Sequence[int],
    sentences: Sequence[int],
    units: Sequence[int] = (),
) -> tuple[int, ...]:
    """The places of the waiting units that are meant."""
    see_waiting(proposal)
    meant = _meant(proposal, hunks, sentences, units, "waiting")
    if not meant:
        raise UsageError(
            f"That part of proposal {proposal.id} is accepted or rejected already.",
            "",
            f"See: inkstand proposals show {proposal.id}",
        )
    return meant


def _taken(
    proposal: Proposal, hunks: Sequence[int], sentences: Sequence[int], units: Sequence[int]
) -> tuple[int, ...]:
    """The places of the accepted units that are meant."""
    meant = _meant(proposal, hunks, sentences, units, "accepted")
    if not meant:
        some = any(unit.state == "accepted" for unit in proposal.units)
        raise UsageError(
            f"{'That part' if some else 'Nothing'} of proposal {proposal.id} is"
            f" {'not accepted' if some else 'accepted'}.",
            "Only what was accepted can be taken back.",
            f"See: inkstand proposals show {proposal.id}",
        )
    return meant


def _meant(
    proposal: Proposal,
    hunks: Sequence[int],
    sentences: Sequence[int],
    units: Sequence[int],
    state: UnitState,
) -> tuple[int, ...]:
    for what, wanted, there in (
        ("hunk", hunks, {unit.hunk for unit in proposal.units}),
        ("sentence", sentences, {unit.sentence for unit in proposal.units}),
    ):
        for number in wanted:
            if number not in there:
                raise UsageError(
                    f"Proposal {proposal.id} has no {what} {number}.",
                    f"It has {len(there)}.",
                    f"See: inkstand proposals show {proposal.id}",
                )
    whole = not hunks and not sentences and not units
    return tuple(
        place
        for place, unit in enumerate(proposal.units)
        if unit.state == state
        and (whole or unit.hunk in hunks or unit.sentence in sentences or place in units)
    )


def _status(proposal: Proposal, units: Sequence[Unit]) -> Status:
    """How it stands with a proposal of these units."""
    states = {unit.state for unit in units}
    if "waiting" in states:
        return "part" if "accepted" in states else proposal.status
    return "accepted" if "accepted" in states else "rejected"


def _sound(text: str) -> str:
    """Text that a file can hold: an engine may have cut a character in two."""
    return text.encode("utf-8", "replace").decode("utf-8")
