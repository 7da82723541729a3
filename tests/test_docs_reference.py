"""The reference says what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_committed_reference_is_what_the_code_gives_now(tmp_path: Path) -> None:
    generate = [sys.executable, str(ROOT / "docs" / "generate_reference.py"), "--into"]
    subprocess.run([*generate, str(tmp_path)], check=True, timeout=120)
    committed = ROOT / "docs" / "reference"
    made = {page.name: page.read_text(encoding="utf-8") for page in tmp_path.glob("*.md")}
    there = {page.name: page.read_text(encoding="utf-8") for page in committed.glob("*.md")}
    assert sorted(made) == sorted(there)
    stale = [name for name, text in made.items() if text != there[name]]
    assert not stale, f"run python docs/generate_reference.py: {', '.join(stale)}"
