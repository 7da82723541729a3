"""Loads a model, writes with it and closes it, three times, and tells the memory of this process.

Runs in an engine's environment. A small model goes first, so that what the library keeps for good
(its code, its thread pools) is not counted as the model's. Linux with glibc only.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

CYCLES = 3
_PAGES = "/proc/self/statm"


def main() -> None:
    """Print `loaded`, `left` and `trimmed`, each a list of bytes above the start.

    `trimmed` is what is left when the C library has given back the free memory that it keeps.
    """
    from inkstand_sdk import Backend

    plugin, small, model = sys.argv[1:]
    module = importlib.import_module("inkstand_" + plugin.replace("-", "_"))
    backends: list[type[Backend]] = module.inkstand_backends()
    _cycle(backends[0](), small)
    start = _resident()
    loaded, left, trimmed = [], [], []
    for _ in range(CYCLES):
        loaded.append(_cycle(backends[0](), model) - start)
        gc.collect()
        left.append(_resident() - start)
    ctypes.CDLL(None).malloc_trim(0)
    trimmed.append(_resident() - start)
    found = {"loaded": loaded, "left": left, "trimmed": trimmed}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def _cycle(backend: Any, path: str) -> int:
    from inkstand_sdk import GenerateRequest, Model
    from inkstand_sdk.messages import Sampling

    settings = backend.Settings(context_length=512, threads=1)
    backend.load(Model(id="model", format="gguf", path=path), settings)
    sampling = Sampling(temperature=0.0)
    request = GenerateRequest.of("The ferry", max_tokens=16, sampling=sampling)
    for _ in backend.generate(request, lambda: False):
        pass
    found = _resident()
    backend.close()
    return found


def _resident() -> int:
    return int(Path(_PAGES).read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
