"""Full disks, read-only places, odd files: the text is written whole, or it is as it was."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inkstand.config import Config
from inkstand.desk import Desks
from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.errors import ChangedMeanwhile, InkstandError, InputError, UsageError

POSIX = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")


def saver_for(book: Path, data: Path) -> Saver:
    book.mkdir(exist_ok=True)
    workspace = Workspace.at(book, data)
    return Saver(workspace, History(workspace.state))


@pytest.fixture
def saver(tmp_path: Path) -> Iterator[Saver]:
    saver = saver_for(tmp_path / "book", tmp_path / "data")
    yield saver
    saver.history.close()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk of memory below `tmp_path`, with options, where that is allowed."""
    point = tmp_path / "disk"
    point.mkdir()
    program = shutil.which("mount")

    def mount(options: str) -> Path:
        command = [program or "", "-t", "tmpfs", "-o", options, "tmpfs", str(point)]
        if program is None or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("needs the right to mount")
        return point

    yield mount
    while os.path.ismount(point):
        subprocess.run(["umount", str(point)], check=True)


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def test_a_full_disk_leaves_the_old_text(mounted: Callable[[str], Path], tmp_path: Path) -> None:
    disk = mounted("size=400k")
    saver = saver_for(disk / "book", tmp_path / "data")
    path = disk / "book" / "one.md"
    path.write_text("Old.\n")
    with pytest.raises(InputError, match="No space left"):
        saver.save(path, "New. " * 200_000, basis=TextFile.read(path))
    assert path.read_text() == "Old.\n"
    assert files_in(disk / "book") == {"one.md"}
    saver.save(path, "Shorter.\n", basis=TextFile.read(path))
    assert path.read_text() == "Shorter.\n"


def test_a_full_disk_for_the_history_leaves_the_old_text(
    mounted: Callable[[str], Path], tmp_path: Path
) -> None:
    data = mounted("size=400k")
    saver = saver_for(tmp_path / "book", data)
    path = tmp_path / "book" / "one.md"
    path.write_text("Old.\n")
    (data / "filler").write_bytes(b"x" * 200_000)
    with pytest.raises(InputError, match="Nothing was changed"):
        saver.save(path, os.urandom(300_000).hex(), basis=TextFile.read(path))
    assert path.read_text() == "Old.\n"
    (data / "filler").unlink()
    saver.save(path, "New.\n", basis=TextFile.read(path))
    assert [saver.history.data(each.sha256) for each in saver.history.of("one.md")] == [
        b"New.\n", b"Old.\n",
    ]  # fmt: skip
    saver.history.close()


def test_a_read_only_disk_is_said_and_nothing_is_changed(
    mounted: Callable[[str], Path], tmp_path: Path
) -> None:
    disk = mounted("size=400k")
    (disk / "one.md").write_text("Old.\n")
    mounted("remount,ro")
    saver = saver_for(disk, tmp_path / "data")
    with pytest.raises(InputError, match="Read-only file system"):
        saver.save(disk / "one.md", "New.\n", basis=TextFile.read(disk / "one.md"))
    assert (disk / "one.md").read_text() == "Old.\n"


LIMITED = """
import resource, signal, sys
from pathlib import Path
from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.errors import InputError
book, data = map(Path, sys.argv[1:])
workspace = Workspace.at(book, data)
saver = Saver(workspace, History(workspace.state))
path = book / "one.md"
saver.save(path, "Before.\\n", basis=TextFile.read(path))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    saver.save(path, "New. " * 100_000, basis=TextFile.read(path))
except InputError as error:
    print(error)
"""


@POSIX
def test_a_file_that_may_not_grow_is_as_it_was(saver: Saver, tmp_path: Path) -> None:
    path = saver.workspace.root / "one.md"
    path.write_text("Old.\n")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path.parent), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot be written" in done.stdout
    assert path.read_text() == "Before.\n"
    assert files_in(path.parent) == {"one.md"}


