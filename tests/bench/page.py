"""The figures as a table, for the terminal and for the documentation."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figure import Figure

_INTRODUCTION = """\
# Performance

What Inkstand adds to an engine should be too little to notice, and what it saves should be plain.
This page says what is promised, and what was measured on one machine. `make bench` measures it
on yours and writes this page anew.

## What is measured

- **Start-up**: `inkstand --help` in an environment without plugins and in one with 200 generated
  ones, each a distribution of its own. The command imports no plugin. Beside it, in the same
  environment, the `--help` of `llm`, a program of the same kind.
- **Streaming**: tokens a second, from the first chunk to the last, and the time to the first one.
  Once they are asked of `Studio.generate`, with the engine in its worker process and every chunk
  crossing a pipe; once of xllamacpp's own streaming callback, in a process where there is nothing
  else. Prompt, length, sampling, slots, batch, threads and context are the same, and both have
  the prompt in their prefix cache: what is left of the first token is the way, not the work.
- **Batching**: eight requests at once, from eight threads, against eight such requests one after
  another.
- **Batch**: a file of 200 short prompts answered by `generate_many` on eight slots, against a loop
  of single calls with the same prompts; how much there is to gain depends on the processor.
- **Prefix reuse**: two requests that begin with the same long text and end differently; the first
  token of the second against that of the first.
- **Memory**: what the operating system calls resident in the host's process after a generation.
  The engine's memory is its worker's, which is told beside it.
- **Terminal UI**: `inkstand` in a terminal of its own, on a book of 1,000,000 words counted
  before: the time from the start of the process until a pane is drawn. Keys are typed every 40 ms,
  and each is timed inside the application, from when the driver has read it to when the frame that
  shows it is handed to the terminal; meanwhile a worker writes into the assistant, and the check of
  continuity reads the book. Beside the time stands what of it the application itself worked. Memory
  is that of its process after ten long answers and after the first of them.
- **Output cache**: a request that was answered before, asked again in the same process, from the
  call to the result, with all that happens on the way; beside it, what it took to write.
- **Reading**: a made-up novel read for the first time, and again after an edit of one scene, in
  processor time of host and worker; the second is told as a share of the first.

## How

The model has about 100 million random weights in Q8_0, which the benchmark writes itself: speed
does not depend on what weights say. Tokens that would end a text early have no weight, so every
text has the length that was asked for, and every token is a chunk of its own. The engine gets one
thread less than there are cores, on both sides.

What is compared runs in the same minutes, in turn, in changing order, many times over, and a
figure is the median, so that whatever else the machine does hurts both sides alike. Nothing is
asserted: a test that fails when a machine is busy teaches people to run it again.
"""

ENGINES = "## Other engines"
_ABOUT_ENGINES = """\
The same model, through the host and in the engine's own library beside it, in processes that run
in turn. An engine that writes fewer than 20 tokens a second has more to lose elsewhere than on the
way through the host. Both sides have the same threads, batch, context and precision, but for MLX,
which takes the cores that it wants.

For memory, a worker in the engine's environment loads the model, writes and closes it three times,
after a first round with a small model; what its process holds more than after that round is what
it kept. The host ends the worker of a model that is not needed any more, and then nothing is left.

`python tests/bench/run.py engines` measures the engines whose environments
`python tests/each_plugin.py` has made, and writes this part of the page. One of `gpt_4_all`,
`hf_transformers`, `llama_cpp_python`, `apple_mlx` and `unload_engines` (the memory of all) in the
place of `engines` measures that alone. A variable such as `INKSTAND_MLX` names the interpreter of
another environment.
"""


def markdown(figures: Sequence[Figure], load: float | None) -> str:
    """The page of the documentation; `load` is how busy the machine was when the run began."""
    lines = [
        _INTRODUCTION,
        "## Figures",
        "",
        *_measured(figures, load),
    ]
    return "\n".join(lines) + "\n"


def engines(figures: Sequence[Figure], load: float | None, skipped: Sequence[str]) -> str:
    """The part of the page about engines other than the default one."""
    lines = [
        ENGINES,
        "",
        *_ABOUT_ENGINES.splitlines(),
        "",
        *_measured(figures, load),
    ]
    if skipped:
        lines += ["", f"Not measured, because not installed then: {', '.join(skipped)}."]
    return "\n".join(lines) + "\n"


def _measured(figures: Sequence[Figure], load: float | None) -> list[str]:
    return [
        f"Measured on {machine()}.{_busy(load)}",
        "",
        "| What | Target | Measured | Met |",
        "|---|---|---|---|",
        *(f"| {each.what} | {each.target} | {each.measured} | {_met(each)} |" for each in figures),
    ]


def plain(figures: Sequence[Figure]) -> str:
    """The same table for a terminal."""
    rows = [("What", "Target", "Measured", "Met")]
    rows += [(each.what, each.target, each.measured, _met(each)) for each in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def machine() -> str:
    """What this machine is, without its name."""
    import psutil

    memory = round(psutil.virtual_memory().total / 2**30)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory} GB of memory, {platform.system()}"
        f" on {platform.machine()}, CPython {platform.python_version()}"
    )


def _busy(load: float | None) -> str:
    """What readers should know of a machine that had other things to do."""
    if load is None or load <= (os.cpu_count() or 1) / 4:
        return ""
    return f" It was busy with other work (load average {load:.1f}), which makes every time longer."


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "processor not known"


def _met(figure: Figure) -> str:
    return "yes" if figure.met else "no"
