"""A text cut into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace.sentences import cut, spans

_PARTS = st.sampled_from(
    [
        "He went",
        "Mr",
        ".",
        "!",
        "?",
        "…",
        "”",
        "“",
        " ",
        "\n",
        "\r\n",
        "\n\n",
        "。",
        "春",
        "\t",
        "a",
    ]
)


@given(st.one_of(st.text(), st.lists(_PARTS, max_size=40).map("".join)))
def test_no_character_is_lost_between_sentences(text: str) -> None:
    assert "".join(cut(text)) == text
    assert all(cut(text))
    assert " ".join(text[a:b] for a, b in spans(text)).split() == [
        word for piece in cut(text) for word in piece.split()
    ]
    assert all(text[a:b].strip() == text[a:b] != "" for a, b in spans(text))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He went. She stayed.", ["He went.", "She stayed."]),
        ("“Go!” he said. “Now.”", ["“Go!” he said.", "“Now.”"]),
        ("“Go!” “No.” He went.", ["“Go!”", "“No.”", "He went."]),
        ("Mr. Bell saw J. R. Flint.", ["Mr. Bell saw J. R. Flint."]),
        ("She waited … and waited. Then?", ["She waited … and waited.", "Then?"]),
        ("One line\nand another. Then", ["One line\nand another.", "Then"]),
        ("A heading\n\nA text.\r\n\r\nMore", ["A heading", "A text.", "More"]),
        ("彼は行った。「はい。」彼女は", ["彼は行った。", "「はい。」", "彼女は"]),
        ("वह गया। वह आई।", ["वह गया।", "वह आई।"]),
        ("هل ذهب؟ نعم.", ["هل ذهب؟", "نعم."]),
        ("It cost 3.50. Ask www.a.b now.", ["It cost 3.50.", "Ask www.a.b now."]),
        ("*Really.* She did.", ["*Really.*", "She did."]),
        ("", []),
        ("   \n", []),
    ],
)
def test_sentences_end_where_a_reader_says(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in spans(text)] == sentences


def test_a_line_without_end_is_cut_in_time() -> None:
    assert len(cut("So it was. " * 400_000)) == 400_000
    assert len(cut("." * 2_000_000)) == 1
    assert len(cut(" \n" * 1_000_000)) == 1
