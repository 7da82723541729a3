"""LoRA adapters: applied where they fit, and never handed to native code where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gguf
import numpy as np
import pytest

from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_llama_cpp_python.settings import LlamaCppPythonSettings
from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.errors import ModelFileError, UsageError
from inkstand_sdk.gguf import read_header
from inkstand_sdk.messages import Adapter
from inkstand_sdk.testing.backend_case import GREEDY, Subject

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
RANK = 4


@pytest.fixture(scope="module")
def subject() -> Iterator[Subject]:
    backend = LlamaCppPython()
    settings = LlamaCppPythonSettings(threads=1)
    loaded = backend.load(Model(id="pocket", format="gguf", path=str(POCKET)), settings)
    yield Subject(backend, loaded)
    backend.close()


def write_adapter(
    path: Path,
    *,
    strength: float = 0.3,
    architecture: str = "llama",
    kind: str = "adapter",
    weight: str = "blk.0.ffn_down.weight",
    widen: int = 0,
    halves: str = "ab",
) -> Path:
    shape = next(t.shape for t in read_header(POCKET).tensors if t.name == "blk.0.ffn_down.weight")
    rng = np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(kind)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(RANK))
    sizes = {"a": (RANK, shape[0] + widen), "b": (shape[1], RANK)}
    for half in halves:
        values = rng.standard_normal(sizes[half]).astype(np.float32) * strength
        writer.add_tensor(f"{weight}.lora_{half}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def ask(*adapters: Adapter) -> GenerateRequest:
    prompt = "It was a dark night, and the"
    return GenerateRequest.of(prompt, raw=True, max_tokens=16, sampling=GREEDY, adapters=adapters)


def test_an_adapter_changes_the_text_and_only_of_its_own_request(
    subject: Subject, tmp_path: Path
) -> None:
    adapter = Adapter(str(write_adapter(tmp_path / "strong.gguf")))
    plain, changed = subject.run(ask()).text, subject.run(ask(adapter)).text
    assert plain != changed
    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(lambda r: subject.run(r).text, [ask(), ask(adapter)] * 4))
    assert texts == [plain, changed] * 4


def test_a_weight_of_nothing_and_an_adapter_of_nothing_change_nothing(
    subject: Subject, tmp_path: Path
) -> None:
    plain = subject.run(ask()).text
    nothing = str(write_adapter(tmp_path / "nothing.gguf", strength=0.0))
    strong = str(write_adapter(tmp_path / "strong.gguf"))
    assert subject.run(ask(Adapter(nothing))).text == plain
    assert subject.run(ask(Adapter(strong, 0.0))).text == plain


def test_the_setting_applies_to_requests_that_name_none(subject: Subject, tmp_path: Path) -> None:
    path = str(write_adapter(tmp_path / "strong.gguf"))
    wanted = subject.run(ask(Adapter(path, 0.5))).text
    backend = LlamaCppPython()
    settings = LlamaCppPythonSettings(threads=1, slots=1, adapter=path, adapter_scale=0.5)
    loaded = backend.load(Model(id="pocket", format="gguf", path=str(POCKET)), settings)
    assert Subject(backend, loaded).run(ask()).text == wanted
    backend.close()


@pytest.mark.parametrize(
    "fields",
    [
        {"architecture": "qwen2"},
        {"kind": "model"},
        {"weight": "blk.99.attn_q.weight"},
        {"widen": 1},
        {"halves": "a"},
        {"halves": "b"},
    ],
    ids=str,
)
def test_an_adapter_that_does_not_fit_is_refused(
    subject: Subject, tmp_path: Path, fields: dict[str, object]
) -> None:
    path = write_adapter(tmp_path / "wrong.gguf", **fields)  # type: ignore[arg-type]
    with pytest.raises(ModelFileError) as caught:
        subject.run(ask(Adapter(str(path))))
    assert caught.value.cause
    assert subject.run(ask()).text


@pytest.mark.parametrize("kind", ["missing", "noise", "cut", "a model"])
def test_a_file_that_is_no_adapter_is_refused(subject: Subject, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file.gguf"
    if kind == "noise":
        path.write_bytes(b"GGUF" + bytes(range(256)) * 20)
    elif kind == "cut":
        path.write_bytes(write_adapter(path).read_bytes()[:-100])
    elif kind == "a model":
        path = POCKET
    with pytest.raises(ModelFileError):
        subject.run(ask(Adapter(str(path))))


def test_weights_must_be_numbers_and_adapters_named_once(subject: Subject, tmp_path: Path) -> None:
    path = str(write_adapter(tmp_path / "strong.gguf"))
    for adapters in ((Adapter(path, float("nan")),), (Adapter(path), Adapter(path))):
        with pytest.raises(UsageError):
            subject.run(ask(*adapters))
