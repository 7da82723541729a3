"""What a reader is shown of a stream, with its tokens and their log probabilities."""

from __future__ import annotations

from inkstand_sdk.messages import Alternative, TokenLogprob
from inkstand_sdk.shown_text import ShownText
from inkstand_sdk.token_weight import TokenWeight


def token(text: str) -> TokenLogprob:
    return TokenLogprob(text, -1.0)


def test_a_chunk_carries_all_tokens_since_the_last_one() -> None:
    shown = ShownText(())
    assert list(shown.add("", logprobs=[token("\ufffd")])) == []
    [chunk] = shown.add("\u00e9", logprobs=[token("\ufffd")])
    assert (chunk.text, chunk.tokens, len(chunk.logprobs)) == ("\u00e9", 2, 2)
    assert list(shown.rest()) == []


def test_nothing_of_a_stop_string_is_shown_nor_told() -> None:
    shown = ShownText(["END"])
    chunks = [
        *shown.add("the EN", logprobs=[token("the"), token(" EN")]),
        *shown.add("D", tokens=1),
    ]
    chunks += [*shown.add("more", logprobs=[token("more")]), *shown.rest("most")]
    assert [chunk.text for chunk in chunks] == ["the "]
    assert [each.text for each in chunks[0].logprobs] == ["the", " EN"]
    assert shown.stopped
    assert shown.unseen() == ()


def test_what_was_held_back_comes_at_the_end_with_its_tokens() -> None:
    shown = ShownText(["END"])
    assert list(shown.add("E", logprobs=[token("E")])) == []
    [chunk] = shown.rest()
    assert (chunk.text, chunk.tokens, chunk.logprobs) == ("E", 1, (token("E"),))


def test_a_stop_string_may_be_completed_by_the_rest() -> None:
    shown = ShownText(["END"])
    assert list(shown.add("EN")) == []
    assert list(shown.rest("D")) == []
    assert shown.stopped


def test_a_last_token_that_is_half_a_character_is_told_although_it_is_not_shown() -> None:
    shown = ShownText(())
    chunks = [*shown.add("a", logprobs=[token("a")]), *shown.add("", logprobs=[token("\ufffd")])]
    assert [chunk.text for chunk in [*chunks, *shown.rest()]] == ["a"]
    assert shown.unseen() == (token("\ufffd"),)
    assert shown.unseen() == ()


def test_a_weight_names_the_written_token_as_it_was_written() -> None:
    weight = TokenWeight(-0.5, ((7, -0.5), (2, -1.5)))
    named = weight.named(" it", 7, lambda other: f"<{other}>")
    assert named == TokenLogprob(" it", -0.5, (Alternative(" it", -0.5), Alternative("<2>", -1.5)))
