"""Numbers of tokens: the tokenizer's, and the same everywhere."""

from __future__ import annotations

import pytest

from inkstand_sdk.testing.backend_case import BackendCase, Subject, answers_or_explains
from inkstand_sdk.testing.hostile import HOSTILE


class CountBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_tokens_are_counted(self, subject: Subject) -> None:
        """If this fails: count with the model's tokenizer, or leave the inexact default."""
        count = subject.backend.count_tokens
        assert count("").count == 0
        assert 0 < count("one").count <= count("one two three, four and five").count

    def test_counts_add_up(self, subject: Subject) -> None:
        """If this fails: add no tokens of your own to a count, such as the first one of a prompt.

        Two tokens each are allowed for what melts together, or does not, where texts meet.
        """
        sentence = "One two three, four and five."
        one = subject.backend.count_tokens(sentence).count
        ten = subject.backend.count_tokens(" ".join([sentence] * 10)).count
        assert abs(ten - 10 * one) <= 20

    @pytest.mark.parametrize("kind", sorted(HOSTILE))
    def test_a_hostile_text_is_counted_or_refused(self, subject: Subject, kind: str) -> None:
        """If this fails: check the text first, and raise `InputError` for what cannot be sent."""
        answers_or_explains(lambda: subject.backend.count_tokens(HOSTILE[kind]))

    def test_the_prompt_is_counted_as_the_tokenizer_counts_it(self, subject: Subject) -> None:
        """If this fails: report the tokens that the engine evaluated, with those from its cache.

        One token more is allowed: the one that many models want at the beginning.
        """
        for prompt in (self.prompt, f"{self.prompt} caf\u00e9, \u201cno\u201d \u65e5\u672c"):
            counted = subject.backend.count_tokens(prompt)
            used = subject.run(self.raw(max_tokens=2, prompt=prompt)).finish.usage
            if counted.exact and used.exact:
                assert 0 <= used.prompt_tokens - counted.count <= 1

    def test_the_text_is_counted_as_the_tokenizer_counts_it(self, subject: Subject) -> None:
        """If this fails: count each token that was generated once, also those not shown alone.

        A model may write a word in other tokens than its tokenizer would, so this is not exact.
        """
        run = subject.run(self.raw(max_tokens=24))
        counted = subject.backend.count_tokens(run.text)
        written = run.finish.usage.completion_tokens
        if counted.exact and run.finish.usage.exact and "\ufffd" not in run.text:
            assert written // 3 <= counted.count <= written + 2 + written // 8

    def test_the_chunks_tokens_add_up_to_the_usage(self, subject: Subject) -> None:
        """If this fails: `Chunk.tokens` is how many tokens its text stands for; 0 for none."""
        run = subject.run(self.raw(max_tokens=20))
        shown = sum(chunk.tokens for chunk in run.chunks)
        hidden = run.finish.usage.completion_tokens - shown
        # The token that ends a text is generated and not shown; nor is a piece of a character.
        assert 0 <= hidden <= (4 if self.writes_characters and run.text.isascii() else 19)

    def test_the_usage_is_possible(self, subject: Subject) -> None:
        """If this fails: `cached_tokens` is a part of `prompt_tokens`, and nothing is negative."""
        for _ in range(2):  # the second time the prompt may come from a cache
            usage = subject.run(self.raw(max_tokens=4)).finish.usage
            assert 0 <= usage.cached_tokens <= usage.prompt_tokens
            assert usage.prompt_tokens > 0
            assert usage.completion_tokens == 4
            assert min(usage.prompt_ms, usage.generate_ms, usage.cost) >= 0

    def test_a_prompt_that_begins_like_the_last_one_changes_nothing(self, subject: Subject) -> None:
        """If this fails: take from a prefix cache only what has exactly the same tokens."""
        begun = f"{self.prompt} old house by the sea"
        first, other, again = (
            subject.run(self.raw(max_tokens=16, prompt=prompt))
            for prompt in (f"{begun} stood", f"{begun} was empty", f"{begun} stood")
        )
        assert again.text == first.text
        assert again.finish.usage.prompt_tokens == first.finish.usage.prompt_tokens
        assert other.finish.usage.cached_tokens <= other.finish.usage.prompt_tokens
