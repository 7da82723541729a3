"""Accepts that are killed, or made twice at once: the text is in the file once, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from . import crashing_accepts as crashing

PROGRAM = Path(crashing.__file__)
CRASHES = int(os.environ.get("INKSTAND_CRASHES", "15"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    folder.mkdir()
    return folder


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL, and fork")
def test_at_whatever_line_an_accept_is_killed_it_is_whole_or_undone(
    folder: Path, tmp_path: Path
) -> None:
    # Most lines compare texts, before anything is written.
    step = "7" if CRASHES > 15 else "41"
    command = [sys.executable, str(PROGRAM), "lines", str(folder), str(tmp_path / "data"), step]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    old, new = map(int, done.stdout.split())
    assert old > 5
    assert new > 0


def test_two_that_accept_one_proposal_at_once_write_it_once(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    path = folder / "one.md"
    for _ in range(3):
        path.write_text(crashing.STORY)
        proposals = crashing.proposals_of(folder, data)
        number = crashing.add(proposals, path)
        proposals.close()
        command = [sys.executable, str(PROGRAM), "accept", str(folder), str(data), str(number)]
        both = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        told = []
        for process in both:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in both:
            out, _ = process.communicate(timeout=60)
            told.append(out.strip())
        assert sorted(told) == ["accepted", "refused"]
        assert path.read_text() == crashing.STORY.rstrip() + crashing.MORE + "\n"
