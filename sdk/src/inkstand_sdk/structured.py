"""Asking a model for a Struct. The host tries again, mends and validates; here it is decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeGuard, TypeVar

import msgspec

from inkstand_sdk.errors import OutputInvalid
from inkstand_sdk.messages import Chunk, GenerateRequest, GenerateResult
from inkstand_sdk.settings import json_schema

T = TypeVar("T", bound=msgspec.Struct)


def request_of(request: GenerateRequest | str, fields: dict[str, Any]) -> GenerateRequest:
    """The request itself with `fields` replaced, or a new one for a prompt; `schema` may be a
    Struct.
    """
    if is_struct(struct := fields.get("schema")):
        fields = {**fields, "schema": json_schema(struct)}
    if isinstance(request, str):
        return GenerateRequest.of(request, **fields)
    return msgspec.structs.replace(request, **fields) if fields else request


def is_struct(schema: Any) -> TypeGuard[type[msgspec.Struct]]:
    """Whether a schema was given as a Struct class."""
    return isinstance(schema, type) and issubclass(schema, msgspec.Struct)


def typed_result(result: GenerateResult, struct: type[msgspec.Struct]) -> GenerateResult:
    """The result with its value as an instance of `struct`, unless it was cancelled.

    Raises:
        OutputInvalid: the Struct refuses the value.

    """
    if result.finish == "cancelled":
        return result
    return msgspec.structs.replace(result, value=_converted(result, struct))


class Typed:
    """A generation whose result has its value as an instance of a Struct.

    Args:
        generating: One for a request with the Struct's schema.
        struct: The Struct.

    """

    def __init__(self, generating: Any, struct: type[msgspec.Struct]) -> None:
        self._generating = generating
        self._struct = struct

    @property
    def result(self) -> GenerateResult:
        """The result, once the generation has run to its end.

        Raises:
            InkstandError: whatever ended it; `OutputInvalid` if the Struct refuses the value.

        """
        return typed_result(self._generating.result, self._struct)

    def cancel(self) -> None:
        """Stop the engine; the stream then ends with finish "cancelled"."""
        self._generating.cancel()

    def close(self) -> None:
        """Give up on the rest of the stream."""
        self._generating.close()

    def __iter__(self) -> Iterator[Chunk]:
        return self

    def __next__(self) -> Chunk:
        chunk: Chunk = next(self._generating)
        return chunk

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._generating, name)


def generate_as(
    generate: Callable[[GenerateRequest], GenerateResult],
    result: type[T],
    request: GenerateRequest | str,
    *,
    attempts: int = 2,
    **fields: Any,
) -> T:
    """Have `generate` write JSON that satisfies the Struct `result` and return it decoded.

    A text cut at the token limit is a failure even if it happens to decode. A host tries
    `attempts` times itself, and says so; tries are only made here where `generate` makes none.

    Raises:
        OutputInvalid: no attempt gave a valid text; `data["text"]` is the last one.

    """
    attempts = max(1, attempts)
    asked = msgspec.structs.replace(
        request_of(request, fields), schema=json_schema(result), attempts=min(attempts, 10)
    )
    text, cause = "", ""
    for attempt in range(attempts):
        try:
            answer = generate(_with_another_seed(asked, attempt))
        except OutputInvalid as error:
            if "attempts" in error.data:
                raise
            text, cause = error.data.get("text", ""), error.what
            continue
        text = answer.text
        if answer.value is not None:
            return _converted(answer, result)
        if answer.finish == "length":
            cause = f"It was cut off at the limit of {asked.max_tokens} tokens."
            continue
        try:
            return msgspec.json.decode(_object_in(text), type=result)
        except msgspec.DecodeError as error:
            cause = f"{str(error).rstrip('.')}."
    raise _invalid(result, cause, text)


def _converted(answer: GenerateResult, struct: type[T]) -> T:
    """The value that the host validated, as the Struct, which may have rules of its own."""
    try:
        return msgspec.convert(answer.value, struct)
    except msgspec.ValidationError as error:
        raise _invalid(struct, f"{str(error).rstrip('.')}.", answer.text) from error


def _invalid(struct: type[msgspec.Struct], cause: str, text: str) -> OutputInvalid:
    return OutputInvalid(
        f"The model did not write a valid {struct.__name__}.",
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
