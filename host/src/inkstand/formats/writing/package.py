"""What pandoc in its sandbox cannot put into a file: the date, our style sheet, and a cover."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from inkstand.formats.writing.options import Options

_STYLE = Path(__file__).parent / "epub.css"
_NO_CLOCK = b"1970-01-01T00:00:00Z"
_DATED = ("docProps/core.xml", "meta.xml", "EPUB/content.opf")
_NO_DATE = re.compile(rb'\s*<dc:date id="[^"]*">1970-01-01T00:00:00Z</dc:date>')
_FILE_AS_TITLE = re.compile(rb"<title>ch\d+\.xhtml</title>")
_HEADING = re.compile(rb"<h[1-3][^>]*>(.*?)</h[1-3]>", re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")
_COVER_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head>
<title>Cover</title>
<style>body {{ margin: 0; text-align: center; }} img {{ max-width: 100%; }}</style>
</head>
<body epub:type="cover"><div><img src="../media/cover.{kind}" alt="Cover" /></div></body>
</html>
"""
_ITEMS = """<manifest>
    <item properties="cover-image" id="cover_image" href="media/cover.{kind}"
      media-type="image/{kind}" />
    <item id="cover_xhtml" href="text/cover.xhtml" media-type="application/xhtml+xml" />"""
_PLACE = '<spine toc="ncx">\n    <itemref idref="cover_xhtml" />'
_SEEN = '  <meta property="schema:accessMode">visual</meta>\n  </metadata>'


def finished(data: bytes, options: Options) -> bytes:
    """A DOCX, ODT or EPUB of pandoc's, dated, an EPUB with our style and its cover.

    Raises:
        OSError: the cover cannot be read.

    """
    kind, cover = options.cover_type, options.cover
    now = datetime.now(UTC)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name in _DATED:
                stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = _NO_DATE.sub(b"", content).replace(_NO_CLOCK, stamp)
            if name == "EPUB/content.opf" and cover is not None:
                content = _with_cover(content.decode("utf-8"), kind).encode("utf-8")
            elif name == "EPUB/styles/stylesheet1.css":
                content = _STYLE.read_bytes()
            elif name.startswith("EPUB/text/"):
                content = _titled(content)
            _add(new, name, content, now)
        if cover is not None:
            _add(new, f"EPUB/media/cover.{kind}", cover.read_bytes(), now)
            _add(new, "EPUB/text/cover.xhtml", _COVER_PAGE.format(kind=kind).encode(), now)
    return out.getvalue()


def _titled(page: bytes) -> bytes:
    """A chapter whose title is its heading instead of the name of its file."""
    heading = _HEADING.search(page)
    if heading is None:
        return page
    title = b"<title>" + _TAG.sub(b"", heading[1]).strip() + b"</title>"
    return _FILE_AS_TITLE.sub(lambda _found: title, page, count=1)


def _with_cover(package: str, kind: str) -> str:
    package = package.replace("<manifest>", _ITEMS.format(kind=kind), 1)
    package = package.replace('<spine toc="ncx">', _PLACE, 1)
    return package.replace("</metadata>", _SEEN, 1)


def _add(archive: zipfile.ZipFile, name: str, content: bytes, now: datetime) -> None:
    # A reader knows an EPUB or ODT by this first file, which must not be compressed.
    how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
    archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content, how)
