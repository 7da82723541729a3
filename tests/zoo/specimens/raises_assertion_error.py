"""Raises AssertionError at import."""

TEMPERATURE = 3.0
assert TEMPERATURE <= 2.0, "temperature must be at most 2.0"
