"""What a writer may choose about the editor."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class EditorOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the editor looks and when it saves."""

    measure: Annotated[int, Meta(ge=20, le=200, description="Characters in a row of text.")] = 72
    focus: Annotated[
        bool, Meta(description="Light the paragraph one writes in, calm the rest.")
    ] = True
    typewriter: Annotated[bool, Meta(description="Keep the row one writes in the middle.")] = False
    autosave: Annotated[
        float,
        Meta(ge=0, le=600, description="Seconds after the last key until it is saved; 0 is never."),
    ] = 1.5
    keys: Annotated[
        Literal["plain", "vim", "emacs"], Meta(description="Which editor the keys are like.")
    ] = "plain"
