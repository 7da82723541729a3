"""The styles, page and running head of a DOCX, as the reference document that pandoc copies.

Lengths are in twentieths of a point, sizes of type in half points, as ECMA-376 has them.
"""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import msgspec

from inkstand.formats.document import Document
from inkstand.formats.writing.manuscript_page import running_head
from inkstand.formats.writing.options import Options

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FONTS = {"times": "Times New Roman", "courier": "Courier New"}
_A_THIRD_DOWN = 3_600
_WHEN_ZIPPED = (1980, 1, 1, 0, 0, 0)


class _Style(msgspec.Struct, frozen=True):
    """A style: its name, the one it is based on, and its properties as XML."""

    name: str
    based: str = "Normal"
    paragraph: str = ""
    text: str = ""
    kind: str = "paragraph"
    then: str = ""


class _Look(msgspec.Struct, frozen=True):
    """What differs between a book and a manuscript."""

    font: str
    indent: int
    line: int
    heading: str
    heading_size: int
    title_space: int


def reference(document: Document, options: Options, *, parts: bool) -> bytes:
    """A DOCX without text whose styles, margins and running head a document is to have."""
    shunn = options.style == "shunn"
    files = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"), ("header", "header1.xml"), ("footer", "footer1.xml")
        ),
        "word/document.xml": _document(),
        "word/header1.xml": _margin("hdr", running_head(document) if shunn else None),
        "word/footer1.xml": _margin("ftr", None if shunn else ""),
        "word/styles.xml": _styles(options, parts=parts),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN_ZIPPED), _HEAD + text)
    return out.getvalue()


def _styles(options: Options, *, parts: bool) -> str:
    shunn = options.style == "shunn"
    look = (
        _Look(_FONTS[options.font], 720, 480, "center", 24, _A_THIRD_DOWN)
        if shunn
        else _Look("Times New Roman", 360, 300, "center", 32, 2_400)
    )
    font = look.font
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"'
        f' w:cs="{font}"/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr></w:rPrDefault>'
        f'<w:pPrDefault><w:pPr><w:spacing w:line="{look.line}" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
    )
    styles = [*_of_prose(look, shunn=shunn), *_of_headings(look, shunn=shunn, parts=parts)]
    return (
        f'<w:styles xmlns:w="{_W}">{defaults}'
        + "".join(_written(style) for style in styles)
        + '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/></w:style>'
        '<w:style w:type="table" w:styleId="Table"><w:name w:val="Table"/>'
        '<w:basedOn w:val="TableNormal"/></w:style></w:styles>'
    )


def _of_prose(look: _Look, *, shunn: bool) -> list[_Style]:
    indent = f'<w:ind w:firstLine="{look.indent}"/>'
    flush = '<w:ind w:firstLine="0"/>'
    first = indent if shunn else flush
    small = "" if shunn else '<w:sz w:val="20"/><w:szCs w:val="20"/>'
    around = '<w:spacing w:before="240" w:after="240"/>'
    aside = f'<w:ind w:left="{look.indent}" w:right="{look.indent}" w:firstLine="0"/>'
    mono = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
    return [
        _Style("Normal", based=""),
        _Style("Default Paragraph Font", based="", kind="character"),
        _Style("Body Text", paragraph=f"<w:widowControl/>{indent}"),
        _Style("First Paragraph", "BodyText", first, then="BodyText"),
        _Style("Compact", "BodyText", flush),
        _Style("Block Text", "BodyText", aside),
        _Style("Scene Break", "Normal", f'<w:keepNext/>{around}<w:jc w:val="center"/>'),
        _Style("Ending", "Normal", f'{around}<w:jc w:val="center"/>'),
        _Style("Contact", "Normal", '<w:spacing w:line="240" w:lineRule="auto"/>'),
        _Style(
            "Word Count",
            "Contact",
            '<w:framePr w:w="3600" w:wrap="around" w:vAnchor="margin" w:hAnchor="margin"'
            ' w:xAlign="right" w:yAlign="top"/><w:jc w:val="right"/>',
        ),
        _Style("Footnote Text", paragraph=flush, text=small),
        _Style("Source Code", paragraph=flush, text=mono),
        _Style("Verbatim Char", "DefaultParagraphFont", text=mono, kind="character"),
        _Style(
            "Footnote Reference",
            "DefaultParagraphFont",
            text='<w:vertAlign w:val="superscript"/>',
            kind="character",
        ),
        _Style("Hyperlink", "DefaultParagraphFont", text='<w:u w:val="single"/>', kind="character"),
        _Style("header", paragraph='<w:spacing w:line="240" w:lineRule="auto"/>'),
        _Style("footer", paragraph='<w:spacing w:line="240" w:lineRule="auto"/>'),
    ]


