"""How names of distributions are compared."""

from __future__ import annotations

import re


def canonical(name: str) -> str:
    """A distribution's name in the one spelling that compares equal."""
    return re.sub(r"[-_.]+", "-", name).lower()
