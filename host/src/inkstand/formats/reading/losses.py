"""What could not be carried, said in sentences with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_SHOWN = 20


def told(lost: Counter[str]) -> tuple[str, ...]:
    """A sentence for each kind of thing, such as: Images, left out: 3."""
    return tuple(
        f"{what[:1].upper()}{what[1:]}: {count:,}." for what, count in sorted(lost.items()) if count
    )


def listed(what: str, names: Iterable[str]) -> str:
    """A sentence that lists names, the first of them if there are many."""
    every = list(names)
    more = f", and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return f"{what}: {', '.join(every[:_SHOWN])}{more}."
