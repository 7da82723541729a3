"""What a stream of chunks must be like: its end, its counts, its text."""

from __future__ import annotations

from typing import Any

import pytest

from inkstand_sdk.errors import InkstandError, PromptTooLong
from inkstand_sdk.messages import GenerateRequest, Message
from inkstand_sdk.testing.backend_case import (
    GREEDY,
    BackendCase,
    Subject,
    answers_or_explains,
    is_sentence,
)
from inkstand_sdk.testing.hostile import HOSTILE

SENSELESS: dict[str, dict[str, Any]] = {
    "no prompt and no messages": {"prompt": None},
    "an empty stop string": {"stop": ("",)},
    "a schema and a grammar": {"schema": {"type": "boolean"}, "grammar": 'root ::= "a"'},
}


class StreamBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_a_stream_ends_with_exactly_one_finish(self, subject: Subject) -> None:
        """If this fails: give `finish` to one chunk only, the last that you yield."""
        chunks = subject.run(self.raw(max_tokens=8)).chunks
        assert [chunk.finish is not None for chunk in chunks] == [False] * (len(chunks) - 1) + [
            True
        ]

    def test_text_comes_in_more_than_one_chunk(self, subject: Subject) -> None:
        """If this fails: yield each token's text when it is there, not all of it at the end."""
        assert sum(1 for chunk in subject.run(self.raw(max_tokens=16)).chunks if chunk.text) > 1

    def test_max_tokens_is_obeyed_and_ends_with_length(self, subject: Subject) -> None:
        """If this fails: stop after `max_tokens` tokens, with reason "length"."""
        run = subject.run(self.raw(max_tokens=5))
        assert run.finish.reason == "length"
        assert run.finish.usage.completion_tokens == 5

    def test_one_token_can_be_asked_for(self, subject: Subject) -> None:
        """If this fails: look for an off-by-one where you count tokens."""
        assert subject.run(self.raw(max_tokens=1)).finish.usage.completion_tokens == 1

    def test_chunks_hold_whole_characters(self, subject: Subject) -> None:
        """If this fails: hold bytes back until they are a whole UTF-8 character.

        Set `writes_characters = False` if the model itself writes bytes that are none.
        """
        for seed in range(3):
            sampling = GREEDY if seed == 0 else self.warm(seed)
            for chunk in subject.run(self.raw(max_tokens=40, sampling=sampling)).chunks:
                chunk.text.encode("utf-8")
                assert "\ufffd" not in chunk.text or not self.writes_characters

    def test_the_progress_of_the_prompt_only_grows(self, subject: Subject) -> None:
        """If this fails: `PromptProgress` is in tokens of the whole prompt, before any text."""
        prompt = " ".join([self.prompt] * 8)
        told = 0
        for chunk in subject.run(self.raw(max_tokens=2, prompt=prompt)).chunks:
            if chunk.progress is not None:
                assert told <= chunk.progress.evaluated <= chunk.progress.total
                told = chunk.progress.evaluated

    def test_notes_are_sentences(self, subject: Subject) -> None:
        """If this fails: a writer reads `Finish.notes`; begin a sentence and end it."""
        for request in (self.raw(max_tokens=2), self.raw(max_tokens=2, sampling=self.warm(1))):
            notes = subject.run(request).finish.notes
            assert all(map(is_sentence, notes)), notes

    @pytest.mark.parametrize("kind", sorted(HOSTILE))
    @pytest.mark.parametrize("raw", [True, False], ids=["raw", "message"])
    def test_a_hostile_prompt_gives_a_result_or_a_typed_error(
        self, subject: Subject, kind: str, raw: bool
    ) -> None:
        """If this fails: check the text first, and raise `InputError` for what cannot be sent."""
        request = GenerateRequest.of(HOSTILE[kind], raw=raw, max_tokens=4, sampling=GREEDY)
        answers_or_explains(lambda: subject.run(request))

    @pytest.mark.parametrize("kind", sorted(SENSELESS))
    def test_a_request_that_makes_no_sense_is_refused(self, subject: Subject, kind: str) -> None:
        """If this fails: call `inkstand_sdk.asked.check_request` first."""
        with pytest.raises(InkstandError):
            subject.run(self.raw(max_tokens=2, **SENSELESS[kind]))

    def test_a_prompt_that_does_not_fit_is_refused_with_numbers(self, subject: Subject) -> None:
        """If this fails: raise `PromptTooLong.of(...)` before anything is evaluated or cut."""
        self._overflows(subject, self.raw(prompt=self._too_much(subject), max_tokens=4))
        assert subject.run(self.raw(max_tokens=2)).finish.usage.completion_tokens == 2

    def test_messages_that_do_not_fit_are_refused_with_numbers(self, subject: Subject) -> None:
        """If this fails: count what the chat template made of the messages; drop no turn."""
        turns = [Message.of("user", "Describe Ann."), Message.of("assistant", "She was old.")]
        messages = (*turns, Message.of("user", self._too_much(subject)))
        request = GenerateRequest(messages=messages, max_tokens=4, sampling=GREEDY)
        self._overflows(subject, request)

    def test_max_tokens_beyond_the_context_are_clipped_and_it_is_said(
        self, subject: Subject
    ) -> None:
        """If this fails: end with "length" when the context is full, and say so in `notes`."""
        context = subject.loaded.context_length
        if not context or context > 4_096:
            pytest.skip("the context is unknown or too long to fill in a test")
        run = subject.run(self.raw(max_tokens=context * 2, sampling=self.warm(1)))
        if run.finish.reason == "stop":
            pytest.skip("the model ended its text before the context was full")
        usage = run.finish.usage
        assert run.finish.reason == "length"
        assert usage.prompt_tokens + usage.completion_tokens <= context
        assert run.finish.notes
        assert all(map(is_sentence, run.finish.notes)), run.finish.notes

    def _too_much(self, subject: Subject) -> str:
        if not subject.loaded.context_length:
            pytest.skip("the context length is not known")
        return "one two three " * subject.loaded.context_length

    def _overflows(self, subject: Subject, request: GenerateRequest) -> None:
        with pytest.raises(PromptTooLong) as caught:
            subject.run(request)
        data = caught.value.data
        assert data["context_length"] == subject.loaded.context_length
        assert data["over_by"] == data["prompt_tokens"] - data["context_length"] + 1
        assert data["over_by"] > 0
