"""Log probabilities: one for each token of the text that is shown, when they are asked for."""

from __future__ import annotations

import math
from typing import ClassVar

import pytest

from inkstand_sdk.messages import GenerateRequest, TokenLogprob
from inkstand_sdk.testing.backend_case import GREEDY, BackendCase, Run, Subject

_BROKEN = "\N{REPLACEMENT CHARACTER}"
_ROUNDING = 1e-3


class LogprobBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    reports_logprobs: ClassVar[bool] = False
    """Whether a request for log probabilities that are not claimed is reported by now."""

    def test_every_token_has_its_log_probability(self, subject: Subject) -> None:
        """If this fails: give each written token one `TokenLogprob`, the first and last too."""
        self.needs("logprobs")
        run = self._told(subject, 2)
        assert run.finish.usage.completion_tokens == 12
        assert _as_many(run, 12)

    def test_log_probabilities_are_numbers_not_above_zero(self, subject: Subject) -> None:
        """If this fails: they are natural logarithms of probabilities; clip what rounding adds."""
        self.needs("logprobs")
        for token in _tokens(self._told(subject, 3)):
            for value in (token.logprob, *(other.logprob for other in token.top)):
                assert value <= 0
                assert math.isfinite(value)

    def test_alternatives_are_as_many_as_were_asked_for_and_ranked(self, subject: Subject) -> None:
        """If this fails: sort `top` from the likeliest down, and cut it at the number wanted."""
        self.needs("logprobs")
        for token in _tokens(self._told(subject, 3)):
            values = [other.logprob for other in token.top]
            assert len(values) == 3
            assert values == sorted(values, reverse=True)

    def test_the_greedy_token_is_the_likeliest_of_its_alternatives(self, subject: Subject) -> None:
        """If this fails: tell the model's own probabilities, from before filters and penalties."""
        self.needs("logprobs")
        for token in _tokens(self._told(subject, 2)):
            # The first half of a character may look like any other.
            assert token.text in [other.text for other in token.top] or not token.text.isascii()
            assert token.logprob >= token.top[0].logprob - _ROUNDING

    def test_no_alternatives_can_be_asked_for(self, subject: Subject) -> None:
        """If this fails: with `logprobs` 0 tell of the written tokens alone."""
        self.needs("logprobs")
        run = self._told(subject, 0)
        assert _as_many(run, 12)
        assert all(token.top == () for token in _tokens(run))

    def test_the_tokens_are_the_text(self, subject: Subject) -> None:
        """If this fails: `text` is the token as it stands in the text, with its blank."""
        self.needs("logprobs")
        run = self._told(subject, 1)
        place = 0
        texts = [token.text for token in _tokens(run)]
        if _BROKEN not in "".join(texts):
            assert "".join(texts) == run.text
        for text in texts:  # those that are whole characters stand in the text, in order
            # Bytes that are no character may spoil those beside them.
            if _BROKEN not in text and self.writes_characters:
                place = run.text.index(text, place) + len(text)

    def test_what_is_told_of_messages_is_told_too(self, subject: Subject) -> None:
        """If this fails: the chat of your engine has another name for log probabilities."""
        self.needs("logprobs")
        request = GenerateRequest.of(
            "Tell me of the sea.", max_tokens=8, sampling=GREEDY, logprobs=2
        )
        run = subject.run(request)
        assert _as_many(run, 1)
        assert all(len(token.top) == 2 for token in _tokens(run))

    def test_no_log_probabilities_come_unasked(self, subject: Subject) -> None:
        """If this fails: they cost time; give them only when `request.logprobs` is not None."""
        assert _tokens(subject.run(self.raw(max_tokens=4))) == []

    def test_tokens_behind_a_stop_string_are_not_told(self, subject: Subject) -> None:
        """If this fails: drop the tokens whose text is not shown; `ShownLogprobs` does it."""
        self.needs("logprobs")
        self.needs("stop")
        whole = self._told(subject, 1).text
        run = subject.run(self.raw(max_tokens=12, logprobs=1, stop=(_within(whole),)))
        texts = [token.text for token in _tokens(run)]
        assert 0 < len(run.text) < len(whole)
        if _BROKEN not in "".join(texts):
            assert "".join(texts).startswith(run.text)
            assert len("".join(texts[:-1])) < len(run.text)

    def test_tokens_that_were_held_back_are_told_when_they_are_shown(
        self, subject: Subject
    ) -> None:
        """If this fails: keep them with the text that waits for the end of a stop string."""
        self.needs("logprobs")
        self.needs("stop")
        whole = self._told(subject, 1).text
        stops = (whole[-1:] + "\x01", whole[len(whole) // 2 :][:3] + "\x01")
        assert _as_many(subject.run(self.raw(max_tokens=12, logprobs=1, stop=stops)), 12)

    def test_log_probabilities_that_are_not_claimed_are_left_out(self, subject: Subject) -> None:
        """If this fails: claim `capabilities.logprobs`, or give none."""
        if self.backend_class.capabilities.logprobs:
            pytest.skip("capabilities.logprobs is claimed")
        run = self._told(subject, 2)
        assert _tokens(run) == []
        assert "logprobs" in run.finish.unsupported or not self.reports_logprobs

    def _told(self, subject: Subject, alternatives: int) -> Run:
        return subject.run(self.raw(max_tokens=12, logprobs=alternatives))


def _within(text: str) -> str:
    """A piece from the middle of `text` on that `text` does not begin with."""
    pieces = (text[place:][:5] for place in range(len(text) // 2, len(text)))
    piece = next((piece for piece in pieces if text.find(piece) > 0), "")
    return piece or pytest.skip("the model repeats one token")


def _as_many(run: Run, wanted: int) -> bool:
    """Whether at least so many tokens are told, and none that was not written.

    Engines that show whole characters may tell one token of several that are one character.
    """
    told = len(_tokens(run))
    if not run.text.isascii():
        return 0 < told <= run.finish.usage.completion_tokens
    return wanted <= told <= run.finish.usage.completion_tokens


def _tokens(run: Run) -> list[TokenLogprob]:
    return [token for chunk in run.chunks for token in chunk.logprobs]
