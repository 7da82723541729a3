"""Writing a proposal into its file, once and whole, even if the process is killed in the middle.

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
from inkstand.workspace.proposal_store import Accept, Proposal, ProposalStore
from inkstand.workspace.saving import MACHINE, Saved, Saver
from inkstand.workspace.textfile import NEW, TextFile
from inkstand.workspace.units import Unit, applied
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


class Accepting:
    """Accepts proposals. Whoever calls it holds the workspace's lock."""

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
        changes = _placed(proposal, chosen, basis, now.text)
        new = apply(now.text, changes)
        made = tuple(made_by(now.text, changes, proposal.id))
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

    def recover(self) -> None:
        """End what a process that was killed had begun."""
        for number, note in self._store.under_way().items():
            try:
                proposal = self._store.get(number)
            except NotFound:
                self._store.drop(number)
                continue
            if self._was_written(self._path(proposal), note):
                self._store.finish(_marked(proposal, note.units), note.made)
            else:
                self._store.drop(number)

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
        "See what waits: inkstand proposals list",
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


def _shift(before: Sequence[Unit]) -> int:
    """By how much the accepted of these units moved what comes after them."""
    return sum(
        len(unit.text) - (unit.end - unit.start) for unit in before if unit.state == "accepted"
    )


def _marked(proposal: Proposal, chosen: Sequence[int]) -> Proposal:
    units = list(proposal.units)
    for place in chosen:
        units[place] = msgspec.structs.replace(units[place], state="accepted")
    waits = any(unit.state == "waiting" for unit in units)
    return msgspec.structs.replace(
        proposal, units=tuple(units), status="part" if waits else "accepted"
    )


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
