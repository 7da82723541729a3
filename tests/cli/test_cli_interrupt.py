"""Ctrl-C at any time: a word, exit status 130, and no process left."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest

Program = Any
# Says when it is about to read standard input, so that nobody needs to guess.
WAITING = """
import inkstand.cli.input as cli_input
from inkstand.cli.main import main
read = cli_input.standard_input
def told():
    print("waiting", flush=True)
    return read()
cli_input.standard_input = told
main(["generate", "-m", "pocket"])
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def interrupted(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C once the program has started another process, and see it end well."""
    while len(program.workers()) < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err
    assert err.endswith((b"Stopped.\n", b"above.\n"))


@pytest.mark.parametrize(
    "command",
    [
        ("plugins", "refresh", "--all"),
        ("generate", "Once upon a time", "-n", "900"),
        ("backends", "test", "llamacpp", "-n", "4000"),
        ("demo",),
        ("read", "long.md"),
        ("run", "summarizer", "long.md"),
    ],
)
def test_ctrl_c_ends_whatever_is_being_done(inkstand: Program, command: tuple[str, ...]) -> None:
    inkstand.file("long.md", "“No,” said Ada. She ran to the mill and back again. " * 40_000)
    interrupted(inkstand, inkstand.start(*command))


def test_ctrl_c_ends_a_wait_for_standard_input(inkstand: Program) -> None:
    waiting = subprocess.Popen(
        [inkstand.python, "-c", WAITING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=inkstand.environment(),
    )
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == b"waiting\n"
    waiting.send_signal(signal.SIGINT)
    assert waiting.wait(60) == 130
    for stream in (waiting.stdin, waiting.stdout, waiting.stderr):
        assert stream is not None
        stream.close()


def test_a_program_in_the_background_goes_on(scripted: Program) -> None:
    """A shell starts `inkstand ... &` with Ctrl-C ignored."""
    line = f'trap "" INT; exec "{scripted.python}" -m inkstand generate "forever" -m scripted:small'
    process = subprocess.Popen(
        ["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=scripted.environment(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.read(3) == b"on "
    process.send_signal(signal.SIGINT)
    assert process.stdout.read(300)
    assert process.poll() is None
    process.terminate()
    process.communicate(timeout=60)
