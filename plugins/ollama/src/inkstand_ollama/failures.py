"""Ollama's complaints, and those of the connection, as the errors of the contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inkstand_ollama.address import unreachable
from inkstand_sdk.errors import (
    EngineError,
    InkstandError,
    LoadFailed,
    NotFound,
    OutOfMemory,
    PromptTooLong,
    RateLimited,
    SchemaError,
    TimedOut,
    Unavailable,
    UsageError,
)

if TYPE_CHECKING:
    import httpx

_TOO_LONG = ("longer than the context length", "exceeds the context", "exceeds the available")
_NUMBERS = re.compile(r"\((\d+) tokens\).*?\((\d+) tokens\)")
_NO_MEMORY = ("more system memory", "out of memory", "unable to allocate", "insufficient memory")
_SCHEMA = ("invalid format", "grammar", "json schema", "json_schema")


def refused(status: int, words: str, model: str) -> InkstandError:
    """The error for an answer with an `error`; a prompt that is too long is told apart before."""
    lower = words.lower()
    words = words if words.endswith((".", "!", "?")) else f"{words}."
    if status == 404 and "not found" in lower and "page" not in lower:
        return NotFound(
            f"Ollama has no model called {model}.",
            f"It says: {words}",
            f"See what it has with `ollama list`, or get it: ollama pull {model}",
        )
    if any(sign in lower for sign in _NO_MEMORY):
        return OutOfMemory(
            f"Ollama has not enough memory for {model} and its context.",
            f"It says: {words}",
            "Set a smaller `context_length`, close other programs, or take a smaller model.",
        )
    if any(sign in lower for sign in _SCHEMA):
        return SchemaError(
            "Ollama cannot hold the model to this schema.",
            f"It says: {words}",
            "Simplify the schema: types, enums, bounds, arrays and objects.",
        )
    if "does not support" in lower:
        return LoadFailed(
            f"{model} does not write text.",
            f"Ollama says: {words}",
            "Take a language model: ollama list",
        )
    if status == 429 or "busy" in lower:
        return RateLimited(
            "Ollama has too many requests waiting.", f"It says: {words}", "Try again in a while."
        )
    if status in (401, 403):
        return UsageError(
            "What answers for Ollama lets nobody in without a key.",
            f"It says: {words}",
            "Ollama itself wants none: name its own address in backends.ollama.base_url.",
        )
    if status in (502, 503, 504):
        return Unavailable(
            "Ollama cannot answer now.", f"It says: {words}", "Try again in a while."
        )
    if status == 400:
        return UsageError(
            "Ollama does not accept this request.", f"It says: {words}", "Change it accordingly."
        )
    return EngineError(
        "Ollama reported an error.",
        f"It says: {words}",
        "Try again, or another model; Ollama's own log may say more.",
    )


def says_too_long(words: str) -> bool:
    """Whether Ollama refuses a prompt because it does not fit."""
    return any(sign in words.lower() for sign in _TOO_LONG)


def too_long(words: str, estimate: int, context: int) -> PromptTooLong:
    """The error for a prompt that does not fit.

    Only some engines in Ollama say how many tokens it has; else that is estimated, and said so.
    """
    numbers = _NUMBERS.search(words)
    if numbers:
        return PromptTooLong.of(int(numbers[1]), int(numbers[2]))
    tokens = max(estimate, context)
    return PromptTooLong(
        f"The prompt is too long: it has about {tokens} tokens, by an estimate, and the model's"
        f" context holds {context}.",
        "Ollama refused it and does not say by how much. Nothing was generated.",
        "Shorten the prompt, or set a larger `context_length` if the model has one.",
        prompt_tokens=tokens,
        context_length=context,
        over_by=tokens - context + 1,
        exact=False,
    )


def was_cut(evaluated: int, estimate: int, context: int) -> PromptTooLong:
    """The error for a prompt that an old Ollama has cut in silence."""
    tokens = max(estimate, context)
    return PromptTooLong(
        f"Ollama read only {evaluated} tokens of a prompt that has about {tokens}, and cut off the"
        " rest.",
        f"The context holds {context} tokens, and this version of Ollama cuts in silence.",
        "Upgrade Ollama, shorten the prompt, or set a larger `context_length`.",
        prompt_tokens=tokens,
        context_length=context,
        over_by=tokens - context + 1,
        exact=False,
    )


def broken_off(error: httpx.HTTPError, url: str) -> InkstandError:
    """The error for a connection that failed."""
    import httpx

    words = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        lost = unreachable(url, words)
        # The host need not try again: what does not listen will not in a second.
        lost.data["tries"] = 1
        return lost
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(
            "Ollama did not answer in time.",
            "It may still be reading the prompt, or hang.",
            "Raise the time: inkstand config set backends.ollama.timeout SECONDS",
        )
    return EngineError(
        "The connection to Ollama broke off before the answer was finished.",
        f"The connection says: {words}.",
        "Ollama may have crashed or been stopped: look at its log, and try again.",
    )


def unreadable(detail: str) -> EngineError:
    """The error for an answer that is not what Ollama sends."""
    return EngineError(
        "What came is not an answer of Ollama's.",
        f"{detail}.",
        "See that base_url is the address of an Ollama, and that nothing stands between.",
    )
