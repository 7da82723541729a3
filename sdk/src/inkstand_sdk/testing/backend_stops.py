"""Stop strings: where a text ends, and that nobody sees them."""

from __future__ import annotations

from inkstand_sdk.testing.backend_case import BackendCase, Subject


class StopBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_a_stop_string_ends_the_text_and_is_not_shown(self, subject: Subject) -> None:
        """If this fails: cut the text before the stop string and end with reason "stop".

        The stop string here spans several tokens: hold back what may be its beginning.
        """
        self.needs("stop")
        whole = self._whole(subject)
        middle = len(whole) // 2
        stop = whole[middle : middle + 7]
        run = subject.run(self.raw(max_tokens=30, stop=("\x01never\x01", stop)))
        assert run.finish.reason == "stop"
        assert run.text == whole[: whole.index(stop)]

    def test_what_only_begins_like_a_stop_string_is_shown(self, subject: Subject) -> None:
        """If this fails: give out what was held back when the stop string did not complete."""
        self.needs("stop")
        whole = self._whole(subject)
        stops = (whole[-1:] + "\x01", whole[len(whole) // 2 :][:3] + "\x01")
        assert subject.run(self.raw(max_tokens=30, stop=stops)).text == whole

    def test_the_first_of_several_stop_strings_ends_the_text(self, subject: Subject) -> None:
        """If this fails: look for all of them at once, not for one after another."""
        self.needs("stop")
        whole = self._whole(subject)
        third = len(whole) // 3
        early, late = whole[third : third + 5], whole[-5:]
        run = subject.run(self.raw(max_tokens=30, stop=(late, early)))
        assert run.text == whole[: min(whole.index(early), whole.index(late))]

    def test_a_stop_string_that_comes_first_leaves_an_empty_text(self, subject: Subject) -> None:
        """If this fails: hold the first token back too while it may begin a stop string."""
        self.needs("stop")
        run = subject.run(self.raw(max_tokens=30, stop=(self._whole(subject)[:4],)))
        assert run.text == ""
        assert run.finish.reason == "stop"

    def test_a_stop_string_in_the_prompt_stops_nothing(self, subject: Subject) -> None:
        """If this fails: look for stop strings in what is written, not in what was asked."""
        self.needs("stop")
        stop = self.prompt[-6:]
        run = subject.run(self.raw(max_tokens=30, stop=(stop,)))
        assert run.text == self._whole(subject).partition(stop)[0]

    def _whole(self, subject: Subject) -> str:
        text = subject.run(self.raw(max_tokens=30)).text
        assert len(text) > 12, "The model wrote too little for this test: set another `prompt`."
        return text
