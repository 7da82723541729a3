"""Several texts for one request: who writes them, which wins, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand.generation.best_of import BestOf
from inkstand.studio import Studio
from inkstand_sdk.errors import Cancelled, InkstandError, LoadFailed, NotFound, UsageError
from inkstand_sdk.messages import GenerateRequest, Sampling
from inkstand_sdk.worker.protocol import Progress

WARM = Sampling(temperature=1.0)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


def best(studio: Studio, prompt: str, n: int, *models: str, **how: Any) -> BestOf:
    """The best of `n` texts."""
    job = studio.best_of(prompt, n, models=models, **{"sampling": WARM, **how})
    return job.result(60)


def test_the_best_text_wins_and_the_losers_are_kept_in_order(studio: Studio) -> None:
    found = best(studio, "request", 3, "scripted:small", scorer="length", schema=None)
    assert len(found.losers) == 2
    assert found.scores == tuple(sorted(found.scores, key=lambda s: s or 0, reverse=True))
    assert len({text.request_id for text in (found.winner, *found.losers)}) == 3


def test_each_text_has_a_seed_of_its_own_which_the_given_one_decides(studio: Studio) -> None:
    found = best(studio, "request", 4, "scripted:small", scorer="length")
    assert len({*found.seeds, None}) == 5
    for seed, text in zip(found.seeds, (found.winner, *found.losers), strict=True):
        assert f'"seed":{seed}' in text.text
    seeded = Sampling(temperature=1.0, seed=2**32 - 2)
    found = best(studio, "request", 3, "scripted:small", scorer="length", sampling=seeded)
    assert sorted(seed or 0 for seed in found.seeds) == [0, 1, 2**32 - 2]


def test_the_log_probability_of_a_token_decides_whatever_the_length(studio: Studio) -> None:
    found = best(studio, "a bb ccc", 2, "faulty:sure")
    assert found.scores == (-2.0, -2.0)
    assert [token.text for token in found.winner.logprobs] == ["a", "bb", "ccc"]


def test_models_take_turns_and_one_that_cannot_be_judged_stands_last(studio: Studio) -> None:
    found = best(studio, "say a", 4, "scripted:small", "faulty:sure")
    texts = (found.winner, *found.losers)
    assert [text.model for text in texts] == ["sure", "sure", "small", "small"]
    assert found.scores[2:] == (None, None)
    [note] = found.notes
    assert "scripted:small" in note


def test_a_model_that_fails_leaves_its_texts_out_and_says_so(studio: Studio) -> None:
    found = best(studio, "x", 4, "faulty:refuses", "faulty:well", scorer="length")
    assert [text.model for text in (found.winner, *found.losers)] == ["well", "well"]
    assert [failure.code for failure in found.failures] == ["load-failed", "load-failed"]
    assert any("missing" in note for note in found.notes)
    with pytest.raises(LoadFailed, match="2 models"):
        best(studio, "x", 2, "faulty:refuses", "faulty:busy", scorer="length")


def test_valid_json_scores_over_mended_json(studio: Studio) -> None:
    found = best(studio, '{"a": 1}', 1, "faulty:well", scorer="schema-valid", schema=SCHEMA)
    assert (found.winner.value, found.scores) == ({"a": 1}, (1.0,))
    found = best(studio, '{"a": 1,}', 1, "faulty:well", scorer="schema-valid", schema=SCHEMA)
    assert found.scores == (0.5,)


@pytest.mark.parametrize(
    ("n", "models", "how", "error", "hint"),
    [
        (0, ["faulty:sure"], {}, UsageError, "1 to 64"),
        (65, ["faulty:sure"], {}, UsageError, "1 to 64"),
        (1, ["faulty:sure", "faulty:well"], {}, UsageError, "at least one"),
        (2, ["faulty:sure"], {"scorer": "lenght"}, UsageError, "Did you mean length"),
        (2, ["scripted:small"], {}, UsageError, "scripted does not give"),
        (2, ["faulty:sure"], {"scorer": "schema-valid"}, UsageError, "needs a schema"),
        (2, ["faulty:sure"], {"sampling": Sampling(temperature=0.0)}, UsageError, "temperature"),
        (2, ["faulty:sure"], {"preset": "deterministic", "sampling": Sampling()}, UsageError, "0"),
        (2, ["faulty:sure", "nobody"], {}, NotFound, "nobody"),
    ],
)
def test_what_leaves_nothing_to_choose_is_refused_before_anything_starts(
    studio: Studio,
    n: int,
    models: list[str],
    how: dict[str, Any],
    error: type[InkstandError],
    hint: str,
) -> None:
    with pytest.raises(error, match=hint):
        best(studio, "x", n, *models, **how)
    assert studio.live_workers() == []


def test_several_models_may_each_write_once_with_temperature_0(studio: Studio) -> None:
    greedy = Sampling(temperature=0.0)
    found = best(studio, "x", 2, "faulty:sure", "faulty:well", scorer="length", sampling=greedy)
    assert len(found.losers) == 1


def test_texts_drawn_by_chance_are_not_cached(studio: Studio) -> None:
    best(studio, "x", 2, "faulty:well", scorer="length")
    assert studio.cache.stats().entries == 0


def test_a_wrong_request_ends_all(studio: Studio) -> None:
    with pytest.raises(UsageError, match="no question"):
        best(studio, "x", 4, "faulty:refused", scorer="length")


def test_progress_is_told_and_a_cancel_stops_every_text(studio: Studio) -> None:
    job = studio.best_of("x", 3, models=["faulty:well"], scorer="length", sampling=WARM)
    told = [event for event in job.events() if isinstance(event, Progress)]
    assert told[-1].fraction == 1.0
    job = studio.best_of("forever", 3, models=["scripted:small"], scorer="length")
    assert next(job.events())
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(60)


def test_a_seeded_contest_gives_the_same_result_from_the_cache(
    studio: Studio, tmp_path: Path, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    seeded = GenerateRequest.of("a b", sampling=Sampling(temperature=1.0, seed=7))
    first = studio.best_of(seeded, 2, models=["faulty:sure"]).result(60)
    eventually(lambda: studio.cache.stats().entries == 2)
    again = studio.best_of(seeded, 2, models=["faulty:sure"]).result(60)
    assert again.scores == first.scores
    assert again.winner.cached
