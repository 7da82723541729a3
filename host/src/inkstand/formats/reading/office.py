"""DOCX, ODT, EPUB and HTML, read by pandoc after they were unpacked, checked and made safe.

Pandoc is only ever given a new archive of what holds text: what would unfold without end, pictures
and document types do not reach it. What its tree has no place for is marked in the text before
(see `blocks`), or counted here.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable

import msgspec

from inkstand.formats import pandoc, safe_xml
from inkstand.formats.archives import Archive, packed
from inkstand.formats.reading import blocks
from inkstand.formats.reading.blocks import Flow
from inkstand.formats.reading.tree import from_json
from inkstand_sdk.errors import InputError

_TEXTS = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")
_DOCX_BODY = "word/document.xml"
_PAGE_BREAK = re.compile(rb'<w:br\s[^>]{0,999}w:type="page"[^>]{0,999}?(?:/>|>\s*</w:br>)')
_PAGE_BEFORE = re.compile(rb"<w:pageBreakBefore(?:\s+w:val=\"(?:1|true|on)\")?\s*/>")
_RULE_STYLE = re.compile(
    rb'<text:p\s+text:style-name="Horizontal_20_Line"[^>]{0,999}?(?:/>|>\s*</text:p>)'
)
_ODT_NOTE = re.compile(rb"<office:annotation[\s>](.*?)</office:annotation\s*>", re.DOTALL)
_ODT_NOTE_END = re.compile(rb"<office:annotation-end[^>]{0,999}/>")
_ODT_DELETED = re.compile(rb"<text:tracked-changes.*?</text:tracked-changes>", re.DOTALL)
_STYLE = re.compile(
    rb'<style:style\s[^>]{0,999}style:name="([^"]+)"[^>]{0,999}style:family="text"[^>]{0,999}>(.*?)</style:style>',
    re.DOTALL,
)
_UNDERLINE = re.compile(rb'\sstyle:text-underline-style="(?!none)[^"]*"')
_ODT_SPAN = re.compile(
    rb'(<text:span\s+text:style-name="([^"]+)"[^>]{0,999}>)([^<]+)(</text:span>)'
)
_TAG = re.compile(rb"<[^>]*>")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
# A comment that is not closed ends at the next one: else each would be searched to the end.
_HTML_COMMENT = re.compile(rb"<!--((?:(?!<!--).)*?)-->", re.DOTALL)

_NOT_LINEAR = re.compile(rb"""\slinear\s*=\s*["']no["']""")
_SHEET = re.compile(rb"<style[^>]{0,999}>((?:(?!<style).)*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(rb"(?:span)?\.([\w-]{1,99})\s*\{([^{}]{0,9999})\}")
_CLASSED = re.compile(
    rb"""<span(?=\s)(?![^<>]{0,999}\sstyle\s*=)([^<>]{0,999}?\sclass\s*=\s*["']([^"'<>]{0,999})["'])""",
    re.IGNORECASE,
)
_HIDDEN_BLOCK = re.compile(
    rb"<(?:div|p|section|aside)\s[^<>]{0,999}(?:display\s*:\s*none|visibility\s*:\s*hidden)",
    re.IGNORECASE,
)

# What is counted in a DOCX, by the bytes that it is told by.
_DOCX_LOST = {
    "text boxes, whose text may be missing": rb"<w:txbxContent[ >]",
    "fields such as page numbers or tables of contents, kept as their last text": (
        rb'<w:fldSimple[ >]|w:fldCharType="begin"'
    ),
    "colored or highlighted passages, kept as plain text": (
        rb"<w:highlight |<w:color w:val=\"(?!000000|auto|FFFFFF)"
    ),
    "hidden passages, taken in as if they were shown": (
        rb'<w:vanish(?:\s+w:val="(?:1|true|on)")?\s*/>'
    ),
    "passages in capitals by their look alone, kept as they were typed": (
        rb'<w:caps(?:\s+w:val="(?:1|true|on)")?\s*/>'
    ),
    "doubly struck passages, kept as plain text": rb"<w:dstrike\s*/>",
    "readings beside characters (ruby), left out": rb"<w:ruby>",
    "documents within the document, left out": rb"<w:altChunk[ />]",
    "passages in several versions, of which some may be missing": (
        rb"<mc:AlternateContent[ >](?!.{0,999}<w:drawing)"
    ),
}
_DOCX_WRAPPERS = re.compile(rb"</?w:(?:fldSimple|customXml|smartTag)(?:\s[^>]{0,9999})?>")
_DOCX_RUBY = re.compile(
    rb"<w:ruby>(?:(?!<w:ruby>).)*?<w:rubyBase>((?:(?!<w:ruby>).)*?)</w:rubyBase>\s*</w:ruby>",
    re.DOTALL,
)
_ODT_LOST = {
    "text boxes, whose text may be missing": rb"<draw:text-box[ >]",
    "images, left out": rb"<draw:image[ >]",
    "hidden passages, taken in as if they were shown": (
        rb'<text:hidden-(?:text|paragraph)[ >]|\stext:display="none"'
    ),
    "readings beside characters (ruby), left out": rb"<text:ruby-text[ >]",
    "tables of contents or indexes, left out": rb"<text:index-body>",
}
_ODT_READING = re.compile(rb"<text:ruby-text(?:\s[^<>]{0,999})?>[^<]*</text:ruby-text>")
# Pandoc drops the text in these: fields, what is hidden, and paragraphs with a number.
_ODT_WRAPPERS = re.compile(
    rb"</?text:(?:ruby|ruby-base|hidden-text|hidden-paragraph|conditional-text|page-number"
    rb"|page-count|date|time|title|subject|description|author-name|author-initials|file-name"
    rb"|chapter|meta|meta-field|placeholder|text-input|variable-get|variable-set|user-field-get"
    rb"|user-defined|numbered-paragraph)(?:\s[^<>]{0,999})?>"
)


def docx(data: bytes, name: str, cancel: pandoc.Cancel | None) -> Flow:
    """A Word document. Raises `InputError`."""
    archive = Archive(data, name)
    members = _texts(archive, name, must=_DOCX_BODY)
    body = members[_DOCX_BODY]
    lost = _counted(body, _DOCX_LOST)
    for member, content in members.items():
        if re.match(r"word/(?:header|footer)\d*\.xml", member) and _words(content, b"w:t"):
            lost["headers or footers, left out"] += 1
    if "word/vbaProject.bin" in archive.members:
        lost["macros, left out"] += 1
    page = blocks.PAGE.encode()
    body = _PAGE_BREAK.sub(b"<w:t>" + page + b"</w:t>", body)
    members[_DOCX_BODY] = _PAGE_BEFORE.sub(b"", body)
    for member in (_DOCX_BODY, "word/footnotes.xml", "word/endnotes.xml"):
        if member in members:
            # Pandoc drops the text in these.
            content = _DOCX_WRAPPERS.sub(b"", members[member])
            members[member] = _DOCX_RUBY.sub(rb"</w:r>\1<w:r>", content)
    options = ["-f", "docx+empty_paragraphs", "--track-changes=all"]
    flow = _converted(packed(members), name, options, cancel)
    facts = _properties(members.get("docProps/core.xml"), name)
    return _with(flow, facts, lost)


def odt(data: bytes, name: str, cancel: pandoc.Cancel | None) -> Flow:
    """An OpenDocument text. Raises `InputError`."""
    archive = Archive(data, name)
    manifest = archive.find("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise InputError(
            f"{name} is protected by a password.",
            "Its contents are encrypted.",
            "Open it in the program that made it, save it without one, and try again.",
        )
    members = _texts(archive, name, must="content.xml")
    body = members["content.xml"]
    lost = _counted(body, _ODT_LOST)
    if deleted := len(re.findall(rb"<text:deletion[ >]", body)):
        lost["tracked deletions, left out as if accepted"] += deleted
    if inserted := len(re.findall(rb"<text:insertion[ >]", body)):
        lost["tracked insertions, taken in as if accepted"] += inserted
    if _words(members.get("styles.xml", b""), b"style:(?:header|footer)"):
        lost["headers or footers, left out"] += 1
    rule = blocks.RULE.encode()
    body = _ODT_DELETED.sub(b"", body)
    body = _ODT_WRAPPERS.sub(b"", _ODT_READING.sub(b"", body))
    body = _RULE_STYLE.sub(b"<text:p>" + rule + b"</text:p>", body)
    body = _ODT_NOTE_END.sub(b"", _ODT_NOTE.sub(_annotation, body))
    body = _spans_marked(body, members.get("styles.xml", b""))
    body, titles = _titled(body)
    members["content.xml"] = body
    flow = _converted(packed(members), name, ["-f", "odt"], cancel)
    facts = {**_properties(members.get("meta.xml"), name), **titles}
    return _with(flow, facts, lost)


def epub(data: bytes, name: str, cancel: pandoc.Cancel | None) -> Flow:
    """An electronic book. Raises `InputError`."""
    archive = Archive(data, name)
    if "META-INF/encryption.xml" in archive.members and (
        "META-INF/rights.xml" in archive.members
        or b"xmlenc#aes" in archive.read("META-INF/encryption.xml")
    ):
        raise InputError(
            f"{name} is locked by its seller (DRM).",
            "Its text is encrypted, and only their reading programs may open it.",
            "Use the manuscript that the book was made from.",
        )
    members = _texts(archive, name, must="META-INF/container.xml", strict=False)
    styles = b"".join(
        archive.read(each) for each in archive.members if each.lower().endswith(".css")
    )
    for member, content in members.items():
        if member.endswith(".opf"):
            # What is not in the line of reading, such as notes at the end, would be dropped.
            members[member] = _NOT_LINEAR.sub(b"", content)
        elif member.lower().endswith((".xhtml", ".html", ".htm")):
            members[member] = _dressed(content, styles)
    flow = _converted(packed(members), name, ["-f", "epub"], cancel)
    # Pandoc gives authors in another order.
    for member, content in members.items():
        if member.endswith(".opf") and (authors := _creators(content, name)):
            flow = _with(flow, {}, Counter())
            flow.metadata["author"] = "; ".join(authors)
    return flow


def web_page(text: str, name: str, cancel: pandoc.Cancel | None) -> Flow:
    """An HTML page that was decoded. Raises `InputError`."""
    data = _HTML_COMMENT.sub(_html_comment, text.encode("utf-8", "replace"))
    data = _dressed(data, b"")
    hidden = len(_HIDDEN_BLOCK.findall(data))
    lost = Counter({"hidden passages, taken in as if they were shown": hidden} if hidden else {})
    return _with(_converted(data, name, ["-f", "html"], cancel), {}, lost)


def _dressed(content: bytes, styles: bytes) -> bytes:
    """A page whose spans say themselves what their classes say: pandoc reads no style sheet."""
    rules = dict(_RULE.findall(styles + b"".join(_SHEET.findall(content))))
    if not rules:
        return content

    def dressed(match: re.Match[bytes]) -> bytes:
        said = b";".join(rules[each] for each in match[2].split() if each in rules)
        style = re.sub(rb"[\"'<>&]", b"", said)
        return b'<span style="' + style + b'"' + match[1] if style else match[0]

    return _CLASSED.sub(dressed, content)


def _texts(archive: Archive, name: str, *, must: str, strict: bool = True) -> dict[str, bytes]:
    """What holds text, checked; everything else as an empty member, for it may be pointed to."""
    archive.read(must)
    members = {}
    for member in archive.members:
        if not member.lower().endswith(_TEXTS) and member != "mimetype":
            members[member] = b""
            continue
        content = archive.read(member)
        if strict and member.endswith((".xml", ".rels")):
            safe_xml.check(content, f"{name} ({member})")
        elif _declares_entities(content):
            raise InputError(
                f"{name} is not read: {member} declares entities.",
                "With them a small file can grow without bound; no book needs them.",
                "Save it anew in the program that made it.",
            )
        members[member] = content
    return members


def _declares_entities(content: bytes) -> bool:
    return bool(_ENTITY.search(content)) or bool(
        _ENTITY.search(content[:100_000].replace(b"\0", b""))
    )


def _converted(data: bytes, name: str, options: list[str], cancel: pandoc.Cancel | None) -> Flow:
    output, _ = pandoc.run([*options, "-t", "json"], what=name, stdin=data, cancel=cancel)
    return from_json(output, name)


def _counted(body: bytes, kinds: dict[str, bytes]) -> Counter[str]:
    found = {what: len(re.findall(pattern, body)) for what, pattern in kinds.items()}
    return Counter({what: count for what, count in found.items() if count})


def _words(content: bytes, tag: bytes) -> bool:
    return any(
        _TAG.sub(b"", match[0]).strip()
        for match in re.finditer(rb"<" + tag + rb"[ >].*?</" + tag + rb">", content, re.DOTALL)
    )


def _annotation(match: re.Match[bytes]) -> bytes:
    """A comment of an ODT as marked text; its author stands before it."""
    author = re.search(rb"<dc:creator[^>]{0,999}>(.*?)</dc:creator\s*>", match[1], re.DOTALL)
    said = re.sub(rb"<(dc|meta):.*?</\1:[^>]{0,999}>", b"", match[1], flags=re.DOTALL)
    said = _TAG.sub(b" ", said.partition(b">")[2] if not said.startswith(b"<") else said).strip()
    start = author[1] + b": " if author and author[1] else b""
    return blocks.COMMENT.encode() + start + said + blocks.COMMENT_END.encode()


def _html_comment(match: re.Match[bytes]) -> bytes:
    said = match[1].strip()
    # Conditions for old browsers, and what editors put between their parts.
    if not said or said.startswith((b"[if", b"<![", b"[endif", b"StartFragment", b"EndFragment")):
        return b""
    escaped = html.escape(said.decode("utf-8", "replace"), quote=False).encode()
    return blocks.COMMENT.encode() + escaped + blocks.COMMENT_END.encode()


def _spans_marked(body: bytes, styles: bytes) -> bytes:
    """An ODT's body with small capitals and underlines marked, which pandoc does not tell of."""
    marks: dict[bytes, str] = {}
    for style in _STYLE.finditer(body + styles):
        if b'fo:font-variant="small-caps"' in style[2]:
            marks[style[1]] = blocks.SMALL_CAPITALS
        elif _UNDERLINE.search(style[2]):
            marks[style[1]] = blocks.UNDERLINED

    def marked(match: re.Match[bytes]) -> bytes:
        mark = marks.get(match[2])
        if mark is None:
            return match[0]
        return match[1] + mark.encode() + match[3] + blocks.ENDED.encode() + match[4]

    # Pandoc takes an underline for emphasis.
    return _UNDERLINE.sub(b"", _ODT_SPAN.sub(marked, body))


def _titled(body: bytes) -> tuple[bytes, dict[str, str]]:
    """An ODT's body without the paragraphs in the styles Title and Subtitle, which are given."""
    found: dict[str, str] = {}
    for style, key in ((b"Title", "title"), (b"Subtitle", "subtitle"), (b"Author", "author")):
        names = re.findall(
            rb'<style:style\s[^>]{0,999}style:name="([^"]+)"[^>]{0,999}style:parent-style-name="'
            + style
            + rb'"',
            body,
        )
        either = b"|".join(map(re.escape, [style, *names]))
        pattern = re.compile(
            rb'<text:p\s[^>]{0,999}text:style-name="(?:'
            + either
            + rb')"[^>]{0,999}>(.*?)</text:p>',
            re.DOTALL,
        )
        match = pattern.search(body)
        if match and (words := html.unescape(_TAG.sub(b"", match[1]).decode("utf-8", "replace"))):
            found[key] = words.strip()
            body = body[: match.start()] + body[match.end() :]
    return body, found


_PROPERTIES = {
    "dc:title": "title",
    "dc:creator": "author",
    "meta:initial-creator": "author",
    "dc:language": "language",
    "dc:description": "description",
    "dc:subject": "subject",
    "meta:keyword": "keywords",
    "cp:keywords": "keywords",
}


def _properties(content: bytes | None, name: str) -> dict[str, str]:
    if not content:
        return {}
    found: dict[str, str] = {}
    for element in safe_xml.parse(content, name).iter():
        key, words = _PROPERTIES.get(element.tag), safe_xml.text_of(element).strip()
        if key and words and (key not in found or element.tag.startswith("meta:")):
            found[key] = words
    return found


def _creators(package: bytes, name: str) -> list[str]:
    root = safe_xml.parse(package, name)
    said = (safe_xml.text_of(each).strip() for each in root.iter("dc:creator"))
    return [each for each in said if each]


def _with(flow: Flow, facts: dict[str, str], lost: Counter[str]) -> Flow:
    metadata = {**facts, **flow.metadata}
    return msgspec.structs.replace(flow, metadata=metadata, lost=flow.lost + lost)


READERS: dict[str, Callable[[bytes, str, pandoc.Cancel | None], Flow]] = {
    "docx": docx,
    "odt": odt,
    "epub": epub,
}
