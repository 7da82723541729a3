"""What the client raises, as the errors of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from inkstand_openai.keys import SERVICE, without_key
from inkstand_openai.limits import Overflow
from inkstand_openai.settings import OpenAISettings
from inkstand_sdk.errors import (
    EngineError,
    InkstandError,
    LoadFailed,
    NotFound,
    PromptTooLong,
    RateLimited,
    SchemaError,
    TimedOut,
    Unavailable,
    UsageError,
)
from inkstand_sdk.retry import wait_asked

if TYPE_CHECKING:
    import openai

_MAX_WORDS = 500
# In an error that came with a good status: its code and type, or its words.
_BUSY = ("429", "rate limit", "rate_limit", "too many requests")
_DOWN = ("502", "503", "529", "overloaded", "unavailable")


def shown(error: openai.APIError, key: str) -> str:
    """The server's own words, without the key and not without end."""
    body: Any = error.body
    words = body.get("message") if isinstance(body, dict) else None
    return without_key(str(words or error.message), key)[:_MAX_WORDS].strip().rstrip(".")


def refused(
    error: openai.APIStatusError, model: str, settings: OpenAISettings, key: str
) -> InkstandError:
    """The error for an answer with another status than 200."""
    status, says = error.status_code, f"It says: {shown(error, key)}."
    place = urlsplit(settings.base_url).netloc.rpartition("@")[2]
    if status == 401:
        return LoadFailed(
            f"{place} does not accept the key."
            if key
            else f"{place} wants a key, and there is none.",
            says,
            f"Store it: python -m keyring set {SERVICE} {settings.key_name or 'openai'}",
        )
    if status == 403:
        return LoadFailed(f"{place} does not allow this.", says, "See what your account may use.")
    if status == 404:
        return NotFound(
            f"{place} has no model called {model}, or does not serve this kind of request.",
            says,
            "Check the name and that base_url ends in /v1; newer models take no raw prompts.",
        )
    if status == 429:
        return RateLimited(
            f"{place} is busy or the quota is used up.",
            says,
            "Try again later, or see the quota.",
            **wait_asked(error.response.headers),
        )
    if 300 <= status < 400:
        return LoadFailed(
            f"{place} sends us elsewhere, which is not followed.",
            f"To: {error.response.headers.get('location', 'nowhere')}.",
            "Set base_url to where the endpoint really is.",
        )
    if "response_format" in says or "schema" in says.lower():
        return SchemaError(
            f"{place} cannot hold the model to this schema.", says, "Simplify the schema."
        )
    if status < 500:
        return UsageError(f"{place} does not accept this request.", says, "Change it accordingly.")
    return Unavailable(f"{place} failed (status {status}).", says, "Try again later.")


def too_long(overflow: Overflow, settings: OpenAISettings, estimate: int) -> PromptTooLong:
    """The error for a prompt that does not fit; what the server does not say is estimated."""
    context = overflow.context_length or settings.context_length
    if overflow.prompt_tokens and context:
        return PromptTooLong.of(overflow.prompt_tokens, context)
    tokens = max(overflow.prompt_tokens or estimate, context)
    holds = f"the model's context holds {context}" if context else "the server refuses it"
    return PromptTooLong(
        f"The prompt is too long: it has about {tokens} tokens, by an estimate, and {holds}.",
        "The server does not say by how much. Nothing was generated.",
        "Shorten the prompt, or take a model with a larger context.",
        prompt_tokens=tokens,
        context_length=context,
        over_by=tokens - context + 1 if context else 0,
        exact=False,
    )


def not_loaded(settings: OpenAISettings, error: Exception) -> LoadFailed:
    """The error for an endpoint that cannot be connected to when a model is loaded."""
    told = unreachable(settings, error)
    return LoadFailed(told.what, told.cause, told.fix)


def unreachable(settings: OpenAISettings, error: Exception) -> Unavailable:
    """The error for an endpoint that cannot be connected to any more."""
    cause = error.__cause__ or error
    return Unavailable(
        f"Nothing answers at {settings.base_url}.",
        f"{str(cause) or type(cause).__name__}.",
        "Start the server, or set its address: inkstand config set backends.openai.base_url URL",
    )


def timed_out(settings: OpenAISettings, limit: float | None) -> TimedOut:
    """The error for a server that is silent for too long: than the request's `limit`, if any."""
    return TimedOut(
        f"The server did not answer within {limit or settings.timeout:g} seconds.",
        "It may still be reading the prompt, or hang.",
        "Raise the time: inkstand config set backends.openai.timeout SECONDS",
    )


def broken_off(detail: str) -> EngineError:
    """The error for an answer that ended in the middle."""
    return EngineError(
        "The connection broke off before the answer was finished.",
        f"{detail.rstrip('.')}.",
        "Try again. What was written until then is kept.",
    )


def unreadable(detail: str) -> EngineError:
    """The error for an answer that is not one of this protocol."""
    return EngineError(
        "What came is not an answer of an OpenAI-compatible endpoint.",
        f"{detail.rstrip('.')}.",
        "See that base_url is right and ends in /v1, and that nothing stands between.",
    )


def reported(words: str, fault: Any) -> EngineError:
    """The error for an error that came in place of text; `fault` is the server's own object."""
    fields = fault if isinstance(fault, dict) else {}
    signs = f"{fields.get('code')} {fields.get('type')} {words}".lower()
    says = f"It says: {words.rstrip('.')}."
    if any(sign in signs for sign in _BUSY):
        return RateLimited("The server is busy.", says, "Try again later.")
    if any(sign in signs for sign in _DOWN):
        return Unavailable("The server cannot answer now.", says, "Try again later.")
    return EngineError("The server reported an error.", says, "Try again.")
