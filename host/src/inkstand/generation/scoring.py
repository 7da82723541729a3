"""How texts for the same request are compared: scorers by name, a higher score being better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateResult

Scorer = Callable[[GenerateResult], float | None]
"""Gives the score of a text; None if it cannot be scored."""


def logprob(result: GenerateResult) -> float | None:
    """The mean log probability of its tokens: how sure the model was, whatever the length.

    Between models it is a rough guide: their tokens are not the same, and a small model may be
    surer of a worse text.
    """
    if not result.logprobs:
        return None
    return sum(token.logprob for token in result.logprobs) / len(result.logprobs)


def length(result: GenerateResult) -> float | None:
    """The number of its words."""
    return float(len(result.text.split()))


def schema_valid(result: GenerateResult) -> float | None:
    """1 for JSON as the schema wants it, 0.5 if it had to be mended, None if none was asked for.

    A text that does not satisfy its schema never comes this far: it is a failure.
    """
    if result.value is None:
        return None
    return 0.5 if result.repaired else 1.0


SCORERS: Mapping[str, Scorer] = MappingProxyType(
    {"logprob": logprob, "length": length, "schema-valid": schema_valid}
)


def scorer(name: str) -> Scorer:
    """The scorer of that name.

    Raises:
        UsageError: there is none; the nearest name is suggested.

    """
    if name in SCORERS:
        return SCORERS[name]
    near = get_close_matches(name, SCORERS, n=1)
    raise UsageError(
        f"There is no scorer {name!r}.",
        f"Did you mean {near[0]}?" if near else f"There are: {', '.join(SCORERS)}.",
        "For example: inkstand generate --best-of 4 --scorer logprob PROMPT",
    )
