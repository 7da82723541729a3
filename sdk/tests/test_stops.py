"""Stop strings found in text that comes in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inkstand_sdk.messages import TokenLogprob
from inkstand_sdk.stops import ShownLogprobs, StopFinder

ab = st.text(alphabet="ab ", max_size=6)


@given(pieces=st.lists(ab, max_size=20), stops=st.lists(ab.filter(bool), max_size=3))
def test_pieces_show_what_stands_before_the_first_stop_string_and_no_more(
    pieces: list[str], stops: list[str]
) -> None:
    finder = StopFinder(stops)
    shown = ""
    consumed = ""
    for piece in pieces:
        consumed += piece
        shown += finder.feed(piece)
        if finder.found:
            break
    shown += finder.flush()
    places = [consumed.find(stop) for stop in stops if stop in consumed]
    assert finder.found == bool(places)
    assert shown == (consumed[: min(places)] if places else consumed)


def test_a_beginning_that_comes_to_nothing_is_shown_with_the_next_piece() -> None:
    finder = StopFinder(["User:"])
    assert finder.feed("the Us") == "the "
    assert finder.feed("ed car") == "Used car"
    assert not finder.found


def test_nothing_comes_after_a_stop_string_was_found() -> None:
    finder = StopFinder(["END"])
    assert finder.feed("a END b") == "a "
    assert finder.feed("more") == ""
    assert finder.flush() == ""


@given(
    pieces=st.lists(st.lists(ab.filter(bool), max_size=3), max_size=12),
    stops=st.lists(ab.filter(bool), max_size=3),
)
def test_tokens_are_told_once_and_only_those_that_begin_in_what_is_shown(
    pieces: list[list[str]], stops: list[str]
) -> None:
    finder, shown = StopFinder(stops), ShownLogprobs()
    text = ""
    told: list[TokenLogprob] = []
    for piece in pieces:
        shown.add("".join(piece), [TokenLogprob(token, -1.0) for token in piece])
        new = finder.feed("".join(piece))
        text += new
        told += shown.of(new)
        if finder.found:
            break
    rest = finder.flush()
    text += rest
    told += shown.of(rest)
    joined = "".join(token.text for token in told)
    assert joined.startswith(text)
    assert not told or len(joined) - len(told[-1].text) < len(text)


def test_half_a_character_is_told_with_the_text_that_it_becomes() -> None:
    shown = ShownLogprobs()
    halves = [TokenLogprob("\ufffd", -1.0), TokenLogprob("\ufffd", -2.0)]
    shown.add("", halves[:1])
    assert shown.of("") == ()
    shown.add("\u00e9", halves[1:])
    assert shown.of("\u00e9") == tuple(halves)
