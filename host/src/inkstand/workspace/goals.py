"""What a writer has set out to do: words in all, words a day, and a day to be done by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from inkstand.workspace.files import SETTINGS
from inkstand_sdk.errors import InputError, UsageError

Words = Annotated[int, Meta(ge=0, le=100_000_000)]


class Goals(msgspec.Struct, frozen=True, kw_only=True):
    """`[goals]` of `inkstand.toml`; 0 and None are no goal."""

    total: Words = 0
    daily: Words = 0
    by: dt.date | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Goals:
        """The goals in the settings of a workspace.

        Raises:
            InputError: they are not what goals can be.

        """
        try:
            goals: Goals = msgspec.convert(settings.get("goals", {}), cls)
        except msgspec.ValidationError as error:
            raise InputError(
                f"The goals in {SETTINGS} cannot be understood: {error}.",
                "They are `total` and `daily` in words, and `by`, a day.",
                'For example: [goals] total = 80000, daily = 500, by = "2027-03-01"',
            ) from error
        return goals

    def reached(self, words: int, today: int, day: dt.date) -> Progress:
        """How far they are reached with so many words in all, and so many of them of today."""
        left = max(0, self.total - words)
        days = max(0, (self.by - day).days + 1) if self.by is not None else 0
        return Progress(
            total=self.total,
            daily=self.daily,
            by=self.by.isoformat() if self.by is not None else "",
            words_left=left,
            days_left=days,
            # What was written today is part of what today asks for.
            words_a_day=-(-max(0, self.total - words + today) // days) if days and left else 0,
            share=round(min(1.0, words / self.total), 4) if self.total else None,
            share_of_today=round(max(0, today) / self.daily, 4) if self.daily else None,
        )


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far goals are reached.

    `words_a_day` is what every day up to `by` would have to bring, today's whole day included, 0
    where that is not known or nothing is left; shares are of 1, None without that goal.
    """

    total: int
    daily: int
    by: str
    words_left: int
    days_left: int
    words_a_day: int
    share: float | None
    share_of_today: float | None


def parsed(typed: str) -> tuple[str, int | str | None]:
    """A goal as it is typed: `total=80000`, `daily=500`, `by=2027-03-01`; no value is no goal.

    Raises:
        UsageError: it is none of these.

    """
    name, equals, value = (part.strip() for part in typed.partition("="))
    if name not in Goals.__struct_fields__ or not equals:
        raise UsageError(
            f"{typed!r} is no goal.",
            "Goals are total=WORDS, daily=WORDS and by=YEAR-MONTH-DAY.",
            "For example: inkstand status --goal total=80000",
        )
    if value in ("", "0", "none"):
        return name, None
    try:
        given: int | str = (
            dt.date.fromisoformat(value).isoformat()
            if name == "by"
            else int(value.replace(",", "").replace("_", ""))
        )
        msgspec.convert({name: given}, Goals)
    except (ValueError, msgspec.ValidationError) as error:
        raise UsageError(
            f"{value!r} is no {'day' if name == 'by' else 'number of words'}.",
            "",
            "For example: inkstand status --goal total=80000 --goal by=2027-03-01",
        ) from error
    return name, given


def with_goal(source: str, name: str, value: int | str | None) -> str:
    """The text of `inkstand.toml` with a goal set, or taken away, everything else as it was."""
    # tomlkit takes 20 ms to import.
    import tomlkit
    from tomlkit.items import Table

    document = tomlkit.parse(source)
    goals = document.get("goals")
    if not isinstance(goals, Table):
        if value is None:
            return source
        goals = document["goals"] = tomlkit.table()
        goals = document["goals"]
    if value is None:
        goals.pop(name, None)
    else:
        goals[name] = value
    return tomlkit.dumps(document)
