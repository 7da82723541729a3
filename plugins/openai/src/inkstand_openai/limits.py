"""Numbers in refusals: how long the prompt is, and how much the context holds."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_CONTEXT = (
    r"maximum context length (?:is|of) (\d+)",
    r"context (?:length|window|size)[^\d]{0,20}(\d+) tokens",
    r"limit of (\d+) tokens",
    r"available context size \((\d+) tokens",
)
_PROMPT = (
    r"messages resulted in (\d+)",
    r"your request has (\d+) input",
    r"\((\d+) in the (?:messages|prompt)",
    r"prompt contains (?:at least )?(\d+)",
    r"(?:requested|passed) (\d+) (?:input )?tokens",
    r"request \((\d+) tokens\)",
)
_SIGNS = (
    "context_length_exceeded", "maximum context length", "exceed_context_size", "context size",
    "exceeds the context", "context window", "input tokens exceed", "too many tokens",
)  # fmt: skip


class Overflow(msgspec.Struct, frozen=True):
    """That something did not fit; the numbers are 0 where the server does not tell them."""

    prompt_tokens: int = 0
    context_length: int = 0

    @property
    def prompt_fits(self) -> bool:
        """Whether the prompt alone would have fit, so that only the answer was too long."""
        return 0 < self.prompt_tokens < self.context_length


def overflow_of(message: str, body: Any) -> Overflow | None:
    """What a refusal says of the context; None if it is about something else."""
    fields = body if isinstance(body, dict) else {}
    words = f"{message} {fields.get('code')} {fields.get('type')}".lower()
    if not any(sign in words for sign in _SIGNS):
        return None
    prompt = fields.get("n_prompt_tokens") or _first(_PROMPT, words)
    context = fields.get("n_ctx") or _first(_CONTEXT, words)
    return Overflow(int(prompt or 0), int(context or 0))


def _first(patterns: tuple[str, ...], words: str) -> int:
    words = re.sub(r"(?<=\d),(?=\d{3})", "", words)
    for pattern in patterns:
        found = re.search(pattern, words)
        if found:
            return int(found[1])
    return 0
