"""The engine's complaints as the errors of the contract."""

from __future__ import annotations

from typing import Any

from inkstand_sdk.errors import EngineError, InkstandError, PromptTooLong, SchemaError, UsageError

_OVERFLOW = "exceed_context_size_error"
_TEMPLATE = ("template", "jinja", "conversation roles", "raise_exception")


def refused(error: dict[str, Any]) -> InkstandError:
    """The error for an `{"error": ...}` answer."""
    if error.get("type") == _OVERFLOW:
        return PromptTooLong.of(error["n_prompt_tokens"], error["n_ctx"])
    return _by_words(str(error.get("message", error)))


def raised(error: Exception) -> InkstandError:
    """The error for an exception out of the engine."""
    return _by_words(str(error))


def _by_words(words: str) -> InkstandError:
    lower = words.lower()
    if "grammar" in lower or "schema" in lower:
        return SchemaError(
            "The engine cannot follow this grammar.",
            f"It says: {words}",
            "Simplify the grammar, or use a JSON Schema.",
        )
    if any(word in lower for word in _TEMPLATE):
        return UsageError(
            "The model's chat template does not take these messages.",
            f"It says: {words}",
            "Many templates want user and assistant in turns and some no system message; a raw"
            " prompt (`--raw`) goes without the template.",
        )
    return EngineError(
        "The engine reported an error.", f"It says: {words}", "Try again, or another model."
    )
