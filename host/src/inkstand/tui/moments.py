"""Points in time as they are shown in lists: the nearer, the shorter."""

from __future__ import annotations

import datetime as dt


def shown(at: str, now: dt.datetime | None = None) -> str:
    """A time (ISO 8601, UTC) in local time: "14:02", "yesterday 14:02", "3 Nov 14:02"."""
    try:
        moment = dt.datetime.fromisoformat(at).astimezone()
    except ValueError:
        return at
    today = (now or dt.datetime.now(dt.UTC)).astimezone().date()
    clock = f"{moment:%H:%M}"
    days = (today - moment.date()).days
    if days == 0:
        return clock
    if days == 1:
        return f"yesterday {clock}"
    if moment.year == today.year:
        return f"{moment.day} {moment:%b} {clock}"
    return f"{moment.day} {moment:%b %Y}"
