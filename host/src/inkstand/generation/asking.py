"""A schema said in words, for engines that cannot hold a model to it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from inkstand.generation.example import example_of
from inkstand_sdk.errors import OutputInvalid
from inkstand_sdk.messages import GenerateRequest, Message, Text

LABEL = "output format"
_ASK = "Answer with JSON only: no other words, no code fence. It must satisfy this JSON Schema:\n"
_SHAPE = "\nIts shape, with values of your own:\n"
_CUE = "\n\nJSON:\n"
_MOST_TOLD = 600
"""Characters of a faulty answer, and of its fault, that the model is shown again."""


def in_prompt(request: GenerateRequest, schema: dict[str, Any]) -> GenerateRequest:
    """The request without a schema, its prompt or last user message asking for one instead."""
    words = _ASK + json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    shape = example_of(schema)
    if shape is not None:
        words += _SHAPE + shape
    if request.prompt is not None:
        prompt = f"{request.prompt}\n\n{words}{_CUE}"
        return msgspec.structs.replace(request, prompt=prompt, schema=None)
    return msgspec.structs.replace(request, messages=_added(request.messages, words), schema=None)


def told(request: GenerateRequest, failure: OutputInvalid) -> GenerateRequest:
    """The request with the last answer after it, and what was wrong with that."""
    if failure.data.get("cut"):
        words = "That became too long and was cut off. Answer again, as briefly as you can."
    else:
        words = f"That will not do. {failure.what[:_MOST_TOLD]} Answer again, correctly."
    words += " Write JSON only."
    answer = str(failure.data.get("text", ""))[:_MOST_TOLD]
    if request.prompt is not None:
        prompt = f"{request.prompt}{answer}\n\n{words}{_CUE}"
        return msgspec.structs.replace(request, prompt=prompt)
    # Some chat templates refuse an empty turn.
    messages = (*request.messages, *((Message.of("assistant", answer),) if answer.strip() else ()))
    return msgspec.structs.replace(request, messages=_turn(messages, words))


def _added(messages: tuple[Message, ...], words: str) -> tuple[Message, ...]:
    """The messages with `words` at the end of the last that the user wrote."""
    part = Text(f"\n\n{words}", LABEL)
    for at in reversed(range(len(messages))):
        if messages[at].role == "user":
            grown = Message("user", (*messages[at].content, part))
            return (*messages[:at], grown, *messages[at + 1 :])
    return (*messages, Message("user", (Text(words, LABEL),)))


def _turn(messages: tuple[Message, ...], words: str) -> tuple[Message, ...]:
    """The messages with `words` from the user: roles take turns, or some templates refuse them."""
    if messages and messages[-1].role == "user":
        return _added(messages, words)
    return (*messages, Message("user", (Text(words, LABEL),)))
