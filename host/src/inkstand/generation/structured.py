"""One request with a schema, at one model: how it is asked, what its text is worth, and again.

The tries of a request are counted here and nowhere else: whoever is told `OutputInvalid` with
`attempts` in its data need not ask again.
"""

from __future__ import annotations

from typing import Any

import msgspec

from inkstand.generation import asking
from inkstand.generation.mending import mended
from inkstand.generation.schema import fault_of
from inkstand_sdk.errors import OutputInvalid, SchemaError
from inkstand_sdk.messages import GenerateRequest

ATTEMPTS = 3
_SEEDS = 2**32 - 1
_ANOTHER = "Try again, another seed, or another model."


class Decoded(msgspec.Struct, frozen=True):
    """A value that satisfies its schema, and whether its text had to be mended to be read."""

    value: Any
    repaired: bool = False


class Structured:
    """A request whose answer is JSON.

    Args:
        request: It has a schema, which `schema.check` accepted.
        constrained: Whether the engine says that it holds a model to a schema. What it writes is
            checked like any other text.

    """

    def __init__(self, request: GenerateRequest, constrained: bool) -> None:
        self._request = request
        self._constrained = constrained
        self._schema: dict[str, Any] = request.schema if request.schema is not None else {}

    @property
    def attempts(self) -> int:
        """How often the request may be sent, the first time included."""
        return self._request.attempts or ATTEMPTS

    def asked(self) -> GenerateRequest:
        """The request for the engine: with the schema, or with the schema said in its prompt."""
        if self._constrained:
            return self._request
        return asking.in_prompt(self._request, self._schema)

    def unconstrained(self, error: SchemaError) -> Structured:
        """The same for an engine that cannot hold a model to this one schema, as `error` says.

        Raises:
            SchemaError: `error`, if asking in the prompt would not help either.

        """
        if not self._constrained:
            raise error
        return Structured(self._request, constrained=False)

    def decode(self, text: str, cut: bool) -> Decoded:
        """The value that `text` is, validated.

        Args:
            text: What the model wrote.
            cut: Whether it ended at the token limit: then it is a failure, valid or not.

        Raises:
            OutputInvalid: with the raw text in `data["text"]`.
            SchemaError: the schema cannot be applied to it, or not in time; with the text too.

        """
        try:
            return self._decoded(text, cut)
        except SchemaError as error:
            error.data["text"] = text
            raise

    def _decoded(self, text: str, cut: bool) -> Decoded:
        if cut:
            raise OutputInvalid(
                "The model's JSON was cut off at the token limit.",
                "The answer needs more tokens than it was given.",
                "Raise --max-tokens, or ask for less in the schema.",
                text=text,
                cut=True,
            )
        try:
            value = msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return self._mended(text, str(error))
        fault = fault_of(value, self._schema)
        if fault is None:
            return Decoded(value)
        raise OutputInvalid(
            f"The model's JSON does not satisfy the schema: {fault.message}.",
            f"The fault is at {fault.where}.",
            _ANOTHER,
            text=text,
        )

    def again(self, failure: OutputInvalid, attempt: int) -> GenerateRequest:
        """The request for another try, the fault told to the model.

        Args:
            failure: What `decode` said of the last text.
            attempt: How often it was sent before: 1, 2 ...

        """
        request = asking.told(self.asked(), failure)
        seed = request.sampling.seed
        if seed is None:
            return request
        sampling = msgspec.structs.replace(request.sampling, seed=(seed + attempt) % _SEEDS)
        return msgspec.structs.replace(request, sampling=sampling)

    def given_up(self, failure: OutputInvalid, attempts: int) -> OutputInvalid:
        """The error for the caller, when `attempts` tries were made and none was valid."""
        tries = f" It was asked {attempts} times." if attempts > 1 else ""
        return OutputInvalid(
            failure.what,
            failure.cause + tries,
            failure.fix,
            detail=failure.detail,
            **{**failure.data, "attempts": attempts},
        )

    def _mended(self, text: str, why: str) -> Decoded:
        found = mended(text, self._schema)
        if found is not None:
            return Decoded(found.value, repaired=True)
        raise OutputInvalid(
            f"The model did not write valid JSON: {why}.",
            "Its engine does not constrain the output, or failed to.",
            _ANOTHER,
            text=text,
        )
