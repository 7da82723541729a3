"""The ledger and the receipts together: what cannot be written costs a note and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from inkstand.records.receipts import Receipt, Receipts, without_texts
from inkstand.records.usage import Call, UsageLedger
from inkstand_sdk.errors import InkstandError

Note = Callable[[str], None]


class Books:
    """Where calls and receipts are written.

    Args:
        usage: Makes the ledger, given what is told of a damaged file; None keeps none.
        receipts: The same for receipts.
        note: Told a sentence for the user when something could not be written.
        texts: Whether receipts keep texts.

    """

    def __init__(
        self,
        usage: Callable[[Note], UsageLedger] | None,
        receipts: Callable[[Note], Receipts] | None,
        note: Note,
        *,
        texts: bool,
    ) -> None:
        self._usage = usage(note) if usage is not None else None
        self._receipts = receipts(note) if receipts is not None else None
        self._note = note
        self._texts = texts

    def write(self, calls: list[Call], receipts: list[Receipt]) -> None:
        """Write them down; a failure of one is not the other's."""
        if self._usage is not None and calls:
            ledger = self._usage
            self._guarded("usage", lambda: ledger.add(calls))
        if self._receipts is not None and receipts:
            book = self._receipts
            kept = receipts if self._texts else [without_texts(receipt) for receipt in receipts]
            self._guarded("receipts", lambda: book.put(kept))

    def close(self) -> None:
        """Close the files."""
        for book in (self._usage, self._receipts):
            if book is not None:
                book.close()

    def _guarded(self, what: str, write: Callable[[], None]) -> None:
        try:
            write()
        except InkstandError as error:
            self._note(f"The {what} of this run could not be kept. {error}")
        except (sqlite3.Error, OSError) as error:
            self._note(
                f"The {what} of this run could not be kept: {error}. What was generated is whole."
                f" To do without: inkstand config set {what}.enabled false"
            )
