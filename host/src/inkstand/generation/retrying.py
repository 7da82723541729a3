"""Waiting and trying again, where time alone may help."""

from __future__ import annotations

import random
from collections.abc import Callable

from inkstand.jobs import CancelToken
from inkstand_sdk.errors import InkstandError, RateLimited, Unavailable

_PASSING = (RateLimited, Unavailable)


def _wait(cancel: CancelToken, seconds: float) -> None:
    cancel.wait(seconds)
    cancel.check()


class Patience:
    """How often a model that is busy or away is asked again, and how long that may take.

    A backend that tries again by itself says so with `tries` in the error's data; it is not asked
    again from here, or the two would multiply.

    Args:
        tries: How often a request is sent at most.
        total: Seconds that all waits of one request may take together.
        first: Seconds of the first wait where the server names none; doubled each time.
        wait: Waits that many seconds, or raises `Cancelled` at once when the token is cancelled.

    """

    def __init__(
        self,
        tries: int = 3,
        total: float = 20.0,
        first: float = 0.5,
        wait: Callable[[CancelToken, float], None] = _wait,
    ) -> None:
        self.tries = tries
        self.total = total
        self.first = first
        self.wait = wait

    def pause(self, error: InkstandError, tried: int, waited: float) -> float | None:
        """Seconds to wait before the next try; None if there is to be none.

        Args:
            error: What the last try ended with.
            tried: How often it was tried.
            waited: Seconds that were waited before.

        """
        if not isinstance(error, _PASSING) or "tries" in error.data or tried >= self.tries:
            return None
        asked = error.data.get("retry_after")
        seconds = self.first * 2 ** (tried - 1)
        # Many that were turned away at once must not all come back at once.
        seconds *= random.uniform(0.75, 1.25)
        if isinstance(asked, int | float) and asked >= 0:
            seconds = max(float(asked), seconds)
        return seconds if waited + seconds <= self.total else None
