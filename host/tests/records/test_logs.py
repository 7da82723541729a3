"""Logs that several processes write, and that are read together."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from inkstand.logs import HostLog, Logs
from inkstand_sdk.worker.log_lines import LogLine, encoded, timestamp

WRITER = """
import sys
from pathlib import Path
from inkstand.logs import HostLog
log = HostLog(Path(sys.argv[1]), most_bytes=int(sys.argv[3]))
sys.stdin.readline()
for number in range(400):
    log.write("info", f"{sys.argv[2]} {number}", filler="x" * (number % 50))
"""


def test_processes_that_write_while_files_are_put_aside_lose_no_line(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name, "60000"], stdin=subprocess.PIPE
        )
        for name in ("a", "b", "c")
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert len(list(tmp_path.glob("host-*.log"))) >= 2
    lines = Logs(tmp_path).lines()
    assert {line.level for line in lines} == {"info"}
    assert sorted(line.message for line in lines) == sorted(
        f"{name} {number}" for name in "abc" for number in range(400)
    )


def test_the_oldest_files_are_removed(tmp_path: Path) -> None:
    log = HostLog(tmp_path, most_bytes=1_000)
    for number in range(200):
        log.write("info", f"line {number}")
    log.close()
    assert sum(file.stat().st_size for file in tmp_path.glob("host*.log")) < 8_000
    assert Logs(tmp_path).lines()[-1].message == "line 199"


def test_only_the_owner_may_read_the_log(tmp_path: Path) -> None:
    log = HostLog(tmp_path / "new")
    log.write("info", "hello")
    log.close()
    if os.name == "posix":
        assert log.path.stat().st_mode & 0o777 == 0o600


def test_a_log_that_takes_nothing_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = HostLog(tmp_path / "file")
    log.write("error", "hello")
    log.close()
    (tmp_path / "folder" / "host.log").mkdir(parents=True)
    log = HostLog(tmp_path / "folder")
    log.write("error", "hello")
    log.close()
    assert Logs(tmp_path / "folder").lines() == []


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
def test_a_full_disk_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "host.log").symlink_to("/dev/full")
    log = HostLog(tmp_path)
    log.write("error", "hello")
    log.close()


def test_lines_of_all_files_come_by_time(tmp_path: Path) -> None:
    def line(at: float, message: str, request: str = "", level: str = "info") -> bytes:
        return encoded(LogLine(time=timestamp(at), level=level, message=message, request=request))

    (tmp_path / "host.log").write_bytes(line(1, "one", "r1") + line(4, "four", "r2", "error"))
    (tmp_path / f"host-{1:x}.log").write_bytes(line(0.5, "half"))
    (tmp_path / f"worker-echo-77-{2 * 10**9:x}.log").write_bytes(
        b"starting\n" + line(3, "three", "r1", "warning") + b"\xff raw\n" + b'{"time": broken\n\n'
    )
    (tmp_path / "other.txt").write_text("not a log")
    logs = Logs(tmp_path)
    messages = [each.message for each in logs.lines()]
    assert messages == ["half", "one", "starting", "three", "\ufffd raw", '{"time": broken', "four"]
    assert {each.source for each in logs.lines() if each.level == "raw"} == {"worker-echo-77"}
    assert [each.message for each in logs.lines(request="r1")] == ["one", "three"]
    assert [each.message for each in logs.lines(level="warning")] == ["three", "four"]
    assert [each.message for each in logs.lines(last=2)] == messages[-2:]


def test_following_gives_what_is_written_from_then_on(tmp_path: Path) -> None:
    log = HostLog(tmp_path, most_bytes=600)
    log.write("info", "before")
    following = Logs(tmp_path).follow()
    assert getattr(next(following), "message", "") == "before"
    assert next(following) is None

    def write() -> None:
        for number in range(20):
            log.write("info", f"line {number}")

    writer = threading.Thread(target=write)
    writer.start()
    found: list[str] = []
    # The file is put aside meanwhile, more than once.
    while len(found) < 20:
        new = next(following)
        found += [new.message] if new is not None else []
        if new is None and not writer.is_alive() and len(found) < 20:
            assert found, "nothing came"
    writer.join()
    log.close()
    assert found == [f"line {number}" for number in range(20)]


def test_what_modules_say_is_taken_in_while_one_listens(tmp_path: Path) -> None:
    log = HostLog(tmp_path)
    log.listen()
    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("inkstand.some.module").exception("it went %s", "wrong")
    logging.getLogger("other").error("not ours")
    logging.getLogger("inkstand.some.module").debug("not now")
    log.close()
    logging.getLogger("inkstand.some.module").error("too late")
    (line,) = Logs(tmp_path).lines()
    assert (line.level, line.message, line.source) == (
        "error",
        "it went wrong",
        "inkstand.some.module",
    )
    assert "ValueError: why" in line.detail


def test_a_line_takes_whatever_it_is_given() -> None:
    odd = LogLine(time="t", level="info", message="half \ud800", data={"path": Path("x")})
    assert json.loads(encoded(odd))["message"] == "half \\ud800"
    assert json.loads(
        encoded(LogLine(time="t", level="info", message="", data={"path": Path("x")}))
    )["data"] == {"path": "x"}
