"""Bytes into text: every encoding a writer's editor may have used, and what is no text."""

from __future__ import annotations

import codecs
import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace.encoding import decode
from inkstand_sdk.errors import InputError

PROSE = "“I’ll come,” said Zoë — but the café was closed…\r\nShe waited. Œuvre, naïve, £5.\n" * 20
NO_SURROGATES = st.characters(blacklist_categories=["Cs"])


@given(st.text(NO_SURROGATES.filter(lambda character: character != "\0")))
def test_utf_8_comes_back_as_it_is(text: str) -> None:
    without_mark = text.removeprefix("\ufeff")
    assert decode(text.encode(), "a.txt").text == without_mark


# A NUL right after the mark of UTF-16 makes it the mark of UTF-32: nobody could tell them apart.
@given(
    st.text(NO_SURROGATES).filter(lambda text: not text.startswith("\0")),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]),
)
def test_a_byte_order_mark_settles_the_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt").text == text


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with contextlib.suppress(InputError):
        decode(data, "a.txt").text.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252"])
def test_western_prose_is_read_whatever_it_was_saved_as(encoding: str) -> None:
    text = PROSE if encoding != "cp1252" else PROSE.replace("\x00", "")
    assert decode(text.encode(encoding), "a.txt").text == text


def test_other_languages_are_read_by_their_statistics() -> None:
    text = "Все счастливые семьи похожи друг на друга, каждая несчастливая несчастлива. " * 30
    found = decode(text.encode("cp1251"), "a.txt")
    assert found.text == text
    assert "a.txt" in found.note


def test_a_few_foreign_bytes_do_not_turn_utf_8_into_another_encoding() -> None:
    data = PROSE.encode() + b"It\x92s one pasted line.\n" + PROSE.encode()
    found = decode(data, "a.txt")
    assert found.text == PROSE + "It’s one pasted line.\n" + PROSE
    assert found.encoding == "utf-8"
    assert "1 bytes" in found.note


def test_utf_8_that_was_cut_within_a_character_is_still_utf_8() -> None:
    found = decode((PROSE + "é").encode()[:-1], "a.txt")
    assert found.text.startswith(PROSE)


def test_a_few_nul_characters_are_left_in_and_said() -> None:
    found = decode(b"Once upon a time. " * 200 + b"\0", "a.txt")
    assert found.text.endswith("\0")
    assert "NUL" in found.note


@pytest.mark.parametrize(
    "data",
    [
        b"GGUF\x03\0\0\0" + bytes(range(256)) * 10,
        b"\x7fELF\x02\x01\x01" + b"\0" * 100,
        b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(5000),
        b"PK\x03\x04" + random.Random(8).randbytes(5000),
        b"\0" * 1000,
        bytes(range(1, 32)) * 20 + b"\xff",
        codecs.BOM_UTF16_LE + b"\0\xd8\0\xd8\0",
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="is not a text file"):
        decode(data, "a.bin")


def test_an_empty_file_is_empty_text() -> None:
    assert decode(b"", "a.txt").text == ""
