"""Runs LangChain's standard suites against ours, in an environment of its own.

langchain-tests brings a dozen pytest plugins that other tests are better off without. The
environment is kept in `.venvs` and made anew when a requirement changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".venvs" / "langchain"
SUITES = ("langchain-core==1.7.2", "langchain-tests==1.1.9")
# Of all the plugins that come along, only these are wanted.
NEEDED = ("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout")
ASYNC = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
MARKERS = ("-o", "markers=benchmark: of plugins that are\nvcr: not loaded")
OPTIONS = (*NEEDED, *ASYNC, *MARKERS)


def main() -> int:
    """Run the suites; returns pytest's exit status."""
    command = [str(_environment()), "-m", "pytest", "-q", *OPTIONS, "tests/langchain"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, env=alone, check=False).returncode


def _environment() -> Path:
    python = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = HOME / ".inkstand-stamp"
    wanted = hashlib.sha256(repr((sys.version, SUITES)).encode())
    for file in ("constraints.txt", "sdk/pyproject.toml", "host/pyproject.toml"):
        wanted.update((ROOT / file).read_bytes())
    if stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return python
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--clear", str(HOME)], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", str(python)]
    editable = ["--editable", "./sdk", "--editable", "./host"]
    limits = ["--constraint", "constraints.txt"]
    subprocess.run([*install, *limits, *editable, *SUITES, "pytest-timeout"], cwd=ROOT, check=True)
    stamp.write_text(wanted.hexdigest())
    return python


if __name__ == "__main__":
    sys.exit(main())
