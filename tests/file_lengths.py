"""Fails if a Python file has more than 400 lines: such a file is asking to be two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LONGEST = 400


def too_long(root: Path) -> list[str]:
    """The tracked and new Python files with too many lines, each with its count."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for name in listed.stdout.splitlines():
        path = root / name
        if path.exists():
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > LONGEST:
                found.append(f"{name}: {count} lines, more than {LONGEST}")
    return found


if __name__ == "__main__":
    faults = too_long(Path(__file__).parent.parent)
    print("\n".join(faults) or f"No file has more than {LONGEST} lines.")
    sys.exit(1 if faults else 0)
