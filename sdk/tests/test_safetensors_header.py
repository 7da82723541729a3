"""Safetensors headers: what a sound file says, and that nothing else gets through but one error."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkstand_sdk.errors import ModelFileError
from inkstand_sdk.safetensors_header import read_safetensors_header

TENSORS = {
    "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "b": {"dtype": "BF16", "shape": [4], "data_offsets": [24, 32]},
    "scalar": {"dtype": "I64", "shape": [], "data_offsets": [32, 40]},
    "empty": {"dtype": "F16", "shape": [0, 7], "data_offsets": [40, 40]},
    "half": {"dtype": "F4", "shape": [6], "data_offsets": [40, 43]},
}
SIZE = 43


def file_of(header: Any, body: bytes = bytes(SIZE), padding: int = 0) -> bytes:
    text = (header if isinstance(header, bytes) else json.dumps(header).encode()) + b" " * padding
    return struct.pack("<Q", len(text)) + text + body


def written(folder: Path, data: bytes) -> Path:
    path = folder / "model.safetensors"
    path.write_bytes(data)
    return path


def refuses(folder: Path, data: bytes) -> ModelFileError:
    path = written(folder, data)
    with pytest.raises(ModelFileError) as caught:
        read_safetensors_header(path)
    assert caught.value.cause
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize("padding", [0, 5])
def test_a_sound_file_is_read(padding: int, tmp_path: Path) -> None:
    data = file_of({"__metadata__": {"format": "pt"}, **TENSORS}, padding=padding)
    header = read_safetensors_header(written(tmp_path, data))
    assert header.size == len(data)
    assert header.data_offset == len(data) - SIZE
    assert header.metadata == {"format": "pt"}
    assert {tensor.name: tensor.shape for tensor in header.tensors} == {
        "a": (2, 3), "b": (4,), "scalar": (), "empty": (0, 7), "half": (6,),
    }  # fmt: skip
    assert header.parameters == 6 + 4 + 1 + 6


def test_a_file_without_tensors_is_read(tmp_path: Path) -> None:
    assert read_safetensors_header(written(tmp_path, file_of({}, b""))).tensors == ()


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "F31"}, {"dtype": 7}, {"dtype": None}, {"shape": [2, 4]}, {"shape": "2"},
        {"shape": [2.0, 3]}, {"shape": [True, 6]}, {"shape": [-2, -3]}, {"shape": [1] * 40},
        {"shape": [10**30]}, {"data_offsets": [0]}, {"data_offsets": [24, 0]},
        {"data_offsets": [-24, 0]}, {"data_offsets": [8, 32]}, {"data_offsets": [1 << 62, 1 << 63]},
        {"data_offsets": [10**40, 10**40 + 24]}, {"data_offsets": None},
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    refuses(tmp_path, file_of({**TENSORS, "a": {**TENSORS["a"], **change}}))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"1234567", bytes(8), bytes(100), b"\xff" * 64, file_of(b"[]"), file_of(b"{"),
        file_of(b"{}x"), file_of(b'{"a": NaN}'), file_of(b'{"a":' * 5000),
        file_of(b'{"\xff": 1}'), file_of({"a": 1}), file_of({"a": [1]}), file_of({"a": {}}),
        file_of({"__metadata__": {"a": 1}}, b""), file_of({"__metadata__": []}, b""),
        file_of(b'{"a": 1' + b"0" * 6000 + b"}"), struct.pack("<Q", 1 << 40) + b"{}",
        struct.pack("<Q", 100_000_001) + b"{}" + bytes(100), file_of(TENSORS)[:-1],
        file_of(TENSORS) + b"x", file_of({}, b"x"),
        file_of(b'{"a": %s, "a": %s}' % ((json.dumps(TENSORS["a"]).encode(),) * 2), bytes(24)),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_safetensors_file_is_refused(data: bytes, tmp_path: Path) -> None:
    refuses(tmp_path, data)


def test_tensors_that_overlap_or_leave_a_gap_are_refused(tmp_path: Path) -> None:
    one = {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}
    for begin, word in ((2, "overlap"), (6, "gap"), (0, "overlap")):
        other = {"dtype": "U8", "shape": [4], "data_offsets": [begin, begin + 4]}
        error = refuses(tmp_path, file_of({"a": one, "b": other}, bytes(begin + 4)))
        assert word in error.cause
    late = {"dtype": "U8", "shape": [4], "data_offsets": [4, 8]}
    refuses(tmp_path, file_of({"a": late}, bytes(8)))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no model file"):
        read_safetensors_header(tmp_path / "missing.safetensors")
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_safetensors_header(tmp_path)
    with pytest.raises(ModelFileError):
        read_safetensors_header(tmp_path / "a\0b")


SOUND = file_of({"__metadata__": {"format": "pt"}, **TENSORS})


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(0, len(SOUND) - 1),
    replacement=st.binary(min_size=1, max_size=24),
    cut=st.integers(0, len(SOUND)),
)
def test_whatever_is_changed_it_is_read_soundly_or_refused(
    place: int, replacement: bytes, cut: int, tmp_path: Path
) -> None:
    data = SOUND[:place] + replacement + SOUND[place + len(replacement) :]
    for one in (data, data[:cut]):
        path = written(tmp_path, one)
        try:
            header = read_safetensors_header(path)
        except ModelFileError:
            continue
        for tensor in header.tensors:
            assert 0 <= tensor.begin <= tensor.end <= len(one) - header.data_offset


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused_without_another_error(data: bytes, tmp_path: Path) -> None:
    refuses(tmp_path, struct.pack("<Q", len(data)) + data + b"\0")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=st.dictionaries(st.text(min_size=1, max_size=8), JSON, min_size=1))
def test_headers_of_any_shape_are_refused_without_another_error(
    header: dict[str, Any], tmp_path: Path
) -> None:
    refuses(tmp_path, file_of(header, b"\0" * 3))
