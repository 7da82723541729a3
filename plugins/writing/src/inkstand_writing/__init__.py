"""Inkstand's writing tools: analysis first, with a model where one helps."""

from __future__ import annotations

from inkstand_sdk import Tool, hookimpl
from inkstand_writing.character import CharacterTool
from inkstand_writing.continuing import ContinueTool
from inkstand_writing.continuity.tool import ContinuityTool
from inkstand_writing.dialogue import DialogueTool
from inkstand_writing.plot import PlotTool
from inkstand_writing.style.tool import StyleTool
from inkstand_writing.summarizer import Summarizer


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    """The tools."""
    return [
        Summarizer,
        CharacterTool,
        DialogueTool,
        PlotTool,
        ContinueTool,
        ContinuityTool,
        StyleTool,
    ]
