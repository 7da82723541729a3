"""Files that are damaged, locked, named wrongly, or made to do harm: refused with a reason."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand.formats import archives, pandoc, safe_xml
from inkstand.formats.reading import office, read
from inkstand.jobs import CancelToken
from inkstand.workspace.encoding import decode as decoded
from inkstand_sdk.errors import Cancelled, InputError

from .made import docx, paragraph, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def decode(data: bytes, name: str) -> tuple[str, str]:
    found = decoded(data, name)
    return found.text, found.note


def imported(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return read(path, decode).document.sections[0].text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"", "is empty"),
        ("a.txt", b" \r\n\0", "is empty"),
        ("a.docx", b"Just text.", "is no DOCX"),
        ("a.doc", OLE, "old binary format"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.pdf", b"%PDF-1.7\n", "is a PDF"),
        ("a.docx", docx(paragraph("x"))[:-40], "is damaged"),
        ("a.docx", docx(paragraph("x"))[:200], "is damaged"),
        ("a.docx", docx("<w:p>"), "is damaged"),
        ("a.pages", zipped({"Index/Document.iwa": b"x"}), "is an archive, but no DOCX"),
        ("a.zip", zipped({"Book.scriv/Book.scrivx": b"x"}), "packed project"),
        ("a.epub", zipped({"META-INF/container.xml": "<x/>", "META-INF/rights.xml": "",
                           "META-INF/encryption.xml": "<e/>"}), "locked by its seller"),
        ("a.odt", zipped({"content.xml": "<x/>", "META-INF/manifest.xml": "<encryption-data/>"}),
         "protected by a password"),
        ("a.fdx", b"<?xml version='1.0'?><FinalDraft><Content>", "is damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_cause_and_advice(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(InputError, match=reason) as raised:
        imported(tmp_path, name, data)
    assert raised.value.cause
    assert raised.value.fix
    assert name in raised.value.what


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("really-docx.txt", docx(paragraph("Words."))),
        ("really-html.doc", b"<html><body><p>Words.</p></body></html>"),
        ("really-rtf.doc", b"{\\rtf1 Words.}"),
        ("none", b"Words."),
        ("utf16.txt", "Words.".encode("utf-16")),
        ("mark.md", b"\xef\xbb\xbfWords.\r"),
        ("latin.html", "<html><meta charset=latin-1><p>Words.<!-- \xe9 --></p>".encode("latin-1")),
    ],
)
def test_a_file_is_what_it_holds_and_not_what_its_name_says(
    tmp_path: Path, name: str, data: bytes
) -> None:
    assert imported(tmp_path, name, data).startswith("Words.")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(b + 1)} "{f"&{chr(b)};" * 10}">' for b in range(97, 107))
    + "]><FinalDraft><Content>&k;</Content></FinalDraft>"
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<FinalDraft><Content>&a;</Content></FinalDraft>"
)


@pytest.mark.parametrize("bomb", [LAUGHS, EXTERNAL])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused(bomb: str, encoding: str) -> None:
    with pytest.raises(InputError, match=r"document type|entities"):
        safe_xml.parse(bomb.encode(encoding), "a.fdx")
    made = zipped({"word/document.xml": bomb.encode(encoding)})
    with pytest.raises(InputError, match=r"document type|entities"):
        office.docx(made, "a.docx", None)
    book = zipped({"META-INF/container.xml": "<x/>", "a.xhtml": bomb.encode(encoding)})
    with pytest.raises(InputError, match="entities"):
        office.epub(book, "a.epub", None)


def test_xml_of_endless_depth_is_refused() -> None:
    with pytest.raises(InputError, match="nested more than"):
        safe_xml.parse(b"<a>" * 100_000, "a.fdx")


def test_archives_that_unfold_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    large = docx(paragraph("x"), word__media__a_dot_xml=b"\0" * (100 * 2**20))
    with pytest.raises(InputError, match="times its size"):
        archives.Archive(large, "a.docx")
    many = zipped({f"{n}.xml": "" for n in range(archives.MOST_MEMBERS + 1)})
    with pytest.raises(InputError, match="members"):
        archives.Archive(many, "a.docx")
    monkeypatch.setattr(archives, "LARGEST", 1_000)
    with pytest.raises(InputError, match="says that it unfolds"):
        archives.Archive(docx(paragraph("x" * 2_000)), "a.docx")


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    honest = zipped({"word/document.xml": b"<a/>" + b" " * 5_000_000})
    size = (5_000_004).to_bytes(4, "little")
    lying = honest.replace(size, (50).to_bytes(4, "little"))
    with pytest.raises(InputError, match="is damaged"):
        office.docx(lying, "a.docx", None)


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "a/..\\..\\evil.xml"])
def test_names_that_lead_out_of_an_archive_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="it holds a file named"):
        archives.Archive(zipped({name: "x", "word/document.xml": "<a/>"}), "a.docx")


def test_a_zip_in_a_zip_is_not_opened(tmp_path: Path) -> None:
    inner = zipped({"a": b"\0" * 2**20})
    made = docx(paragraph("Words."), word__embeddings__a_dot_docx=inner)
    assert imported(tmp_path, "a.docx", made) == "Words."


def test_a_member_with_a_password_is_refused() -> None:
    data = bytearray(docx(paragraph("x")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.start_dir
    data[at + 8] |= 1
    with pytest.raises(InputError, match="protected by a password"):
        archives.Archive(bytes(data), "a.docx")


def test_a_web_page_of_endless_depth_is_refused_or_read() -> None:
    page = "<div>" * 30_000 + "x" + "</div>" * 30_000
    with pytest.raises(InputError, match=r"nested too deeply|memory"):
        office.web_page(page, "a.html", None)


def test_many_comments_without_an_end_take_no_time() -> None:
    page = "<p>Words.</p>" + "<!--" * 500_000 + " x -->"
    assert "Words." in office.web_page(page, "a.html", None).text


def test_pandoc_is_bounded_in_memory_and_time() -> None:
    page = b"<p>" + b"word " * 400_000
    with pytest.raises(InputError, match="40 MB of memory"):
        pandoc.run(["-f", "html", "-t", "json"], what="a.html", stdin=page, memory_mb=40)
    with pytest.raises(InputError, match="longer than 0 seconds"):
        pandoc.run(["-f", "html", "-t", "json"], what="a.html", stdin=page, time_s=0)


def test_pandoc_ends_when_the_import_is_cancelled() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        pandoc.run(["-f", "html"], what="a.html", stdin=b"<p>" * 1_000, cancel=cancel)


def test_pandoc_may_not_read_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    page = f'<p>a</p><iframe src="{tmp_path}/secret.txt"></iframe>'
    assert "secret" not in office.web_page(page, "a.html", None).text.replace(str(tmp_path), "")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5_000), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_read_but_never_a_surprise(place: int, value: int) -> None:
    data = bytearray(docx(paragraph("Words.")))
    data[place % len(data)] = value
    with contextlib.suppress(InputError):
        office.docx(bytes(data), "a.docx", None)
