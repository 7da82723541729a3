"""Where the engine is not installed, there is nothing to test."""

from __future__ import annotations

from importlib.util import find_spec

_NEEDED = ("llama_cpp", "inkstand_llama_cpp_python", "gguf", "numpy")
collect_ignore_glob = [] if all(map(find_spec, _NEEDED)) else ["test_*.py"]
