"""ONNX: the same text as the model that was exported, with and without a past."""

from __future__ import annotations

import concurrent.futures
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

from inkstand_sdk import GenerateRequest, Model, Sampling
from inkstand_sdk.errors import ModelFileError, UsageError
from inkstand_sdk.testing.backend_case import Subject
from inkstand_sdk.testing.backend_sampling import ALL_FIELDS
from inkstand_sdk.testing.backends import BackendSuite
from inkstand_transformers.backend import Transformers

pytestmark = pytest.mark.filterwarnings("ignore")
PROMPTS = ("It was a dark night", "The king", "She looked at him and laughed. There were two birds")


def export(source: Path, target: Path, *, past: bool) -> Path:
    """Write the model in `source` as a graph with the usual names of inputs and outputs."""
    import torch
    import transformers

    model = transformers.AutoModelForCausalLM.from_pretrained(
        source, attn_implementation="eager"
    ).eval()
    layers = range(model.config.num_hidden_layers if past else 0)
    names = [f"{layer}.{part}" for layer in layers for part in ("key", "value")]

    class Flat(torch.nn.Module):  # type: ignore[misc]
        """The model with its cache as plain tensors."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, position_ids: Any, past: Any) -> Any:
            pairs = [(past[2 * layer], past[2 * layer + 1]) for layer in layers]
            output = self.model(
                input_ids=input_ids,
                attention_mask=attention_mask,
                position_ids=position_ids,
                past_key_values=transformers.DynamicCache(ddp_cache_data=pairs) if pairs else None,
                use_cache=bool(pairs),
            )
            cache = output.past_key_values.layers if pairs else []
            return output.logits, *(part for layer in cache for part in (layer.keys, layer.values))

    rows, fresh, seen = 2, 3, 5 if past else 0
    config = model.config
    shape = (rows, config.num_key_value_heads, seen, config.head_dim)
    auto = torch.export.Dim.AUTO
    given = (
        torch.ones(rows, fresh, dtype=torch.long),
        torch.ones(rows, fresh + seen, dtype=torch.long),
        torch.arange(seen, seen + fresh)[None].repeat(rows, 1),
        [torch.randn(shape) for _ in names],
    )
    program = torch.onnx.export(
        Flat().eval(),
        given,
        input_names=["input_ids", "attention_mask", "position_ids",
                     *(f"past_key_values.{name}" for name in names)],
        output_names=["logits", *(f"present.{name}" for name in names)],
        dynamo=True,
        verbose=False,
        dynamic_shapes=(*({0: auto, 1: auto},) * 3, [{0: auto, 2: auto} for _ in names]),
    )  # fmt: skip
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.safetensors"))
    program.save(target / "model.onnx")
    return target


@pytest.fixture(scope="module")
def exported(
    writer: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], Path]:
    made: dict[bool, Path] = {}

    def folder(past: bool) -> Path:
        if past not in made:
            target = tmp_path_factory.mktemp("onnx") / "model"
            made[past] = export(writer("llama2"), target, past=past)
        return made[past]

    return folder


def loaded(folder: Path, **settings: Any) -> Transformers:
    backend = Transformers()
    kind = "onnx" if (folder / "model.onnx").exists() else "safetensors"
    backend.load(
        Model(id="tiny", format=kind, path=str(folder)),
        Transformers.Settings(threads=1, **settings),
    )
    return backend


def text_of(backend: Transformers, prompt: str) -> str:
    asked = GenerateRequest.of(
        prompt, raw=True, max_tokens=16, sampling=Sampling(temperature=0, repeat_penalty=1.1)
    )
    return "".join(chunk.text for chunk in backend.generate(asked, lambda: False))


@pytest.mark.parametrize("past", [True, False], ids=["with a past", "without a past"])
def test_a_graph_writes_what_the_model_that_was_exported_writes(
    past: bool, exported: Callable[[bool], Path], writer: Callable[[str], Path]
) -> None:
    original, graph = loaded(writer("llama2")), loaded(exported(past))
    try:
        expected = [text_of(original, prompt) for prompt in PROMPTS]
        assert [text_of(graph, prompt) for prompt in PROMPTS] == expected
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            together = list(pool.map(lambda prompt: text_of(graph, prompt), PROMPTS))
        assert [text[:8] for text in together] == [text[:8] for text in expected]
    finally:
        original.close()
        graph.close()


@pytest.mark.parametrize("past", [True, False], ids=["with a past", "without a past"])
def test_a_graph_is_searched_with_beams_and_weighed_as_the_model(
    past: bool, exported: Callable[[bool], Path], writer: Callable[[str], Path]
) -> None:
    found = []
    for folder in (writer("llama2"), exported(past)):
        backend = loaded(folder)
        asked = GenerateRequest.of(
            PROMPTS[0], raw=True, max_tokens=12, sampling=Sampling(beams=3), logprobs=2
        )
        chunks = list(backend.generate(asked, lambda: False))
        backend.close()
        found.append([token for chunk in chunks for token in chunk.logprobs])
    assert [token.text for token in found[0]] == [token.text for token in found[1]]
    for one, other in zip(*found, strict=True):
        assert abs(one.logprob - other.logprob) < 1e-3


@pytest.mark.parametrize("kind", ["empty", "text", "cut off", "noise"])
def test_a_damaged_graph_is_a_typed_error(
    kind: str, exported: Callable[[bool], Path], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(exported(True), tmp_path / "model"))
    path = folder / "model.onnx"
    data = path.read_bytes()
    damaged = {
        "empty": b"",
        "text": b"It was a dark and stormy night.",
        "cut off": data[: len(data) // 2],
        "noise": bytes((place * 7919 >> 3) & 0xFF for place in range(4096)),
    }
    path.write_bytes(damaged[kind])
    with pytest.raises(ModelFileError) as caught:
        loaded(folder)
    assert caught.value.fix


def test_settings_that_do_not_go_with_a_graph_are_refused(exported: Callable[[bool], Path]) -> None:
    for settings in ({"quantization": "int8"}, {"assistant": "x"}, {"adapters": ("x",)}):
        with pytest.raises(UsageError, match="does not go with an ONNX model"):
            loaded(exported(True), **settings)


class TestTransformersOnOnnx(BackendSuite):
    backend_class = Transformers

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, exported: Callable[[bool], Path]) -> Model:
        return Model(id="tiny", format="onnx", path=str(exported(True)))

    def test_fields_that_are_not_honored_are_reported(self, subject: Subject) -> None:
        """A graph does not show hidden states, which contrastive search compares."""
        honored = {*Transformers.capabilities.sampling} - {"penalty_alpha"}
        for name, value in ALL_FIELDS.items():
            sampling = Sampling(**{name: value})  # type: ignore[arg-type]
            unsupported = subject.run(self.raw(max_tokens=2, sampling=sampling)).finish.unsupported
            assert (name in unsupported) == (name not in honored), name
