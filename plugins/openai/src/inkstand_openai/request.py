"""A `GenerateRequest` as the client's arguments, checked first."""

from __future__ import annotations

from typing import Any

import msgspec

from inkstand_openai.settings import OPENAI
from inkstand_sdk.asked import check_request, check_schema
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateRequest, Sampling

HONORED = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")
RAW_AS_MESSAGE = (
    "With a schema the raw prompt was sent as a message: raw completions cannot be held to one."
)
_MOST_STOPS = 4  # OpenAI takes no more; all of them are looked for here in any case
_MOST_TOKENS = 1 << 30


class Prepared(msgspec.Struct, frozen=True):
    """The arguments of a call, whether it is of the chat kind, and what to tell the user.

    `timeout` is the request's own time limit in seconds; `clipped` is whether it asks for fewer
    tokens than the request.
    """

    arguments: dict[str, Any]
    chat: bool
    notes: tuple[str, ...] = ()
    timeout: float | None = None
    clipped: bool = False

    def with_max_tokens(self, count: int, note: str) -> Prepared:
        """The same with another limit."""
        name = next(name for name in self.arguments if name.startswith("max_"))
        return msgspec.structs.replace(
            self,
            arguments={**self.arguments, name: count},
            notes=(*self.notes, note),
            clipped=True,
        )


def prepared(
    request: GenerateRequest, model: str, base_url: str, *, to_llamacpp: bool = False
) -> Prepared:
    """The call for a request.

    llama.cpp's server loses the end of a text that may begin a stop string, so it is told none
    (they are looked for here in any case); and it can count tokens as it goes.

    Raises:
        UsageError, InputError, SchemaError: the request is wrong.

    """
    _check(request)
    arguments: dict[str, Any] = {
        "model": model,
        "stream": True,
        "stream_options": {"include_usage": True},
        **_sampling(request.sampling),
    }
    if to_llamacpp:
        arguments["extra_body"] = {"timings_per_token": True}
    elif request.stop:
        arguments["stop"] = list(request.stop[:_MOST_STOPS])
    chat = request.prompt is None or request.schema is not None
    # OpenAI's own newer models know only the new name, other servers sometimes only the old.
    new_name = chat and base_url.rstrip("/") == OPENAI
    name = "max_completion_tokens" if new_name else "max_tokens"
    arguments[name] = min(request.max_tokens, _MOST_TOKENS)
    if request.schema is not None:
        arguments["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": request.schema,
                "strict": _is_strict(request.schema),
            },
        }
    if request.logprobs is not None:
        arguments |= _logprobs(request.logprobs, chat=chat, to_llamacpp=to_llamacpp)
    limit = request.timeout
    if not chat:
        return Prepared({**arguments, "prompt": request.prompt}, chat=False, timeout=limit)
    if request.prompt is not None:
        turns = [{"role": "user", "content": request.prompt}]
        notes: tuple[str, ...] = (RAW_AS_MESSAGE,)
    else:
        turns = [{"role": turn.role, "content": turn.text()} for turn in request.messages]
        notes = ()
    return Prepared({**arguments, "messages": turns}, chat=True, notes=notes, timeout=limit)


def _logprobs(alternatives: int, *, chat: bool, to_llamacpp: bool) -> dict[str, Any]:
    # llama.cpp's server tells of a token only along with at least one alternative.
    count = max(1, alternatives) if to_llamacpp else alternatives
    return {"logprobs": True, "top_logprobs": count} if chat else {"logprobs": count}


def unsupported(sampling: Sampling) -> tuple[str, ...]:
    """The fields that are set and that the protocol does not have."""
    return tuple(name for name in sampling.given() if name not in HONORED)


def _sampling(sampling: Sampling) -> dict[str, Any]:
    fields = {name: value for name, value in sampling.given().items() if name in HONORED}
    if sampling.temperature == 0:
        fields.pop("top_p", None)
    return fields


def _is_strict(schema: Any) -> bool:
    """Whether OpenAI's strict mode takes a schema: objects closed, every property required."""
    if isinstance(schema, list):
        return all(_is_strict(item) for item in schema)
    if not isinstance(schema, dict):
        return True
    if "properties" in schema:
        closed = schema.get("additionalProperties") is False
        if not closed or set(schema["properties"]) != set(schema.get("required", ())):
            return False
    return all(_is_strict(value) for value in schema.values())


def _check(request: GenerateRequest) -> None:
    if request.adapters:
        raise UsageError(
            "This protocol does not send LoRA adapters.",
            "Servers such as vLLM offer an adapter as a model of its own.",
            "Name that model.",
        )
    if request.grammar is not None:
        raise UsageError("This protocol has no grammars.", "", "Use a JSON Schema instead.")
    check_request(request)
    if request.schema is not None:
        check_schema(request.schema)
