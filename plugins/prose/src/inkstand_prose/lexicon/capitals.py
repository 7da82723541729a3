"""Words that English writes with a capital though they name nobody."""

from __future__ import annotations

from inkstand_prose.lexicon import words

PLACE_WORDS = words("place_words")

NEVER_NAMES = words("never_names")
"""Never a name by itself, lowercased."""

CALENDAR = words("calendar")

PLACE_NAMES = words("place_names")

SURNAMES = words("surnames")
"""Of these, and of the days, what may be a name after a title: "Mrs. March"."""

STYLED = words("styled")
"""Of these, what may begin a name after "the": "the March Hare"."""
