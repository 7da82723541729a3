"""Saving a writer's file: the old text is kept, and nobody's change is written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.errors import ChangedMeanwhile, InputError, UsageError


@pytest.fixture
def saver(tmp_path: Path) -> Saver:
    book = tmp_path / "book"
    book.mkdir()
    workspace = Workspace.at(book, tmp_path / "data")
    return Saver(workspace, History(workspace.state))


def test_the_text_before_a_save_is_in_the_history(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(b"The old text.\n")
    saved = saver.save(path, "The new text.\n", basis=TextFile.read(path), why="test")
    assert path.read_bytes() == b"The new text.\n"
    texts = [saver.history.data(each.sha256) for each in saver.history.of("one.md")]
    assert texts == [b"The new text.\n", b"The old text.\n"]
    assert saver.history.get(saved.before).why == "before: test"


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffÉté.\r\nDeux.\r\n".encode(),
        "Été.\r\nDeux.\r\n".encode("utf-16"),
        "Été.\nDeux.\n".encode("utf-16-le"),
        "“Was it?” Zoë said — twice.\r\n".encode("cp1252"),
        "Été.\nDeux.\n".encode("utf-16-be"),
    ],
)
def test_a_file_keeps_its_encoding_its_mark_and_its_line_ends(saver: Saver, data: bytes) -> None:
    path = saver.workspace.root / "one.txt"
    path.write_bytes(data)
    file = TextFile.read(path)
    saver.save(path, file.text + "More.\n", basis=file)
    end = "More.\r\n" if "\r\n" in file.text else "More.\n"
    assert path.read_bytes().startswith(data)
    assert TextFile.read(path).text == file.text + end


def test_a_character_that_the_encoding_lacks_makes_the_file_utf_8_and_says_so(
    saver: Saver,
) -> None:
    path = saver.workspace.root / "one.txt"
    path.write_bytes("Zoë’s café".encode("cp1252"))
    saved = saver.save(path, "Zoë’s café 雪", basis=TextFile.read(path))
    assert path.read_text(encoding="utf-8-sig") == "Zoë’s café 雪"
    assert "UTF-8 now" in saved.notes[0]


def test_a_change_from_elsewhere_is_merged(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(b"One.\n\nTwo.\n\nThree.\n")
    basis = TextFile.read(path)
    path.write_bytes(b"ONE.\n\nTwo.\n\nThree.\n")
    saved = saver.save(path, "One.\n\nTwo.\n\nTHREE.\n", basis=basis)
    assert path.read_bytes() == b"ONE.\n\nTwo.\n\nTHREE.\n"
    assert saved.merged


def test_a_change_of_the_same_place_from_elsewhere_is_not_written_over(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(b"One.\n")
    basis = TextFile.read(path)
    path.write_bytes(b"Uno.\n")
    with pytest.raises(ChangedMeanwhile):
        saver.save(path, "ONE.\n", basis=basis)
    assert path.read_bytes() == b"Uno.\n"


def test_a_file_that_was_deleted_elsewhere_is_not_made_again_in_silence(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(b"One.\n")
    basis = TextFile.read(path)
    path.unlink()
    with pytest.raises(ChangedMeanwhile):
        saver.save(path, "ONE.\n", basis=basis)
    assert not path.exists()


def test_a_new_file_does_not_take_the_place_of_one_that_is_there(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(b"One.\n")
    with pytest.raises(ChangedMeanwhile):
        saver.save(path, "Another.\n", basis=None)
    assert path.read_bytes() == b"One.\n"


def test_a_link_out_of_the_workspace_is_not_written_through(saver: Saver, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_bytes(b"Not ours.\n")
    link = saver.workspace.root / "link.md"
    link.symlink_to(outside)
    with pytest.raises(UsageError):
        saver.save(link, "Ours.\n", basis=TextFile.read(link))
    assert outside.read_bytes() == b"Not ours.\n"


def test_a_file_that_is_no_text_is_not_replaced_by_text(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(InputError):
        saver.save(path, "Words.\n", basis=None)
    assert path.read_bytes() == bytes(range(256)) * 40


def test_what_is_put_back_is_the_snapshot_byte_by_byte(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(b"\xff\x00 no text")
    saver.put(path, b"Other.\n", why="replaced")
    old = saver.history.of("one.md")[-1]
    saver.put(path, saver.history.data(old.sha256))
    assert path.read_bytes() == b"\xff\x00 no text"


def test_without_room_for_history_nothing_is_changed(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_bytes(b"One.\n")
    saver.workspace.state.mkdir(parents=True)
    (saver.workspace.state / "history.db").mkdir()
    with pytest.raises(InputError, match="Nothing was changed"):
        saver.save(path, "Two.\n", basis=TextFile.read(path))
    assert path.read_bytes() == b"One.\n"
