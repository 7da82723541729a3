"""Writing a proposal into its file, and taking it out again, once and whole, even if the process is
killed in the middle.

What is about to be written is noted first, then the file is replaced, then the proposal is
marked. A note that is found later says by the file's own bytes how far it came.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from inkstand.workspace.made import made_by
from inkstand.workspace.placing import Places
from inkstand.workspace.proposal_store import Accept, Proposal, ProposalStore, Status
from inkstand.workspace.saving import HUMAN, MACHINE, Saved, Saver
from inkstand.workspace.textfile import NEW, TextFile
from inkstand.workspace.units import Unit, UnitState, applied
from inkstand.workspace.word_diff import Hunk, apply
from inkstand_sdk.errors import ChangedMeanwhile, InputError, NotFound, UsageError

_LEAST = 24
"""Code points of text at least by which a file is known again."""
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal of which some is in its file now, how many parts that were, and the file."""

    proposal: Proposal
    units: int
    saved: Saved


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal of which some waits again, how many parts that are, and the file.

    `saved` is None where the file had no need to be written: the words were gone from it already.
    """

    proposal: Proposal
    units: int
    saved: Saved | None = None


class Accepting:
    """Accepts proposals, and takes them back. Whoever calls it holds the workspace's lock."""

    def __init__(self, saver: Saver, store: ProposalStore) -> None:
        self._saver = saver
        self._store = store

    def accept(self, proposal: Proposal, chosen: Sequence[int]) -> Accepted:
        """Write some units of a proposal, by their places, into its file.

        Raises:
            ChangedMeanwhile: the place of one has changed.
            InputError: the file cannot be written; it is then as it was.

        """
        basis = self._store.basis(proposal)
        proposal = self._followed(proposal, basis)
        path = self._path(proposal)
        now = self._now(path, proposal)
        try:
            old, changes = now.text, _placed(proposal, chosen, basis, now.text)
        except ChangedMeanwhile:
            # The writer may have put it back, by undoing an undo.
            there = _standing(proposal, chosen, basis, now.text)
            if there is None:
                raise
            old = apply(now.text, there)
            changes = _placed(proposal, chosen, basis, old)
        new = apply(old, changes)
        made = tuple(made_by(old, changes, proposal.id))
        data, _ = now.encoded(new)
        note = Accept(tuple(chosen), _hash(now.data), _hash(data), made)
        self._store.begin(proposal.id, note)
        try:
            saved = self._saver.save(
                path,
                new,
                basis=None if now is NEW else now,
                by=MACHINE,
                why=f"accepted proposal {proposal.id}",
            )
        except InputError:
            self._store.drop(proposal.id)
            raise
        marked = _marked(proposal, chosen)
        self._store.finish(marked, made)
        return Accepted(proposal=marked, units=len(chosen), saved=saved)

    def take_back(self, proposal: Proposal, chosen: Sequence[int]) -> TakenBack:
        """Take accepted units of a proposal, by their places, out of its file: they wait again.

        What was written elsewhere in the file stays. Words that are gone already, by an undo or
        a restore, are not looked for again. A file that the proposal made goes with its last word.

        Raises:
            ChangedMeanwhile: the place of one has changed.
            InputError: the file cannot be written; it is then as it was.

        """
        basis = self._store.basis(proposal)
        proposal = self._followed(proposal, basis)
        path = self._path(proposal)
        marked = _marked(proposal, chosen, "waiting")
        if proposal.is_new and marked.status == "waiting" and not path.exists():
            self._store.take_back(marked, "")
            return TakenBack(proposal=marked, units=len(chosen))
        now = self._now(path, proposal)
        there = _standing(proposal, chosen, basis, now.text)
        if there is None:
            # Raises if the words are not gone, either: somebody wrote into them.
            _placed(marked, chosen, basis, now.text)
            self._store.take_back(marked, now.text)
            return TakenBack(proposal=marked, units=len(chosen))
        new = apply(now.text, there)
        data, _ = now.encoded(new)
        note = Accept(tuple(chosen), _hash(now.data), _hash(data), (), is_back=True)
        self._store.begin(proposal.id, note)
        try:
            saved = self._saver.save(
                path, new, basis=now, by=HUMAN, why=f"took back proposal {proposal.id}"
            )
        except InputError:
            self._store.drop(proposal.id)
            raise
        if proposal.is_new and not new.strip() and marked.status == "waiting":
            path.unlink(missing_ok=True)
        self._store.take_back(marked, new)
        return TakenBack(proposal=marked, units=len(chosen), saved=saved)

    def is_in_text(self, proposal: Proposal) -> bool:
        """Whether the words that were accepted are in the file as it is now."""
        chosen = [place for place, unit in enumerate(proposal.units) if unit.state == "accepted"]
        path = self._path(proposal)
        if not chosen or not path.exists():
            return False
        basis = self._store.basis(proposal)
        return _standing(proposal, chosen, basis, TextFile.read(path).text) is not None

    def recover(self) -> None:
        """End what a process that was killed had begun."""
        for number, note in self._store.under_way().items():
            try:
                proposal = self._store.get(number)
            except NotFound:
                self._store.drop(number)
                continue
            if note.is_back:
                self._recover_back(proposal, note)
            elif self._was_written(self._path(proposal), note):
                self._store.finish(_marked(proposal, note.units), note.made)
            else:
                self._store.drop(number)

    def _recover_back(self, proposal: Proposal, note: Accept) -> None:
        path = self._path(proposal)
        try:
            now = TextFile.read(path) if path.exists() else NEW
        except InputError:
            self._store.drop(proposal.id)
            return
        basis = self._store.basis(proposal)
        is_done = _hash(now.data) == note.after or (
            _hash(now.data) != note.before
            and _standing(proposal, note.units, basis, now.text) is None
        )
        if is_done:
            if proposal.is_new and not now.text.strip():
                path.unlink(missing_ok=True)
            self._store.take_back(_marked(proposal, note.units, "waiting"), now.text)
        else:
            self._store.drop(proposal.id)

    def _was_written(self, path: Path, note: Accept) -> bool:
        try:
            data = path.read_bytes()
        except OSError:
            return False
        if _hash(data) in (note.before, note.after):
            return _hash(data) == note.after
        # Somebody wrote on since: were the words in what they wrote on from?
        try:
            before = TextFile.of(self._saver.history.data(note.before), path.name).text
        except (NotFound, InputError):
            before = ""
        now = TextFile.of(data, path.name).text
        return any(now.count(each.text) > before.count(each.text) for each in note.made)

    def _path(self, proposal: Proposal) -> Path:
        path = self._saver.workspace.root / proposal.file
        if not path.exists():
            # Bytes of a file's name that are no text stand in its name in hexadecimal.
            raw = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), proposal.file.encode())
            odd = self._saver.workspace.root / os.fsdecode(raw)
            return odd if odd.exists() else path
        return path

    def _followed(self, proposal: Proposal, basis: str) -> Proposal:
        """The proposal for the file as it is named now.

        A file that is gone was renamed if exactly one other of the workspace holds its text.
        """
        text = applied(basis, [unit for unit in proposal.units if unit.state == "accepted"]).strip()
        if proposal.is_new or len(text) < _LEAST or self._path(proposal).exists():
            return proposal
        found = []
        for path in self._saver.workspace.prose_files():
            try:
                if text in TextFile.read(path).text:
                    found.append(path)
            except InputError:
                continue
        if len(found) != 1:
            return proposal
        name = self._saver.workspace.name_of(found[0])
        followed = msgspec.structs.replace(proposal, file=name)
        # A process that is killed later looks for what it wrote in the file that this names.
        self._store.change(followed)
        return followed

    def _now(self, path: Path, proposal: Proposal) -> TextFile:
        if path.exists():
            return TextFile.read(path)
        some = any(unit.state == "accepted" for unit in proposal.units)
        if proposal.is_new and not some:
            return NEW
        raise ChangedMeanwhile(
            f"{proposal.file} is not there any more.",
            "It was deleted or renamed since the proposal was made, which is kept.",
            f"See its text: inkstand proposals show {proposal.id}",
        )


