"""What a stream of chunks must be like: its end, its counts, its text."""

from __future__ import annotations

import concurrent.futures

import pytest

from inkstand_sdk.errors import PromptTooLong
from inkstand_sdk.messages import GenerateRequest, Message
from inkstand_sdk.testing.backend_case import GREEDY, BackendCase, Subject, answers_or_explains

HOSTILE = {
    "empty": "",
    "spaces": "   \n\n\t ",
    "zero bytes": "a\0b\0",
    "half a surrogate pair": "a\ud800b",
    "special tokens": "x</s><s><|assistant|><|im_end|><|endoftext|>[/INST]<eos>",
    "right to left and combining": "\u202eשלום\u0301\u0301\u0301 \U0001f469\u200d\U0001f680",
    "template code": "{{ ''.__class__ }} {% for x in y %}",
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

    def test_the_chunks_tokens_add_up_to_the_usage(self, subject: Subject) -> None:
        """If this fails: `Chunk.tokens` is how many tokens its text stands for; 0 for none."""
        run = subject.run(self.raw(max_tokens=20))
        shown = sum(chunk.tokens for chunk in run.chunks)
        # The token that ends a text is generated and not shown.
        assert 0 <= run.finish.usage.completion_tokens - shown <= 1

    def test_the_prompt_is_counted_as_the_tokenizer_counts_it(self, subject: Subject) -> None:
        """If this fails: report the tokens that the engine evaluated, with those from its cache.

        One token more is allowed: the one that many models want at the beginning.
        """
        counted = subject.backend.count_tokens(self.prompt)
        used = subject.run(self.raw(max_tokens=2)).finish.usage
        if counted.exact and used.exact:
            assert 0 <= used.prompt_tokens - counted.count <= 1

    def test_chunks_hold_whole_characters(self, subject: Subject) -> None:
        """If this fails: hold bytes back until they are a whole UTF-8 character."""
        for seed in range(3):
            sampling = GREEDY if seed == 0 else self.warm(seed)
            for chunk in subject.run(self.raw(max_tokens=40, sampling=sampling)).chunks:
                chunk.text.encode("utf-8")
                assert "\ufffd" not in chunk.text

    def test_a_stop_string_ends_the_text_and_is_not_shown(self, subject: Subject) -> None:
        """If this fails: cut the text before the stop string and end with reason "stop".

        The stop string here spans several tokens: hold back what may be its beginning.
        """
        self.needs("stop")
        whole = subject.run(self.raw(max_tokens=30)).text
        middle = len(whole) // 2
        stop = whole[middle : middle + 7]
        assert stop, "The model wrote too little for this test: set another `prompt`."
        run = subject.run(self.raw(max_tokens=30, stop=("\x01never\x01", stop)))
        assert run.finish.reason == "stop"
        assert run.text == whole[: whole.index(stop)]

    def test_what_only_begins_like_a_stop_string_is_shown(self, subject: Subject) -> None:
        """If this fails: give out what was held back when the stop string did not complete."""
        self.needs("stop")
        whole = subject.run(self.raw(max_tokens=24)).text
        stops = (whole[-1:] + "\x01", whole[len(whole) // 2 :][:3] + "\x01")
        assert subject.run(self.raw(max_tokens=24, stop=stops)).text == whole

    def test_messages_with_a_system_turn_are_answered(self, subject: Subject) -> None:
        """If this fails: put messages through the model's chat template, or a plain form."""
        messages = (Message.of("system", "Write prose."), Message.of("user", "Describe Ann."))
        run = subject.run(GenerateRequest(messages=messages, max_tokens=8, sampling=GREEDY))
        assert run.finish.usage.prompt_tokens > 2

    @pytest.mark.parametrize("kind", sorted(HOSTILE))
    @pytest.mark.parametrize("raw", [True, False], ids=["raw", "message"])
    def test_a_hostile_prompt_gives_a_result_or_a_typed_error(
        self, subject: Subject, kind: str, raw: bool
    ) -> None:
        """If this fails: check the text first, and raise `InputError` for what cannot be sent."""
        request = GenerateRequest.of(HOSTILE[kind], raw=raw, max_tokens=4, sampling=GREEDY)
        answers_or_explains(lambda: subject.run(request))

    def test_a_prompt_that_does_not_fit_is_refused_with_numbers(self, subject: Subject) -> None:
        """If this fails: raise `PromptTooLong.of(...)` before anything is evaluated or cut."""
        if not subject.loaded.context_length:
            pytest.skip("the context length is not known")
        words = "one two three " * subject.loaded.context_length
        with pytest.raises(PromptTooLong) as caught:
            subject.run(GenerateRequest.of(words, raw=True, max_tokens=4))
        data = caught.value.data
        assert data["context_length"] == subject.loaded.context_length
        assert data["over_by"] == data["prompt_tokens"] - data["context_length"] + 1

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

    def test_concurrent_requests_do_not_mix(self, subject: Subject) -> None:
        """If this fails: keep each request's state apart, or set `concurrency` to 1."""
        at_once = subject.loaded.concurrency or self.backend_class.capabilities.concurrency
        requests = [
            GenerateRequest.of(
                f"{self.prompt} {word}", raw=True, max_tokens=16, sampling=GREEDY, stop=()
            )
            for word in ("old", "young", "red", "blue", "sea", "house", "king", "bird")
        ]
        alone = [subject.run(request) for request in requests]
        with concurrent.futures.ThreadPoolExecutor(max(at_once, 1)) as pool:
            together = list(pool.map(subject.run, requests))
        for one, other in zip(alone, together, strict=True):
            assert other.finish.usage.prompt_tokens == one.finish.usage.prompt_tokens
            # A batch may round differently, so the texts need only begin alike.
            assert other.text[:8] == one.text[:8]
