"""Days of the week and months, as prose writes them."""

from __future__ import annotations

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = rf"(?:{'|'.join(WEEKDAYS)})"
"""A pattern for a day of the week."""
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
"""A pattern for a month."""