def see_waiting(proposal: Proposal) -> None:
    """Raise `UsageError` if nothing of a proposal waits."""
    if any(unit.state == "waiting" for unit in proposal.units):
        return
    raise UsageError(
        f"Proposal {proposal.id} is {proposal.status} already.",
        "Nothing of it waits.",
        f"To have it wait again: inkstand proposals undo {proposal.id}"
        if proposal.status == "accepted"
        else "See what waits: inkstand proposals list",
    )


def _placed(proposal: Proposal, chosen: Sequence[int], basis: str, now: str) -> list[Hunk]:
    """The units as changes of the file's text as it is now."""
    done = [unit for unit in proposal.units if unit.state == "accepted"]
    places = Places(applied(basis, done), now)
    changes: list[Hunk] = []
    for place in chosen:
        unit = proposal.units[place]
        shift = _shift(proposal.units[:place])
        found = places.find(unit.start + shift, unit.end + shift)
        if found is None or (changes and found[0] < changes[-1].old_end):
            raise _place_changed(proposal, unit)
        changes.append(Hunk(*found, unit.text))
    return changes


def _standing(proposal: Proposal, chosen: Sequence[int], basis: str, now: str) -> list[Hunk] | None:
    """The changes that take these units out of the file's text; None if one is not in it whole."""
    # As it is, or would be, with them in it.
    proposal = _marked(proposal, chosen)
    done = [unit for unit in proposal.units if unit.state == "accepted"]
    places = Places(applied(basis, done), now)
    changes: list[Hunk] = []
    for place in sorted(chosen):
        unit = proposal.units[place]
        start = unit.start + _shift(proposal.units[:place])
        found = places.find(start, start + len(unit.text))
        if found is None or (changes and found[0] < changes[-1].old_end):
            return None
        changes.append(Hunk(*found, basis[unit.start : unit.end]))
    return changes


def _shift(before: Sequence[Unit]) -> int:
    """By how much the accepted of these units moved what comes after them."""
    return sum(
        len(unit.text) - (unit.end - unit.start) for unit in before if unit.state == "accepted"
    )


def _marked(proposal: Proposal, chosen: Sequence[int], state: UnitState = "accepted") -> Proposal:
    units = list(proposal.units)
    for place in chosen:
        units[place] = msgspec.structs.replace(units[place], state=state)
    states = {unit.state for unit in units}
    status: Status = "accepted"
    if "waiting" in states:
        status = "part" if "accepted" in states else "waiting"
    return msgspec.structs.replace(proposal, units=tuple(units), status=status)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _place_changed(proposal: Proposal, unit: Unit) -> ChangedMeanwhile:
    others = len({each.hunk for each in proposal.units if each.state == "waiting"}) > 1
    return ChangedMeanwhile(
        f"The place of hunk {unit.hunk} of proposal {proposal.id} in {proposal.file} has changed.",
        "Somebody wrote there since the tool read it. Nothing was written, and the proposal is"
        " kept" + (", whose other hunks can be accepted by their numbers." if others else "."),
        f"See its text: inkstand proposals show {proposal.id}",
    )
