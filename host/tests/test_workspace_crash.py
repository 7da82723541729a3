"""Killed in the middle of a write: the file is the old one or the new one, the history whole."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from . import crashing

PROGRAM = Path(crashing.__file__)
# INKSTAND_CRASHES=200 for as many as a release wants to see.
CRASHES = int(os.environ.get("INKSTAND_CRASHES", "15"))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL, and fork")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    folder.mkdir()
    return folder


def test_whenever_a_process_is_killed_no_text_is_lost(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    dice = random.Random(CRASHES)
    for seed in range(CRASHES):
        before = crashing.contents(folder)
        command = [sys.executable, str(PROGRAM), "loop", str(folder), str(data), str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            # Some bytes on, it is in the middle of one write or another.
            process.stdout.read(dice.randrange(1, 40))
            for _ in range(dice.randrange(20_000)):
                pass
            process.kill()
        crashing.check(folder, data, before)


@pytest.mark.parametrize(("kind", "step"), [("lines", 29), ("accepts", 47)])
def test_at_whatever_line_a_write_is_killed_no_text_is_lost(
    folder: Path, tmp_path: Path, kind: str, step: int
) -> None:
    every = str(3 if CRASHES > 15 else step)
    command = [sys.executable, str(PROGRAM), kind, str(folder), str(tmp_path / "data"), every]
    done = subprocess.run(command, capture_output=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) >= 15
