"""A program that is killed loses two seconds of typing at most, and the rest is offered back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkstand.studio import Studio
from inkstand.workspace.recovery import Recovery
from inkstand_sdk.errors import ChangedMeanwhile

APP = Path(__file__).with_name("writing_app.py")


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    folder = tmp_path / "novel"
    folder.mkdir()
    (folder / "inkstand.toml").write_text('title = "Novel"\n')
    path = folder / "scene.md"
    path.write_bytes(b"First line.\r\n\r\nSecond line.\r\n")
    return path


class Terminal:
    """An editor in a terminal of its own, to be killed."""

    def __init__(self, scene: Path) -> None:
        import pty

        self.master, worker = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, str(APP), str(scene)],
            stdin=worker,
            stdout=worker,
            stderr=worker,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
            start_new_session=True,
        )
        os.close(worker)
        self.screen = b""

    def read_until(self, wanted: bytes) -> None:
        """Read what is drawn until it holds that."""
        while wanted not in self.screen:
            self.screen += os.read(self.master, 65_536)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


def _kept(scene: Path) -> Iterator[bytes]:
    for path in (scene.parent / ".inkstand" / "recovery").glob("*.unsaved"):
        yield path.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_what_was_typed_before_a_kill_is_offered_back(scene: Path) -> None:
    before = scene.read_bytes()
    terminal = Terminal(scene)
    try:
        terminal.read_until(b"Second line.")
        terminal.type("Typed and never saved. ")
        terminal.read_until(b"saved.")
        with Studio(scene) as other:
            # It is kept within two seconds of the keys, and not offered while it is being typed.
            while not any(b"Typed and never saved. " in each for each in _kept(scene)):
                terminal.process.poll()
                assert terminal.process.returncode is None
            assert other.desk(scene).recovery.pending() == []
    finally:
        terminal.kill()
    assert scene.read_bytes() == before
    with Studio(scene) as studio:
        recovery = studio.desk(scene).recovery
        (unsaved,) = recovery.pending()
        assert unsaved.path == scene
        assert unsaved.text == "Typed and never saved. First line.\r\n\r\nSecond line.\r\n"
        assert not unsaved.changed
        assert unsaved.words == 8
        recovery.restore(unsaved)
        assert scene.read_bytes() == unsaved.text.encode()
        assert recovery.pending() == []
        history = studio.desk(scene).history
        assert before in [history.data(each.sha256) for each in history.of("scene.md")]


@pytest.fixture
def dead(scene: Path) -> Iterator[tuple[Studio, Recovery]]:
    """A recovery that holds what a program typed into the scene that is no more."""
    code = (
        "import sys; from pathlib import Path; from inkstand.studio import Studio\n"
        "scene = Path(sys.argv[1])\n"
        "draft = Studio(scene).desk(scene).draft(scene)\n"
        "draft.keep('Typed. ' + draft.file.text, 7)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(scene)], check=True)
    with Studio(scene) as studio:
        yield studio, studio.desk(scene).recovery


def test_a_change_elsewhere_is_brought_together_with_what_was_typed(
    scene: Path, dead: tuple[Studio, Recovery]
) -> None:
    scene.write_bytes(scene.read_bytes().replace(b"Second", b"Their second"))
    _, recovery = dead
    (unsaved,) = recovery.pending()
    assert unsaved.changed
    assert unsaved.cursor == 7
    recovery.restore(unsaved)
    assert scene.read_bytes() == b"Typed. First line.\r\n\r\nTheir second line.\r\n"


def test_a_change_of_the_same_line_is_never_overwritten_unasked(
    scene: Path, dead: tuple[Studio, Recovery]
) -> None:
    theirs = scene.read_bytes().replace(b"First", b"Theirs")
    scene.write_bytes(theirs)
    studio, recovery = dead
    (unsaved,) = recovery.pending()
    with pytest.raises(ChangedMeanwhile):
        recovery.restore(unsaved)
    assert scene.read_bytes() == theirs
    assert recovery.pending() == [unsaved]
    recovery.restore(unsaved, over=True)
    assert scene.read_bytes().startswith(b"Typed. First")
    history = studio.desk(scene).history
    assert theirs in [history.data(each.sha256) for each in history.of("scene.md")]


def test_the_text_of_a_deleted_file_comes_back(scene: Path, dead: tuple[Studio, Recovery]) -> None:
    scene.unlink()
    _, recovery = dead
    (unsaved,) = recovery.pending()
    recovery.restore(unsaved)
    assert scene.read_bytes().startswith(b"Typed. First")


def test_a_text_that_is_not_wanted_is_in_the_history(
    scene: Path, dead: tuple[Studio, Recovery]
) -> None:
    studio, recovery = dead
    recovery.discard(recovery.pending()[0])
    assert recovery.pending() == []
    assert scene.read_bytes().startswith(b"First")
    history = studio.desk(scene).history
    texts = [history.data(each.sha256) for each in history.of("scene.md")]
    assert any(text.startswith(b"Typed. First") for text in texts)


def test_what_the_file_holds_by_now_is_not_offered(
    scene: Path, dead: tuple[Studio, Recovery]
) -> None:
    scene.write_bytes(b"Typed. " + scene.read_bytes())
    assert dead[1].pending() == []
    assert not list(_kept(scene))


def test_damaged_leftovers_are_passed_over(scene: Path, dead: tuple[Studio, Recovery]) -> None:
    (scene.parent / ".inkstand" / "recovery" / "x.unsaved").write_bytes(b"\xff\x00nonsense")
    assert len(dead[1].pending()) == 1
