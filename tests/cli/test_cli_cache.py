"""The output cache from the command line, and what a terminal shows while a model loads."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

Program = Any

MODEL = ("--model", "scripted:small")
SEED = ("--seed", "1")


def written(scripted: Program, *options: str) -> str:
    """What a run wrote: the process id of its worker, which no other run has."""
    done = scripted("generate", "pid", *MODEL, *options)
    assert done.status == 0, done.err
    text: str = done.out
    return text


def test_a_seeded_request_is_answered_from_the_cache_the_second_time(scripted: Program) -> None:
    first = written(scripted, *SEED)
    assert written(scripted, *SEED) == first
    assert written(scripted, "--seed", "2") != first
    assert written(scripted, *SEED, "--max-tokens", "9") != first
    assert written(scripted, *SEED, "--no-cache") != first
    assert written(scripted, *SEED) == first
    stats = scripted("cache", "stats", "--json").json()
    assert (stats["entries"], stats["hits"], stats["misses"]) == (3, 2, 3)
    assert stats["folder"] == str(scripted.home / "cache" / "outputs")


def test_what_would_be_written_differently_each_time_is_not_unless_asked(
    scripted: Program,
) -> None:
    assert written(scripted) != written(scripted)
    assert scripted("cache", "stats", "--json").json()["entries"] == 0
    kept = written(scripted, "--cache")
    assert written(scripted, "--cache") == kept
    assert written(scripted) != kept


def test_a_hit_says_that_it_is_one(scripted: Program) -> None:
    once = scripted("generate", "say hello there", *MODEL, *SEED, "-v")
    again = scripted("generate", "say hello there", *MODEL, *SEED, "-v")
    assert once.out == again.out == "hello there \n"
    assert "output cache" not in once.err
    assert "scripted:small  written before: from the output cache" in again.err
    told = scripted("generate", "say hello there", *MODEL, *SEED, "--json").json()
    assert (told["cached"], told["load_ms"], told["text"]) == (True, 0.0, "hello there ")
    assert told["request_id"]


def test_a_changed_setting_of_the_engine_writes_anew(scripted: Program) -> None:
    before = written(scripted, *SEED)
    assert scripted("config", "set", "backends.scripted.greeting", "Hello, ").status == 0
    assert written(scripted, *SEED).startswith("Hello, ")
    assert before.strip().isdecimal()


def test_clear_forgets_everything(scripted: Program) -> None:
    before = written(scripted, *SEED)
    assert scripted("cache", "stats").out.startswith("entries   1\n")
    assert scripted("cache", "clear").out == "Forgot 1 result.\n"
    assert scripted("cache", "clear", "--json").json() == {"forgotten": 0}
    assert written(scripted, *SEED) != before


def test_a_cache_that_is_off_keeps_nothing_and_says_how_to_have_it(scripted: Program) -> None:
    assert scripted("config", "set", "cache.enabled", "false").status == 0
    assert written(scripted, "--cache") != written(scripted, "--cache")
    stats = scripted("cache", "stats")
    assert "inkstand config set cache.enabled true" in stats.out
    assert not (scripted.home / "cache" / "outputs").exists()


@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_a_size_that_is_none_is_refused(scripted: Program, value: str) -> None:
    scripted("config", "set", "cache.size_mb", value).refused("cache.size_mb")


def test_a_failed_answer_is_not_kept(scripted: Program) -> None:
    for _ in range(2):
        scripted("generate", "fail_after ink", *MODEL, *SEED, "--no-stream").err.index("out of ink")
    assert scripted("cache", "stats", "--json").json()["entries"] == 0


def test_a_broken_cache_costs_nothing_and_is_told_when_asked(scripted: Program) -> None:
    folder = scripted.home / "cache" / "outputs"
    folder.mkdir()
    (folder / "cache.db").write_bytes(b"this is no database " * 100)
    done = scripted("generate", "say hello", *MODEL, *SEED)
    assert (done.status, done.out, done.err) == (0, "hello \n", "")
    with closing(sqlite3.connect(folder / "cache.db")) as database:
        assert database.execute("SELECT count(*) FROM Cache").fetchone() == (1,)
    (folder / "cache.db").unlink()
    for rest in folder.iterdir():
        rest.unlink()
    folder.rmdir()
    folder.write_text("in the way")
    done = scripted("generate", "say hello", *MODEL, *SEED)
    assert (done.status, done.out) == (0, "hello \n")
    assert "Traceback" not in done.err


def test_a_tools_run_uses_the_cache_for_what_it_asks_a_model(scripted: Program) -> None:
    arguments = ("run", "script", "--do", "generate", "--text", "pid", "--json", *MODEL)
    texts = {scripted(*arguments).json()["text"] for _ in range(2)}
    assert len(texts) == 2  # its requests are not seeded
    assert scripted("config", "set", "tools.script.preset", "deterministic").status == 0
    texts = {scripted(*arguments).json()["text"] for _ in range(2)}
    assert len(texts) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize(
    "command",
    [("generate", "say hello"), ("run", "model-only"), ("batch", "in.jsonl", "-")],
)
def test_a_terminal_shows_that_a_model_is_loaded(
    scripted: Program, command: tuple[str, ...]
) -> None:
    import pty

    scripted.file("in.jsonl", '{"prompt": "say hello"}\n')
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [scripted.python, "-m", "inkstand", *command, *MODEL],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=scripted.environment(TERM="xterm"),
        cwd=scripted.folder,
    ) as process:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
        assert process.stdout is not None
        assert b"hello" in process.stdout.read()
    os.close(ours)
    assert process.returncode == 0
    assert b"Loading small\r\x1b[2K" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1000)
    except OSError:  # its other end is closed
        return b""


def test_stdout_and_pipes_stay_clean_while_a_model_is_loaded(scripted: Program) -> None:
    done = scripted("generate", "say hello", *MODEL)
    assert (done.out, done.err) == ("hello \n", "")
    assert msgspec.json.decode(scripted("generate", "say hello", *MODEL, "--json").out)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_the_folder_of_the_cache_is_the_owners_alone(scripted: Program) -> None:
    written(scripted, *SEED)
    folder = Path(scripted("cache", "stats", "--json").json()["folder"])
    assert folder.stat().st_mode & 0o077 == 0
