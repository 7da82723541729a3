"""What is written down of one generation: its rows of usage, its receipt, its line in the log."""

from __future__ import annotations

import os
import traceback
from typing import Any

import msgspec

from inkstand.generation.recorder import Recorded
from inkstand.records.receipts import Receipt, blocks_of
from inkstand.records.usage import Call
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Usage

# What an error says is only logged if it shares no stretch of this many characters with a text.
_QUOTE = 16
# What of an error's data is logged: numbers, and never a text.
_KEPT_DATA = (
    "prompt_tokens", "context_length", "over_by", "signal", "exit_code", "pid", "retry_after",
)  # fmt: skip


def calls_of(recorded: Recorded) -> list[Call]:
    """A row for each model that was asked: those tried in vain, then the last one."""
    result = recorded.result
    failed = list(recorded.failed)
    last = (recorded.backend, recorded.model)
    outcome = recorded.outcome
    if result is None and failed and (failed[-1].backend, failed[-1].model) == last:
        outcome = failed.pop().error.code
    tried = [
        _with(_call(recorded, each.backend, each.model, each.error.code), each.usage)
        for each in failed
    ]
    if result is None:
        usage = recorded.usage or Usage()
        return [*tried, _with(_call(recorded, *last, outcome), usage)]
    call = msgspec.structs.replace(
        _call(recorded, result.backend, result.model, outcome),
        first_token_ms=result.first_token_ms,
        total_ms=result.total_ms,
        load_ms=result.load_ms,
        tokens_per_second=result.tokens_per_second,
        from_cache=result.cached,
    )
    return [*tried, call if result.cached else _with(call, result.usage)]


def _call(recorded: Recorded, backend: str, model: str, outcome: str) -> Call:
    # Where a model that was tried in vain before it was is not known here.
    spec = recorded.spec
    remote = (
        spec is not None and spec.remote and (backend, model) == (recorded.backend, recorded.model)
    )
    return Call(
        at=recorded.at,
        request_id=recorded.request.id,
        backend=backend,
        model=model,
        outcome=outcome,
        tool=recorded.tool,
        run=recorded.run,
        remote=remote,
    )


def _with(call: Call, usage: Usage) -> Call:
    return msgspec.structs.replace(
        call,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=usage.cached_tokens,
        exact=usage.exact,
        cost=usage.cost,
    )


def receipt_of(recorded: Recorded) -> Receipt:
    """The receipt, its blocks not counted yet."""
    sent = recorded.sent or recorded.request
    receipt = Receipt(
        request_id=recorded.request.id,
        at=recorded.at,
        backend=recorded.backend,
        model=recorded.model,
        outcome=recorded.outcome,
        tool=recorded.tool,
        run=recorded.run,
        blocks=blocks_of(sent),
        dropped=sent.dropped,
        changed=(sent.prompt, sent.messages)
        != (recorded.request.prompt, recorded.request.messages),
    )
    result = recorded.result
    if result is None:
        return receipt
    receipt = msgspec.structs.replace(
        receipt,
        backend=result.backend,
        model=result.model,
        from_cache=result.cached,
        written=result.usage.completion_tokens,
    )
    # One that was cancelled may have been stopped in the middle of its prompt.
    usage = recorded.last_usage
    if usage is None or result.finish not in ("stop", "length") or not usage.prompt_tokens:
        return receipt
    return msgspec.structs.replace(
        receipt,
        evaluated=usage.prompt_tokens,
        evaluated_exact=usage.exact,
        cached=usage.cached_tokens,
    )


def said_of(recorded: Recorded) -> tuple[str, str, str, dict[str, Any]]:
    """What the log says: level, message, a traceback or "", and numbers. Never a text."""
    data: dict[str, Any] = {"backend": recorded.backend, "model": recorded.model}
    if recorded.tool:
        data["tool"] = recorded.tool
    if recorded.failed:
        tried = [f"{one.backend}:{one.model} {one.error.code}" for one in recorded.failed]
        data["failures"] = tried
    if (result := recorded.result) is not None:
        data |= {
            "finish": result.finish,
            "tokens_in": result.usage.prompt_tokens,
            "tokens_out": result.usage.completion_tokens,
            "first_token_ms": result.first_token_ms,
            "total_ms": result.total_ms,
            "retries": result.retries,
            "from_cache": result.cached,
        }
        return "info", "generated", "", data
    error = recorded.error
    data["error"] = recorded.outcome
    if error is None:
        return "error", "failed", "", data
    data |= {name: error.data[name] for name in _KEPT_DATA if name in error.data}
    texts = _texts(recorded, error)
    data["what"] = "(it quotes the text)" if _quotes(error.what, texts) else error.what
    detail = ""
    if os.environ.get("INKSTAND_DEBUG") == "1":
        trace = "".join(traceback.format_exception(error))
        detail = "" if _quotes(trace, texts) else trace
    return "info" if error.code == "cancelled" else "error", "failed", detail, data


def _texts(recorded: Recorded, error: InkstandError) -> list[str]:
    """What was asked and what was written, which no log is to hold."""
    asked = [each.prompt_text() for each in (recorded.request, recorded.sent) if each is not None]
    written = [error.data.get("written"), error.data.get("text")]
    return [*asked, *(text for text in written if isinstance(text, str))]


def _quotes(said: str, texts: list[str]) -> bool:
    """Whether `said` shares a stretch of text with one of `texts`, or holds a short one whole."""
    if any(text.strip() and text.strip() in said for text in texts if len(text) < _QUOTE):
        return True
    starts = range(max(0, len(said) - _QUOTE + 1))
    return any(said[start : start + _QUOTE] in text for text in texts for start in starts)
