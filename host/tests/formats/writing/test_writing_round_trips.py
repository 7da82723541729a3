"""What is exported and imported again has the same words, emphasis, breaks and footnotes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from exported import breaks, emphasized, exported, make_book, notes, words

from inkstand.formats.document import Document
from inkstand.workspace.importing import document_of

SAMPLE = Path(__file__).parents[3] / "src" / "inkstand" / "sample"
BOOKS = ("docx", "odt", "epub", "html")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path / "book")


def read_back(folder: Path, out: Path, to: str) -> Document:
    exported(folder, out, to, force=True)
    return document_of(out).document


@pytest.mark.parametrize("to", BOOKS)
def test_words_emphasis_breaks_and_footnotes_survive(book: Path, tmp_path: Path, to: str) -> None:
    plain = read_back(book, tmp_path / "out.md", "markdown")
    back = read_back(book, tmp_path / f"out.{to}", to)
    assert not words(plain) - words(back)
    if to != "epub":  # an EPUB has a title page among its texts
        assert not words(back) - words(plain)
    there = emphasized(back)
    if to == "odt":
        # Pandoc reads what is underlined in an ODT as italics, too; it is written as it should be.
        there.pop(("under", False, True), None)
    assert there == emphasized(plain)
    assert notes(back) == notes(plain) == 3
    assert breaks(back) == breaks(plain) == 2
    titles = [each.title for each in back.sections if each.title]
    assert titles[-4:] == [
        "The Weir",
        "The Salt Road",
        "Una",
        "Una",
    ]
    assert back.title == "The Weir & the <Salt> Road"
    assert back.authors == ("Zoë O'Neil",)
    assert back.language == "en-GB"


@pytest.mark.parametrize("to", BOOKS)
def test_the_sample_survives(tmp_path: Path, to: str) -> None:
    plain = read_back(SAMPLE, tmp_path / "out.md", "markdown")
    back = read_back(SAMPLE, tmp_path / f"out.{to}", to)
    assert not words(plain) - words(back)
    assert emphasized(back) == emphasized(plain)
    assert breaks(back) == breaks(plain)


@pytest.mark.parametrize("to", ["fountain", "fdx"])
def test_words_survive_as_a_screenplay(book: Path, tmp_path: Path, to: str) -> None:
    plain = read_back(book, tmp_path / "out.md", "markdown")
    back = read_back(book, tmp_path / f"out.{to}", to)
    assert back.kind == "screenplay"
    text = " ".join(each.title + " " + each.text for each in back.sections)
    missing = [word for word in words(plain) if word not in text.replace("\\", "")]
    assert not missing


SCRIPT = """Title: The Weir
Author: Zoë O'Neil

# Act One

INT. WEIGHBRIDGE HOUSE - DAY #1A#

= Una comes in.

Snow *drifts* in. [[How deep?]]

UNA
(quietly)
Put your **shoulder** in it.

CONNIE ^
That's _only_ pizza.

> CUT TO:

.A ROOM

!LOUD NOISES

> THE END <
"""


def test_a_screenplay_survives_final_draft(tmp_path: Path) -> None:
    (tmp_path / "weir.fountain").write_text(SCRIPT, encoding="utf-8")
    fdx = read_back(tmp_path / "weir.fountain", tmp_path / "weir.fdx", "fdx")
    (tmp_path / "again.fountain").write_bytes(b"")
    exported(tmp_path / "weir.fountain", tmp_path / "again.fountain", "fountain", force=True)
    assert (tmp_path / "again.fountain").read_text(encoding="utf-8") == SCRIPT
    text = "\n\n".join(each.text for each in fdx.sections)
    assert fdx.title == "The Weir"
    assert fdx.sections[0].title == "Act One"
    for element in (
        "INT. WEIGHBRIDGE HOUSE - DAY #1A#",
        "= Una comes in.",
        "Snow *drifts* in.",
        "[[How deep?]]",
        "UNA\n(quietly)\nPut your **shoulder** in it.",
        "CONNIE ^\nThat's _only_ pizza.",
        "CUT TO:",
        ".A ROOM",
        "LOUD NOISES",
        "> THE END <",
    ):
        assert element in text


LINE = st.text(
    st.one_of(
        st.sampled_from(list("*_`~^[]()<>#-+|\\!&$@{}:.1 \"'“’—é漢ש")),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"]),
    ),
    max_size=40,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, min_size=1, max_size=30))
def test_no_line_that_was_typed_breaks_an_export(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("typed")
    # Words of our own around each line tell whether one was lost.
    text = "\n\n".join(f"{line} marker{place}end" for place, line in enumerate(lines))
    book = make_book(folder / "book", one=f"# One\n\nFirst words.\n\n{text}\n\nLast words.\n")
    back = read_back(book, folder / "out.html", "html")
    there = words(back)
    hidden = ("<!--", "[[", "](", "]{", "```", "~~~", "![", "^[", "]:", "[^")
    for place, line in enumerate(lines):
        if not any(sign in text for sign in hidden):
            assert any(f"marker{place}end" in word for word in there), line
