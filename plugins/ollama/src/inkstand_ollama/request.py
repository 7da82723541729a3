"""A `GenerateRequest` as a request to Ollama, checked first."""

from __future__ import annotations

from typing import Any

import msgspec

from inkstand_sdk.asked import check_request, check_schema
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateRequest, Sampling

# Ollama passes over mirostat since its version 0.7, and never knew dry and xtc.
HONORED = (
    "temperature", "top_p", "top_k", "min_p", "typical_p", "repeat_penalty", "presence_penalty",
    "frequency_penalty", "seed",
)  # fmt: skip
_MOST_TOKENS = 1 << 30


class Prepared(msgspec.Struct, frozen=True):
    """Where a request goes and its body."""

    path: str
    body: dict[str, Any]


def prepared(
    request: GenerateRequest, model: str, options: dict[str, Any], keep_alive: str, *, thinks: bool
) -> Prepared:
    """The request to send; `options` are those of the loaded model.

    Raises:
        UsageError, InputError, SchemaError: it is wrong.

    """
    _check(request)
    body: dict[str, Any] = {
        "model": model,
        "stream": True,
        "keep_alive": keep_alive,
        # What does not fit is refused, and a full context ends the text: nothing is shifted out.
        "truncate": False,
        "shift": False,
        "options": {
            **options,
            **_sampling(request.sampling),
            "num_predict": min(request.max_tokens, _MOST_TOKENS),
        },
    }
    if request.stop:
        body["options"]["stop"] = list(request.stop)
    if request.schema is not None:
        body["format"] = request.schema
    if request.logprobs is not None:
        body |= {"logprobs": True, "top_logprobs": request.logprobs}
    if thinks:
        body["think"] = False
    if request.prompt is not None:
        return Prepared("/api/generate", {**body, "prompt": request.prompt, "raw": True})
    turns = [{"role": turn.role, "content": turn.text()} for turn in request.messages]
    return Prepared("/api/chat", {**body, "messages": turns})


def unsupported(sampling: Sampling) -> tuple[str, ...]:
    """The fields that are set and that Ollama does not know."""
    return tuple(name for name in sampling.given() if name not in HONORED)


def _sampling(sampling: Sampling) -> dict[str, Any]:
    fields = {name: value for name, value in sampling.given().items() if name in HONORED}
    if sampling.temperature == 0:
        # One candidate is the likeliest, whatever else is set.
        fields = {**fields, "top_k": 1}
        fields.pop("typical_p", None)
    return fields


def _check(request: GenerateRequest) -> None:
    if request.adapters:
        raise UsageError(
            "Ollama does not apply LoRA adapters to a request.",
            "There they are part of a model.",
            "Make one with an ADAPTER line in a Modelfile: ollama create NAME -f Modelfile",
        )
    if request.grammar is not None:
        raise UsageError("Ollama takes no grammars.", "", "Use a JSON Schema instead.")
    check_request(request)
    if request.schema is not None:
        check_schema(request.schema)