def _of_headings(look: _Look, *, shunn: bool, parts: bool) -> list[_Style]:
    centered = f'<w:jc w:val="{look.heading}"/>'
    bold = "" if shunn else "<w:b/><w:bCs/>"
    size = f'<w:sz w:val="{look.heading_size}"/><w:szCs w:val="{look.heading_size}"/>'

    def heading(level: int, *, page: bool) -> _Style:
        down = look.title_space if page else 240
        return _Style(
            f"heading {level}",
            "Normal",
            "<w:keepNext/><w:keepLines/>"
            + ("<w:pageBreakBefore/>" if page else "")
            + f'<w:spacing w:before="{down}" w:after="480"/>{centered}'
            + f'<w:outlineLvl w:val="{level - 1}"/>',
            bold + (size if page else ""),
            then="FirstParagraph",
        )

    title = f'<w:spacing w:before="{look.title_space}" w:after="240"/>{centered}'
    return [
        heading(1, page=True),
        heading(2, page=parts),
        *(heading(level, page=False) for level in range(3, 7)),
        _Style("Title", "Normal", title, "" if shunn else '<w:b/><w:bCs/><w:sz w:val="48"/>'),
        _Style("Subtitle", "Normal", f'<w:spacing w:after="240"/>{centered}'),
        _Style("Author", "Normal", centered),
        _Style("Date", "Normal", centered),
    ]


def _written(style: _Style) -> str:
    name = "".join(word[:1].upper() + word[1:] for word in style.name.split())
    default = ' w:default="1"' if not style.based else ""
    return (
        f'<w:style w:type="{style.kind}"{default} w:styleId="{name}">'
        f'<w:name w:val="{style.name}"/>'
        + (f'<w:basedOn w:val="{style.based}"/>' if style.based else "")
        + (f'<w:next w:val="{style.then}"/>' if style.then else "")
        + "<w:qFormat/>"
        + (f"<w:pPr>{style.paragraph}</w:pPr>" if style.paragraph else "")
        + (f"<w:rPr>{style.text}</w:rPr>" if style.text else "")
        + "</w:style>"
    )


def _document() -> str:
    return (
        f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body><w:p/><w:sectPr>'
        '<w:headerReference w:type="default" r:id="rId2"/>'
        '<w:footerReference w:type="default" r:id="rId3"/>'
        '<w:pgSz w:w="12240" w:h="15840"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720"'
        ' w:footer="720" w:gutter="0"/><w:titlePg/></w:sectPr></w:body></w:document>'
    )


def _margin(kind: str, text: str | None) -> str:
    """A header or footer: some text and the page's number, or nothing."""
    number = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        ' PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    if text is None:
        inside = "<w:p/>"
    elif text:
        inside = (
            '<w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:t xml:space="preserve">'
            f"{escape(text)} / </w:t></w:r>{number}</w:p>"
        )
    else:
        inside = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{number}</w:p>'
    return f'<w:{kind} xmlns:w="{_W}">{inside}</w:{kind}>'


def _relations(*targets: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{_R}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _content_types() -> str:
    parts = {
        "document": "document.main",
        "styles": "styles",
        "header1": "header",
        "footer1": "footer",
    }
    inside = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in parts.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{inside}</Types>'
    )
