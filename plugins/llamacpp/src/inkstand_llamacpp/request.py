"""A `GenerateRequest` as the engine's own request, checked first."""

from __future__ import annotations

from typing import Any

import msgspec

from inkstand_llamacpp.grammar import check_grammar
from inkstand_llamacpp.sampling import engine_sampling
from inkstand_llamacpp.schema import check_schema, schema_grammar
from inkstand_llamacpp.template import PLAIN_STOP, plain_prompt
from inkstand_sdk.errors import InputError, UsageError
from inkstand_sdk.messages import GenerateRequest

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
    """The body to send, whether through the model's chat template, and where to stop."""

    body: dict[str, Any]
    chat: bool
    stop: tuple[str, ...] = ()


def engine_request(request: GenerateRequest, *, has_template: bool) -> EngineRequest:
    """The engine's request; raises `UsageError`, `InputError` or `SchemaError` if it is wrong."""
    _check(request)
    body = {
        **_STREAM,
        **engine_sampling(request.sampling),
        "max_tokens": min(request.max_tokens, _MOST_TOKENS),
    }
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
    if request.schema is not None:
        check_schema(request.schema)
        body["grammar"] = schema_grammar(request.schema)
    elif request.grammar is not None:
        check_grammar(request.grammar)
        body["grammar"] = request.grammar
    return EngineRequest(body, chat, stop)


def check_text(text: str, what: str) -> None:
    """Raise `InputError` if `text` cannot be written as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"The {what} is not valid Unicode text.",
            f"At character {error.start} stands half of a surrogate pair, which is no character.",
            "Decode the text with the encoding that it was written in, or leave that out.",
        ) from None


def _check(request: GenerateRequest) -> None:
    if request.adapters:
        raise UsageError(
            "This backend does not apply LoRA adapters.",
            "",
            "Take one that does: `inkstand backends list`.",
        )
    if request.schema is not None and request.grammar is not None:
        raise UsageError("A schema and a grammar were both given.", "", "Give one of them.")
    if request.max_tokens < 1:
        raise UsageError("At least one token must be asked for.", "", "Raise `max_tokens`.")
    if request.prompt is None and not request.messages:
        raise UsageError("There is nothing to answer.", "No message was given.", "Give a prompt.")
    if request.prompt == "":
        raise UsageError(
            "There is nothing to go on from.", "The raw prompt is empty.", "Give some text."
        )
    if "" in request.stop:
        raise UsageError(
            "A stop string is empty.", "It would stop before the first word.", "Leave it out."
        )
    for text in (request.prompt or "", *request.stop, request.grammar or ""):
        check_text(text, "prompt, a stop string or the grammar")
    for message in request.messages:
        check_text(message.text(), f"{message.role} message")
