"""GGUF headers: what a sound file says, and that nothing else gets through but `ModelFileError`."""

from __future__ import annotations

import contextlib
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkstand_sdk.errors import ModelFileError
from inkstand_sdk.gguf import read_header

SIZE = 64
VOCABULARY = [f"t{number}" for number in range(96)]
Damage = Callable[[bytes], bytes]


def write_model(path: Path, change: Callable[[gguf.GGUFWriter], None] = lambda _: None) -> Path:
    """A small model file; `change` adds entries before it is written."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_context_length(512)
    writer.add_embedding_length(SIZE)
    writer.add_block_count(2)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(VOCABULARY)
    writer.add_token_types([1] * len(VOCABULARY))
    writer.add_add_bos_token(True)
    writer.add_chat_template("{{ messages }}")
    change(writer)
    rng = np.random.default_rng(1)
    kind = gguf.GGMLQuantizationType.Q8_0
    matrix = gguf.quants.quantize(rng.normal(size=(96, SIZE)).astype(np.float32), kind)
    writer.add_tensor("token_embd.weight", matrix, raw_dtype=kind)
    writer.add_tensor("output_norm.weight", np.ones(SIZE, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a sound model file."""
    return write_model(tmp_path_factory.mktemp("gguf") / "tiny.gguf").read_bytes()


def value_at(data: bytes, key: str) -> int:
    """Where the value of that header entry begins, its type code before it."""
    name = struct.pack("<Q", len(key)) + key.encode()
    return data.index(name) + len(name) + 4


def with_number(key: str, number: int) -> Damage:
    def damage(data: bytes) -> bytes:
        at = value_at(data, key)
        return data[:at] + struct.pack("<I", number & 0xFFFFFFFF) + data[at + 4 :]

    return damage


def with_bytes(offset: int, replacement: bytes) -> Damage:
    return lambda data: data[:offset] + replacement + data[offset + len(replacement) :]


def in_tensor(name: str, offset: int, replacement: bytes) -> Damage:
    """Change the directory entry of a tensor, `offset` bytes after its name."""

    def damage(data: bytes) -> bytes:
        at = data.index(struct.pack("<Q", len(name)) + name.encode()) + 8 + len(name) + offset
        return data[:at] + replacement + data[at + len(replacement) :]

    return damage


U32, U64 = struct.Struct("<I").pack, struct.Struct("<Q").pack
DAMAGES: dict[str, Damage] = {
    "nothing": lambda _: b"",
    "another magic": with_bytes(0, b"GGML"),
    "version 0": with_bytes(4, U32(0)),
    "version 1": with_bytes(4, U32(1)),
    "version 99": with_bytes(4, U32(99)),
    "big-endian": with_bytes(4, struct.pack(">I", 3)),
    "tensor count 2**63": with_bytes(8, U64(2**63)),
    "tensor count 0": with_bytes(8, U64(0)),
    "one tensor too many": with_bytes(8, U64(3)),
    "entry count 2**63": with_bytes(16, U64(2**63)),
    "entry count 0": with_bytes(16, U64(0)),
    "a key of 2**63 bytes": with_bytes(24, U64(2**63)),
    "an empty key": with_bytes(24, U64(0)),
    "key that is not text": with_bytes(32, b"\xff\xfe"),
    "unknown value type": with_bytes(52, U32(77)),
    "text of 2**63 bytes": with_bytes(56, U64(2**63)),
    "architecture that is not text": with_bytes(64, b"\xff\xfe"),
    **{
        f"{key} {number}": with_number(f"llama.{key}", number)
        for key, numbers in {
            "block_count": (0, 100_000, 2**32 - 1),
            "attention.head_count": (0, 100_000),
            "attention.head_count_kv": (0, 2**32 - 1),
            "embedding_length": (0, 2, 2**31),
            "context_length": (0, 2**32 - 1),
        }.items()
        for number in numbers
    },
    "epsilon that is no number": with_number("llama.attention.layer_norm_rms_epsilon", 0x7FC00000),
    "epsilon below zero": with_number("llama.attention.layer_norm_rms_epsilon", 0xBF800000),
    "a flag that is 7": lambda data: with_bytes(
        value_at(data, "tokenizer.ggml.add_bos_token"), b"\x07"
    )(data),
    "a vocabulary of numbers": with_number("tokenizer.ggml.tokens", 4),
    "a vocabulary of lists": with_number("tokenizer.ggml.tokens", 9),
    "a vocabulary of unknown things": with_number("tokenizer.ggml.tokens", 99),
    "token types of another length": lambda data: with_bytes(
        value_at(data, "tokenizer.ggml.token_type") + 4, U64(95)
    )(data),
    "a token list of 2**40 items": lambda data: with_bytes(
        value_at(data, "tokenizer.ggml.tokens") + 4, U64(2**40)
    )(data),
    "a token that is there twice": lambda data: data.replace(b"t41", b"t42", 1),
    "no dimensions": in_tensor("token_embd.weight", 0, U32(0)),
    "five dimensions": in_tensor("token_embd.weight", 0, U32(5)),
    "a dimension of 0": in_tensor("token_embd.weight", 4, U64(0)),
    "a dimension of 2**62": in_tensor("token_embd.weight", 12, U64(2**62)),
    "a row that blocks do not divide": in_tensor("token_embd.weight", 4, U64(65)),
    "a removed tensor type": in_tensor("token_embd.weight", 20, U32(4)),
    "an unknown tensor type": in_tensor("token_embd.weight", 20, U32(1000)),
    "weights that are integers": in_tensor("token_embd.weight", 20, U32(24)),
    "a norm that is not F32": in_tensor("output_norm.weight", 12, U32(1)),
    "an offset off the alignment": in_tensor("output_norm.weight", 16, U64(33)),
    "an offset that overlaps": in_tensor("output_norm.weight", 16, U64(32)),
    "an offset outside": in_tensor("output_norm.weight", 16, U64(2**40)),
    "a tensor name that is not text": in_tensor("output_norm.weight", -3, b"\xff\xfe\xff"),
    "a tensor that is there twice": lambda data: data.replace(
        U64(18) + b"output_norm.weight", U64(17) + b"token_embd.weight"
    ),
}


