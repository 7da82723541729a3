"""How many threads the engine computes with, and how they wait."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from inkstand_llamacpp.threads import batch_thread_count
from inkstand_sdk.engine_settings import core_count

ASK = """
import os
from inkstand_llamacpp.devices import devices
devices()
from inkstand_llamacpp.threads import batch_thread_count
print(os.environ.get("OMP_WAIT_POLICY"), batch_thread_count(0))
"""


def asked(cores: int, **environment: str) -> list[str]:
    """How threads wait, and how many a batch has, in a process that may use that many cores."""
    if sys.platform != "linux" or core_count() < cores:
        pytest.skip(f"needs Linux and {cores} cores")
    mine = sorted(os.sched_getaffinity(0))[:cores]
    clean = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", f"import os; os.sched_setaffinity(0, {mine}){ASK}"],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_two_cores_both_work_on_a_batch_and_wait_asleep() -> None:
    assert asked(2) == ["passive", "2"]


def test_one_core_is_left_as_it_is() -> None:
    assert asked(1) == ["None", "1"]


def test_four_cores_keep_one_free() -> None:
    assert asked(4) == ["None", "3"]


def test_threads_that_wait_in_a_busy_loop_leave_a_core_free() -> None:
    assert asked(2, OMP_WAIT_POLICY="active") == ["active", "1"]


def test_the_number_that_is_set_is_taken() -> None:
    assert batch_thread_count(3) == 3
