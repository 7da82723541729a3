"""The receipts that a user looks for: those of the workspace at hand, or of all of them."""

from __future__ import annotations

import contextlib
from pathlib import Path

from inkstand.records.receipts import Receipt, Receipts, ReceiptSummary
from inkstand_sdk.errors import InputError, NotFound


class ReceiptShelf:
    """The receipts of one workspace; outside of any, those of the user and of every workspace.

    A receipt that is named by its id is found wherever it is.

    Args:
        own: The receipts at hand.
        others: Those in every other place.
        everything: Whether no workspace is at hand, so that all are meant.

    """

    def __init__(self, own: Receipts, others: list[Receipts], *, everything: bool) -> None:
        self._own = own
        self._others = others
        self._meant = [own, *others] if everything else [own]

    @property
    def path(self) -> Path:
        """The file of those at hand."""
        return self._own.path

    def find(self, which: str = "last") -> Receipt:
        """The receipt of a request, by its id or how that begins; "last" is the latest.

        Raises:
            NotFound: there is none.
            UsageError: several ids begin like that.

        """
        if which == "last":
            latest = self.listed(1)
            return self._own.find() if not latest else self.find(latest[0].request_id)
        try:
            return self._own.find(which)
        except NotFound:
            for receipts in self._others:
                # A workspace may lie on a disk that is not there now.
                with contextlib.suppress(NotFound, InputError):
                    return receipts.find(which)
            raise

    def listed(self, last: int = 20) -> list[ReceiptSummary]:
        """The latest receipts, newest first."""
        found = self._own.listed(last)
        for receipts in self._meant[1:]:
            with contextlib.suppress(InputError):
                found += receipts.listed(last)
        return sorted(found, key=lambda each: each.at, reverse=True)[:last]

    def clear(self) -> int:
        """Delete all receipts that are meant, for good; how many there were."""
        return sum(receipts.clear() for receipts in self._meant)

    def close(self) -> None:
        """Close the files."""
        for receipts in (self._own, *self._others):
            receipts.close()
