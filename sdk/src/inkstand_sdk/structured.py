"""Asking a model for a Struct: constrain, decode, validate, and ask again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from inkstand_sdk.errors import OutputInvalid
from inkstand_sdk.messages import GenerateRequest, GenerateResult
from inkstand_sdk.settings import json_schema

T = TypeVar("T", bound=msgspec.Struct)


def request_of(request: GenerateRequest | str, fields: dict[str, Any]) -> GenerateRequest:
    """The request itself with `fields` replaced, or a new one for a prompt."""
    if isinstance(request, str):
        return GenerateRequest.of(request, **fields)
    return msgspec.structs.replace(request, **fields) if fields else request


def generate_as(
    generate: Callable[[GenerateRequest], GenerateResult],
    result: type[T],
    request: GenerateRequest | str,
    *,
    attempts: int = 2,
    **fields: Any,
) -> T:
    """Have `generate` write JSON that satisfies the Struct `result` and return it decoded.

    A text cut at the token limit is a failure even if it happens to decode.

    Raises:
        OutputInvalid: no attempt gave a valid text; `data["text"]` is the last one.

    """
    asked = msgspec.structs.replace(request_of(request, fields), schema=json_schema(result))
    text, cause = "", ""
    for attempt in range(max(1, attempts)):
        try:
            answer = generate(_with_another_seed(asked, attempt))
        except OutputInvalid as error:
            # The host validates schema answers itself; its verdict counts as one failed attempt.
            text, cause = error.data.get("text", ""), error.what
            continue
        text = answer.text
        if answer.finish == "length":
            cause = f"It was cut off at the limit of {asked.max_tokens} tokens."
            continue
        try:
            return msgspec.json.decode(_object_in(text), type=result)
        except msgspec.DecodeError as error:
            cause = f"{str(error).rstrip('.')}."
    raise OutputInvalid(
        f"The model did not write a valid {result.__name__}.",
        cause,
        "Try again, raise the token limit, or use a larger model.",
        text=text,
    )


def _object_in(text: str) -> bytes:
    """The JSON object in a text: models that are not constrained put a sentence or a fence around
    it. The whole text where there is none.
    """
    start, end = text.find("{"), text.rfind("}")
    return (text[start : end + 1] if 0 <= start < end else text).encode("utf-8", "replace")


def _with_another_seed(request: GenerateRequest, attempt: int) -> GenerateRequest:
    """The request as it is at first; later with the next seed, or the same text would come."""
    if attempt == 0 or request.sampling.seed is None:
        return request
    sampling = msgspec.structs.replace(
        request.sampling, seed=(request.sampling.seed + attempt) % (2**32 - 1)
    )
    return msgspec.structs.replace(request, sampling=sampling)
