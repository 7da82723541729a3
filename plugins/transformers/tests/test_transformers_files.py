"""Folders that are damaged, hostile or something else: typed errors before anything is run."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import Model
from inkstand_sdk.errors import InkstandError, LoadFailed, ModelFileError
from inkstand_transformers.backend import Transformers

pytestmark = pytest.mark.filterwarnings("ignore")
CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"


def load(folder: Path, **settings: Any) -> None:
    backend = Transformers()
    try:
        backend.load(
            Model(id="tiny", format="safetensors", path=str(folder)),
            Transformers.Settings(threads=1, **settings),
        )
    finally:
        backend.close()


@pytest.fixture
def copy(tiny: Callable[[str], Path], tmp_path: Path) -> Path:
    """A sound model folder that a test may spoil."""
    return Path(shutil.copytree(tiny("llama2"), tmp_path / "model"))


def change_config(folder: Path, **values: Any) -> None:
    config = json.loads((folder / CONFIG).read_text())
    config.update(values)
    (folder / CONFIG).write_text(json.dumps(config))


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def with_header(header: dict[str, Any], rest: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + rest


def in_header(change: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    def damage(data: bytes) -> bytes:
        header, rest = header_of(data)
        change(header)
        return with_header(header, rest)

    return damage


NAME = "model.norm.weight"
DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "eight bytes": lambda data: data[:8],
    "half a header": lambda data: data[:200],
    "half the weights": lambda data: data[: len(data) // 2],
    "one byte short": lambda data: data[:-1],
    "one byte long": lambda data: data + b"x",
    "zeros": lambda data: bytes(len(data)),
    "noise": lambda data: bytes((place * 7919 >> 3) & 0xFF for place in range(4096)),
    "a pickle": lambda data: b"\x80\x04\x95" + data[3:],
    "a zip archive": lambda data: b"PK\x03\x04" + data[4:],
    "a huge header": lambda data: b"\xff" * 8 + data[8:],
    "a header of no length": lambda data: bytes(8) + data[8:],
    "a header that is no JSON": lambda data: data[:8] + b"{" * 50 + data[58:],
    "a tensor gone": in_header(lambda header: header.pop(NAME)),
    "a name changed": in_header(lambda header: header.update(other=header.pop(NAME))),
    "an unknown type": in_header(lambda header: header[NAME].update(dtype="F99")),
    "another type": in_header(lambda header: header[NAME].update(dtype="F64")),
    "another shape": in_header(lambda header: header[NAME].update(shape=[7])),
    "a transposed shape": in_header(
        lambda header: header["model.layers.0.mlp.up_proj.weight"].update(shape=[32, 64])
    ),
    "a huge shape": in_header(lambda header: header[NAME].update(shape=[1 << 40, 1 << 40])),
    "a negative shape": in_header(lambda header: header[NAME].update(shape=[-32])),
    "offsets beyond the end": in_header(
        lambda header: header[NAME].update(data_offsets=[1 << 50, (1 << 50) + 128])
    ),
    "offsets backward": in_header(lambda header: header[NAME].update(data_offsets=[128, 0])),
    "an overlap": in_header(lambda header: header[NAME].update(data_offsets=[4, 132])),
    "an entry that is a list": in_header(lambda header: header.update({NAME: [1, 2]})),
    "metadata that is a list": in_header(lambda header: header.update(__metadata__=[1])),
    "no tensors": lambda data: with_header({}, b""),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_weights_are_a_typed_error(kind: str, copy: Path) -> None:
    path = copy / WEIGHTS
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    with pytest.raises((ModelFileError, LoadFailed)) as caught:
        load(copy)
    assert caught.value.cause
    assert caught.value.fix


CONFIGS: dict[str, Any] = {
    "no JSON": "{{{",
    "a list": "[]",
    "deeply nested": "[" * 100_000,
    "no type": "{}",
    "a type that is a number": '{"model_type": 7}',
    "an unknown type": '{"model_type": "quill"}',
    "an embedding model": '{"model_type": "bert"}',
    "an image model": '{"model_type": "vit"}',
}


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_config_that_is_no_language_models_is_refused(kind: str, copy: Path) -> None:
    (copy / CONFIG).write_text(CONFIGS[kind])
    with pytest.raises((ModelFileError, LoadFailed)) as caught:
        load(copy)
    assert caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("key", "value"),
    [("hidden_size", 48), ("hidden_size", "x"), ("num_hidden_layers", 5), ("vocab_size", 64),
     ("num_attention_heads", 0), ("hidden_act", "nonsense"), ("num_hidden_layers", -1),
     ("num_hidden_layers", 10**9), ("intermediate_size", 10**9),
     ("rope_parameters", {"rope_type": "x"})],
)  # fmt: skip
def test_a_config_that_does_not_go_with_the_weights_is_refused(
    key: str, value: Any, copy: Path
) -> None:
    change_config(copy, **{key: value})
    with pytest.raises(InkstandError) as caught:
        load(copy)
    assert caught.value.fix


def test_code_in_the_folder_is_refused_where_it_would_be_needed(copy: Path) -> None:
    (copy / "evil.py").write_text("raise SystemExit('it ran')\n")
    change_config(copy, model_type="evil", auto_map={"AutoConfig": "evil.C"})
    with pytest.raises(ModelFileError, match="code of its own"):
        load(copy)


def test_code_in_the_folder_is_not_run_where_it_is_not_needed(copy: Path) -> None:
    (copy / "evil.py").write_text("raise SystemExit('it ran')\n")
    change_config(copy, auto_map={"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"})
    backend = Transformers()
    try:
        loaded = backend.load(
            Model(id="tiny", format="safetensors", path=str(copy)), Transformers.Settings(threads=1)
        )
        assert any("was not run" in note for note in loaded.notes)
    finally:
        backend.close()


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth"])
def test_weights_in_pickle_are_refused(name: str, copy: Path) -> None:
    (copy / WEIGHTS).rename(copy / name)
    with pytest.raises(ModelFileError, match="pickle") as caught:
        load(copy)
    assert name in caught.value.cause


def test_a_folder_without_a_tokenizer_is_refused(copy: Path) -> None:
    (copy / "tokenizer.json").unlink()
    with pytest.raises(ModelFileError, match="no tokenizer"):
        load(copy)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"model": {"type": "BPE"}}'])
def test_a_damaged_tokenizer_is_a_typed_error(text: str, copy: Path) -> None:
    (copy / "tokenizer.json").write_text(text)
    with pytest.raises((ModelFileError, LoadFailed)):
        load(copy)


@pytest.mark.parametrize(
    "table",
    [{}, {"a": "../other.safetensors"}, {"a": "/etc/passwd"}, {"a": "missing.safetensors"}, [1]],
)
def test_an_index_that_leads_astray_is_refused(table: Any, copy: Path) -> None:
    (copy / INDEX).write_text(json.dumps({"weight_map": table}))
    with pytest.raises(ModelFileError):
        load(copy)


@pytest.mark.parametrize("method", ["gptq", "awq", "bitsandbytes", "quill"])
def test_a_checkpoint_whose_kernels_are_missing_is_refused_with_a_reason(
    method: str, copy: Path
) -> None:
    change_config(copy, quantization_config={"quant_method": method, "bits": 4})
    with pytest.raises(LoadFailed, match=r"(?i)quantized as") as caught:
        load(copy)
    assert "GGUF" in caught.value.fix


def test_a_device_that_is_not_here_is_refused(copy: Path) -> None:
    import torch

    if torch.cuda.is_available() or torch.backends.mps.is_available():
        pytest.skip("there is a graphics card")
    for device in ("cuda", "cuda:3", "mps", "gpu"):
        with pytest.raises(LoadFailed, match="no device"):
            load(copy, device=device)


def test_a_failed_load_leaves_the_backend_usable(copy: Path, tiny: Callable[[str], Path]) -> None:
    backend = Transformers()
    (copy / WEIGHTS).write_bytes(b"")
    with pytest.raises(ModelFileError):
        backend.load(Model(id="a", format="safetensors", path=str(copy)), Transformers.Settings())
    backend.load(
        Model(id="b", format="safetensors", path=str(tiny("llama2"))), Transformers.Settings()
    )
    backend.close()
