"""A toy model bundled with Inkstand, so that it writes at once, offline."""

from __future__ import annotations

from inkstand_pocket.source import PocketSource
from inkstand_sdk import hookimpl


@hookimpl
def inkstand_sources() -> list[type[PocketSource]]:
    """The one source of this plugin."""
    return [PocketSource]
