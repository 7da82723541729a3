"""Log probabilities in the forms that servers write them."""

from __future__ import annotations

from typing import Any

import pytest

from inkstand_sdk.messages import Alternative, TokenLogprob
from inkstand_sdk.server_logprobs import token_logprobs

TOP = [{"token": " the", "logprob": -0.1}, {"token": " a", "logprob": -2.0}]
ENTRY = {"token": " the", "logprob": -0.1, "bytes": None, "top_logprobs": TOP}
COLUMNS = {
    "tokens": [" the"],
    "token_logprobs": [-0.1],
    "top_logprobs": [{" a": -2.0, " the": -0.1}],
    "text_offset": [0],
}
EXPECTED = TokenLogprob(" the", -0.1, (Alternative(" the", -0.1), Alternative(" a", -2.0)))


@pytest.mark.parametrize(
    "told", [{"content": [ENTRY]}, [ENTRY], COLUMNS], ids=["chat", "list", "columns"]
)
def test_every_form_gives_the_same(told: Any) -> None:
    assert token_logprobs(told, 5) == (EXPECTED,)
    assert token_logprobs(told, 1)[0].top == EXPECTED.top[:1]
    assert token_logprobs(told, 0)[0].top == ()


def test_the_bytes_are_believed_before_the_text() -> None:
    entry = {"token": "\\xc3", "bytes": [0xC3], "logprob": 0.000001}
    assert token_logprobs([entry], 2) == (TokenLogprob("\ufffd", 0.0),)


@pytest.mark.parametrize(
    "told", [None, {}, [], "x", {"content": None}, {"content": [None, {"token": "a"}]},
             {"tokens": ["a"], "token_logprobs": [None], "top_logprobs": None}],
)  # fmt: skip
def test_what_is_none_of_these_tells_nothing(told: Any) -> None:
    assert token_logprobs(told, 2) == ()
