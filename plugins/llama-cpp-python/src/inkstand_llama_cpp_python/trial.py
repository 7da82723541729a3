"""Whether the library's kernels for matrix tiles (AMX) run on this machine.

A build for the processor that it was compiled on uses them when the processor lists them. Some
virtual machines list them and fault at the first such instruction, which would end the worker at
the first prompt. So a model of a few kilobytes is run through them in a process of its own.
"""

from __future__ import annotations

import functools
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_WIDTH, _VOCABULARY = 64, 32
_PATIENCE = 60.0
_F32, _Q8_0 = 0, 8
_U32, _FLOAT, _STRING = 4, 6, 8
_ALIGNMENT = 32
_MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")


@functools.cache
def tiles_work(lib: Any) -> bool:
    """Whether the kernels for tiles can be used; True where there are none."""
    if b"AMX_INT8 = 1" not in lib.llama_print_system_info():
        return True
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", __name__],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    """Run a tiny model; returns 0 if that worked, and may well be killed by a signal."""
    from inkstand_llama_cpp_python.library import library

    lib = library()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.gguf"
        path.write_bytes(tiny_model())
        model = lib.llama_model_load_from_file(str(path).encode(), lib.llama_model_default_params())
        if not model:
            return 1
        params = lib.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = 64
        params.n_threads = params.n_threads_batch = 1
        context = lib.llama_init_from_model(model, params)
        tokens = (lib.llama_token * 8)(*range(8))
        code = lib.llama_decode(context, lib.llama_batch_get_one(tokens, 8)) if context else 1
        lib.llama_free(context)
        lib.llama_model_free(model)
    return int(code)


def tiny_model() -> bytes:
    """A GGUF file: a llama of one layer without a vocabulary, all its weights zero."""
    square, line = (_WIDTH, _WIDTH), (_WIDTH,)
    tensors: list[tuple[str, tuple[int, ...], int]] = [
        ("token_embd.weight", (_WIDTH, _VOCABULARY), _F32),
        ("output_norm.weight", line, _F32),
        ("blk.0.attn_norm.weight", line, _F32),
        ("blk.0.ffn_norm.weight", line, _F32),
        *((f"blk.0.{name}.weight", square, _Q8_0) for name in _MATRICES),
    ]
    numbers = {
        "block_count": 1,
        "context_length": 64,
        "embedding_length": _WIDTH,
        "attention.head_count": 1,
        "feed_forward_length": _WIDTH,
        "vocab_size": _VOCABULARY,
    }
    pairs = [
        _pair("general.architecture", _STRING, _text("llama")),
        _pair("tokenizer.ggml.model", _STRING, _text("none")),
        _pair("llama.attention.layer_norm_rms_epsilon", _FLOAT, struct.pack("<f", 1e-5)),
        *(_pair(f"llama.{key}", _U32, struct.pack("<I", value)) for key, value in numbers.items()),
    ]
    infos, data = b"", b""
    for name, shape, kind in tensors:
        infos += _text(name) + struct.pack("<I", len(shape))
        infos += struct.pack(f"<{len(shape)}QIQ", *shape, kind, len(data))
        elements = shape[0] * (shape[1] if len(shape) > 1 else 1)
        size = elements * 4 if kind == _F32 else elements // 32 * 34
        data += bytes(-(-size // _ALIGNMENT) * _ALIGNMENT)
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(pairs)) + b"".join(pairs) + infos
    return head + bytes(-len(head) % _ALIGNMENT) + data


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _pair(key: str, kind: int, value: bytes) -> bytes:
    return _text(key) + struct.pack("<I", kind) + value


if __name__ == "__main__":
    sys.exit(main())
