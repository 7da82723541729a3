"""How long `inkstand --help` takes with 0 and with 200 plugins, and `llm --help` beside."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure, at_least, at_most
from tests.bench.rounds import rounds

from inkstand_sdk.testing.environments import PluginEnvironment

ROUNDS, SECONDS = 25, 40.0
PLUGINS = 200
_PLUGIN = """
from inkstand_sdk import Chunk, Backend, hookimpl

class Echo(Backend):
    name = "echo{number}"
    title = "Echo {number}"

    def load(self, model, settings):
        pass

    def generate(self, request, cancelled):
        yield Chunk(text=request.prompt_text())

@hookimpl
def inkstand_backends():
    return [Echo]
"""
# What pip writes for a console script; its name must not be that of a module beside it.
_SCRIPT = """#!{python}
import sys
from {module} import {function}
if __name__ == "__main__":
    sys.exit({function}())
"""


def measure() -> list[Figure]:
    """The three commands in turn, each in a process of its own, with indexes and bytecode warm."""
    with tempfile.TemporaryDirectory(prefix="inkstand-bench-") as folder:
        bare = Installed(Path(folder) / "bare", 0)
        full = Installed(Path(folder) / "full", PLUGINS)
        times: dict[str, list[float]] = {"bare": [], "full": [], "llm": []}
        for _ in rounds(ROUNDS, SECONDS):
            times["bare"].append(bare.seconds("inkstand"))
            times["full"].append(full.seconds("inkstand"))
            times["llm"].append(bare.seconds("llm"))
    ms = {name: median(each) * 1000 for name, each in times.items()}
    return [
        at_most(
            f"`inkstand --help` with {PLUGINS} plugins, against none",
            median(full / bare for full, bare in zip(times["full"], times["bare"], strict=True)),
            1.15,
            " times as long",
            f"{ms['full']:.0f} against {ms['bare']:.0f} ms",
        ),
        at_least(
            "`inkstand --help`, against `llm --help`",
            median(llm / bare for llm, bare in zip(times["llm"], times["bare"], strict=True)),
            5,
            " times as fast",
            f"{ms['bare']:.0f} against {ms['llm']:.0f} ms",
        ),
    ]


class Installed:
    """An environment with Inkstand, llm and generated plugins, its index up to date."""

    def __init__(self, folder: Path, plugins: int) -> None:
        environment = PluginEnvironment(folder / "environment", ["inkstand", "llm"])
        for number in range(plugins):
            module = f"bench_echo{number}"
            environment.install(
                f"bench-echo{number}",
                {f"{module}.py": _PLUGIN.format(number=number)},
                {f"echo{number}": module},
            )
        self._scripts = Path(environment.python).parent
        self._home = {"INKSTAND_HOME": str(folder / "home"), "LLM_USER_PATH": str(folder / "llm")}
        for name, module, function in (
            ("inkstand", "inkstand.cli.main", "main"),
            ("llm", "llm.cli", "cli"),
        ):
            script = self._scripts / f"{name}-script"
            text = _SCRIPT.format(python=environment.python, module=module, function=function)
            script.write_text(text, encoding="utf-8")
        self._python = environment.python
        self._run("inkstand", "plugins", "refresh")
        listed = self._run("inkstand", "plugins", "list").stdout
        if listed.count("bench-echo") < plugins:
            raise RuntimeError(f"The index does not show all {plugins} plugins:\n{listed}")
        self._run("llm", "--help")

    def seconds(self, program: str) -> float:
        """How long one run of `program --help` takes."""
        started = time.perf_counter()
        self._run(program, "--help")
        return time.perf_counter() - started

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._python, str(self._scripts / f"{program}-script"), *arguments],
            env={**os.environ, **self._home},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
