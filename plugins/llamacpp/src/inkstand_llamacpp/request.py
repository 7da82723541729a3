"""A `GenerateRequest` as the engine's own request, checked first."""

from __future__ import annotations

from typing import Any

import msgspec

from inkstand_llamacpp.sampling import engine_sampling
from inkstand_llamacpp.schema import constraint
from inkstand_sdk.asked import check_request
from inkstand_sdk.errors import UsageError
from inkstand_sdk.gbnf import check_grammar
from inkstand_sdk.messages import GenerateRequest
from inkstand_sdk.plain_chat import PLAIN_STOP, plain_prompt

_MOST_TOKENS = 1 << 30
_STREAM = {
    "stream": True,
    "stream_options": {"include_usage": True},
    "timings_per_token": True,
    # Without progress the engine does not look whether to stop until the prompt is done.
    "return_progress": True,
    "cache_prompt": True,
}


class EngineRequest(msgspec.Struct, frozen=True):
    """The body to send, whether through the model's chat template, and where to stop.

    `not_enforced` are the keywords of its schema that do not hold the model while it writes.
    """

    body: dict[str, Any]
    chat: bool
    stop: tuple[str, ...] = ()
    logprobs: int | None = None
    not_enforced: tuple[str, ...] = ()


def engine_request(request: GenerateRequest, *, has_template: bool, gbnf: bool) -> EngineRequest:
    """The engine's request; raises `UsageError`, `InputError` or `SchemaError` if it is wrong.

    `gbnf` says that a schema is to become a grammar of that form.
    """
    check_request(request)
    if request.adapters:
        raise UsageError(
            "This backend does not apply LoRA adapters.",
            "",
            "Take one that does: `inkstand backends list`.",
        )
    body = {
        **_STREAM,
        **engine_sampling(request.sampling),
        "max_tokens": min(request.max_tokens, _MOST_TOKENS),
    }
    if request.logprobs is not None:
        # The engine tells of a token only along with at least one alternative.
        body["n_probs"] = max(1, request.logprobs)
    stop = request.stop
    chat = request.prompt is None and has_template
    if chat:
        body["messages"] = [
            {"role": message.role, "content": message.text()} for message in request.messages
        ]
        body["chat_template_kwargs"] = {"enable_thinking": False}
    elif request.prompt is not None:
        body["prompt"] = request.prompt
    else:
        body["prompt"] = plain_prompt(request.messages)
        stop = (*stop, *PLAIN_STOP)
    not_enforced: tuple[str, ...] = ()
    if request.schema is not None:
        held = constraint(request.schema, gbnf=gbnf)
        body["grammar"], not_enforced = held.grammar, held.not_enforced
    elif request.grammar is not None:
        check_grammar(request.grammar)
        body["grammar"] = request.grammar
    return EngineRequest(body, chat, stop, request.logprobs, not_enforced)
