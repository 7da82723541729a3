"""What is wrong with a value, in words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from inkstand_sdk.messages import GenerateRequest, Sampling
from inkstand_sdk.wrong_value import in_words


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ({"temperature": "hot"}, Sampling, "temperature is text, not a number"),
        ({"top_k": 1.5}, Sampling, "top_k is a number, not a whole number"),
        ({"dry": 5}, Sampling, "dry is a whole number, not a table of values"),
        ({"temperature": 99}, Sampling, "temperature must be at most 10.0"),
        ({"top_p": 0}, Sampling, "top_p must be more than 0.0"),
        ({"mirostat": {"version": 3}}, Sampling, "mirostat.version must be at most 2"),
        ({"stop": [1]}, GenerateRequest, "stop[0] is a whole number, not text"),
        ({"messages": None}, GenerateRequest, "messages is nothing, not a list"),
        (5, Sampling, "it is a whole number, not a table of values"),
    ],
)
def test_a_wrong_value_is_told_in_words(value: Any, kind: type, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, kind)
    assert in_words(caught.value) == words


def test_what_is_not_known_is_passed_on_as_it_is() -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"strategy": "x"}, GenerateRequest)
    assert in_words(caught.value) == "Invalid enum value 'x' - at `$.strategy`"
    assert in_words(RecursionError("too deep")) == "too deep"
