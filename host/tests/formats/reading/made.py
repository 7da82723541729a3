"""Files as Word, LibreOffice, Scrivener and others write them, made by hand."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

_OPEN = "http://schemas.openxmlformats.org"
_W = f'xmlns:w="{_OPEN}/wordprocessingml/2006/main"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = f"""{_XML}
<Types xmlns="{_OPEN}/package/2006/content-types">
<Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
_RELATIONS = f"""{_XML}
<Relationships xmlns="{_OPEN}/package/2006/relationships">
<Relationship Id="rId1"
 Type="{_OPEN}/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/>
</Relationships>"""
_OF_DOCUMENT = f"""{_XML}
<Relationships xmlns="{_OPEN}/package/2006/relationships">
<Relationship Id="rId1"
 Type="{_OPEN}/officeDocument/2006/relationships/footnotes"
 Target="footnotes.xml"/>
<Relationship Id="rId2"
 Type="{_OPEN}/officeDocument/2006/relationships/comments"
 Target="comments.xml"/>
<Relationship Id="rId3"
 Type="{_OPEN}/officeDocument/2006/relationships/styles"
 Target="styles.xml"/>
<Relationship Id="rId4"
 Type="{_OPEN}/officeDocument/2006/relationships/image"
 Target="media/image1.png"/>
</Relationships>"""
_STYLES = f"""{_XML}
<w:styles {_W}>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>
<w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="MyChapter"><w:name w:val="My Chapter"/>
<w:basedOn w:val="berschrift1"/></w:style>
</w:styles>"""
_FOOTNOTES = f"""{_XML}
<w:footnotes {_W}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>
<w:r><w:t xml:space="preserve"> Said </w:t></w:r>
<w:r><w:rPr><w:i/></w:rPr><w:t>twice</w:t></w:r><w:r><w:t>.</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""
_COMMENTS = f"""{_XML}
<w:comments {_W}>
<w:comment w:id="0" w:author="Ed" w:initials="E">
<w:p><w:r><w:t>Check the tide -- please</w:t></w:r></w:p>
</w:comment></w:comments>"""
FOOTNOTE = '<w:r><w:footnoteReference w:id="2"/></w:r>'
COMMENTED = (
    '<w:commentRangeStart w:id="0"/><w:r><w:t>tide</w:t></w:r><w:commentRangeEnd w:id="0"/>'
    '<w:r><w:commentReference w:id="0"/></w:r>'
)
PAGE_BREAK = '<w:r><w:br w:type="page"/></w:r>'


def run(text: str, properties: str = "") -> str:
    """A run of a Word document."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    """A paragraph of a Word document; a piece without a tag is a run of text."""
    inner = "".join(each if each.startswith("<") else run(each) for each in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def heading(text: str, style: str = "berschrift1") -> str:
    """A heading of a Word document, in a style with a name of another language."""
    return paragraph(text, properties=f'<w:pStyle w:val="{style}"/>')


def docx(*body: str, **more: str | bytes) -> bytes:
    """A Word document; `more` are further members, `/` written as `__` and `.` as `_dot_`."""
    document = f"{_XML}<w:document {_W}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>"
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _OF_DOCUMENT,
        "word/styles.xml": _STYLES,
        "word/footnotes.xml": _FOOTNOTES,
        "word/comments.xml": _COMMENTS,
        "word/media/image1.png": b"\x89PNG not really",
    }
    for name, content in more.items():
        members[name.replace("__", "/").replace("_dot_", ".")] = content
    return zipped(members)


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A ZIP file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def scrivener(folder: Path, binder: str, texts: dict[str, str], *, version: int = 3) -> Path:
    """A Scrivener project: `texts` are files below `Files/Data` or `Files/Docs` by their paths."""
    project = folder / "Book.scriv"
    where = project / "Files" / ("Data" if version == 3 else "Docs")
    where.mkdir(parents=True)
    (project / "Book.scrivx").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ScrivenerProject Version="{version}.0">'
        f"<Binder>{binder}</Binder>"
        '<LabelSettings><Labels><Label ID="-1">No Label</Label><Label ID="1">Blue</Label></Labels>'
        '</LabelSettings><StatusSettings><StatusItems><Status ID="1">Draft</Status></StatusItems>'
        "</StatusSettings></ScrivenerProject>",
        encoding="utf-8",
    )
    for name, text in texts.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return project


def rtf(text: str) -> str:
    """RTF as macOS writes it: a backslash and a line end are a paragraph's end."""
    escaped = "".join(c if ord(c) < 128 else f"\\uc0\\u{ord(c)} " for c in text)
    return (
        "{\\rtf1\\ansi\\ansicpg1252\\cocoartf2639\n{\\fonttbl\\f0\\fnil Palatino;}\n"
        "\\pard\\f0\\fs24 " + escaped.replace("\n", "\\\n") + "}"
    )
