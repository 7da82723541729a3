"""When one model cannot answer: whether another may, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from inkstand.generation.target import Chain, Target, check_for
from inkstand_sdk.errors import (
    Cancelled,
    InkstandError,
    InputError,
    PromptTooLong,
    SchemaError,
    UsageError,
)
from inkstand_sdk.messages import Failure, GenerateRequest, Usage

# What no other model mends: the request is wrong, the machine is, or nobody wants the answer.
_FINAL = (UsageError, SchemaError, InputError, Cancelled)


class Failed(msgspec.Struct, frozen=True):
    """A model that was tried in vain, and why. `backend` is empty, and `model` as it was chosen,
    where it could not even be found. `usage` is what it used up all the same.
    """

    model: str
    backend: str
    error: InkstandError
    usage: Usage = Usage()

    @property
    def title(self) -> str:
        """The model as people name it."""
        return f"{self.backend}:{self.model}" if self.backend else self.model

    def to_failure(self) -> Failure:
        """The same for a result."""
        return Failure(self.model, self.backend, self.error.code, self.error.what)


class Walk:
    """The way down a chain: each model once, those passed over noted in `failed`.

    Args:
        chain: The models that may answer.
        request: What is asked of them.

    """

    def __init__(self, chain: Chain, request: GenerateRequest) -> None:
        self.failed: list[Failed] = []
        self._chain = chain
        self._request = request
        self._first: Target | None = None

    def find_first(self) -> None:
        """Find the chain's first model, so that what is wrong with it is told at once.

        Raises:
            UsageError: its name fits several models, or it cannot do what is asked.
            InkstandError: it cannot be used, and there is no other.

        """
        try:
            self._first = self._chain[0].find()
        except InkstandError as error:
            if len(self._chain) == 1 or not may_help(error):
                raise
            self.failed.append(Failed(self._chain[0].name, "", error))
        else:
            check_for(self._request, self._first)

    def targets(self) -> Iterator[Target]:
        """Each model that may answer, found when it is its turn."""
        seen: set[str] = set()
        if self._first is not None:
            seen.add(self._first.spec.key)
            yield self._first
        for choice in self._chain[1:]:
            target = None
            try:
                target = choice.find()
                if target.spec.key in seen:
                    continue
                seen.add(target.spec.key)
                check_for(self._request, target)
                _check_room(target, self.failed)
            except Cancelled:
                raise
            # A name in the chain that fits two models, say, is no reason to give no answer.
            except InkstandError as error:
                known = (choice.name, "") if target is None else (target.model, target.backend)
                self.failed.append(Failed(*known, error))
                continue
            yield target


def may_help(error: InkstandError) -> bool:
    """Whether another model might answer where this error came up."""
    return not isinstance(error, _FINAL)


def _check_room(target: Target, failed: Sequence[Failed]) -> None:
    """Raise `PromptTooLong` if the context is no longer than one that was too short.

    Tokenizers differ, so a longer context is always tried, and so is one that is not known.
    """
    tried = [
        length
        for each in failed
        if isinstance(each.error, PromptTooLong)
        and isinstance(length := each.error.data.get("context_length"), int)
    ]
    if tried and 0 < target.context_length <= max(tried):
        raise PromptTooLong(
            f"It was not tried: its context holds {target.context_length} tokens, no more than"
            " one that the prompt did not fit.",
            "",
            "Shorten the prompt, or add a model with a longer context to the chain.",
            context_length=target.context_length,
        )


def note_of(failed: Sequence[Failed], model: str, backend: str) -> str:
    """A sentence that says who wrote, and why those before it did not."""
    whys = " ".join(f"{each.title} could not: {each.error.what}" for each in failed)
    return f"{backend}:{model} wrote this. {whys}"


def all_failed(failed: Sequence[Failed]) -> InkstandError:
    """One error for a chain of which no model could answer; of the first one's class.

    `data["failures"]` names each model with its error's code and its reason.
    """
    first = failed[0].error
    if len(failed) == 1:
        return first
    details = [f"{each.title}:\n{each.error.detail}" for each in failed if each.error.detail]
    return type(first)(
        f"None of {len(failed)} models could answer.",
        " ".join(f"{each.title}: {each.error.what}" for each in failed),
        next((each.error.fix for each in failed if each.error.fix), ""),
        detail="\n".join(details),
        **{**first.data, "failures": listed(failed)},
    )


def listed(failed: Sequence[Failed]) -> list[dict[str, Any]]:
    """The failures as JSON values, for `InkstandError.data`."""
    failures: list[dict[str, Any]] = [msgspec.to_builtins(each.to_failure()) for each in failed]
    return failures
