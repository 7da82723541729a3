"""How plugins misbehave while they are examined, and that nothing of it reaches the host."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from inkstand.index import PluginIndex
from inkstand.index.cache import FILE_NAME
from inkstand_sdk.testing.environments import PluginEnvironment

from .conftest import TOOL, install, refreshed, row


def test_one_bad_entry_point_of_a_distribution_leaves_the_others_usable(
    environment: PluginEnvironment, cache: Path
) -> None:
    environment.install(
        "mixed",
        {"good.py": TOOL.format(name="plot"), "bad.py": "1/0", "dead.py": "import os; os._exit(9)"},
        {"good": "good", "bad": "bad", "dead": "dead"},
    )
    index = refreshed(cache)
    assert index.find("tool", "plot")
    assert row(index, "bad").cause == "ZeroDivisionError: division by zero"
    assert row(index, "dead").cause == "the process exited with status 9 while importing it"
    assert index.entry_points("Mixed") == ("good",)


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_a_plugin_that_hangs_is_ended_with_all_its_processes(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "pid"
    install(
        environment,
        "one",
        "import pathlib, subprocess, sys, threading\n"
        "child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)\n"
        f"pathlib.Path({str(noted)!r}).write_text(str(child.pid))\n"
        "threading.Event().wait()\n",
    )
    index = refreshed(cache, timeout=2)
    assert row(index, "one").cause == "timed out after 2 s while importing it"
    pid = int(noted.read_text())
    _, alive = psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], 10)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(os.name != "posix", reason="fork")
def test_a_plugin_that_leaves_a_process_behind_holds_nothing_up(
    environment: PluginEnvironment, cache: Path
) -> None:
    fork = "import os, signal\nif os.fork() == 0:\n    signal.pause()\n"
    install(environment, "one", fork + TOOL.format(name="plot"))
    install(environment, "two", fork + "os._exit(5)\n")
    index = refreshed(cache, timeout=60)
    assert row(index, "one").state == "ready"
    assert row(index, "two").cause == "the process exited with status 5 while importing it"


def test_endless_printing_neither_fills_memory_nor_hangs(
    environment: PluginEnvironment, cache: Path
) -> None:
    install(environment, "one", "while True: print('x' * 10_000)\n")
    index = refreshed(cache, timeout=2)
    assert row(index, "one").cause == "timed out after 2 s while importing it"
    assert len(row(index, "one").traceback) < 10_000
    assert "MB while it was examined" in row(index, "one").notes[0]


def test_two_processes_may_refresh_at_once(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    for number in range(4):
        install(environment, f"p{number}", TOOL.format(name=f"tool{number}"))
    indexes = [PluginIndex(cache) for _ in range(3)]
    threads = [threading.Thread(target=index.refresh) for index in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(PluginIndex(cache).descriptors("tool")) == 4
    assert [path.name for path in cache.iterdir()] == [FILE_NAME]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupted_refresh_leaves_no_process_and_no_cache(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "pid"
    source = (
        "import os, pathlib, threading\n"
        f"aside = pathlib.Path({str(tmp_path / 'aside')!r})\n"
        "aside.write_text(str(os.getpid()))\n"
        f"aside.rename({str(noted)!r})\n"
        "threading.Event().wait()\n"
    )
    install(environment, "one", source)
    script = (
        "import sys; from pathlib import Path; from inkstand.index import PluginIndex;"
        f"sys.executable = {environment.python!r};"
        f"PluginIndex(Path({str(cache)!r})).refresh()"
    )
    own = str(Path(sys.prefix) / "bin" / "python")
    host = subprocess.Popen([own, "-c", script], stderr=subprocess.PIPE)
    while not noted.exists():
        assert host.poll() is None
        threading.Event().wait(0.01)
    plugin = psutil.Process(int(noted.read_text()))
    host.send_signal(signal.SIGINT)
    _, told = host.communicate(timeout=60)
    assert b"KeyboardInterrupt" in told
    plugin.wait(10)
    assert not cache.exists()


def test_a_description_without_end_is_given_up(
    environment: PluginEnvironment, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkstand.index.children.ANSWER_BYTES", 50_000)
    source = TOOL.format(name="plot").replace(
        "class Named(Tool):", "class Named(Tool):\n    title = 'x' * 100_000"
    )
    install(environment, "one", source)
    assert row(refreshed(cache), "one").cause == "its description is longer than 0.05 MB"


@pytest.mark.skipif(os.name != "posix", reason="descriptors")
def test_a_plugin_that_closes_every_descriptor_and_hangs_is_told_apart(
    environment: PluginEnvironment, cache: Path
) -> None:
    source = "import os, threading\nos.closerange(0, 64)\nthreading.Event().wait()\n"
    install(environment, "one", source)
    told = row(refreshed(cache, timeout=2), "one").cause
    assert told == "it closed its answer and went on for 2 s while importing it"
