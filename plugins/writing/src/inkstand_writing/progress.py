"""How far a run is, in one rising number, where the analysis is only the first part of it."""

from __future__ import annotations

from inkstand_sdk import ToolContext

ANALYSIS_SHARE = 0.05
"""The part of a model's run that the analysis before it takes: next to nothing."""


def report_analysis(ctx: ToolContext, fraction: float, message: str) -> None:
    """Report how much of the analysis is done, 0 to 1."""
    ctx.progress(fraction * (ANALYSIS_SHARE if ctx.engine == "model" else 1.0), message)


def report_writing(ctx: ToolContext, fraction: float, message: str) -> None:
    """Report how much of the model's work is done, 0 to 1."""
    ctx.progress(ANALYSIS_SHARE + (1 - ANALYSIS_SHARE) * fraction, message)
