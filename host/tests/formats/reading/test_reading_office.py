"""Word, OpenDocument, EPUB and HTML as their programs write them, read by pandoc."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.formats import pandoc
from inkstand.formats.document import MARKDOWN
from inkstand.formats.reading import office

from .made import COMMENTED, FOOTNOTE, PAGE_BREAK, docx, heading, paragraph, run, zipped

WORD_TEXT = [
    heading("Chapter One"),
    paragraph(
        run("He s"),
        run("aid "),
        run("Hel", "<w:i/>"),
        run("lo", "<w:i/><w:lang w:val='en'/>"),
        ". ",
        '<w:smartTag w:element="place"><w:r><w:t>Paris</w:t></w:r></w:smartTag>',
        FOOTNOTE,
        " the ",
        COMMENTED,
        ".",
    ),
    paragraph("* * *", properties='<w:jc w:val="center"/>'),
    "<w:sdt><w:sdtContent>" + paragraph("In a control.") + "</w:sdtContent></w:sdt>",
    paragraph("line one", "<w:r><w:br/></w:r>", "line two"),
    heading("Two", "MyChapter"),
    paragraph(run("Small", "<w:smallCaps/>"), " ", run("gone", "<w:strike/>")),
]


def test_words_split_runs_tags_controls_notes_and_comments_are_read() -> None:
    flow = office.docx(docx(*WORD_TEXT), "novel.docx", None)
    assert flow.text == (
        "# Chapter One\n\n"
        "He said *Hello*. Paris[^1] the <!-- Ed: Check the tide - - please -->tide.\n\n"
        "* * *\n\nIn a control.\n\nline one\\\nline two\n\n"
        "# Two\n\n[Small]{.smallcaps} ~~gone~~\n\n[^1]: Said *twice*."
    )
    assert not flow.lost


def test_tracked_changes_are_taken_as_accepted_and_said() -> None:
    made = docx(
        paragraph(
            "Kept. ",
            '<w:ins w:id="1" w:author="A"><w:r><w:t>New.</w:t></w:r></w:ins>',
            '<w:del w:id="2" w:author="A"><w:r><w:delText>Old.</w:delText></w:r></w:del>',
        )
    )
    flow = office.docx(made, "novel.docx", None)
    assert flow.text == "Kept. New."
    assert flow.lost["tracked insertions, taken in as if accepted"] == 1
    assert flow.lost["tracked deletions, left out as if accepted"] == 1


def test_a_page_break_between_paragraphs_is_a_scene_break_but_not_before_a_chapter() -> None:
    made = docx(
        paragraph("One.", PAGE_BREAK), paragraph("Two."), paragraph(PAGE_BREAK), heading("Next")
    )
    flow = office.docx(made, "novel.docx", None)
    assert flow.text == "One.\n\n* * *\n\nTwo.\n\n# Next"
    assert flow.notes == ("1 new page was read as scene breaks.",)


def test_a_rare_empty_paragraph_is_a_scene_break_and_frequent_ones_are_spacing() -> None:
    prose = [paragraph(f"Paragraph {n}.") for n in range(12)]
    rare = office.docx(docx(*prose[:6], paragraph(), *prose[6:]), "a.docx", None)
    assert rare.text.count("* * *") == 1
    spaced = office.docx(docx(*(each + paragraph() for each in prose)), "b.docx", None)
    assert "* * *" not in spaced.text


def test_headers_and_pictures_are_said_to_be_missing() -> None:
    header = '<w:hdr xmlns:w="x"><w:p><w:r><w:t>My name</w:t></w:r></w:p></w:hdr>'
    flow = office.docx(docx(paragraph("Text."), word__header1_dot_xml=header), "a.docx", None)
    assert flow.lost["headers or footers, left out"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "It's 'quoted' and \"so\"... - well -- 5 * 3 = 15, snake_case, a_b, 1) x, $5 & co. #1",
        "*starred* _under_ `tick` [x](y) <b>not a tag</b> &amp; \\back ~tilde~ ^up^ [^1] ]{.a}",
        "1. no list",
        "12) no list",
        "# no heading",
        "> no quotation",
        "- no item",
        "+ no item",
        "| no verse",
        "[label]: no target",
        "~~~ no code",
        "привет, 你好, مرحبا, 😀 — “typographic” ‘marks’ …",
        "a*b*c and **d** and ***",
        "== no underline ==",
    ],
)
def test_what_stands_in_word_reads_the_same_in_markdown(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    flow = office.docx(docx(paragraph(escaped)), "a.docx", None)
    back, _ = pandoc.run(
        ["-f", MARKDOWN, "-t", "plain", "--wrap=none"], what="a", stdin=flow.text.encode()
    )
    assert back.decode().strip() == text


def test_ordinary_prose_is_not_littered_with_backslashes() -> None:
    prose = (
        "“Don't,” he said -- it's... 5 * 3, e.g. No. 7, and/or (well) #9; 'so' snake_case & [sic]!"
    )
    flow = office.docx(docx(paragraph(prose.replace("&", "&amp;"))), "a.docx", None)
    assert flow.text == prose


def made_by_pandoc(text: str, kind: str) -> bytes:
    made, _ = pandoc.run(
        ["-f", "markdown", "-t", kind, "-o", "-"], what="a sample", stdin=text.encode()
    )
    return made


BOOK = """---
title: The Salt House
author: Ann Bee
lang: en-GB
---

