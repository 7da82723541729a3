"""When to ask a server again, and how long to wait before: for backends that talk to one.

Clients of such servers have their own ways, but they would also try again after a time limit,
which pays for a long prompt twice, and after a quota is used up, which is no use.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_FIRST = 0.5
_LONGEST = 8.0


def wait_before(
    attempt: int, status: int, code: str, headers: Mapping[str, str], longest: float
) -> float | None:
    """Seconds to wait before the next try after failure number `attempt` (from 0); None for none.

    What the server asks for in Retry-After is kept to; if that is longer than `longest` there is
    no other try. Else the wait doubles each time, with some chance in it, so that many writers do
    not come back at once.
    """
    if status not in _BUSY or code == "insufficient_quota":
        return None
    if headers.get("x-should-retry", "").lower() == "false":
        return None
    asked = retry_after(headers)
    if asked is not None:
        return asked if asked <= longest else None
    wait: float = min(_FIRST * 2**attempt, _LONGEST, longest)
    return wait * random.uniform(0.75, 1.0)


def wait_asked(headers: Mapping[str, str]) -> dict[str, Any]:
    """The data of a `RateLimited`: `retry_after` in seconds, if the server asks for a wait."""
    asked = retry_after(headers)
    return {} if asked is None else {"retry_after": round(asked, 3)}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: a number or a date (RFC 9110, section 10.2.3).

    None if it asks for nothing. The names in `headers` are in lower case, or do not mind.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) * unit
        except ValueError:
            try:
                seconds = parsedate_to_datetime(value).timestamp() - time.time()
            except (ValueError, OverflowError, OSError):
                continue
        if math.isnan(seconds):
            continue
        return max(0.0, seconds)
    return None
