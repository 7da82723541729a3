"""Findings: what a tool that checks a manuscript tells, in one form for every face.

A tool whose output has a field `findings` of these is a check: the command line prints them with
both passages, the terminal UI lists them with jump and ignore, and the workspace remembers which
of them the writer wants to see no more.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the manuscript, word for word, and where it stands.

    `start` and `end` count code points of the scene's text; `line` counts lines of the file,
    from 1. A passage of the bible has its page's file, and scene -1.
    """

    quote: Annotated[str, Meta(description="The text's own words, unchanged.")]
    label: Annotated[str, Meta(description="The scene it is from, as a reader would name it.")]
    file: Annotated[str, Meta(description="Its file.")] = ""
    line: Annotated[int, Meta(ge=1, description="The line of the file that it starts on.")] = 1
    scene: Annotated[int, Meta(ge=-1, description="The scene's index, from 0; -1: the bible.")] = -1
    start: Annotated[int, Meta(ge=0, description="Where it starts in the scene.")] = 0
    end: Annotated[int, Meta(ge=0, description="Where it ends, exclusive.")] = 0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a writer may want to mend, with the passages that show it."""

    id: Annotated[str, Meta(description="Its own short name; stays as the text around changes.")]
    kind: Annotated[str, Meta(description="What kind of thing it is, such as eye_color.")]
    summary: Annotated[str, Meta(description="What is wrong, in one sentence.")]
    passages: Annotated[tuple[Passage, ...], Meta(description="The passages that show it.")]
    confidence: Annotated[float, Meta(ge=0, le=1, description="How sure the tool is.")] = 1.0
    people: Annotated[tuple[str, ...], Meta(description="Whom it is about.")] = ()
