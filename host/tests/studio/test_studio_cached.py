"""Requests that were made before: answered from the output cache, marked, and only where right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from inkstand.studio import Studio
from inkstand_sdk.errors import OutputInvalid
from inkstand_sdk.messages import GenerateRequest, Sampling

MODEL = "scripted:small"
GREEDY = Sampling(temperature=0.0)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
Eventually = Callable[[Callable[[], bool]], None]
Make = Callable[..., Studio]


def kept(studio: Studio, eventually: Eventually, entries: int = 1) -> None:
    """Wait until so many results are stored."""
    eventually(lambda: studio.cache.stats().entries == entries)


def test_the_same_request_is_answered_from_the_cache_and_marked(
    studio: Studio, eventually: Eventually
) -> None:
    first = studio.generate("pid", model=MODEL, sampling=GREEDY, id="one").result
    kept(studio, eventually)
    studio.stop_workers()
    generation = studio.generate("pid", model=MODEL, sampling=GREEDY, id="two")
    chunks = list(generation)
    again = generation.result
    assert (first.cached, again.cached) == (False, True)
    assert again.text == first.text
    assert (again.request_id, again.load_ms, again.retries) == ("two", 0.0, 0)
    assert [chunk.text for chunk in chunks] == [first.text, ""]
    assert chunks[-1].finish is not None
    assert not [each for each in studio.live_workers() if each.kind == "backend"]


def test_another_process_finds_it_too(make_studio: Make, eventually: Eventually) -> None:
    one, other = make_studio(), make_studio()
    first = one.generate("pid", model=MODEL, sampling=GREEDY).result
    kept(one, eventually)
    assert other.generate("pid", model=MODEL, sampling=GREEDY).result.text == first.text


@pytest.mark.parametrize(
    "fields",
    [{}, {"sampling": GREEDY, "cache": "off"}, {"sampling": Sampling(temperature=0.7)}],
    ids=["no sampling", "off", "warm"],
)
def test_what_is_not_to_be_repeated_is_written_anew(
    studio: Studio, tmp_path: Path, fields: dict[str, object]
) -> None:
    request = GenerateRequest.of(f"{tmp_path / 'asked'} 0 {{}}", **fields)  # type: ignore[arg-type]
    texts = [studio.generate(request, model="faulty:passing").result.text for _ in range(2)]
    assert texts == ["at last, at time 1", "at last, at time 2"]


def test_a_presets_temperature_or_seed_counts(studio: Studio, eventually: Eventually) -> None:
    request = GenerateRequest.of("pid", preset="deterministic")
    assert not studio.generate(request, model=MODEL).result.cached
    kept(studio, eventually)
    assert studio.generate(request, model=MODEL).result.cached


def test_a_result_that_hooks_changed_is_not_changed_again(
    studio: Studio, eventually: Eventually
) -> None:
    request = GenerateRequest.of("write AFTER-CHANGES", sampling=GREEDY)
    assert studio.generate(request, model=MODEL).result.text == "changed after"
    kept(studio, eventually)
    again = studio.generate(request, model=MODEL).result
    assert (again.text, again.cached) == ("changed after", True)


def test_a_fallbacks_text_is_found_under_its_own_model_without_what_failed_that_time(
    studio: Studio, eventually: Eventually
) -> None:
    request = GenerateRequest.of("x", sampling=GREEDY)
    first = studio.generate(request, model="faulty:refuses", fallback=["faulty:well"]).result
    assert len(first.failures) == 1
    kept(studio, eventually)
    alone = studio.generate(request, model="faulty:well").result
    assert (alone.cached, alone.failures, alone.notes) == (True, (), ())
    again = studio.generate(request, model="faulty:busy", fallback=["faulty:well"]).result
    assert again.cached
    assert [failure.model for failure in again.failures] == ["busy"]
    assert "faulty:busy could not" in again.notes[0]


def test_neither_a_failure_nor_a_cancelled_text_is_kept(studio: Studio) -> None:
    generation = studio.generate("forever", model=MODEL, sampling=GREEDY)
    assert next(chunk for chunk in generation if chunk.text)
    generation.cancel()
    assert generation.result.finish == "cancelled"
    with pytest.raises(OutputInvalid):
        _ = studio.generate("say x", model=MODEL, sampling=GREEDY, schema=SCHEMA, attempts=1).result
    assert studio.cache.stats().entries == 0


def test_a_value_is_found_again_with_its_text(studio: Studio, eventually: Eventually) -> None:
    for cached in (False, True):
        result = studio.generate(
            'write {"a": 1,}', model=MODEL, sampling=GREEDY, schema=SCHEMA
        ).result
        assert (result.value, result.repaired, result.cached) == ({"a": 1}, True, cached)
        kept(studio, eventually)


def test_a_cancelled_request_is_not_answered_from_the_cache(
    studio: Studio, eventually: Eventually
) -> None:
    assert studio.generate("say x", model=MODEL, sampling=GREEDY).result.text == "x "
    kept(studio, eventually)
    generation = studio.generate("say x", model=MODEL, sampling=GREEDY)
    generation.cancel()
    assert (generation.result.finish, generation.result.text) == ("cancelled", "")


@pytest.mark.parametrize("prompt", ["say HOOK-RAISES", "say AFTER-RAISES"])
def test_what_a_plugin_failed_to_take_part_in_is_not_kept(studio: Studio, prompt: str) -> None:
    for _ in range(2):
        result = studio.generate(prompt, model=MODEL, sampling=GREEDY).result
        assert not result.cached
        assert any("was skipped" in note for note in result.notes)
    assert studio.cache.stats().entries == 0
