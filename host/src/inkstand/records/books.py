"""The ledger and the receipts together: what cannot be written costs a note and nothing else."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import msgspec

from inkstand.records.receipts import Receipt, Receipts, without_texts
from inkstand.records.usage import Call, UsageLedger
from inkstand_sdk.errors import InkstandError

Note = Callable[[str], None]


class Filed(msgspec.Struct, frozen=True):
    """A receipt and the file or folder that was worked on, None for that of the whole Studio."""

    receipt: Receipt
    text: Path | None = None


class Books:
    """Where calls and receipts are written.

    Args:
        usage: Makes the ledger, given what is told of a damaged file; None keeps none.
        receipts: Makes the book of the receipts that belong to a text; None keeps none.
        note: Told a sentence for the user when something could not be written.
        texts: Whether receipts keep texts.

    """

    def __init__(
        self,
        usage: Callable[[Note], UsageLedger] | None,
        receipts: Callable[[Path | None, Note], Receipts] | None,
        note: Note,
        *,
        texts: bool,
    ) -> None:
        self._usage = usage(note) if usage is not None else None
        self._receipts = receipts
        self._note = note
        self._texts = texts
        self._by_text: dict[Path | None, Receipts] = {}
        self._by_file: dict[Path, Receipts] = {}

    def write(self, calls: list[Call], receipts: list[Filed]) -> None:
        """Write them down; a failure of one is not the other's."""
        if self._usage is not None and calls:
            ledger = self._usage
            self._guarded("usage", lambda: ledger.add(calls))
        kept: dict[Path | None, list[Receipt]] = defaultdict(list)
        for filed in receipts:
            receipt = filed.receipt if self._texts else without_texts(filed.receipt)
            kept[filed.text].append(receipt)
        for text, some in kept.items():
            self._put(text, some)

    def close(self) -> None:
        """Close the files."""
        for book in (self._usage, *self._by_file.values()):
            if book is not None:
                book.close()

    def _put(self, text: Path | None, receipts: list[Receipt]) -> None:
        make = self._receipts
        if make is None:
            return

        def put() -> None:
            if text not in self._by_text:
                book = make(text, self._note)
                # Two texts of one workspace share its file.
                self._by_text[text] = self._by_file.setdefault(book.path, book)
            self._by_text[text].put(receipts)

        self._guarded("receipts", put)

    def _guarded(self, what: str, write: Callable[[], None]) -> None:
        try:
            write()
        except InkstandError as error:
            self._note(f"The {what} of this run could not be kept. {error}")
        except (sqlite3.Error, OSError) as error:
            self._note(
                f"The {what} of this run could not be kept: {error}. What was generated is whole."
                " Make room if the disk is full. To do without: inkstand config set"
                f" {what}.enabled false"
            )
