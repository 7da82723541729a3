"""Tokens as text: whole characters, nothing lost, the spaces where they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_transformers.detokenizer import Detokenizer

BROKEN = [b"\xff", b"\xc3", b"\xe2\x80", b"\xf0\x9f\x98", b"\x80\x80\x80\x80", b"\xff" * 30]


def as_bytes(tokens: list[int]) -> str:
    return bytes(tokens).decode("utf-8", "replace")


@given(text=st.text(max_size=60), before=st.text(max_size=10))
def test_every_text_comes_out_whole_and_in_whole_characters(text: str, before: str) -> None:
    if "\ufffd" in text:
        return
    detokenizer = Detokenizer(as_bytes, list(before.encode()))
    pieces = [detokenizer.feed(token) for token in text.encode()]
    assert "".join(pieces) + detokenizer.flush() == text


@given(start=st.text(max_size=8), broken=st.sampled_from(BROKEN), end=st.text(max_size=8))
def test_broken_bytes_are_left_out_and_the_rest_is_not(start: str, broken: bytes, end: str) -> None:
    data = start.encode() + broken + b"--" + end.encode()
    detokenizer = Detokenizer(as_bytes)
    text = "".join(detokenizer.feed(token) for token in data) + detokenizer.flush()
    assert text == data.decode("utf-8", "ignore").replace("\ufffd", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_a_real_tokenizers_text_comes_out_as_it_went_in(
    text: str, make_tokenizer: Callable[..., Any]
) -> None:
    tokenizer = _kept(make_tokenizer)
    tokens = tokenizer.encode(text).ids
    detokenizer = Detokenizer(lambda some: str(tokenizer.decode(some)))
    pieces = [detokenizer.feed(token) for token in tokens]
    assert "".join(pieces) + detokenizer.flush() == text.replace("\ufffd", "")


_made: list[Any] = []


def _kept(make_tokenizer: Callable[..., Any]) -> Any:
    if not _made:
        _made.append(make_tokenizer(every_byte=True).backend_tokenizer)
    return _made[0]
