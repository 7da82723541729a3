"""The files that tell all Inkstand processes which workers live."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from inkstand.workers.live import LiveWorkers, Record, Registration
from inkstand_sdk.errors import InputError


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for a worker."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
        yield process
        process.kill()


@pytest.fixture
def live(tmp_path: Path) -> LiveWorkers:
    return LiveWorkers(tmp_path)


def register(live: LiveWorkers, pid: int) -> Registration:
    registration = live.register(pid=pid, title="t", kind="backend", model="m")
    assert registration is not None
    return registration


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "workers").iterdir())


def test_a_worker_is_listed_with_its_state_and_memory(
    live: LiveWorkers, child: subprocess.Popen[bytes]
) -> None:
    before = time.time()
    registration = register(live, child.pid)
    registration.reserve(10**12)
    (found,) = live.found()
    assert (found.state, found.record.host_pid) == ("loading", os.getpid())
    assert found.memory() == 10**12
    registration.become("idle")
    (found,) = live.found()
    assert found.state == "idle"
    assert 0 < found.memory() == found.rss < 10**12
    shown = found.to_live()
    assert (shown.pid, shown.title, shown.kind, shown.model) == (child.pid, "t", "backend", "m")
    assert before <= shown.since <= time.time()
    assert shown.idle_seconds < 60
    registration.remove()
    assert live.found() == []


def test_a_worker_that_is_gone_is_forgotten_with_its_file(
    live: LiveWorkers, child: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    register(live, child.pid)
    child.kill()
    child.wait()
    assert live.found() == []
    assert files(tmp_path) == []


def test_a_dead_worker_that_nobody_has_reaped_is_gone_too(
    live: LiveWorkers, child: subprocess.Popen[bytes], eventually: Callable[..., None]
) -> None:
    register(live, child.pid)
    child.kill()
    eventually(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    assert live.found() == []


def test_another_process_that_was_given_the_same_id_is_not_the_worker(
    live: LiveWorkers, child: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    register(live, child.pid).remove()
    record = Record(
        pid=child.pid, created=time.time() - 5000, host_pid=1, title="old", kind="backend"
    )
    Registration(tmp_path / "workers", record)
    assert live.found() == []
    assert child.poll() is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', b"\xff\x00"])
def test_a_file_that_is_no_record_harms_nothing(
    live: LiveWorkers, child: subprocess.Popen[bytes], tmp_path: Path, content: bytes
) -> None:
    register(live, child.pid)
    (tmp_path / "workers" / "1-2.idle.json").write_bytes(content)
    (tmp_path / "workers" / "odd.json").write_bytes(content)
    assert [found.record.pid for found in live.found()] == [child.pid]


def test_of_an_owner_and_another_process_only_one_gets_an_idle_worker(
    live: LiveWorkers, child: subprocess.Popen[bytes]
) -> None:
    for _ in range(100):
        registration = register(live, child.pid)
        registration.become("idle")
        (found,) = live.found()
        together = threading.Barrier(2)
        won: list[str] = []

        def use(
            registration: Registration = registration,
            together: threading.Barrier = together,
            won: list[str] = won,
        ) -> None:
            together.wait()
            if registration.become("busy"):
                won.append("owner")

        owner = threading.Thread(target=use)
        owner.start()
        together.wait()
        if live.claim(found):
            won.append("other")
        owner.join()
        assert len(won) == 1
        assert registration.claimed() == (won == ["other"])
        registration.remove()


def test_an_emptied_state_directory_is_filled_again(
    live: LiveWorkers, child: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    registration = register(live, child.pid)
    for path in (tmp_path / "workers").iterdir():
        path.unlink()
    (tmp_path / "workers").rmdir()
    assert registration.become("busy")
    assert [found.state for found in live.found()] == ["busy"]


def test_a_claimed_worker_is_killed_with_its_group(
    live: LiveWorkers, child: subprocess.Popen[bytes]
) -> None:
    register(live, child.pid).become("idle")
    (found,) = live.found()
    assert live.claim(found)
    assert not live.claim(found)
    live.kill(found)
    assert child.wait() != 0


def test_records_survive_fields_that_a_newer_version_adds() -> None:
    data = b'{"pid":1,"created":2.0,"host_pid":3,"title":"t","kind":"backend","added":1}'
    assert msgspec.json.decode(data, type=Record).pid == 1


def test_a_state_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in its place")
    with pytest.raises(InputError) as caught:
        LiveWorkers(tmp_path / "state").register(pid=os.getpid(), title="x", kind="backend")
    assert "cannot be written" in caught.value.what
    assert "Make room" in caught.value.fix
