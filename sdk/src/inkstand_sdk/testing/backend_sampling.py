"""How tokens are drawn: greedy, seeded, and honest about what is not honored."""

from __future__ import annotations

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
    "seed": 7,
}


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

    def test_only_fields_that_exist_are_claimed(self) -> None:
        """If this fails: `capabilities.sampling` names fields of `Sampling`; look for a typo."""
        assert set(self.backend_class.capabilities.sampling) <= set(Sampling.__struct_fields__)

    def test_all_fields_together_give_a_text(self, subject: Subject) -> None:
        """If this fails: the engine refuses a combination; leave one out and report it."""
        sampling = Sampling(**ALL_FIELDS)  # type: ignore[arg-type]
        assert subject.run(self.raw(max_tokens=8, sampling=sampling)).finish.reason != "error"
