"""Inkstand with a fault in it: F1 brings it down."""

from __future__ import annotations

import sys
from pathlib import Path

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.launch import run


def fail(_app: InkstandApp) -> None:
    raise ZeroDivisionError("the fault")


InkstandApp.action_help = fail  # type: ignore[method-assign, assignment]
with Studio(sys.argv[1]) as studio:
    sys.exit(run(studio, Path(sys.argv[1])))
