"""Beam search and contrastive search: held to what they are defined as."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import Chunk, GenerateRequest, Model, Sampling
from inkstand_sdk.errors import LoadFailed
from inkstand_sdk.messages import Mirostat
from inkstand_sdk.testing.backend_case import Run, Subject
from inkstand_transformers.backend import Transformers

pytestmark = pytest.mark.filterwarnings("ignore")
PROMPTS = ("The old man said that the sea", "It was a dark night, and the", "She")
LENGTH = 24
GREEDY = Sampling(temperature=0)
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 6}},
    "required": ["name"],
    "additionalProperties": False,
}


def opened(folder: Path, **settings: Any) -> Subject:
    backend = Transformers()
    model = Model(id="tiny", format="safetensors", path=str(folder))
    return Subject(backend, backend.load(model, Transformers.Settings(threads=1, **settings)))


@pytest.fixture(scope="module")
def llama(writer: Callable[[str], Path]) -> Iterator[Subject]:
    subject = opened(writer("llama2"))
    yield subject
    subject.backend.close()


def asked(prompt: str, sampling: Sampling, **fields: Any) -> GenerateRequest:
    return GenerateRequest.of(
        prompt, raw=True, **{"max_tokens": LENGTH, "sampling": sampling, **fields}
    )


def total(run: Run) -> float:
    return sum(token.logprob for chunk in run.chunks for token in chunk.logprobs)


def own_beam_search(folder: Path, prompt: str, beams: int) -> str:
    """What transformers' own beam search finds."""
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    config = transformers.AutoConfig.from_pretrained(folder)
    auto = (
        transformers.AutoModelForSeq2SeqLM
        if config.is_encoder_decoder
        else transformers.AutoModelForCausalLM
    )
    model = auto.from_pretrained(folder, dtype=torch.float32).eval()
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    written = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=LENGTH,
        do_sample=False,
        num_beams=beams,
    )[0]
    fresh = written[1:] if config.is_encoder_decoder else written[ids.shape[1] :]
    return str(tokenizer.decode(fresh, skip_special_tokens=True))


@pytest.mark.parametrize("family", ["llama2", "gpt2", "gemma3", "falcon-alibi", "t5", "bart"])
def test_beam_search_finds_what_transformers_own_finds(
    family: str, tiny: Callable[[str], Path]
) -> None:
    subject = opened(tiny(family))
    try:
        for prompt, beams in itertools.product(PROMPTS, (2, 5)):
            found = subject.run(asked(prompt, Sampling(beams=beams))).text
            assert found == own_beam_search(tiny(family), prompt, beams)
    finally:
        subject.backend.close()


def test_beam_search_finds_texts_at_least_as_likely_as_the_greedy_one(llama: Subject) -> None:
    gained = 0.0
    for prompt in PROMPTS:
        greedy = total(llama.run(asked(prompt, GREEDY, logprobs=0)))
        found = total(llama.run(asked(prompt, Sampling(beams=6), logprobs=0)))
        assert found >= greedy - 1e-3
        gained += found - greedy
    assert gained > 0.1


def test_one_beam_and_no_penalty_are_greedy(llama: Subject) -> None:
    for prompt in PROMPTS:
        greedy = llama.run(asked(prompt, GREEDY)).text
        assert llama.run(asked(prompt, Sampling(temperature=0, beams=1))).text == greedy
        assert llama.run(asked(prompt, Sampling(penalty_alpha=0, top_k=5))).text == greedy
        assert llama.run(asked(prompt, Sampling(penalty_alpha=0.6, top_k=1))).text == greedy


def contrastive(folder: Path, prompt: str, alpha: float, candidates: int) -> str:
    """Contrastive search word for word after its paper, evaluating everything anew."""
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    begin = ids.shape[1]
    with torch.inference_mode():
        for _ in range(LENGTH):
            chances = torch.softmax(model(ids).logits[0, -1], dim=0)
            best: tuple[float, int] = (-10.0, 0)
            for chance, token in zip(
                *(part.tolist() for part in chances.topk(candidates)), strict=True
            ):
                longer = torch.cat([ids, torch.tensor([[token]])], dim=1)
                hidden = model(longer, output_hidden_states=True).hidden_states[-1][0]
                alike = torch.nn.functional.cosine_similarity(hidden[-1:], hidden[:-1]).max()
                best = max(best, ((1 - alpha) * chance - alpha * float(alike), token))
            ids = torch.cat([ids, torch.tensor([[best[1]]])], dim=1)
            if best[1] == tokenizer.eos_token_id:
                break
    return str(tokenizer.decode(ids[0, begin:], skip_special_tokens=True))


@pytest.mark.parametrize("family", ["llama2", "gpt2", "mistral"])
def test_contrastive_search_is_that_of_its_paper(family: str, tiny: Callable[[str], Path]) -> None:
    subject = opened(tiny(family))
    try:
        texts = set()
        for prompt, alpha in itertools.product(PROMPTS[:2], (0.3, 0.8)):
            text = subject.run(asked(prompt, Sampling(penalty_alpha=alpha, top_k=4))).text
            assert text == contrastive(tiny(family), prompt, alpha, 4)
            texts.add(text)
        assert len(texts) > 2
    finally:
        subject.backend.close()


