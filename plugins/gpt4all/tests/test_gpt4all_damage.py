"""Damaged files: refused by us or by the library, which must outlive them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand_gpt4all.backend import Gpt4All
from inkstand_gpt4all.settings import Gpt4AllSettings
from inkstand_sdk import Model
from inkstand_sdk.errors import InkstandError, LoadFailed, ModelFileError
from inkstand_sdk.gguf import read_header
from inkstand_sdk.testing.gguf_damage import check_survival, damaged_files

from .conftest import BPE, BPE_TYPES, BYTE, NORMAL, SPM, SPM_TYPES

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
NOT_A_NUMBER, INFINITY = b"\xff\x7f", b"\x00\x7c"  # as Q8_0 writes the scale of a block


def refused(path: Path) -> InkstandError:
    backend = Gpt4All()
    with pytest.raises((ModelFileError, LoadFailed)) as caught:
        backend.load(Model(id="bad", format="gguf", path=str(path)), Gpt4AllSettings(threads=1))
    backend.close()
    return caught.value


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_damaged_file_brings_the_library_down(tmp_path: Path) -> None:
    settings = {"threads": 1, "context_length": 256}
    assert check_survival(Gpt4All, damaged_files(POCKET, noise=480), tmp_path, settings) >= 689


@pytest.mark.parametrize("name", ["token_embd.weight", "blk.2.ffn_down.weight"])
@pytest.mark.parametrize("scale", [NOT_A_NUMBER, INFINITY], ids=["no number", "infinity"])
def test_weights_that_are_no_numbers_are_found_by_what_they_write(
    tmp_path: Path, name: str, scale: bytes
) -> None:
    header, data = read_header(POCKET), bytearray(POCKET.read_bytes())
    (tensor,) = (one for one in header.tensors if one.name == name)
    start = header.data_offset + tensor.offset
    for block in range(start, start + tensor.size, 34):
        data[block : block + 2] = scale
    file = tmp_path / "noise.gguf"
    file.write_bytes(data)
    assert "cannot write" in refused(file).what


@pytest.mark.parametrize("architecture", ["qwen3", "gemma3", "mamba", "llama4", "t5"])
def test_an_architecture_that_is_too_new_is_refused_and_another_backend_named(
    make_model: Callable[..., Path], architecture: str
) -> None:
    error = refused(make_model(BPE, BPE_TYPES, architecture=architecture))
    assert architecture in error.what
    assert "llamacpp" in error.fix


HOSTILE_VOCABULARIES: dict[str, tuple[list[str], list[int]]] = {
    "no line break": ([token.replace("\u010a", "zz") for token in BPE], BPE_TYPES),
    "an empty token": ([*BPE[:-2], "", BPE[-1]], BPE_TYPES),
    "bytes in BPE": (BPE, [BYTE] * len(BPE)),
    "no bytes": (
        [*SPM[:4], *(f"x{n}" for n in range(255)), *SPM[259:]],
        [*SPM_TYPES[:4], *[NORMAL] * 255, *SPM_TYPES[259:]],
    ),
    "a byte that is none": (SPM, [*SPM_TYPES[:-3], BYTE, *SPM_TYPES[-2:]]),
}


@pytest.mark.parametrize("kind", sorted(HOSTILE_VOCABULARIES))
def test_a_vocabulary_that_would_end_the_process_is_refused(
    make_model: Callable[..., Path], kind: str
) -> None:
    tokens, types = HOSTILE_VOCABULARIES[kind]
    error = refused(make_model(tokens, types, bos=1))
    assert "vocabulary" in error.cause
    assert "llamacpp" in error.fix


@pytest.mark.parametrize("experts", [(500, 2), (2, 4), (4, 0)])
def test_impossible_experts_are_refused(
    make_model: Callable[..., Path], experts: tuple[int, int]
) -> None:
    def write(writer: Any) -> None:
        writer.add_expert_count(experts[0])
        writer.add_expert_used_count(experts[1])

    assert "experts" in refused(make_model(SPM, SPM_TYPES, extra=write)).cause


def test_an_unknown_way_to_stretch_the_context_is_refused(make_model: Callable[..., Path]) -> None:
    def write(writer: Any) -> None:
        writer.add_string("llama.rope.scaling.type", "longrope")

    assert "longrope" in refused(make_model(SPM, SPM_TYPES, extra=write)).cause


def test_a_failed_load_carries_the_librarys_own_words(tmp_path: Path) -> None:
    data = POCKET.read_bytes()
    file = tmp_path / "renamed.gguf"
    file.write_bytes(data.replace(b"blk.3.attn_q.weight", b"blk.3.attn_q.weighs", 1))
    error = refused(file)
    assert "blk.3.attn_q.weight" in error.detail
    assert "It says: " in error.cause
