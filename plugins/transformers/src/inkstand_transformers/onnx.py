"""ONNX models on ONNX Runtime, with the inputs and outputs that exporters agree on.

`input_ids`, `attention_mask`, `position_ids`, `past_key_values.N.key` and `.value` go in; `logits`,
`present.N.key` and `.value` come out. A graph without a past is evaluated anew for every token.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch

from inkstand_sdk.errors import LoadFailed, ModelFileError
from inkstand_transformers.decoder import PROMPT_CHUNK, Decoder, Watch, left_padded

_PAST = "past_key_values."
_PRESENT = "present."
_KNOWN = {"input_ids", "attention_mask", "position_ids"}
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class OnnxState:
    """The tokens seen and their mask, `[rows, tokens]`; the past `[rows, heads, tokens, size]`."""

    def __init__(self, ids: Any, mask: Any, past: dict[str, Any]) -> None:
        self.ids = ids
        self.mask = mask
        self.past = past


class OnnxDecoder(Decoder):
    """A decoder-only ONNX graph."""

    joins = True

    def __init__(self, path: str, *, threads: int) -> None:
        """Open the graph at `path`; raises `ModelFileError` if it is none that writes text."""
        self._session = _open(path, threads)
        inputs = {entry.name: entry for entry in self._session.get_inputs()}
        self._outputs = [entry.name for entry in self._session.get_outputs()]
        self._inputs = set(inputs)
        self._past = {name: entry for name, entry in inputs.items() if name.startswith(_PAST)}
        _check_graph(path, self._inputs - set(self._past), list(self._past), self._outputs)
        logits = next(entry for entry in self._session.get_outputs() if entry.name == "logits")
        size = logits.shape[-1]
        self.vocabulary = size if isinstance(size, int) else 0

    def begin(self, prompts: Sequence[list[int]], watch: Watch) -> tuple[OnnxState, torch.Tensor]:
        """See `Decoder.begin`; shorter prompts are padded on the left."""
        ids, mask = (tensor.numpy() for tensor in left_padded(prompts))
        state = OnnxState(ids[:, :0], mask[:, :0], self._empty_past(len(prompts)))
        width = ids.shape[1]
        logits = torch.empty(0)
        step = PROMPT_CHUNK if self._past else width
        for begin in range(0, width, step):
            end = min(begin + step, width)
            logits = self._extend(state, ids[:, begin:end], mask[:, begin:end])
            watch(end)
        return state, logits

    def step(self, state: OnnxState, tokens: list[int]) -> torch.Tensor:
        """See `Decoder.step`."""
        fresh = np.array([[token] for token in tokens], dtype=np.int64)
        return self._extend(state, fresh, np.ones_like(fresh))

    def keep(self, state: OnnxState, rows: list[int]) -> None:
        """See `Decoder.keep`."""
        mask = state.mask[rows]
        empty = int(mask.any(axis=0).argmax())  # columns of a longer row that left
        state.ids, state.mask = state.ids[rows, empty:], mask[:, empty:]
        state.past = {name: value[rows, :, empty:] for name, value in state.past.items()}

    def join(self, state: OnnxState, other: OnnxState) -> OnnxState:
        """See `Decoder.join`."""
        width = max(state.mask.shape[1], other.mask.shape[1])
        return OnnxState(
            _joined(state.ids, other.ids, width, axis=1),
            _joined(state.mask, other.mask, width, axis=1),
            {
                name: _joined(value, other.past[name], width, axis=2)
                for name, value in state.past.items()
            },
        )

    def _extend(self, state: OnnxState, ids: Any, mask: Any) -> torch.Tensor:
        state.ids = np.concatenate([state.ids, ids], axis=1)
        state.mask = np.concatenate([state.mask, mask], axis=1)
        fed = ids if self._past else state.ids
        positions = np.maximum(state.mask.cumsum(axis=1) - 1, 0)[:, -fed.shape[1] :]
        given = {"input_ids": fed, "attention_mask": state.mask, "position_ids": positions}
        given = {name: value for name, value in given.items() if name in self._inputs}
        results = dict(
            zip(self._outputs, self._session.run(None, {**given, **state.past}), strict=True)
        )
        state.past = {name: results[_PRESENT + name.removeprefix(_PAST)] for name in self._past}
        return torch.from_numpy(results["logits"][:, -1].astype(np.float32))

    def _empty_past(self, rows: int) -> dict[str, Any]:
        return {
            name: np.zeros((rows, entry.shape[1], 0, entry.shape[3]), _TYPES[entry.type])
            for name, entry in self._past.items()
        }


def _open(path: str, threads: int) -> Any:
    if find_spec("onnxruntime") is None:
        raise LoadFailed(
            "ONNX models cannot be run.",
            "That needs ONNX Runtime, which is not installed.",
            "pip install 'inkstand-transformers[onnx]'",
        )
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelFileError(
            f"The ONNX model at {path} cannot be read.",
            f"ONNX Runtime says: {str(error)[:300]}",
            "Get the file again, with the data files beside it.",
        ) from error


def _check_graph(path: str, plain: set[str], past: list[str], outputs: list[str]) -> None:
    presents = {_PRESENT + name.removeprefix(_PAST) for name in past}
    if plain - _KNOWN or "input_ids" not in plain or not {"logits", *presents} <= set(outputs):
        raise ModelFileError(
            f"The ONNX model at {path} is of a kind that this backend does not run.",
            f"It takes {', '.join(sorted(plain)) or 'nothing'} and gives {outputs[0]}, first.",
            "Export a decoder-only model for text generation, with or without its past.",
        )


def _joined(one: Any, other: Any, width: int, *, axis: int) -> Any:
    def padded(values: Any) -> Any:
        pads = [(0, 0)] * values.ndim
        pads[axis] = (width - values.shape[axis], 0)
        return np.pad(values, pads)

    return np.concatenate([padded(one), padded(other)], axis=0)
