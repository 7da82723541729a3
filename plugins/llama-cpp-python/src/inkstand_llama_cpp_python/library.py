"""The native library: imported once, its log kept, its version and devices known without it.

llama_cpp is imported in `library`, because it loads the native code, and here alone.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from inkstand_sdk.capabilities import Device
from inkstand_sdk.errors import LoadFailed

DISTRIBUTION = "llama-cpp-python"
INSTALL = "pip install --upgrade llama-cpp-python"
_WARNING, _ERROR, _CONTINUED = 3, 4, 5
_TAIL = 8_192
_CARDS = (("cuda", "cuda"), ("hip", "rocm"), ("metal", "metal"), ("vulkan", "vulkan"))

_lock = threading.Lock()
_lib: Any = None
# Native code calls back for as long as the process lives: without this reference it would call
# into freed memory.
_callback: Any = None
_listening: list[EngineWords] = []
_last_level = 0


class EngineWords:
    """The warnings and errors that the library logged in an `engine_words` block."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.text = ""

    def first(self) -> str:
        """The first error, or the first warning, without the name of the native function."""
        lines = self.errors or self.text.strip().splitlines()
        return lines[0].strip().rstrip(".").split(": ", 1)[-1] if lines else ""


def library() -> Any:
    """The module with llama.cpp's own functions.

    Raises:
        LoadFailed: it cannot be imported.

    """
    global _lib, _callback  # noqa: PLW0603 - one native library per process
    with _lock:
        if _lib is not None:
            return _lib
        # An aborting engine would start a debugger to print its stack.
        os.environ.setdefault("GGML_NO_BACKTRACE", "1")
        # Threads that wait in a busy loop for one that lost its core make everything ten times
        # slower on a machine that has other work too.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        try:
            import llama_cpp.llama_cpp as lib
        except (ImportError, OSError, RuntimeError) as error:
            raise LoadFailed(
                "llama-cpp-python cannot be imported.", f"Python says: {error}.", INSTALL
            ) from error
        _callback = lib.llama_log_callback(_heard)
        lib.llama_log_set(_callback, None)
        lib.llama_backend_init()
        _lib = lib
        return lib


@contextlib.contextmanager
def engine_words() -> Iterator[EngineWords]:
    """Collect what the library logs, on any thread, while this block runs."""
    words = EngineWords()
    _listening.append(words)
    try:
        yield words
    finally:
        _listening.remove(words)


def installed_version() -> str:
    """Llama-cpp-python's version, "" if it is not there; imports nothing of it."""
    if importlib.util.find_spec("llama_cpp") is None:
        return ""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return ""


def devices() -> tuple[Device, ...]:
    """The processor, and the kind of card that the library was compiled for, by its files."""
    found = [Device(name="Processor", kind="cpu")]
    spec = importlib.util.find_spec("llama_cpp")
    if spec is not None and spec.origin:
        files = " ".join(file.name for file in (Path(spec.origin).parent / "lib").glob("*ggml-*"))
        found += [
            Device(name=f"{kind} (compiled in)", kind=kind)  # type: ignore[arg-type]
            for part, kind in _CARDS
            if f"ggml-{part}" in files
        ]
    return tuple(found)


def device_name(gpu_layers: int) -> str:
    """The kind of device that a model with that many layers on a card runs on."""
    cards = [device.kind for device in devices() if device.kind != "cpu"]
    return (
        cards[0] if cards and gpu_layers != 0 and library().llama_supports_gpu_offload() else "cpu"
    )


def _heard(level: int, text: bytes, _data: Any) -> None:
    global _last_level  # noqa: PLW0603 - a line may be continued by the next call
    level = _last_level if level == _CONTINUED else level
    _last_level = level
    if level not in (_WARNING, _ERROR):
        return
    line = text.decode("utf-8", "replace")
    for words in _listening:
        words.text = (words.text + line)[-_TAIL:]
        if level == _ERROR and line.strip():
            words.errors.append(line)
    if level == _ERROR:
        # The worker's stderr is its log.
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line)
