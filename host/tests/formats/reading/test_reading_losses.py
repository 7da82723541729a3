"""What pandoc drops in silence is kept, or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.formats.reading import office
from inkstand.formats.reading.blocks import Flow
from inkstand.formats.reading.rtf import rtf
from inkstand.workspace.importing import document_of

from . import made

HTML = (
    "<html><head><style>.c3{font-style:italic;color:#000} span.sc {font-variant:small-caps}"
    "</style></head><body><p>so <span class='x c3'>dark</span> a <span class='sc'>Sea</span></p>"
    '<div style="display:none">Not shown.</div></body></html>'
)


def _word(body: str) -> Flow:
    return office.docx(made.docx(body), "a.docx", None)


@pytest.mark.parametrize("tag", ["fldSimple", "customXml", "smartTag"])
def test_text_in_wrappers_of_word_is_kept(tag: str) -> None:
    wrapped = f'<w:{tag} w:uri="x">{made.run("The tide.")}</w:{tag}>'
    assert "The tide." in _word(f"<w:p>{wrapped}</w:p>").text


def test_characters_with_readings_are_kept_and_the_readings_told() -> None:
    ruby = (
        f"<w:r><w:ruby><w:rubyPr/><w:rt>{made.run('umi')}</w:rt>"
        f"<w:rubyBase>{made.run('海')}</w:rubyBase></w:ruby></w:r>"
    )
    flow = _word(f"<w:p>{made.run('The ')}{ruby}</w:p>")
    assert flow.text.strip() == "The 海"
    assert flow.lost["readings beside characters (ruby), left out"] == 1


def test_hidden_text_of_word_is_said() -> None:
    flow = _word(made.paragraph("Seen. ", made.run("Unseen.", "<w:vanish/>")))
    assert flow.text.strip() == "Seen. Unseen."
    assert flow.lost["hidden passages, taken in as if they were shown"] == 1
    shown = _word(made.paragraph(made.run("Seen.", '<w:vanish w:val="0"/>')))
    assert not shown.lost


def test_the_looks_that_a_page_gives_by_classes_are_kept() -> None:
    flow = office.web_page(HTML, "a.html", None)
    assert flow.text.startswith("so *dark* a [Sea]{.smallcaps}")
    assert flow.lost["hidden passages, taken in as if they were shown"] == 1


def test_a_picture_in_a_page_does_not_fill_the_text() -> None:
    page = f'<p>Sea</p><img src="data:image/png;base64,{"A" * 100_000}">'
    assert len(office.web_page(page, "a.html", None).text) < 100


def test_a_file_of_a_book_that_is_not_in_the_line_of_reading_is_kept() -> None:
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b" linear="no"/></spine></package>'
    )
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head/><body><p>{}</p></body></html>'
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "b.opf": package,
        "a.xhtml": page.format('The <span class="it">tide</span>.'),
        "b.xhtml": page.format("An appendix."),
        "c.css": ".it { font-style: italic }",
    }
    text = office.epub(made.zipped(members), "a.epub", None).text
    assert "The *tide*." in text
    assert "An appendix." in text


def test_a_text_box_of_rtf_is_told() -> None:
    box = r"{\rtf1 Sea.{\shp{\*\shpinst{\shptxt A box.\par}}}\par}"
    flow = rtf(box.encode(), "a.rtf")
    assert flow.lost["text boxes, left out with their text"] == 1


def test_a_first_heading_is_the_title_whatever_the_properties_say(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><head><title>A file of somebody</title></head><body>"
        "<h1>The Sea</h1><h2>One</h2><p>a</p><h2>Two</h2><p>b</p></body></html>"
    )
    found = document_of(path)
    assert found.document.title == "The Sea"
    assert any("A file of somebody" in note for note in found.notes)


def test_text_in_fields_of_odt_is_kept_and_what_is_hidden_told() -> None:
    spaces = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for each, name in {
            "office": "office",
            "text": "text",
            "style": "style",
            "table": "table",
            "draw": "drawing",
            "fo": "xsl-fo-compatible",
        }.items()
    )
    content = (
        f"<office:document-content {spaces}><office:automatic-styles/><office:body><office:text>"
        "<text:p>A <text:ruby><text:ruby-base>海</text:ruby-base><text:ruby-text>umi"
        "</text:ruby-text></text:ruby> <text:placeholder>name</text:placeholder> "
        "<text:hidden-text>unseen</text:hidden-text></text:p>"
        "<text:numbered-paragraph><text:p>Counted.</text:p></text:numbered-paragraph>"
        "</office:text></office:body></office:document-content>"
    )
    styles = f"<office:document-styles {spaces}/>"
    data = made.zipped({"mimetype": "a", "content.xml": content, "styles.xml": styles})
    flow = office.odt(data, "a.odt", None)
    assert flow.text.split() == ["A", "海", "name", "unseen", "Counted."]
    assert flow.lost["hidden passages, taken in as if they were shown"] == 1
    assert flow.lost["readings beside characters (ruby), left out"] == 1
