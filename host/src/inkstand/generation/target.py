"""Where a request may go, and whether it can be answered there at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from inkstand.generation import schema as schemas
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.capabilities import BackendCapabilities
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateRequest
from inkstand_sdk.wrong_value import in_words


class Target(msgspec.Struct, frozen=True):
    """Where a request goes: a model's worker, what its backend can do, and what to say of it.

    `code` changes with the code that writes: the plugin, its files, and its engine.
    """

    spec: WorkerSpec
    model: str
    backend: str
    capabilities: BackendCapabilities
    notes: tuple[str, ...] = ()
    code: str = ""

    @property
    def context_length(self) -> int:
        """Tokens that its context holds, as far as is known before it is loaded; 0 if unknown."""
        asked = self.spec.settings.get("context_length")
        if isinstance(asked, int) and asked > 0:
            return asked
        return self.spec.model.context_length if self.spec.model is not None else 0


class Choice(msgspec.Struct, frozen=True):
    """A model that may answer: the name it was chosen by, and what finds it when its turn comes.

    `find` raises whatever keeps the model from being used: it is offline, not here, or broken.
    """

    name: str
    find: Callable[[], Target]


Chain = Sequence[Choice]
"""The models that may answer, in the order they are tried; never empty."""


def check(request: GenerateRequest) -> None:
    """Refuse a request that no model could answer.

    Raises:
        UsageError: it contradicts itself, or holds what is no text.
        SchemaError: its schema is no JSON Schema.

    """
    if request.schema is not None:
        schemas.check(request.schema)
    try:
        msgspec.convert(msgspec.to_builtins(request), GenerateRequest)
        _texts_of(request).encode()
    except msgspec.ValidationError as error:
        raise UsageError(f"The request is not valid: {in_words(error)}.", "", "") from error
    except UnicodeEncodeError as error:
        raise UsageError(
            "The request holds characters that are no text: halves of surrogate pairs.",
            "They come from bytes that were decoded with the wrong encoding.",
            "Decode them again, or replace them.",
        ) from error
    if request.prompt is None and not request.messages:
        raise UsageError("There is nothing to answer: no prompt and no messages.", "", "Give one.")
    if request.prompt is not None and request.messages:
        raise UsageError("A request has either a prompt or messages, not both.", "", "")
    if request.schema is not None and request.grammar is not None:
        raise UsageError(
            "A request has either a schema or a grammar, not both.",
            "They would constrain the same text in two ways.",
            "Leave one of them out.",
        )
    if any(not stop for stop in request.stop):
        raise UsageError("A stop string is empty.", "It would end every text at once.", "")


def check_for(request: GenerateRequest, target: Target) -> None:
    """Refuse a request that asks for what the target's backend cannot do.

    Raises:
        UsageError: it takes no grammars, or no adapters.

    """
    if request.grammar is not None and not target.capabilities.grammar:
        raise UsageError(
            f"The backend {target.backend} does not take grammars.",
            "",
            "Use a JSON Schema, or a backend that does: inkstand backends list",
        )
    if request.adapters and not target.capabilities.adapters:
        raise UsageError(
            f"The backend {target.backend} does not take adapters.",
            "",
            "Use a backend that does: inkstand backends list",
        )


def _texts_of(request: GenerateRequest) -> str:
    return "".join((request.prompt_text(), request.grammar or "", *request.stop))
