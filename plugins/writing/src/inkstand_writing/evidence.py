"""Evidence: a quotation from the manuscript and where it stands."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk import Manuscript


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the manuscript, word for word: `scenes[scene].text[start:end] == quote`."""

    quote: Annotated[str, Meta(description="The text's own words, unchanged.")]
    label: Annotated[str, Meta(description="The scene it is from, as a reader would name it.")]
    scene: Annotated[int, Meta(description="The scene's index, from 0.", ge=0)]
    start: Annotated[int, Meta(description="Where it starts in the scene, in code points.", ge=0)]
    end: Annotated[int, Meta(description="Where it ends, exclusive.", ge=0)]


def quote(manuscript: Manuscript, scene: int, start: int, end: int) -> Evidence:
    """The evidence for `[start, end)` of a scene's text."""
    source = manuscript.scenes[scene]
    return Evidence(
        quote=source.text[start:end], label=source.label(), scene=scene, start=start, end=end
    )
