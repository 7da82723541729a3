"""The whole program, run as a user runs it, with a home of its own for each test."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from inkstand_sdk.testing.environments import PluginEnvironment

STUDIO_TESTS = Path(__file__).parents[2] / "host" / "tests" / "studio"
SCRIPTED = ("scripted.py", "faulty.py")


class Done(msgspec.Struct, frozen=True):
    """A run that has ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.status == 0, self.err
        return msgspec.json.decode(self.out)

    def refused(self, *words: str, status: int | None = None) -> None:
        """See that it failed with one clear paragraph and nothing else."""
        assert self.status in ((1, 2) if status is None else (status,)), self
        assert self.out == ""
        assert "Traceback" not in self.err
        assert "did not expect" not in self.err
        assert [line[:7] for line in self.err.splitlines()].count("Error: ") == 1
        assert "\x1b" not in self.err
        for word in words:
            assert word in self.err, self.err
        paragraph = self.err[self.err.index("Error: ") :].strip()
        if not self.err.startswith("Usage:"):
            assert "\n" not in paragraph or "The model wrote:" in paragraph, paragraph


class Program:
    """`python -m inkstand` with a home."""

    def __init__(self, python: str, home: Path) -> None:
        self.python = python
        self.home = home
        self.folder = home.parent / "work"
        self.folder.mkdir(exist_ok=True)

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        return {**kept, "INKSTAND_HOME": str(self.home), "COLUMNS": "100", **changes}

    def __call__(
        self, *arguments: str | bytes | Path, data: bytes | None = None, **environment: str
    ) -> Done:
        """Run it to its end; `data` is piped in, else there is no standard input."""
        given: dict[str, Any] = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            [self.python, "-m", "inkstand", *arguments],
            capture_output=True,
            env=self.environment(**environment),
            cwd=self.folder,
            timeout=120,
            check=False,
            **given,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it, with pipes."""
        return subprocess.Popen(
            [self.python, "-m", "inkstand", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(),
            cwd=self.folder,
        )

    def file(self, name: str, content: str | bytes) -> str:
        """A file in the folder that it runs in; gives its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def workers(self) -> list[psutil.Process]:
        """Worker processes with this home: those that keep its log open, or run in it."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("INKSTAND_HOME") == str(self.home):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found


@pytest.fixture(scope="session")
def warm_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the plugins have been examined."""
    home = tmp_path_factory.mktemp("warm") / "home"
    program = Program(sys.executable, home)
    assert program("plugins", "list").status == 0
    return home


@pytest.fixture
def inkstand(warm_home: Path, tmp_path: Path) -> Iterator[Program]:
    """Inkstand as it is installed here, with all its own plugins."""
    shutil.copytree(warm_home / "cache", tmp_path / "home" / "cache")
    program = Program(sys.executable, tmp_path / "home")
    yield program
    _see_ended(program)


@pytest.fixture(scope="session")
def scripted_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The interpreter of an installation with the scripted plugin alone, and its warm home."""
    folder = tmp_path_factory.mktemp("scripted")
    environment = PluginEnvironment(folder / "environment", ["inkstand"])
    modules = {name: (STUDIO_TESTS / name).read_text(encoding="utf-8") for name in SCRIPTED}
    environment.install("inkstand-scripted", modules, {"scripted": "scripted"})
    home = folder / "home"
    assert Program(environment.python, home)("plugins", "list").status == 0
    return environment.python, home


@pytest.fixture
def scripted(scripted_home: tuple[str, Path], tmp_path: Path) -> Iterator[Program]:
    """Inkstand with the scripted plugin, whose engine writes what its prompt says."""
    python, warm = scripted_home
    shutil.copytree(warm / "cache", tmp_path / "home" / "cache")
    program = Program(python, tmp_path / "home")
    yield program
    _see_ended(program)


def _see_ended(program: Program) -> None:
    """Nothing that the program started is left; what is left after all is ended here."""
    psutil.wait_procs(program.workers(), timeout=30)
    left = program.workers()
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    assert left == []