def refuses(path: Path) -> None:
    with pytest.raises(ModelFileError) as caught:
        read_header(path)
    assert caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_header_is_refused_with_its_cause(
    name: str, sound: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "damaged.gguf"
    file.write_bytes(DAMAGES[name](sound))
    refuses(file)


def test_a_file_cut_off_anywhere_is_refused(sound: bytes, tmp_path: Path) -> None:
    file = tmp_path / "cut.gguf"
    for length in range(0, len(sound) - 1, 37):
        file.write_bytes(sound[:length])
        refuses(file)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_change_gives_a_header_or_a_model_file_error(
    data: st.DataObject, sound: bytes, tmp_path: Path
) -> None:
    mutated = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(sound) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=9))
        mutated[at : at + len(piece)] = piece
    end = data.draw(st.integers(0, len(mutated))) if data.draw(st.booleans()) else None
    file = tmp_path / "mutated.gguf"
    file.write_bytes(mutated[:end])
    with contextlib.suppress(ModelFileError):
        read_header(file)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(noise=st.binary(max_size=400))
def test_noise_behind_the_magic_is_refused(noise: bytes, tmp_path: Path) -> None:
    file = tmp_path / "noise.gguf"
    file.write_bytes(b"GGUF" + noise)
    refuses(file)


def test_a_sound_header_says_what_the_model_is(sound: bytes, tmp_path: Path) -> None:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(sound)
    header = read_header(file)
    assert (header.architecture, header.name, header.type) == ("llama", "Tiny", "model")
    assert (header.block_count, header.embedding_length, header.context_length) == (2, 64, 512)
    assert (header.heads, header.kv_heads, header.key_length) == ((4,), (2,), 16)
    assert header.vocab_size == len(VOCABULARY)
    assert header.quantization == "Q8_0"
    assert header.chat_template == "{{ messages }}"
    assert header.cache_bytes_per_token() == 2 * 2 * 2 * 16 * 2
    assert [(one.name, one.type, one.shape) for one in header.tensors] == [
        ("token_embd.weight", "Q8_0", (64, 96)),
        ("output_norm.weight", "F32", (64,)),
    ]
    assert header.parameters == 64 * 96 + 64
    assert header.data_offset + header.tensors[-1].offset + header.tensors[-1].size <= len(sound)


def test_heads_may_be_given_for_each_layer(tmp_path: Path) -> None:
    file = write_model(
        tmp_path / "hybrid.gguf",
        lambda writer: writer.add_key_length(32) or writer.add_value_length(32),  # type: ignore[func-returns-value]
    )
    header = read_header(file)
    assert (header.key_length, header.value_length) == (32, 32)


def test_a_huge_vocabulary_is_passed_over_without_being_kept(tmp_path: Path) -> None:
    merges = [f"a{number:06d} {'b' * 30}" for number in range(200_000)]
    file = write_model(tmp_path / "big.gguf", lambda writer: writer.add_token_merges(merges))
    tracemalloc.start()
    try:
        read_header(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert file.stat().st_size > 8_000_000
    assert peak < 2_000_000


def test_an_adapter_is_read_as_one(tmp_path: Path) -> None:
    file = write_model(tmp_path / "lora.gguf", lambda writer: writer.add_type("adapter"))
    assert read_header(file).type == "adapter"


@pytest.mark.parametrize("name", ["missing.gguf", ".", "bad\0name"])
def test_a_path_that_cannot_be_read_is_a_typed_error(name: str, tmp_path: Path) -> None:
    refuses(tmp_path / name)
