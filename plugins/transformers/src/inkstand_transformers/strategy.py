"""What a request's `Sampling` comes to with the model that is loaded."""

# Imported only when a model is loaded: the searches need torch.
from __future__ import annotations

from typing import Any

import msgspec

from inkstand_sdk.messages import Sampling
from inkstand_transformers.decoder import Decoder
from inkstand_transformers.sampling import sampling_notes, unsupported, with_defaults
from inkstand_transformers.search import BeamSearch, ContrastiveSearch, Search

_CANDIDATES = 4  # of contrastive search, as its authors had it
_MOST_CANDIDATES = 64  # each is evaluated at every token
_DRAWN = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "typical_p",
    "mirostat",
)  # idle where nothing is drawn


class Strategy(msgspec.Struct, frozen=True):
    """How tokens are chosen: drawn as `sampling` says, or by `search` if there is one.

    `unsupported` are the fields that do nothing with this model, `notes` sentences for the user.
    """

    sampling: Sampling
    search: Search | None = None
    unsupported: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def choose_strategy(asked: Sampling, model_defaults: dict[str, Any], decoder: Decoder) -> Strategy:
    """The strategy for what was asked; a search is new each time."""
    lacking = unsupported(asked)
    if not decoder.branches and (asked.beams or 1) > 1:
        lacking += ("beams",)
    if not decoder.shows and asked.penalty_alpha:
        lacking += ("penalty_alpha",)
    sampling = with_defaults(asked, model_defaults)
    if decoder.branches and (asked.beams or 1) > 1:
        idle = _idle(asked, "Beam search", *_DRAWN, "penalty_alpha")
        return Strategy(sampling, BeamSearch(asked.beams or 1), lacking, idle)
    if asked.penalty_alpha == 0:
        greedy = msgspec.structs.replace(sampling, temperature=0.0)
        return Strategy(greedy, None, lacking, sampling_notes(asked))
    if decoder.shows and asked.penalty_alpha:
        names = tuple(name for name in _DRAWN if name != "top_k")
        idle = _idle(asked, "Contrastive search", *names)
        wanted = asked.top_k if asked.top_k is not None else _CANDIDATES
        count = min(wanted or _MOST_CANDIDATES, _MOST_CANDIDATES)
        if count != wanted:
            idle += (
                f"Contrastive search weighs {count} candidates at most, not {wanted or 'all'}.",
            )
        return Strategy(sampling, ContrastiveSearch(asked.penalty_alpha, count), lacking, idle)
    return Strategy(sampling, None, lacking, sampling_notes(asked))


def _idle(asked: Sampling, search: str, *names: str) -> tuple[str, ...]:
    given = [name for name in names if getattr(asked, name)]
    return (f"{search} draws nothing, so {', '.join(given)} did nothing.",) if given else ()
