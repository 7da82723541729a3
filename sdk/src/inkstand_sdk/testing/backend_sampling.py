"""How tokens are drawn: greedy, seeded, and honest about what is not honored."""

from __future__ import annotations

import pytest

from inkstand_sdk.messages import Dry, Mirostat, Sampling, Xtc
from inkstand_sdk.testing.backend_case import GREEDY, BackendCase, Subject

ALL_FIELDS = {
    "temperature": 0.9,
    "top_p": 0.9,
    "top_k": 50,
    "min_p": 0.02,
    "typical_p": 0.95,
    "repeat_penalty": 1.1,
    "presence_penalty": 0.1,
    "frequency_penalty": 0.1,
    "dry": Dry(),
    "xtc": Xtc(),
    "mirostat": Mirostat(),
    "beams": 2,
    "penalty_alpha": 0.4,
    "seed": 7,
}
LOWEST = {
    "temperature": 0.01, "top_p": 0.001, "top_k": 1, "min_p": 0.0, "typical_p": 0.001,
    "repeat_penalty": 0.1, "presence_penalty": -2.0, "frequency_penalty": -2.0, "seed": 0,
}  # fmt: skip
HIGHEST = {
    "temperature": 10.0, "top_p": 1.0, "top_k": 1_000_000, "min_p": 1.0, "typical_p": 1.0,
    "repeat_penalty": 10.0, "presence_penalty": 2.0, "frequency_penalty": 2.0, "seed": 2**32 - 2,
}  # fmt: skip


class SamplingBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_temperature_zero_always_writes_the_same(self, subject: Subject) -> None:
        """If this fails: temperature 0 means the likeliest token, without any drawing."""
        texts = {subject.run(self.raw(max_tokens=24)).text for _ in range(3)}
        assert len(texts) == 1

    def test_temperature_zero_is_greedy_whatever_else_is_set(self, subject: Subject) -> None:
        """If this fails: at temperature 0 leave out filters that could drop the likeliest token."""
        fields = {"top_p": 0.5, "top_k": 3, "xtc": Xtc(1.0, 0.0), "mirostat": Mirostat()}
        sampling = Sampling(temperature=0, **fields)  # type: ignore[arg-type]
        greedy = subject.run(self.raw(max_tokens=16, sampling=GREEDY)).text
        assert subject.run(self.raw(max_tokens=16, sampling=sampling)).text == greedy

    def test_the_same_seed_writes_the_same(self, subject: Subject) -> None:
        """If this fails: pass the seed to the engine's sampler, or do not claim `seeds`."""
        self.needs("seeds")
        texts = {subject.run(self.raw(max_tokens=24, sampling=self.warm(11))).text for _ in "abc"}
        assert len(texts) == 1

    def test_other_seeds_write_other_texts(self, subject: Subject) -> None:
        """If this fails: the temperature or the seed does not reach the sampler."""
        self.needs("seeds")
        texts = {subject.run(self.raw(max_tokens=24, sampling=self.warm(n))).text for n in range(5)}
        assert len(texts) > 1

    def test_fields_that_are_not_honored_are_reported(self, subject: Subject) -> None:
        """If this fails: name in `Finish.unsupported` what `capabilities.sampling` leaves out."""
        honored = set(self.backend_class.capabilities.sampling)
        for name, value in ALL_FIELDS.items():
            sampling = Sampling(**{name: value})  # type: ignore[arg-type]
            unsupported = subject.run(self.raw(max_tokens=2, sampling=sampling)).finish.unsupported
            assert (name in unsupported) == (name not in honored), name

    def test_all_fields_together_give_a_text(self, subject: Subject) -> None:
        """If this fails: the engine refuses a combination; leave one out and report it."""
        sampling = Sampling(**ALL_FIELDS)  # type: ignore[arg-type]
        assert subject.run(self.raw(max_tokens=8, sampling=sampling)).finish.reason != "error"

    @pytest.mark.parametrize("fields", [LOWEST, HIGHEST], ids=["lowest", "highest"])
    def test_the_bounds_of_all_fields_give_a_text(
        self, subject: Subject, fields: dict[str, float]
    ) -> None:
        """If this fails: the engine takes less than `Sampling` allows; clip it and say so."""
        for name, value in fields.items():
            run = subject.run(self.raw(max_tokens=2, sampling=Sampling(**{name: value})))  # type: ignore[arg-type]
            assert run.finish.reason in ("length", "stop"), name

    def test_one_candidate_is_greedy(self, subject: Subject) -> None:
        """If this fails: `top_k` 1 keeps the likeliest token, whatever the temperature."""
        if "top_k" not in self.backend_class.capabilities.sampling:
            pytest.skip("top_k is not among the sampling fields that are claimed")
        one = Sampling(temperature=1.5, top_k=1)
        greedy = subject.run(self.raw(max_tokens=16)).text
        assert subject.run(self.raw(max_tokens=16, sampling=one)).text == greedy

    def test_without_a_seed_texts_differ(self, subject: Subject) -> None:
        """If this fails: draw a new seed where none is given; many engines have a fixed one."""
        if "temperature" not in self.backend_class.capabilities.sampling:
            pytest.skip("temperature is not among the sampling fields that are claimed")
        warm = Sampling(temperature=1.5)
        texts = {subject.run(self.raw(max_tokens=16, sampling=warm)).text for _ in range(5)}
        assert len(texts) > 1
