"""Which snapshots are dropped with age: the further back, the fewer are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

HOUR = 3_600_000
DAY = 24 * HOUR
# Up to this age in milliseconds, one snapshot is kept for every so many.
_KEPT = ((2 * DAY, 0), (14 * DAY, HOUR), (90 * DAY, DAY))
_OLDER = 7 * DAY


def too_many(rows: Sequence[tuple[int, str, int]], now: int) -> Iterator[int]:
    """Ids of the snapshots to drop.

    Args:
        rows: Id, name and time in milliseconds of each, sorted by name and id.
        now: The time in milliseconds.

    """
    for place, (number, name, at) in enumerate(rows):
        first = place == 0 or rows[place - 1][1] != name
        last = place + 1 == len(rows) or rows[place + 1][1] != name
        if first or last:
            continue
        every = next((every for age, every in _KEPT if now - at <= age), _OLDER)
        # The last of each stretch stays: what a text had become by then.
        if every and rows[place + 1][2] // every == at // every:
            yield number
