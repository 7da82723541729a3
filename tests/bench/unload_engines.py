"""What the workers of all installed engines hold after a model was closed."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.beside import interpreter
from tests.bench.figure import Figure
from tests.bench.make_folder import model_folder
from tests.bench.make_model import TOKENIZER, bench_model
from tests.bench.unloading import left_behind

# The default engine lives beside the host.
PLUGINS = ("llamacpp", "llama-cpp-python", "gpt4all", "transformers", "mlx")
FOLDERS = ("mlx",)


def measure() -> list[Figure]:
    """Each in its own environment; those that are not installed are passed over."""
    return [
        left_behind(plugin, python, _form(plugin, TOKENIZER), _form(plugin, bench_model()))
        for plugin in PLUGINS
        if (python := _python(plugin)).exists()
    ]


def _python(plugin: str) -> Path:
    return Path(sys.executable) if plugin == "llamacpp" else interpreter(plugin)


def _form(plugin: str, model: Path) -> Path:
    return model_folder(model) if plugin in FOLDERS else model
