"""Points in time as people type and read them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

_AGO = re.compile(r"(\d+)\s*(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    """`7d`, `24h`, `today` or a date (local time) as seconds since the epoch; "" is 0.

    Raises:
        click.BadParameter: it is none of these.

    """
    text = value.strip().lower()
    now = datetime.now().astimezone()
    try:
        if text in ("today", "yesterday"):
            day = now.replace(hour=0, minute=0, second=0, microsecond=0)
            return (day - timedelta(days=text == "yesterday")).timestamp()
        if (ago := _AGO.fullmatch(text)) is not None:
            return (now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).timestamp()
        return datetime.fromisoformat(text.upper()).astimezone().timestamp() if text else 0.0
    except (ValueError, OverflowError, OSError) as error:
        raise click.BadParameter(
            f"{value!r} is no time. Try 7d, 24h, today or 2026-01-31."
        ) from error


def shown(at: float) -> str:
    """Seconds since the epoch in local time."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
