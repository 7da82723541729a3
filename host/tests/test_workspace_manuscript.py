"""A manuscript from a file, a folder, a workspace or a pipe, and what cannot be one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import pytest

from inkstand.workspace import manuscript
from inkstand_sdk.errors import InputError


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def test_a_file_is_a_manuscript(tmp_path: Path) -> None:
    path = (
        write(tmp_path, novel_md="---\ntitle: Rain\npov: Ada\nmood: wet\n---\nAda came.")
        / "novel.md"
    )
    found = manuscript.load(path)
    [scene] = found.scenes
    assert (found.title, scene.pov, scene.meta, scene.file) == (
        "Rain", "Ada", {"mood": "wet"}, "novel.md",
    )  # fmt: skip
    assert path.read_text()[scene.offset :] == scene.text


def test_a_folder_is_read_in_the_order_a_person_counts(tmp_path: Path) -> None:
    write(tmp_path, ch10_md="Ten.", ch2_md="Two.", ch1_txt="One.", sub__ch3_md="Three.")
    assert [scene.text for scene in manuscript.load(tmp_path).scenes] == [
        "One.", "Two.", "Ten.", "Three.",
    ]  # fmt: skip


def test_front_matter_may_order_the_files(tmp_path: Path) -> None:
    write(tmp_path, a_md="---\norder: 2\n---\nSecond.", b_md="---\norder: 1\n---\nFirst.")
    assert [scene.text for scene in manuscript.load(tmp_path).scenes] == ["First.", "Second."]


@pytest.mark.parametrize("order", [".nan", ".inf", "1e400", "9" * 400, "yes", "later", "[1]"])
def test_an_odd_order_does_no_harm(tmp_path: Path, order: str) -> None:
    write(tmp_path, a_md=f"---\norder: {order}\n---\nFirst.", b_md="Second.")
    assert {scene.text for scene in manuscript.load(tmp_path).scenes} == {"First.", "Second."}


def test_a_workspace_has_its_own_title_and_language(tmp_path: Path) -> None:
    write(
        tmp_path,
        inkstand_toml='title = "Regen"\nlanguage = "de"\n',
        manuscript__one_md="Ada kam.",
        bible__ada_md="Nicht Prosa.",
        notes_md="Nicht Prosa.",
    )
    found = manuscript.load(tmp_path)
    assert (found.title, found.language) == ("Regen", "de")
    assert [scene.file for scene in found.scenes] == ["manuscript/one.md"]


def test_hidden_files_and_readmes_are_no_prose(tmp_path: Path) -> None:
    write(tmp_path, README_md="No.", one_md="Yes.")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.md").write_text("No.")
    assert [scene.text for scene in manuscript.load(tmp_path).scenes] == ["Yes."]


def test_a_file_of_a_folder_that_is_no_text_is_left_out_with_a_note(tmp_path: Path) -> None:
    write(tmp_path, one_md="Yes.")
    (tmp_path / "two.txt").write_bytes(os.urandom(1000) + b"\0" * 1000)
    found = manuscript.load(tmp_path)
    assert len(found.scenes) == 1
    assert any("two.txt" in note for note in found.notes)


def test_a_folder_whose_only_file_is_no_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "two.txt").write_bytes(b"\0" * 1000)
    with pytest.raises(InputError, match=r"two\.txt is not a text file"):
        manuscript.load(tmp_path)


def test_a_broken_workspace_file_is_said_and_passed_over(tmp_path: Path) -> None:
    write(tmp_path, inkstand_toml="title = ", one_md="Yes.")
    [note] = manuscript.load(tmp_path).notes
    assert "inkstand.toml" in note


@pytest.mark.parametrize("value", ["title = 5", "title = []", "language = 7", "language = ''"])
def test_odd_values_in_the_workspace_file_do_no_harm(tmp_path: Path, value: str) -> None:
    write(tmp_path, inkstand_toml=value, one_md="Yes.")
    found = manuscript.load(tmp_path)
    assert found.title
    assert len(found.language) in (1, 2)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    for name in ("nothing.md", "nothing/at/all", "x" * 5000, "nul\0nul", "file.md/inside"):
        (tmp_path / "file.md").write_text("Text.")
        with pytest.raises(InputError, match="There is no file or folder"):
            manuscript.load(tmp_path / name)


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "# Only a heading\n", "---\ntitle: x\n---\n"])
def test_a_file_without_words_is_no_manuscript(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text)
    with pytest.raises(InputError, match="There is no text in"):
        manuscript.load(path)
    with pytest.raises(InputError, match="There is no text in"):
        manuscript.from_bytes(text.encode())


def test_a_folder_without_text_is_no_manuscript(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"x")
    with pytest.raises(InputError, match="There is no text in the folder"):
        manuscript.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(InputError, match="not a regular file"):
        manuscript.load(tmp_path / "pipe.md")
    with pytest.raises(InputError, match="no text in the folder"):
        manuscript.load(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux alone")
def test_a_file_name_that_is_no_text_can_cross_a_process_border(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))).write_text("Ada came.")
    for found in (manuscript.load(tmp_path), manuscript.load(next(tmp_path.iterdir()))):
        msgspec.msgpack.encode(found)
        assert found.scenes[0].text == "Ada came."


def test_a_pipe_is_read_as_markdown() -> None:
    found = manuscript.from_bytes("# One\r\nAda came.\r\n".encode("utf-16"))
    [scene] = found.scenes
    assert (scene.chapter, scene.text, scene.offset) == ("One", "Ada came.", 7)
