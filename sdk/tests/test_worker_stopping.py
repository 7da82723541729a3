"""Stop strings for engines that do not know them."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from inkstand_sdk.messages import Chunk, Finish, TokenLogprob, Usage
from inkstand_sdk.worker.stopping import until_stop

END = Chunk(tokens=0, finish=Finish("length", Usage(completion_tokens=99)))


def chunks(*texts: str) -> Iterator[Chunk]:
    yield from (Chunk(text) for text in texts)
    yield END


def test_a_stop_string_split_over_chunks_is_never_shown() -> None:
    shown = list(until_stop(chunks("one ", "TH", "E EN", "D two"), ["THE END"]))
    assert "".join(chunk.text for chunk in shown) == "one "
    assert [chunk.finish.reason for chunk in shown if chunk.finish] == ["stop"]
    assert shown[-1].finish is not None
    assert shown[-1].finish.usage.completion_tokens == 4


def test_what_only_looked_like_a_stop_string_is_shown_at_the_end() -> None:
    shown = list(until_stop(chunks("one TH"), ["THE END"]))
    assert "".join(chunk.text for chunk in shown) == "one TH"
    assert shown[-1].finish == END.finish


def test_the_engine_is_left_when_a_stop_string_was_found() -> None:
    left: list[bool] = []

    def engine() -> Iterator[Chunk]:
        try:
            yield from chunks("a", "STOP", "b")
        finally:
            left.append(True)

    stream = engine()
    list(until_stop(stream, ["STOP"]))
    del stream
    assert left == [True]


@given(
    st.lists(st.text("abc", max_size=4), max_size=12),
    st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=3),
)
def test_the_text_ends_where_the_first_stop_string_begins(
    texts: list[str], stops: list[str]
) -> None:
    shown = list(until_stop(chunks(*texts), stops))
    whole = "".join(texts)
    places = [at for stop in stops if (at := whole.find(stop)) >= 0]
    text = "".join(chunk.text for chunk in shown)
    assert not any(stop in text for stop in stops)
    if places:
        assert whole.startswith(text)
        assert shown[-1].finish is not None
        assert shown[-1].finish.reason == "stop"
    else:
        assert text == whole
    assert sum(chunk.finish is not None for chunk in shown) == 1


def test_tokens_go_with_their_text_and_those_of_a_stop_string_are_dropped() -> None:
    told = [
        Chunk(text, logprobs=(TokenLogprob(text, -0.5),))
        for text in ("one ", "TH", "EY ", "THE", "RE")
    ]
    shown = list(until_stop(iter([*told, END]), ["THERE"]))
    assert [[token.text for token in chunk.logprobs] for chunk in shown] == [
        ["one "],
        ["TH", "EY "],
        [],
    ]
