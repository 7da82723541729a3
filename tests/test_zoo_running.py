"""Plugins that load well and run badly, each run for real in the zoo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("tool", "cause"), [("raises", "no scenes to divide by"), ("exits", "exit code 7")]
)
def test_a_tool_that_fails_is_named_with_its_cause(
    zoo: Any, tmp_path: Path, tool: str, cause: str
) -> None:
    story = tmp_path / "story.md"
    story.write_text("The ferry left at dawn.\n", encoding="utf-8")
    done = zoo.inkstand("run", tool, str(story))
    assert done.returncode == 1
    assert tool in done.stderr
    assert cause in done.stderr
    assert "Traceback" not in done.stderr