@POSIX
def test_a_file_marked_read_only_is_left_alone(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_text("Old.\n")
    path.chmod(0o444)
    with pytest.raises(InputError, match="read-only"):
        saver.save(path, "New.\n", basis=TextFile.read(path))
    with pytest.raises(InputError, match="read-only"):
        saver.put(path, b"New.\n")
    assert path.read_text() == "Old.\n"
    assert files_in(path.parent) == {"one.md"}


@POSIX
def test_permissions_are_kept(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_text("Old.\n")
    path.chmod(0o640)
    saver.save(path, "New.\n", basis=TextFile.read(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@POSIX
def test_another_name_of_the_file_keeps_the_old_text_and_that_is_said(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_text("Old.\n")
    other = path.with_name("other.md")
    os.link(path, other)
    saved = saver.save(path, "New.\n", basis=TextFile.read(path))
    assert (path.read_text(), other.read_text()) == ("New.\n", "Old.\n")
    assert "hard link" in saved.notes[0]


@POSIX
def test_a_link_within_the_workspace_stays_one_and_the_history_is_the_files_own(
    saver: Saver,
) -> None:
    root = saver.workspace.root
    (root / "real").mkdir()
    (root / "real" / "one.md").write_text("Old.\n")
    (root / "link.md").symlink_to("real/one.md")
    (root / "folder").symlink_to("real")
    saver.save(root / "link.md", "New.\n", basis=TextFile.read(root / "link.md"))
    saver.save(root / "folder" / "one.md", "Newer.\n", basis=TextFile.read(root / "link.md"))
    assert (root / "link.md").is_symlink()
    assert (root / "real" / "one.md").read_text() == "Newer.\n"
    assert [each.name for each in saver.history.files()] == ["real/one.md"]


@POSIX
@pytest.mark.parametrize("target", ["outside", "outside/new.md", "outside/deep/new.md"])
def test_no_way_out_of_the_workspace_is_followed_for_writing(
    saver: Saver, tmp_path: Path, target: str
) -> None:
    root = saver.workspace.root
    (tmp_path / "outside").mkdir()
    (root / "way").symlink_to(tmp_path / target)
    for path in (root / "way", root / "way" / "new.md", root / ".." / "outside" / "new.md"):
        with pytest.raises(InkstandError):
            saver.save(path, "Ours.\n", basis=None)
        with pytest.raises(InkstandError):
            saver.put(path, b"Ours.\n")
    assert files_in(tmp_path / "outside") == set()


def test_what_inkstand_keeps_for_itself_is_no_text_to_write(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    (book / "inkstand.toml").write_text("")
    saver = saver_for(book, tmp_path / "data")
    with pytest.raises(UsageError):
        saver.save(book / ".inkstand" / "notes.md", "Ours.\n", basis=None)


def test_a_file_that_became_a_folder_is_left_alone(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    path.write_text("Old.\n")
    basis = TextFile.read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(InputError):
        saver.save(path, "New.\n", basis=basis)
    with pytest.raises(InputError):
        saver.put(path, b"New.\n")
    assert files_in(path) == set()


@POSIX
def test_a_named_pipe_is_not_waited_for(saver: Saver) -> None:
    os.mkfifo(saver.workspace.root / "pipe.md")
    with pytest.raises(InputError, match="not a regular file"):
        saver.save(saver.workspace.root / "pipe.md", "New.\n", basis=None)
    with pytest.raises(InputError, match="not a regular file"):
        saver.put(saver.workspace.root / "pipe.md", b"New.\n")


@POSIX
@pytest.mark.parametrize(
    "name", ["глава.md", "第一章.md", "e\u0301.md", "é.md", "a b'c\"d.md", "line\nend.md", "-n.md"]
)
def test_names_in_every_script_are_saved_and_found(saver: Saver, name: str) -> None:
    path = saver.workspace.root / name
    path.write_text("Old.\n")
    saver.save(path, "New.\n", basis=TextFile.read(path))
    assert path.read_text() == "New.\n"
    assert len(saver.history.of(saver.workspace.history_name(path))) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux alone")
def test_a_name_that_is_no_text_is_saved_and_found(saver: Saver) -> None:
    path = Path(os.fsdecode(os.fsencode(saver.workspace.root) + b"/caf\xe9.md"))
    path.write_text("Old.\n")
    saver.save(path, "New.\n", basis=TextFile.read(path))
    assert path.read_text() == "New.\n"
    assert [each.name for each in saver.history.files()] == ["caf\\xe9.md"]


def test_two_ways_to_write_an_accent_are_one_name_where_there_is_one_file(saver: Saver) -> None:
    saver.save(saver.workspace.root / "caf\u00e9.md", "One.\n", basis=None)
    assert len(saver.history.of("cafe\u0301.md")) == 1
    assert saver.history.of("cafe.md") == []


@pytest.mark.parametrize(
    "data",
    [
        b"word " * 2_000_000 + b"end\n",
        b"One. " * 400 + b"\0Two.\r\n",
        b"\xef\xbb\xbfOne.\r\nTwo.\r\n",
        "One.\r\nTwo.\r\n".encode("utf-16"),
        b"One.\rTwo.\r",
        b"No end",
    ],
    ids=["10 MB line", "NUL", "mark and CRLF", "UTF-16", "CR", "no newline"],
)
def test_odd_texts_grow_by_what_is_added_and_nothing_else(saver: Saver, data: bytes) -> None:
    path = saver.workspace.root / "one.txt"
    path.write_bytes(data)
    file = TextFile.read(path)
    saved = saver.save(path, file.text + "More.\n", basis=file)
    now = path.read_bytes()
    assert now.startswith(data)
    assert len(now) - len(data) <= 2 * len("More.\r\n")
    assert saver.history.data(saver.history.get(saved.before).sha256) == data
    assert saver.history.data(saver.history.get(saved.after).sha256) == now


def test_half_of_a_character_is_refused(saver: Saver) -> None:
    with pytest.raises(InputError, match="half of a character"):
        saver.save(saver.workspace.root / "one.md", "Half \ud83d.", basis=None)
    assert files_in(saver.workspace.root) == set()


def test_a_change_right_before_the_file_is_replaced_is_noticed(
    saver: Saver, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saver.workspace.root / "one.md"
    path.write_text("Old.\n")
    kept = saver.history.keep

    def keep_while_another_program_writes(*versions: object) -> list[int]:
        path.write_text("Theirs.\n")
        return kept(*versions)  # type: ignore[arg-type]

    monkeypatch.setattr(saver.history, "keep", keep_while_another_program_writes)
    with pytest.raises(ChangedMeanwhile):
        saver.save(path, "Ours.\n", basis=TextFile.read(path))
    assert path.read_text() == "Theirs.\n"
    assert files_in(path.parent) == {"one.md"}


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(
    saver: Saver,
) -> None:
    root = saver.workspace.root
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (root / f".inkstand-{ended.pid}-abc.new").write_text("Half")
    (root / f".inkstand-{os.getpid()}-abc.new").write_text("Half")
    (root / ".inkstand-notes.new").write_text("A writer's own.")
    saver.save(root / "one.md", "Text.\n", basis=None)
    assert files_in(root) == {"one.md", f".inkstand-{os.getpid()}-abc.new", ".inkstand-notes.new"}


def test_who_wants_to_know_is_told_of_each_write(saver: Saver) -> None:
    told: list[tuple[str, str, str, str]] = []
    saver.listeners.append(lambda *what: told.append(what))
    path = saver.workspace.root / "one.md"
    saver.save(path, "One.\n", basis=None, by="machine")
    saver.save(path, "Two.\n", basis=TextFile.read(path))
    saver.put(path, b"One.\n")
    assert told == [
        ("one.md", "", "One.\n", "machine"),
        ("one.md", "One.\n", "Two.\n", "human"),
        ("one.md", "Two.\n", "One.\n", "restored"),
    ]


def test_a_listener_that_fails_does_not_undo_what_was_saved(saver: Saver) -> None:
    def fail(*_what: str) -> None:
        raise InputError("It has no room.")

    saver.listeners.append(fail)
    saved = saver.save(saver.workspace.root / "one.md", "One.\n", basis=None)
    assert saved.notes == ("one.md was saved, but: It has no room.",)


def test_the_lock_may_be_held_for_several_writes(saver: Saver) -> None:
    path = saver.workspace.root / "one.md"
    with saver.alone():
        saver.save(path, "One.\n", basis=None)
        saver.save(path, "Two.\n", basis=TextFile.read(path))
    assert path.read_text() == "Two.\n"


def test_a_workspace_on_a_read_only_disk_is_read_and_refuses_to_be_written(
    mounted: Callable[[str], Path], tmp_path: Path
) -> None:
    disk = mounted("size=4m")
    book = disk / "book"
    book.mkdir()
    (book / "inkstand.toml").write_text('title = "Regen"\n')
    desks = Desks(tmp_path / "data", Config, lambda _note: None)
    path = book / "one.md"
    desks.at(book).saver.save(path, "Ada came home.\n", basis=None)
    desks.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    desks = Desks(tmp_path / "data", Config, lambda _note: None)
    desk = desks.at(book)
    try:
        assert desk.status().count.words == 3
        assert [each.name for each in desk.history.latest()] == ["one.md"]
        past = desks.past(path)
        assert past.text(past.known()[0]) == "Ada came home.\n"
        with pytest.raises(InputError, match="Nothing was changed"):
            desk.saver.save(path, "Bo.\n", basis=TextFile.read(path))
        with pytest.raises(InputError, match="Nothing was changed"):
            desk.set_goal("daily=500")
        assert path.read_text() == "Ada came home.\n"
    finally:
        desks.close()