# One

It is *so* and **bold**, ~~gone~~.[^1]

* * *

Second scene.

[^1]: A *note*.

# Two

Text.
"""


@pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
def test_a_book_keeps_chapters_breaks_emphasis_notes_and_title(kind: str) -> None:
    flow = office.READERS[kind](made_by_pandoc(BOOK, kind), f"book.{kind}", None)
    assert "# One\n\nIt is *so* and **bold**, ~~gone~~.[^1]\n\n* * *\n\nSecond scene." in flow.text
    assert "# Two\n\nText." in flow.text
    assert flow.text.endswith("[^1]: A *note*.")
    assert flow.metadata["title"] == "The Salt House"
    assert flow.metadata["author"] == "Ann Bee"
    assert flow.metadata["language"] == "en-GB"


ODT_BODY = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><office:automatic-styles>
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>
</office:automatic-styles><office:body><office:text>
<text:tracked-changes><text:changed-region><text:deletion><text:p>Old.</text:p></text:deletion>
</text:changed-region></text:tracked-changes>
<text:p text:style-name="P1">My Title</text:p>
<text:p text:style-name="Standard">One <office:annotation office:name="n"><dc:creator
>Ann</dc:creator><dc:date>2026-01-01</dc:date><text:p>Check this</text:p></office:annotation
>word<office:annotation-end office:name="n"/>.</text:p>
<text:p text:style-name="Horizontal_20_Line"/>
<text:p text:style-name="Standard">Two.</text:p>
</office:text></office:body></office:document-content>"""


def test_an_odts_comments_rules_title_and_deletions_are_read() -> None:
    made = zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": ODT_BODY,
            "styles.xml": '<?xml version="1.0"?><office:document-styles'
            ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
            "META-INF/manifest.xml": "<m/>",
        }
    )
    flow = office.odt(made, "a.odt", None)
    assert flow.text == "One <!-- Ann: Check this -->word.\n\n* * *\n\nTwo."
    assert flow.metadata["title"] == "My Title"
    assert flow.lost["tracked deletions, left out as if accepted"] == 1


def test_an_odts_small_capitals_and_underlines_survive() -> None:
    text = "[Small]{.smallcaps} and [under]{.underline} and *so*."
    assert office.odt(made_by_pandoc(text, "odt"), "a.odt", None).text == text


def test_a_web_pages_comments_survive_and_its_scripts_do_not() -> None:
    page = (
        "<html><head><title>T</title><script>alert(1)</script></head><body><h1>One</h1>"
        "<p>It&rsquo;s <em>so</em>.<!-- check -- this --></p><hr><p>Two.<br>Three.</p>"
        "</body></html>"
    )
    flow = office.web_page(page, "a.html", None)
    assert flow.text == ("# One\n\nIt’s *so*.<!-- check - - this -->\n\n* * *\n\nTwo.\\\nThree.")
    assert flow.metadata["title"] == "T"


def test_without_pandoc_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pandoc, "_bundled", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pandoc.FormatMissing, match=r'pip install "inkstand\[formats\]"'):
        office.docx(docx(paragraph("x")), "a.docx", None)


EPUB: dict[str, str | bytes] = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="O/b.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>",
    "O/b.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Real</dc:title>'
    "<dc:creator>A. One</dc:creator><dc:creator>B. Two</dc:creator></metadata><manifest>"
    '<item id="i" href="c.jpg" media-type="image/jpeg"/>'
    '<item id="n" href="n.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>',
    "O/c.jpg": b"not really",
    "O/n.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml" '
    'xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><h1>Contents</h1>'
    '<ol><li><a href="a.xhtml">One</a></li></ol></nav></body></html>',
    "O/a.xhtml": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
    '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml"'
    ' xmlns:epub="http://www.idpf.org/2007/ops"><body><h2>One</h2><p>He <i>said</i>, &ldquo;go'
    '&rdquo;.<a epub:type="noteref" href="#n">1</a></p><p>⁂</p><p>More.<img src="c.jpg"/></p>'
    '<aside epub:type="footnote" id="n"><p>A note.</p></aside></body></html>',
    "O/b.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Two.</p></body></html>',
}


def test_a_sellers_epub_keeps_notes_breaks_authors_and_files_without_headings() -> None:
    flow = office.epub(zipped(EPUB), "a.epub", None)
    assert flow.text == (
        "## One\n\nHe *said*, “go”.[^1]\n\n* * *\n\nMore.<!-- image: c.jpg -->\n\n"
        "* * *\n\nTwo.\n\n[^1]: A note."
    )
    assert flow.metadata["author"] == "A. One; B. Two"
