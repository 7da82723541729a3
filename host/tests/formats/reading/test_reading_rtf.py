"""RTF as Word, LibreOffice, macOS and Scrivener write it, and RTF that is made to do harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.formats.reading.rtf import rtf
from inkstand_sdk.errors import Cancelled, InputError

from .made import rtf as as_macos


def text_of(body: str) -> str:
    return rtf(("{\\rtf1\\ansi\\ansicpg1252 " + body + "}").encode("latin-1"), "a.rtf").text


def test_what_macos_writes_has_its_paragraphs_and_letters() -> None:
    text = "It’s here — now…\nПривет, 你好\n😀 and {braces} \\ slash"
    body = as_macos(text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}"))
    body = body.replace("\\u128512 ", "\\u-10179 \\u-8704 ")
    found = rtf(body.encode("ascii"), "a.rtf").text
    assert found == "It’s here — now…\n\nПривет, 你好\n\n😀 and {braces} \\\\ slash"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("It\\u8217's", "It’s"),
        ("It\\uc2\\u8217''s", "It’s"),
        ("It\\u8217\\'92s", "It’s"),
        ("It\\'92s \\ldblquote so\\rdblquote\\emdash\\lquote x\\rquote", "It’s “so”—‘x’"),
        ("a\\~b\\_c\\-d", "a\u00a0b\u2011cd"),
        ("{\\i a}, {\\b b}, {\\strike c}, {\\scaps d}", "*a*, **b**, ~~c~~, [d]{.smallcaps}"),
        ("\\i one\\i0  two \\b three\\plain  four", "*one* two **three** four"),
        ("{\\b bold {\\i both}} {\\ul un\\ulnone  not}", "**bold *both*** [un]{.underline} not"),
        ("x{\\super 2} H{\\sub 2}O\\nosupersub", "x^2^ H~2~O"),
        ("one\\line two\\par three", "one\\\ntwo\n\nthree"),
        ("one\\par * * *\\par two", "one\n\n* * *\n\ntwo"),
        ("one\\par #\\par two", "one\n\n* * *\n\ntwo"),
        ("one\\page two", "one\n\n* * *\n\ntwo"),
        ("{\\*\\unknown gone}kept{\\*\\generator Word}", "kept"),
        ("{\\listtext 1.\\tab}first\\par{\\listtext 2.\\tab}second", "1. first\n2. second"),
        ('{\\field{\\*\\fldinst HYPERLINK "http://a.b"}{\\fldrslt there}}', "[there](http://a.b)"),
        ("{\\field{\\*\\fldinst PAGE}{\\fldrslt 12}}", "12"),
        ("\\bin5 }}{{}after", "after"),
    ],
)  # fmt: skip
def test_a_piece_of_rtf_is_read(body: str, text: str) -> None:
    assert text_of(body) == text


def test_code_pages_of_fonts_are_heeded() -> None:
    fonts = "{\\fonttbl{\\f0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}"
    assert text_of(fonts + "\\f1 \\'cf\\'f0\\'e8 \\f0 caf\\'e9 \\f2 \\'93\\'fa\\'96\\'7b") == (
        "При café 日本"
    )


def test_headings_footnotes_comments_and_facts_are_read() -> None:
    found = rtf(
        b"{\\rtf1\\ansi{\\stylesheet{\\s0 Normal;}{\\s1 heading 1;}}"
        b"{\\info{\\title My Book}{\\author J\\'f6rg}}\\pard\\s1\\b One\\par"
        b"\\pard\\plain Text{\\super\\chftn}{\\footnote\\pard\\plain \\chftn  A {\\i note}.}"
        b" and {\\*\\atnid A}{\\*\\atnauthor Ann}{\\*\\annotation check}more.\\par"
        b"\\pard\\outlinelevel1 Two\\par}",
        "a.rtf",
    )
    assert (
        found.text == "# One\n\nText[^1] and <!-- Ann: check -->more.\n\n## Two\n\n[^1]: A *note*."
    )
    assert found.metadata == {"title": "My Book", "author": "Jörg"}


def test_what_is_left_out_is_counted() -> None:
    found = rtf(b"{\\rtf1 {\\header Me}a {\\v secret}{\\deleted gone}{\\pict 00ff}b}", "a.rtf")
    assert found.text == "a b"
    assert dict(found.lost) == {
        "headers or footers, left out": 1,
        "passages of hidden text, left out": 1,
        "tracked deletions, left out as if accepted": 1,
        "images, left out": 1,
    }


def test_a_file_that_was_cut_off_gives_what_it_has_and_says_so() -> None:
    found = rtf(b"{\\rtf1 One\\par {\\i Tw", "a.rtf")
    assert found.text == "One\n\n*Tw*"
    assert "cut off" in found.notes[0]


def test_groups_without_end_are_refused() -> None:
    with pytest.raises(InputError, match="nested more than"):
        rtf(b"{\\rtf1 " + b"{" * 100_000, "a.rtf")


def test_other_files_are_refused() -> None:
    with pytest.raises(InputError, match="is no RTF"):
        rtf(b"PK\x03\x04", "a.rtf")


def test_reading_can_be_cancelled() -> None:
    def check() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        rtf(b"{\\rtf1 " + b"a\\par " * 20_000 + b"}", "a.rtf", check)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_it_is_read_or_refused(data: bytes) -> None:
    rtf(b"{\\rtf1 " + data, "a.rtf")


@given(
    st.lists(
        st.sampled_from(
            ["{", "}", "\\par ", "\\footnote ", "\\*", "\\fldinst ", "\\field", "\\fldrslt ", "x",
             "\\annotation ", "\\stylesheet", "\\fonttbl", "\\info", "\\title ", "\\u-10179 ",
             "\\'e9", "\\s1 ", "\\listtext ", "\\f1 ", "\\uc0 ", "\\v ", "\\i ", "\\pict "]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_control_words_in_any_order_do_no_harm(words: list[str]) -> None:
    rtf(("{\\rtf1 " + "".join(words) + "}").encode(), "a.rtf")
