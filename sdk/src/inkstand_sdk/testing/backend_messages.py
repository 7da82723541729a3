"""Messages: every turn reaches the model, through its chat template or a plain form."""

from __future__ import annotations

import pytest

from inkstand_sdk.messages import GenerateRequest, Message, Role
from inkstand_sdk.testing.backend_case import (
    GREEDY,
    BackendCase,
    Run,
    Subject,
    answers_or_explains,
)

_ODD: dict[str, tuple[Role, ...]] = {
    "two users": ("user", "user"),
    "an answer last": ("user", "assistant"),
    "an answer first": ("assistant", "user"),
    "a system turn last": ("user", "system"),
    "a system turn alone": ("system",),
    "two system turns": ("system", "system", "user"),
}


class MessageBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_messages_with_a_system_turn_are_answered(self, subject: Subject) -> None:
        """If this fails: put messages through the model's chat template, or a plain form."""
        run = self._answer(subject, ("system", "Write prose."), ("user", "Describe Ann."))
        assert run.finish.usage.prompt_tokens > 2

    def test_the_system_turn_reaches_the_model(self, subject: Subject) -> None:
        """If this fails: a template without a system role wants it put before the first turn."""
        system = "Write prose, in the manner of an old and patient teller of tales."
        without = self._answer(subject, ("user", "Describe Ann."))
        with_it = self._answer(subject, ("system", system), ("user", "Describe Ann."))
        self._longer_by(subject, system, without, with_it)

    def test_every_turn_reaches_the_model(self, subject: Subject) -> None:
        """If this fails: hand all turns to the template, in order, with their roles."""
        answer = "Ann was tall, and walked as if the street belonged to her."
        short = self._answer(subject, ("user", "Describe Ann."), ("user", "Go on."))
        whole = self._answer(
            subject, ("user", "Describe Ann."), ("assistant", answer), ("user", "Go on.")
        )
        self._longer_by(subject, answer, short, whole)

    def test_max_tokens_is_obeyed_for_messages(self, subject: Subject) -> None:
        """If this fails: apply `max_tokens` on the way through the chat template too."""
        run = self._answer(subject, ("user", "Describe Ann."))
        assert run.finish.usage.completion_tokens <= 4
        assert run.finish.reason in ("length", "stop")
        assert run.finish.reason == "stop" or run.finish.usage.completion_tokens == 4

    @pytest.mark.parametrize("kind", sorted(_ODD))
    def test_turns_in_an_odd_order_are_answered_or_refused(
        self, subject: Subject, kind: str
    ) -> None:
        """If this fails: a template that refuses is a `UsageError` with the template's words."""
        turns = [(role, f"Turn {number}.") for number, role in enumerate(_ODD[kind])]
        answers_or_explains(lambda: self._answer(subject, *turns))

    def _answer(self, subject: Subject, *turns: tuple[Role, str]) -> Run:
        messages = tuple(Message.of(role, text) for role, text in turns)
        return subject.run(GenerateRequest(messages=messages, max_tokens=4, sampling=GREEDY))

    def _longer_by(self, subject: Subject, text: str, short: Run, whole: Run) -> None:
        """The one prompt has that text and the other has not, as far as can be counted."""
        counted = subject.backend.count_tokens(text)
        used = short.finish.usage, whole.finish.usage
        if counted.exact and all(usage.exact for usage in used):
            # A template may trim a turn; tokens may melt together at its ends.
            assert used[1].prompt_tokens - used[0].prompt_tokens >= counted.count - 3
