"""What a writer's text becomes in Markdown: markup stays, and words are never taken for markup."""

from __future__ import annotations

import pytest

from inkstand.formats.writing.footnotes import taken_out
from inkstand.formats.writing.prose import Left, cleaned, markdown_of

WRAPPED = """\
A text that is wrapped where the line is full, as mail was once,
goes on and on over lines that are filled up to the margin, all of
them."""


def markdown(text: str, left: Left | None = None) -> str:
    left = left if left is not None else Left()
    return markdown_of(cleaned(text, left), left, markdown=True)


def plain(text: str) -> str:
    return markdown_of(cleaned(text, Left()), Left(), markdown=False)


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("    Indented by four.", "Indented by four."),
        ("\tOne.\n\tTwo.", "One.\n\nTwo."),
        ("\u3000一。\n\u3000二。", "一。\n\n二。"),
        ("Wrapped\nas usual", "Wrapped\nas usual"),
        ("1984. It was.", "1984\\. It was."),
        ("- Bonjour.", "\\- Bonjour."),
        ("- one\n- two", "- one\n- two"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("1984. one\n1999. two", "1984\\. one\n1999\\. two"),
        ("Buy:\n- milk\n- eggs", "Buy:\n\n- milk\n- eggs"),
        ("# no heading here", "\\# no heading here"),
        ("text\n===", "text\n\\==="),
        ("text\n--", "text\n\\--"),
        ("*", "\\*"),
        ("[Aside]: he said.", "\\[Aside]: he said."),
        ("[1]: https://example.org", "[1]: https://example.org"),
        ("a  \nb\\\nc", "a\\\nb\\\nc"),
        ("end\\", "end"),
        ("> quoted\n> # text", "> quoted\n> \\# text"),
        ("```\n    code # <b>\n```", "```\n    code # <b>\n```"),
        ("```\nnever closed", "\\```\nnever closed"),
        ("<i>a</i> <B>b</B> <u>c</u>", "*a* **b** [c]{.underline}"),
        ("one<br>two<br/>", "one\\\ntwo"),
        ("<script>x</script>", "\\<script>x\\</script>"),
        ("<Can you hear me?>", "\\<Can you hear me?>"),
        ("<i>never closed", "\\<i>never closed"),
        ("::: {.note}\nx\n:::", "\\::: {.note}\nx\n\\:::"),
        ("\x00a\x07b\x0cc", "ab\n\nc"),
        ("a\u2028b", "a\\\nb"),
        ("word <!-- x --> next[[y]].", "word next."),
        ("a\n<!-- alone -->\nb", "a\nb"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("| roses\n|   violets", "| roses\n|   violets"),
        ("|x| is the norm", "|x| is the norm"),
    ],
)
def test_what_is_typed_as_markdown_means_what_a_writer_means(typed: str, made: str) -> None:
    assert markdown(typed) == made


def test_html_and_asides_are_counted() -> None:
    left = Left()
    markdown("<script>x</script> <!-- a --> [[b]] <!-- c -->", left)
    assert left["tag"] == 2
    assert left["comment"] == 2
    assert left.first["comment"] == "<!-- a -->"
    assert left["note"] == 1


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("*a* _b_ [c] `d` <e> \\f", "*a* _b_ \\[c\\] \\`d\\` \\<e\\> \\\\f"),
        ("# one\n\n- two", "\\# one\n\n\\- two"),
        (f"{'long ' * 30}\n“Short,” he said.", f"{('long ' * 30).strip()}\n\n“Short,” he said."),
        (
            "Roses are red,\nviolets are blue,\n\nsugar is sweet\nand so are you.",
            "Roses are red,\\\nviolets are blue,\n\nsugar is sweet\\\nand so are you.",
        ),
        (
            WRAPPED,
            WRAPPED,
        ),
    ],
)
def test_plain_text_has_emphasis_and_line_ends_that_mean_something(typed: str, made: str) -> None:
    assert plain(typed) == made


@pytest.mark.parametrize("sign", [">", "<!-- ", "[[", "[", "*", "`", "> - ", "<i>", "[^", "|"])
def test_a_sign_a_hundred_thousand_times_is_only_text(sign: str) -> None:
    assert "word" in markdown(sign * 100_000 + "word")


def test_footnotes_are_found_wherever_they_stand() -> None:
    taken = taken_out(["One.[^a]\n\n[^a]: First\n    line.\n\n    More.\n\nText.", "[^b]: Other"])
    assert taken.notes == {"a": "First\nline.\n\nMore.", "b": "Other"}
    assert [text.split() for text in taken.texts] == [["One.[^a]", "Text."], []]
