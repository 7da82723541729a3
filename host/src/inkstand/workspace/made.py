"""The sentences that came from a machine: what each says, and between which others it stood."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from inkstand.workspace.likeness import FEWEST, Likest
from inkstand.workspace.sentences import spans
from inkstand.workspace.word_diff import TOKEN, Hunk

SCHEMA = """
CREATE TABLE made (
  id INTEGER PRIMARY KEY AUTOINCREMENT, proposal INTEGER NOT NULL, text TEXT NOT NULL,
  whole INTEGER NOT NULL, echo INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  others TEXT NOT NULL
);
"""
_LETTER = re.compile(r"\w")
_APOSTROPHES = str.maketrans("\u2019\u2018\u02bc", "'''")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of which a machine wrote words.

    `whole` is whether all of them are its own, `echo` whether the text said the same before.
    `before` and `after` are the keys of the sentences around it ("" at a text's ends), `others`
    those of sentences like it that were there before and stayed.
    """

    proposal: int
    text: str
    whole: bool = True
    echo: bool = False
    before: str = ""
    after: str = ""
    others: tuple[str, ...] = ()
    id: int = 0


def words_of(text: str) -> tuple[str, ...]:
    """The words of a sentence as they are compared: letter case, quotes and marks aside."""
    plain = text.lower() if text.isascii() else _folded(text)
    return tuple([word for word in TOKEN.findall(plain) if len(word) > 1 or _LETTER.match(word)])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)


def key_of(words: Sequence[str]) -> str:
    """What two sentences of the same words share; "" for none."""
    if not words:
        return ""
    return hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=12).hexdigest()


def made_by(old: str, changes: Sequence[Hunk], proposal: int) -> Iterator[Made]:
    """The sentences that a machine's changes of a text make, in order.

    Args:
        old: The text before.
        changes: What the machine writes into it, in order.
        proposal: The id of its proposal.

    """
    new, written = _with_spans(old, changes)
    places = spans(new)
    told = [words_of(new[start:end]) for start, end in places]
    stayed = set(told) & {words_of(old[start:end]) for start, end in spans(old)}
    others = sorted(words for words in stayed if len(words) >= FEWEST)
    likest = Likest(others)
    nearest = 0
    for number, (start, end) in enumerate(places):
        while nearest < len(written) and written[nearest][1] <= start:
            nearest += 1
        own = 0
        for begin, stop in islice(written, nearest, None):
            if begin >= end:
                break
            own += len(words_of(new[max(start, begin) : min(end, stop)]))
        if not own:
            continue
        yield Made(
            proposal=proposal,
            text=new[start:end],
            whole=own >= len(told[number]),
            echo=told[number] in stayed,
            before=key_of(told[number - 1]) if number else "",
            after=key_of(told[number + 1]) if number + 1 < len(told) else "",
            others=tuple(key_of(others[near]) for near in likest.like(told[number])),
        )


def _with_spans(old: str, changes: Sequence[Hunk]) -> tuple[str, list[tuple[int, int]]]:
    pieces: list[str] = []
    written: list[tuple[int, int]] = []
    at = length = 0
    for change in changes:
        pieces += (old[at : change.old_start], change.new_text)
        length += change.old_start - at
        written.append((length, length + len(change.new_text)))
        length += len(change.new_text)
        at = change.old_end
    return "".join([*pieces, old[at:]]), written


def keep_made(connection: sqlite3.Connection, made: Sequence[Made]) -> None:
    """Keep sentences."""
    connection.executemany(
        "INSERT INTO made (proposal, text, whole, echo, before, after, others)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                each.proposal,
                each.text,
                each.whole,
                each.echo,
                each.before,
                each.after,
                " ".join(each.others),
            )
            for each in made
        ],
    )


def read_made(connection: sqlite3.Connection) -> list[Made]:
    """All sentences that are kept, in order."""
    rows = connection.execute(
        "SELECT id, proposal, text, whole, echo, before, after, others FROM made ORDER BY id"
    )
    return [
        Made(
            id=number,
            proposal=proposal,
            text=text,
            whole=bool(whole),
            echo=bool(echo),
            before=before,
            after=after,
            others=tuple(others.split()),
        )
        for number, proposal, text, whole, echo, before, after, others in rows
    ]
