"""Runs the benchmarks, prints their figures, and writes docs/explanation/performance.md.

    python tests/bench/run.py [startup] [streaming] [concurrency] [prefix] [memory] [records]
        [output_cache] [workspace] [reading] [editor] [tui]
    python tests/bench/run.py engines

A run of all of the first kind writes the page, but for its part about engines, which `engines`
writes; that needs the environments that tests/each_plugin.py makes, and passes over an engine
that has none.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/explanation/performance.md"
BENCHMARKS = (
    "startup",
    "streaming",
    "concurrency",
    "prefix",
    "memory",
    "batch",
    "records",
    "output_cache",
    "workspace",
    "reading",
    "editor",
    "tui",
)
# These need environments of their own, and run only when they are named: benchmark -> plugin, ""
# for one that passes over what is not installed by itself.
ENGINES = {
    "gpt_4_all": "gpt4all",
    "hf_transformers": "transformers",
    "llama_cpp_python": "llama-cpp-python",
    "apple_mlx": "mlx",
    "unload_engines": "",
}


def main() -> int:
    """Run those named on the command line, or all; returns 2 if one is not known."""
    names = sys.argv[1:] or list(BENCHMARKS)
    all_engines = names == ["engines"]
    names = list(ENGINES) if all_engines else names
    unknown = [name for name in names if name not in (*BENCHMARKS, *ENGINES)]
    if unknown:
        known = ", ".join((*BENCHMARKS, "engines", *ENGINES))
        print(f"There is no benchmark {unknown[0]!r}; there are {known}.")
        return 2
    sys.path.insert(0, str(ROOT))
    from tests.bench import page
    from tests.bench.beside import interpreter
    from tests.bench.figure import Figure

    load = _load()
    figures: list[Figure] = []
    skipped: list[str] = []
    with tempfile.TemporaryDirectory(prefix="inkstand-bench-") as home:
        # Neither the user's settings nor the user's workers take part.
        os.environ["INKSTAND_HOME"] = home
        for name in names:
            plugin = ENGINES.get(name)
            if plugin and not interpreter(plugin).exists():
                skipped.append(plugin)
                continue
            print(f"{name} ...", file=sys.stderr, flush=True)
            figures += importlib.import_module(f"tests.bench.{name}").measure()
    print(page.plain(figures))
    if set(names) == set(BENCHMARKS):
        _, mark, engines = PAGE.read_text(encoding="utf-8").partition(page.ENGINES)
        text = page.markdown(figures, load)
        PAGE.write_text(f"{text}\n{mark}{engines}" if mark else text, encoding="utf-8")
    if skipped:
        print(f"Skipped, for want of an environment: {', '.join(skipped)}.")
    if all_engines and figures:
        before = PAGE.read_text(encoding="utf-8").partition(page.ENGINES)[0].rstrip()
        text = page.engines(figures, load, skipped)
        PAGE.write_text(f"{before}\n\n{text}", encoding="utf-8")
    return 0


def _load() -> float | None:
    """The load average, and a warning if it is high; None where the system has none."""
    if sys.platform == "win32":
        return None
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 4:
        print(
            f"This machine is busy (load {load:.1f} on {cores} cores): the figures will suffer.",
            file=sys.stderr,
        )
    return load


if __name__ == "__main__":
    sys.exit(main())