@pytest.mark.parametrize("sampling", [Sampling(beams=3), Sampling(penalty_alpha=0.6)])
def test_a_search_keeps_to_stops_limits_schemas_and_counts(
    llama: Subject, sampling: Sampling
) -> None:
    whole = llama.run(asked(PROMPTS[0], sampling))
    assert whole.finish.reason == "length"
    assert whole.finish.usage.completion_tokens == LENGTH
    stop = whole.text[8:10]
    stopped = llama.run(asked(PROMPTS[0], sampling, stop=(stop,), logprobs=1))
    assert stopped.finish.reason == "stop"
    assert stop not in stopped.text
    texts = [token.text for chunk in stopped.chunks for token in chunk.logprobs]
    assert "".join(texts).startswith(stopped.text)
    held = llama.run(asked(PROMPTS[0], sampling, schema=SCHEMA, max_tokens=60))
    assert held.finish.reason == "stop"
    assert held.text.startswith('{"name":"')
    assert held.text.endswith('"}')


def test_a_search_repeats_less_under_a_penalty(llama: Subject) -> None:
    plain = llama.run(asked(PROMPTS[1], Sampling(beams=3))).text
    assert llama.run(asked(PROMPTS[1], Sampling(beams=3, frequency_penalty=2.0))).text != plain


@pytest.mark.parametrize("sampling", [Sampling(beams=64), Sampling(penalty_alpha=0.6, top_k=0)])
def test_a_search_is_cancelled_between_tokens_and_leaves_the_model_usable(
    llama: Subject, sampling: Sampling
) -> None:
    greedy = llama.run(asked(PROMPTS[0], GREEDY)).text
    seen: list[Chunk] = []
    for chunk in llama.backend.generate(
        asked(PROMPTS[0], sampling, max_tokens=100), lambda: len(seen) > 4
    ):
        seen.append(chunk)
    assert seen[-1].finish is not None
    assert seen[-1].finish.reason == "cancelled"
    assert len(seen) < 20
    assert llama.run(asked(PROMPTS[0], GREEDY)).text == greedy


def test_a_search_goes_on_beside_other_requests(llama: Subject) -> None:
    from concurrent.futures import ThreadPoolExecutor

    kinds = (Sampling(beams=4), GREEDY, Sampling(penalty_alpha=0.5), GREEDY, Sampling(beams=2))
    alone = [llama.run(asked(PROMPTS[0], kind)).text for kind in kinds]
    with ThreadPoolExecutor(len(kinds)) as pool:
        beside = list(pool.map(lambda kind: llama.run(asked(PROMPTS[0], kind)).text, kinds))
    assert [text[:8] for text in beside] == [text[:8] for text in alone]


def test_what_does_nothing_in_a_search_is_said(llama: Subject) -> None:
    beam = llama.run(asked("She", Sampling(beams=2, top_p=0.5, penalty_alpha=0.3), max_tokens=2))
    assert "Beam search draws nothing, so top_p, penalty_alpha did nothing." in beam.finish.notes
    search = Sampling(penalty_alpha=0.3, top_k=500)
    assert "64 candidates" in llama.run(asked("She", search, max_tokens=2)).finish.notes[-1]
    both = Sampling(mirostat=Mirostat(), top_p=0.5)
    assert "top_p did nothing" in llama.run(asked("She", both, max_tokens=2)).finish.notes[0]


def test_searches_that_a_running_state_does_not_allow_are_reported(
    save_model: Callable[..., Path], tmp_path: Path
) -> None:
    kinds = ["conv", "full_attention"]
    subject = opened(save_model(tmp_path / "hybrid", "lfm2", layer_types=kinds))
    try:
        greedy = subject.run(asked("She", GREEDY)).text
        for fields in ({"beams": 3}, {"penalty_alpha": 0.5}):
            run = subject.run(asked("She", Sampling(temperature=0, **fields)))
            assert run.finish.unsupported == tuple(fields)
            assert run.text == greedy
    finally:
        subject.backend.close()


def test_a_model_without_attention_is_refused_with_a_reason(
    save_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = save_model(tmp_path / "mamba", "mamba", state_size=8)
    with pytest.raises(LoadFailed, match="keeps its state"):
        opened(folder)


@pytest.mark.parametrize("version", [1, 2])
def test_mirostat_lets_through_as_much_surprise_as_it_is_told(llama: Subject, version: Any) -> None:
    def surprise(tau: float) -> float:
        sampling = Sampling(
            temperature=1.0, seed=4, mirostat=Mirostat(version=version, tau=tau, eta=0.2)
        )
        run = llama.run(asked(PROMPTS[0], sampling, max_tokens=80, logprobs=0))
        return -total(run) / run.finish.usage.completion_tokens

    # What may be drawn shrinks to the likeliest few, and grows to all.
    assert surprise(0.1) + 0.5 < surprise(5.0)
