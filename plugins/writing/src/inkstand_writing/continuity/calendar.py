"""Days of the week, months, dates and counts of days, as prose writes them."""

from __future__ import annotations

import re

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = rf"(?:{'|'.join(WEEKDAYS)})"
"""A pattern for a day of the week."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
MONTH = rf"(?:{'|'.join(MONTHS)})"
"""A pattern for a month."""
PART = (
    r"(?:morning|forenoon|noon|midday|afternoon|evening|night|midnight|dawn|daybreak|sunrise"
    r"|dusk|sunset|nightfall|twilight)"
)
"""A pattern for a part of a day."""
YEAR = 365
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CARDINALS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_ONES = (*("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),)
_ORDINALS = (
    *_ONES,
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
NUMBER = rf"(?:{'|'.join(sorted(_CARDINALS, key=len, reverse=True))}|\d{{1,2}})"
"""A pattern for a count up to ninety-nine in figures, or up to twenty in words."""
ORDINAL = (
    rf"(?:twenty[- ](?:{'|'.join(_ONES)})|thirty[- ]first|thirtieth"
    rf"|{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}|\d{{1,2}}(?:st|nd|rd|th))"
)
"""A pattern for the day of a month as an ordinal."""
HOLIDAYS = {
    "new year's day": (1, 1),
    "twelfth night": (1, 5),
    "candlemas": (2, 2),
    "valentine's day": (2, 14),
    "lady day": (3, 25),
    "april fool's day": (4, 1),
    "may day": (5, 1),
    "midsummer day": (6, 24),
    "midsummer eve": (6, 23),
    "michaelmas": (9, 29),
    "halloween": (10, 31),
    "hallowe'en": (10, 31),
    "all hallows": (11, 1),
    "all saints' day": (11, 1),
    "all souls' day": (11, 2),
    "guy fawkes": (11, 5),
    "martinmas": (11, 11),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
}
"""Days that have a name, and fall on one date in every year."""
HOLIDAY = rf"(?:{'|'.join(sorted(HOLIDAYS, key=len, reverse=True))})".replace("'", "['’]")
"""A pattern for a day that has a name."""
SEASONS = {"spring": (2, 6), "summer": (5, 9), "autumn": (8, 12), "winter": (11, 3)}
"""The first and the last month that prose may call by the name of a season."""
_ORDINAL_PARTS = re.compile(r"[- ]")


def weekday_of(word: str) -> int:
    """Which day of the week a word names, 0 (Monday) to 6; case does not count."""
    return WEEKDAYS.index(word[:1].upper() + word[1:].lower())


def count_of(word: str) -> int:
    """What a word of `NUMBER`, or "a", counts.

    >>> count_of("a"), count_of("Twelve"), count_of("14")
    (1, 12, 14)
    """
    word = word.lower()
    if word in {"a", "an"}:
        return 1
    return int(word) if word.isdigit() else _CARDINALS.index(word) + 1


def ordinal_of(words: str) -> int:
    """Which day of a month the words of `ORDINAL`, or figures, say.

    >>> ordinal_of("third"), ordinal_of("twenty-first"), ordinal_of("4th"), ordinal_of("30")
    (3, 21, 4, 30)
    """
    digits = re.match(r"\d+", words)
    if digits is not None:
        return int(digits[0])
    tens, *ones = _ORDINAL_PARTS.split(words.lower())
    if ones:
        return {"twenty": 20, "thirty": 30}[tens] + _ONES.index(ones[0]) + 1
    return 30 if tens == "thirtieth" else _ORDINALS.index(tens) + 1


def month_of(word: str) -> int:
    """Which month a word names, 1 to 12; case does not count."""
    return MONTHS.index(word[:1].upper() + word[1:].lower()) + 1


def holiday_of(words: str) -> tuple[int, int]:
    """Month and day of what `HOLIDAY` matches; case and the kind of apostrophe do not count."""
    return HOLIDAYS[words.lower().replace("’", "'")]


def day_of_year(month: int, date: int) -> int:
    """How many days of a year of 365 lie before a date."""
    return sum(_LENGTHS[: month - 1]) + date - 1


def month_span(month: int) -> tuple[int, int]:
    """The first and the last day of a month, as `day_of_year`."""
    return day_of_year(month, 1), day_of_year(month, _LENGTHS[month - 1])


def season_span(name: str) -> tuple[int, int]:
    """The first and the last day that prose may say is of a season; the last may lie beyond
    the year's end.
    """
    first, last = SEASONS[name]
    start, end = month_span(first)[0], month_span(last)[1]
    return (start, end) if end > start else (start, end + YEAR)
