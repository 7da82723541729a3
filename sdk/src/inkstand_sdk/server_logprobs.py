"""Log probabilities as servers write them, in any of their three forms, as `TokenLogprob`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inkstand_sdk.messages import Alternative, TokenLogprob


def token_logprobs(told: Any, alternatives: int) -> tuple[TokenLogprob, ...]:
    """What an event tells of its tokens, with at most so many `alternatives` each.

    Known are OpenAI's form for chats, an object with a list `content`; that list alone, as Ollama
    writes it; and the older form for completions, an object with the lists `tokens`,
    `token_logprobs` and `top_logprobs`. What is none of these tells nothing.
    """
    if isinstance(told, dict):
        if isinstance(told.get("tokens"), list):
            return _of_columns(told, alternatives)
        told = told.get("content")
    if not isinstance(told, list):
        return ()
    return tuple(_of_entry(entry, alternatives) for entry in told if _is_token(entry))


def _of_entry(entry: dict[str, Any], alternatives: int) -> TokenLogprob:
    others = [other for other in entry.get("top_logprobs") or () if _is_token(other)]
    top = [Alternative(_text(other), _logprob(other["logprob"])) for other in others]
    return TokenLogprob(_text(entry), _logprob(entry["logprob"]), tuple(top[:alternatives]))


def _of_columns(told: dict[str, Any], alternatives: int) -> tuple[TokenLogprob, ...]:
    texts, values = told.get("tokens") or (), told.get("token_logprobs") or ()
    others: Sequence[Any] = told.get("top_logprobs") or [None] * len(texts)
    return tuple(
        TokenLogprob(str(text), _logprob(value), _ranked(top, alternatives))
        for text, value, top in zip(texts, values, others, strict=False)
        if isinstance(value, int | float)
    )


def _ranked(top: Any, alternatives: int) -> tuple[Alternative, ...]:
    pairs = top.items() if isinstance(top, dict) else ()
    ranked = sorted(pairs, key=lambda pair: -pair[1])
    return tuple(Alternative(text, _logprob(value)) for text, value in ranked[:alternatives])


def _is_token(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("logprob"), int | float)


def _text(entry: dict[str, Any]) -> str:
    """The token's text: of its bytes, if it has any, since servers write half characters oddly."""
    data = entry.get("bytes")
    if isinstance(data, list) and all(isinstance(b, int) and 0 <= b < 256 for b in data):
        return bytes(data).decode("utf-8", "replace")
    return str(entry.get("token") or "")


def _logprob(value: float) -> float:
    """Never above 0, where rounding may have put it."""
    return min(0.0, float(value))
