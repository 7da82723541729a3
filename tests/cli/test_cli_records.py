"""Usage, receipts and logs, as a user asks for them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Program = Any

PROMPT = "Describe a ferry at dawn, with all its canaries."


@pytest.fixture
def written(inkstand: Program) -> tuple[Program, str]:
    """A home in which one text was written, and the id of that text."""
    done = inkstand("generate", PROMPT, "-n", "8", "--seed", "1", "--json")
    assert done.err == "Note: the text ends at the token limit (--max-tokens).\n"
    return inkstand, done.json()["request_id"]


def test_a_text_leaves_a_row_a_receipt_and_log_lines_of_one_id(
    written: tuple[Program, str],
) -> None:
    inkstand, request = written
    (call,) = inkstand("usage", "--by", "call", "--json").json()
    assert (call["request_id"], call["model"], call["completion_tokens"]) == (request, "pocket", 8)
    receipt = inkstand("receipt", "last", "--json").json()
    assert receipt["request_id"] == request
    (block,) = receipt["blocks"]
    assert (block["text"], block["exact"], block["role"]) == (PROMPT, True, "user")
    assert receipt["evaluated"] == receipt["counted"] + receipt["overhead"]
    lines = inkstand("logs", "--request", request, "--json").out.splitlines()
    assert {json.loads(line)["request"] for line in lines} == {request}
    assert len({json.loads(line)["pid"] for line in lines}) == 2
    assert not any(b"canaries" in file.read_bytes() for file in (inkstand.home / "log").iterdir())


def test_people_see_tables(written: tuple[Program, str]) -> None:
    inkstand, request = written
    for arguments, words in (
        (("usage",), ("llamacpp:pocket", "Tokens out")),
        (("usage", "--by", "tool"), ("(none)",)),
        (("usage", "--by", "day", "--since", "today"), ("Calls",)),
        (("usage", "--by", "call"), (request[:8], "length")),
        (("receipt", "list"), (request[:8], "llamacpp:pocket")),
        (("receipt", request[:6]), (request, "user", "The engine says that it read")),
        (("receipt", "last", "--texts"), (PROMPT,)),
        (("logs",), (request[:8], "generated", "finish=length")),
        (("logs", "--level", "warning"), ("Nothing is logged.",)),
    ):
        done = inkstand(*arguments)
        assert (done.status, done.err) == (0, "")
        assert "\x1b" not in done.out
        for word in words:
            assert word in done.out, (arguments, done.out)


def test_what_was_cleared_is_gone(written: tuple[Program, str]) -> None:
    inkstand, _ = written
    assert inkstand("receipt", "clear").out == "Forgot 1 receipt.\n"
    assert inkstand("usage", "--clear", "--json").json() == {"forgotten": 1}
    assert inkstand("usage", "--json").json() == []
    assert inkstand("usage").out == "No call of a model is on record.\n"
    assert not any(b"canaries" in file.read_bytes() for file in (inkstand.home / "data").iterdir())
    inkstand("receipt", "last").refused("There is no receipt yet", "inkstand config get receipts")


def test_what_is_turned_off_is_not_kept(inkstand: Program) -> None:
    for name in ("usage", "receipts"):
        assert inkstand("config", "set", f"{name}.enabled", "false").status == 0
    assert inkstand("generate", PROMPT, "-n", "4", "--seed", "1").status == 0
    assert not (inkstand.home / "data").exists()
    assert "config set usage.enabled true" in inkstand("usage").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("receipt", "nosuch"), "no receipt 'nosuch'"),
        (("receipt", "last", "extra"), "extra"),
        (("usage", "--by", "moon"), "moon"),
        (("usage", "--since", "banana"), "Try 7d"),
        (("usage", "--since", "9999999999d"), "Try 7d"),
        (("logs", "--level", "loud"), "loud"),
        (("logs", "-n", "0"), "--last"),
    ],
)
def test_wrong_usage_is_told(inkstand: Program, arguments: tuple[str, ...], words: str) -> None:
    inkstand(*arguments).refused(words)


def test_a_cached_text_is_a_row_of_nothing(written: tuple[Program, str]) -> None:
    inkstand, first = written
    again = inkstand("generate", PROMPT, "-n", "8", "--seed", "1", "--json").json()
    assert again["cached"]
    assert again["request_id"] != first
    (total,) = inkstand("usage", "--json").json()
    assert (total["calls"], total["from_cache"], total["completion_tokens"]) == (2, 1, 8)
    assert "from the output cache" in inkstand("receipt", "last").out


def test_a_damaged_record_costs_a_note(inkstand: Program) -> None:
    (inkstand.home / "data").mkdir(parents=True)
    (inkstand.home / "data" / "usage.db").write_bytes(b"nonsense" * 1000)
    done = inkstand("generate", PROMPT, "-n", "4", "--seed", "1")
    assert done.status == 0
    assert done.out
    assert "Note: usage.db was damaged" in done.err
    assert inkstand("usage", "--json").json()[0]["calls"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_costs_notes_and_not_the_text(inkstand: Program) -> None:
    inkstand("config", "set", "cache.enabled", "false")
    code = (
        "import resource\n"
        "from inkstand.cli.main import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))\n"
        f"main(['generate', {PROMPT!r}, '-n', '4', '--seed', '1'])\n"
    )
    done = subprocess.run(
        [inkstand.python, "-c", code],
        env=inkstand.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "The usage of this run could not be kept" in done.stderr
    assert "The receipts of this run could not be kept" in done.stderr
    assert "Traceback" not in done.stderr


def test_programs_that_write_at_once_keep_every_row_and_receipt(inkstand: Program) -> None:
    code = (
        "import sys\n"
        "from inkstand.studio import Studio\n"
        "with Studio() as studio:\n"
        "    for number in range(8):\n"
        "        prompt = f'{sys.argv[1]} {number}'\n"
        "        print(studio.generate(prompt, max_tokens=4).result.request_id)\n"
        "print(*studio.notes(), file=sys.stderr, end='')\n"
    )
    programs = [
        subprocess.Popen(
            [inkstand.python, "-c", code, name],
            env=inkstand.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two", "three")
    ]
    ids: set[str] = set()
    for program in programs:
        out, err = program.communicate(timeout=240)
        assert (program.returncode, err) == (0, "")
        ids |= set(out.split())
    assert len(ids) == 24
    assert {
        each["request_id"] for each in inkstand("usage", "--by", "call", "--json").json()
    } == ids
    listed = inkstand("receipt", "list", "-n", "100", "--json").json()
    assert {each["request_id"] for each in listed} == ids
    assert all(inkstand("receipt", each, "--json").json()["counted"] for each in sorted(ids)[:3])
    lines = inkstand("logs", "--json", "-n", "1000").out.splitlines()
    said = [json.loads(line) for line in lines]
    assert {each["request"] for each in said if each["message"] == "generated"} == ids


@pytest.mark.skipif(os.name != "posix", reason="SIGINT")
def test_following_shows_what_another_run_logs_until_ctrl_c(inkstand: Program) -> None:
    following = subprocess.Popen(
        [inkstand.python, "-m", "inkstand", "logs", "--follow", "--json"],
        env=inkstand.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert following.stdout is not None
        # Whatever is logged before it follows is shown as well.
        request = inkstand("generate", PROMPT, "-n", "4", "--json").json()["request_id"]
        while json.loads(following.stdout.readline())["message"] != "generated":
            pass
        following.send_signal(signal.SIGINT)
        _, errors = following.communicate(timeout=60)
    finally:
        following.kill()
        following.communicate()
    assert request
    assert (following.returncode, errors.strip()) == (130, "Stopped.")


def test_a_workspace_has_its_own_receipts(inkstand: Program, tmp_path: Path) -> None:
    (tmp_path / "inkstand.toml").write_text("")
    inkstand("receipt", "last", "--in", tmp_path).refused("There is no receipt yet")
    assert not (tmp_path / ".inkstand").exists()


def test_what_is_done_with_a_text_of_a_workspace_is_on_record_there_and_found_from_anywhere(
    inkstand: Program, tmp_path: Path
) -> None:
    novel = tmp_path / "novel"
    (novel / "manuscript").mkdir(parents=True)
    (novel / "inkstand.toml").write_text("")
    (novel / "manuscript" / "one.md").write_text("# One\n\nAda rowed to the ferry. It rained.\n")
    before = inkstand("generate", PROMPT, "-n", "4", "--json").json()["request_id"]
    inkstand("run", "summarizer", novel / "manuscript", "--model", "pocket")
    inside = inkstand("receipt", "list", "--in", novel / "manuscript", "--json").json()
    assert inside
    assert {each["tool"] for each in inside} == {"summarizer"}
    assert (novel / ".inkstand" / "receipts.db").exists()
    last = inkstand("receipt", "last", "--json").json()["request_id"]
    assert last == inside[0]["request_id"]
    everywhere = inkstand("receipt", "list", "--json").json()
    assert {each["request_id"] for each in everywhere} == {
        before,
        *(each["request_id"] for each in inside),
    }
    # The receipt of a text that lies elsewhere is found by its id.
    assert inkstand("receipt", before[:12], "--in", novel, "--json").json()["request_id"] == before


def test_a_text_that_is_written_within_a_workspace_is_on_record_there(inkstand: Program) -> None:
    inkstand.file("inkstand.toml", "")
    request = inkstand("generate", PROMPT, "-n", "4", "--json").json()["request_id"]
    assert (inkstand.folder / ".inkstand" / "receipts.db").exists()
    assert not (inkstand.home / "data" / "receipts.db").exists()
    assert inkstand("receipt", "last", "--json").json()["request_id"] == request
    assert inkstand("receipt", "clear", "--json").json() == {"forgotten": 1}
    inkstand("receipt", "last").refused("There is no receipt yet")
