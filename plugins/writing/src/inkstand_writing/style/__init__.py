"""The style tool: how a book is written, in words that a writer understands."""

from __future__ import annotations
