"""Raises ValueError at import."""

int("many")
