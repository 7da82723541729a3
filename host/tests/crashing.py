"""Saves, restores and thins until it is killed; a program for `test_workspace_crash.py`.

    python crashing.py loop FOLDER DATA SEED     until somebody kills it; a byte for each write
    python crashing.py lines FOLDER DATA STEP    kills children of its own at every STEP-th line
    python crashing.py accepts FOLDER DATA STEP  the same, while they accept a proposal

Every text says its number in each of its sentences, so that half of one is known as such.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.proposal_store import Proposal
from inkstand.workspace.proposals import Proposals
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile

FILES = ("one.md", "two.md", "deep/er/three.md")
SENTENCES = 400
OLD = "One here. Two there. Three away.\n"
NEW = "One here. A second. Three away.\n"


def text_of(number: int) -> str:
    return f"Text {number} has a sentence of its own number, {number}. " * SENTENCES + "\n"


def whole(data: bytes) -> int:
    """The number of a text that is whole."""
    text = data.decode()
    number = int(text.split(maxsplit=2)[1])
    assert text == text_of(number), text[:200]
    return number


def saver_of(folder: Path, data: Path) -> Saver:
    workspace = Workspace.at(folder, data)
    return Saver(workspace, History(workspace.state))


def _later(days: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days)


def write_once(saver: Saver, name: str, number: int, days: int = 0) -> None:
    """One change of one file, of the kind that its number says; thinned as if `days` had gone."""
    path = saver.workspace.root / name
    if number % 7 == 0:
        saver.history.thin(_later(days))
    if number % 3 == 0 and path.exists() and (known := saver.history.of(name, 2)):
        saver.put(path, saver.history.data(known[-1].sha256))
    else:
        basis = TextFile.read(path) if path.exists() else None
        saver.save(path, text_of(number), basis=basis, by="machine", why="test")


def loop(folder: Path, data: Path, seed: int) -> None:
    dice = random.Random(seed)
    saver = saver_of(folder, data)
    while True:
        os.write(1, b".")
        write_once(saver, dice.choice(FILES), dice.randrange(1, 10**6))


def check(folder: Path, data: Path, before: dict[str, bytes]) -> None:
    """See that each file is whole, that what it held is kept, and that the next save works."""
    saver = saver_of(folder, data)
    history = saver.history
    kept: dict[str, set[int]] = {}
    for snapshot in history.latest():
        kept.setdefault(snapshot.name, set()).add(whole(history.data(snapshot.sha256)))
    for name, data_before in before.items():
        now = (folder / name).read_bytes()
        assert whole(now) in kept.get(name, set()) or now == data_before
        assert whole(data_before) in kept.get(name, set()) or now == data_before
    for name in FILES:
        path = folder / name
        basis = TextFile.read(path) if path.exists() else None
        saver.save(path, text_of(10**6 + 1), basis=basis)
        saver.save(path, text_of(10**6 + 2), basis=TextFile.read(path))
    left = [path.name for path in folder.rglob("*") if path.name.startswith(".inkstand-")]
    assert left == [], left
    history.close()
    with contextlib.closing(sqlite3.connect(history.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert [path.name for path in history.path.parent.glob("*damaged*")] == []


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def lines(folder: Path, data: Path, step: int) -> None:
    """Kill at every `step`-th line of ours that each kind of write runs through."""
    killed = 0
    for number in (1, 3, 7, 21):
        at = 1
        while _child(lambda number=number: _change(folder, data, number), at):  # type: ignore[misc]
            check(folder, data, {})
            killed += 1
            at += step
            # A history that grew with every turn would be read in more lines than a turn goes on.
            saver_of(folder, data).history.thin(_later(400))
    print(killed)


def _change(folder: Path, data: Path, number: int) -> None:
    saver = saver_of(folder, data)
    path = folder / FILES[0]
    if number == 1 and path.exists():
        path.unlink()
    write_once(saver, FILES[0], number, days=400)


def accepts(folder: Path, data: Path, step: int) -> None:
    """Kill at every `step`-th line of accepting: it was done, or can be done still, and once."""
    path = folder / "scene.md"
    killed, at, is_killed = 0, 1, True
    while is_killed:
        path.write_text(OLD)
        saver = saver_of(folder, data)
        proposals = Proposals(saver)
        span = (OLD.index("Two"), OLD.index(" Three"))
        proposal = Proposal(file="", text="A second.", tool="test")
        number = proposals.add(path, span, proposal, seen=OLD).id
        proposals.close()
        saver.history.close()
        is_killed = _child(lambda number=number: _accept(folder, data, number), at)  # type: ignore[misc]
        killed += is_killed
        at += step
        text = path.read_text()
        assert text in (OLD, NEW), text
        again = Proposals(saver)
        assert again.get(number).status == ("accepted" if text == NEW else "waiting")
        if text == OLD:
            again.accept(number)
        assert path.read_text() == NEW
        assert sum(each.proposal == number for each in again.made()) == 1
        texts = [saver.history.data(each.sha256) for each in saver.history.of("scene.md")]
        assert {OLD.encode(), NEW.encode()} <= set(texts)
        again.close()
        saver.history.close()
        # Fewer lines are read where there is less to read.
        shutil.rmtree(saver.workspace.state)
    print(killed)


def _accept(folder: Path, data: Path, number: int) -> None:
    Proposals(saver_of(folder, data)).accept(number)


def _child(work: Callable[[], None], at: int) -> bool:
    """Whether a process that does `work` was killed at the `at`-th line of ours before its end."""
    pid = os.fork()
    if pid == 0:
        left = at

        def trace(frame: Any, event: str, _argument: object) -> Any:
            nonlocal left
            if f"{os.sep}inkstand{os.sep}" not in frame.f_code.co_filename:
                return None
            if event == "line":
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        status = 1
        try:
            sys.settrace(trace)
            work()
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    if os.WIFSIGNALED(ended):
        return True
    assert os.WEXITSTATUS(ended) == 0, "a write failed that nobody had killed"
    return False


if __name__ == "__main__":
    kind, where, state, amount = sys.argv[1:]
    {"loop": loop, "lines": lines, "accepts": accepts}[kind](Path(where), Path(state), int(amount))
