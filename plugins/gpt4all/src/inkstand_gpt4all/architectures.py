"""What the llama.cpp inside GPT4All can read, which dates from August 2024.

It ends the process on much that it does not know, so a file is refused here first.
"""

from __future__ import annotations

from inkstand_sdk.errors import ModelFileError
from inkstand_sdk.gguf import GgufHeader

# The architectures that GPT4All 2.8.2 accepts as language models, from its own list.
SUPPORTED = frozenset(
    {
        "baichuan", "bloom", "chatglm", "codeshell", "command-r", "deepseek2", "falcon", "gemma",
        "gemma2", "gpt2", "gptneox", "internlm2", "jais", "llama", "mpt", "olmo", "openelm",
        "orion", "phi2", "phi3", "qwen", "qwen2", "qwen2moe", "refact", "stablelm", "starcoder",
        "starcoder2", "xverse",
    }
)  # fmt: skip
_TENSOR_TYPES = frozenset(
    {
        "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K",
        "Q5_K", "Q6_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S",
        "IQ4_XS", "IQ1_M",
    }
)  # fmt: skip
_TOKENIZERS = frozenset({"llama", "gpt2"})
ANOTHER_BACKEND = (
    "Use the backend llamacpp, which reads newer files: `-m llamacpp:MODEL`, after"
    " `pip install inkstand-llamacpp`."
)


def refuse_what_is_too_new(header: GgufHeader) -> None:
    """Raise `ModelFileError` for a sound file that this library does not know how to read."""
    if header.architecture not in SUPPORTED:
        raise _unknown(f"the architecture {header.architecture!r}")
    if header.tokenizer not in _TOKENIZERS:
        raise _unknown(f"the tokenizer {header.tokenizer!r}")
    if header.split_count > 1:
        raise _unknown("models that are split into several files")
    unknown = sorted({tensor.type for tensor in header.tensors} - _TENSOR_TYPES)
    if unknown:
        raise _unknown(f"weights of the type {unknown[0]}")


def _unknown(what: str) -> ModelFileError:
    return ModelFileError(
        f"GPT4All does not know {what}.",
        "The llama.cpp inside it dates from August 2024.",
        ANOTHER_BACKEND,
    )
