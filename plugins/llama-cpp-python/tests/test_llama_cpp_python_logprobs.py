"""Log probabilities are the model's own, whatever is done to them before a token is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from inkstand_llama_cpp_python import model as model_module
from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_llama_cpp_python.model import TILES_NOTE
from inkstand_llama_cpp_python.settings import LlamaCppPythonSettings
from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.messages import Sampling, TokenLogprob
from inkstand_sdk.testing.backend_case import GREEDY, Subject

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


def load() -> Subject:
    backend = LlamaCppPython()
    settings = LlamaCppPythonSettings(threads=1)
    model = Model(id="pocket", format="gguf", path=str(POCKET))
    return Subject(backend, backend.load(model, settings))


@pytest.fixture(scope="module")
def subject() -> Iterator[Subject]:
    loaded = load()
    yield loaded
    loaded.backend.close()


def told(subject: Subject, prompt: str, **fields: Any) -> list[TokenLogprob]:
    fields = {"max_tokens": 8, "sampling": GREEDY, "logprobs": 3, **fields}
    run = subject.run(GenerateRequest.of(prompt, raw=True, **fields))
    return [token for chunk in run.chunks for token in chunk.logprobs]


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=1.8, top_k=1),
        Sampling(temperature=0.1, top_p=0.1, seed=3),
        Sampling(temperature=0, repeat_penalty=1.000001),
    ],
    ids=["heat", "filters", "penalties"],
)
def test_sampling_does_not_change_what_the_model_itself_gave(
    subject: Subject, sampling: Sampling
) -> None:
    plain = told(subject, "It was a", max_tokens=1)[0]
    sampled = told(subject, "It was a", max_tokens=1, sampling=sampling)[0]
    assert [other.text for other in sampled.top] == [other.text for other in plain.top]
    for one, other in zip(sampled.top, plain.top, strict=True):
        assert one.logprob == pytest.approx(other.logprob, abs=1e-4)


def test_an_unlikely_token_tells_its_own_weight_below_its_alternatives(subject: Subject) -> None:
    token = told(subject, "It was a", max_tokens=1, grammar='root ::= "@"')[0]
    assert token.text == "@"
    assert token.logprob < token.top[-1].logprob


def test_a_grammar_does_not_change_the_alternatives(subject: Subject) -> None:
    free = told(subject, "It was a", max_tokens=1)[0]
    held = told(subject, "It was a", max_tokens=1, grammar='root ::= "@"')[0]
    assert [other.text for other in held.top] == [other.text for other in free.top]


def test_probabilities_add_up_to_no_more_than_one(subject: Subject) -> None:
    for token in told(subject, "It was a", logprobs=20):
        total = sum(math.exp(other.logprob) for other in token.top)
        assert 0.1 < total <= 1.000001
        assert len({other.text for other in token.top}) == 20


def test_requests_that_share_a_batch_are_each_told_their_own(subject: Subject) -> None:
    prompts = ["It was a", "The old man said", "Ann", "No,"]
    alone = [told(subject, prompt) for prompt in prompts]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda prompt: told(subject, prompt), prompts))
    for one, other in zip(alone, together, strict=True):
        assert other[0].text == one[0].text
        assert other[0].logprob == pytest.approx(one[0].logprob, abs=0.05)


def test_a_kernel_that_does_not_run_here_is_said_once_and_not_with_every_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_module, "tiles_work", lambda _lib: False)
    subject = load()
    notes = [
        subject.run(GenerateRequest.of("It", raw=True, max_tokens=1)).finish.notes for _ in "ab"
    ]
    subject.backend.close()
    assert TILES_NOTE not in subject.loaded.notes
    assert [TILES_NOTE in said for said in notes] == [True, False]
