"""What is sound in a GGUF header, or harmless elsewhere, and makes this library end the process.

Its llama.cpp checks these with assertions; the same model is an error or a warning in newer ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from inkstand_gpt4all.architectures import ANOTHER_BACKEND
from inkstand_gpt4all.lists import number_list, text_list
from inkstand_sdk.errors import ModelFileError
from inkstand_sdk.gguf import GgufHeader
from inkstand_sdk.gguf.metadata import VOCABULARY

_MOST_EXPERTS = 160
_ROPE_SCALINGS = frozenset({"none", "linear", "yarn"})
_LINE_BREAK = b"\xc4\x8a"  # how byte-level BPE writes it
_BYTE = 6  # the code of tokens that stand for one byte


def check_what_aborts(header: GgufHeader) -> None:
    """Raise `ModelFileError` if the library would end the process on this file."""
    for cause in (*_in_the_numbers(header), *_in_the_vocabulary(header)):
        raise ModelFileError("GPT4All cannot load this model.", cause, ANOTHER_BACKEND)


def _in_the_numbers(header: GgufHeader) -> Iterator[str]:
    for key, value in header.metadata.items():
        if key.endswith("epsilon") and isinstance(value, float) and value <= 0:
            yield f"Its {key} is {value}; more than 0 is needed."
    scaling = header.metadata.get(f"{header.architecture}.rope.scaling.type", "none")
    if scaling not in _ROPE_SCALINGS:
        yield f"It stretches its context in the way {scaling!r}, which GPT4All does not know."
    experts = header.metadata.get(f"{header.architecture}.expert_count", 0)
    used = header.metadata.get(f"{header.architecture}.expert_used_count", 0)
    if not isinstance(experts, int) or not isinstance(used, int):
        yield "Its numbers of experts are no numbers."
    elif not 0 <= used <= experts <= _MOST_EXPERTS or (experts and not used):
        yield f"It uses {used:,} of {experts:,} experts; {_MOST_EXPERTS} is the limit."


def _in_the_vocabulary(header: GgufHeader) -> Iterator[str]:
    if VOCABULARY not in header.metadata:
        return
    # As C code reads them: up to a zero byte.
    tokens = [token.partition(b"\0")[0] for token in text_list(header, VOCABULARY)]
    if not all(tokens):
        yield "A token of its vocabulary is empty."
    if header.tokenizer == "gpt2" and _LINE_BREAK not in tokens:
        yield "Its vocabulary has no token for a line break."
    kinds = tuple(number_list(header, "tokenizer.ggml.token_type"))
    if header.tokenizer == "gpt2" and _BYTE in kinds:
        yield "Tokens of its vocabulary are said to be bytes, which byte-level BPE has none of."
    if header.tokenizer != "llama":
        return
    bytes_ = {f"<0x{value:02X}>".encode() for value in range(256)}
    if not bytes_ <= set(tokens):
        yield "Its vocabulary has no tokens for single bytes, which stand for unknown characters."
    of_kinds = zip(kinds, tokens, strict=False)
    if any(kind == _BYTE and token not in bytes_ for kind, token in of_kinds):
        yield "A token of its vocabulary is said to be a byte and is not."
