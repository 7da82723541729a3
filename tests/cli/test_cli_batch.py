"""`inkstand batch`: files, pipes, Ctrl-C, and a kill at any moment."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from typing import Any

import pytest

Program = Any
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")
MODEL = ("--model", "scripted:small")
LINES = 120


def requests(*prompts: str) -> str:
    return "".join(json.dumps({"prompt": prompt, "id": prompt}) + "\n" for prompt in prompts)


def answers(program: Program, name: str = "out.jsonl") -> list[dict[str, Any]]:
    """The answers that are complete."""
    path = program.folder / name
    data = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]


def stories(program: Program, count: int, slow: int = 0) -> str:
    """A file of requests to the bundled model; each `slow`th takes ten times as long."""
    tokens = [120 if slow and number % slow == 2 else 12 for number in range(count)]
    lines = [
        json.dumps({"prompt": f"Letter {number}: Dear", "max_tokens": tokens[number]}) + "\n"
        for number in range(count)
    ]
    return str(program.file("in.jsonl", "".join(lines)))


def test_answers_stand_in_the_order_of_the_requests_with_their_ids(scripted: Program) -> None:
    scripted.file("in.jsonl", requests("say one", "say two", "fail_after x", "say three"))
    done = scripted("batch", "in.jsonl", "out.jsonl", *MODEL)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("4 answered; 1 of the answers are errors. 3 tokens in ")
    found = answers(scripted)
    assert [answer["line"] for answer in found] == [1, 2, 3, 4]
    assert [answer["id"] for answer in found] == ["say one", "say two", "fail_after x", "say three"]
    assert [answer.get("text") for answer in found] == ["one ", "two ", None, "three "]
    assert found[2]["error"]["code"] == "engine"
    assert found[2]["error"]["data"]["written"] == "x"


def test_no_bad_line_keeps_the_others_from_being_answered(scripted: Program) -> None:
    bad = [b"no", b"", b"\xff", b'{"prompt": ""}', b'{"promt": "x"}', b"x" * 10_000_000, b"[]"]
    good = [b'{"prompt": "say one"}', b'{"prompt": "say two", "model": "scripted:large"}']
    scripted.file("in.jsonl", b"\xef\xbb\xbf" + b"\r\n".join([good[0], *bad, good[1]]))
    done = scripted("batch", "in.jsonl", "out.jsonl", *MODEL, "--json")
    assert done.status == 1
    assert (json.loads(done.out)["done"], json.loads(done.out)["failed"]) == (8, 6)
    found = answers(scripted)
    assert [answer["line"] for answer in found] == [1, 2, 4, 5, 6, 7, 8, 9]
    assert [answer["model"] for answer in found if "error" not in answer] == ["small", "large"]
    assert "too long" in found[5]["error"]["what"]


def test_a_batch_may_run_from_a_pipe_into_a_pipe(scripted: Program) -> None:
    done = scripted("batch", "-", "-", *MODEL, data=requests("say one", "say two").encode())
    assert done.status == 0, done.err
    assert [json.loads(line)["text"] for line in done.out.splitlines()] == ["one ", "two "]


@POSIX
def test_an_answer_leaves_as_soon_as_it_is_there_though_the_pipe_stays_open(
    scripted: Program,
) -> None:
    process = subprocess.Popen(
        [scripted.python, "-m", "inkstand", "batch", "-", "-", *MODEL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=scripted.environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(requests("say one").encode())
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["text"] == "one "
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130  # while it waits for more to be piped in
    _, err = process.communicate()
    assert err == b"Stopped.\n"


def test_a_model_that_is_not_there_ends_the_batch_and_leaves_nothing_behind(
    scripted: Program,
) -> None:
    scripted.file("in.jsonl", requests(*["say one"] * 50))
    scripted("batch", "in.jsonl", "out.jsonl", "-m", "smal").refused("smal", status=1)
    assert answers(scripted) == []
    assert scripted("batch", "in.jsonl", "out.jsonl", *MODEL, "--resume").status == 0
    assert len(answers(scripted)) == 50


def test_presets_reach_every_line(scripted: Program) -> None:
    scripted.file("in.jsonl", '{"prompt": "request"}\n{"prompt": "request", "preset": "wild"}\n')
    assert scripted("batch", "in.jsonl", "out.jsonl", *MODEL, "--preset", "precise").status == 0
    sent = [json.loads(answer["text"])["sampling"] for answer in answers(scripted)]
    assert [sampling["temperature"] for sampling in sent] == [0.3, 1.5]
    scripted("batch", "in.jsonl", "o", *MODEL, "--preset", "wld").refused("wild", status=2)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 2),
        (("in.jsonl",), 2),
        (("in.jsonl", "out.jsonl", "--resume", "--force"), 2),
        (("nope.jsonl", "out.jsonl"), 1),
        ((".", "out.jsonl"), 1),
        (("in.jsonl", "."), 1),
        (("in.jsonl", "in.jsonl"), 1),
        (("in.jsonl", "in.jsonl", "--force"), 1),
        (("in.jsonl", "nope/out.jsonl"), 1),
        (("in.jsonl", "foreign.txt"), 1),
        (("in.jsonl", "foreign.txt", "--resume"), 1),
    ],
)
def test_wrong_files_are_refused_and_none_is_touched(
    scripted: Program, arguments: tuple[str, ...], status: int
) -> None:
    scripted.file("in.jsonl", requests("say one"))
    scripted.file("foreign.txt", "dear to me\n")
    scripted("batch", *arguments, *MODEL).refused(status=status)
    assert (scripted.folder / "in.jsonl").read_text(encoding="utf-8") == requests("say one")
    assert (scripted.folder / "foreign.txt").read_text(encoding="utf-8") == "dear to me\n"
    assert not (scripted.folder / "out.jsonl").exists()


def test_a_complete_batch_is_listed_and_not_done_again(scripted: Program) -> None:
    assert "There is no batch." in scripted("batch", "--status").out
    scripted.file("in.jsonl", requests("say one"))
    assert scripted("batch", "in.jsonl", "out.jsonl", *MODEL).status == 0
    before = (scripted.folder / "out.jsonl").read_bytes()
    scripted("batch", "in.jsonl", "out.jsonl", *MODEL).refused("--force", "--resume", status=1)
    assert (scripted.folder / "out.jsonl").read_bytes() == before
    [listed] = scripted("batch", "--status", "--json").json()
    assert (listed["state"], listed["record"]["done"]) == ("complete", 1)


@POSIX
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(scripted: Program) -> None:
    scripted.file("in.jsonl", requests("say one", "say two", "forever", "say four"))
    process = scripted.start("batch", "in.jsonl", "out.jsonl", *MODEL, "-n", "1000000")
    while len(answers(scripted)) < 2:
        assert process.poll() is None
    scripted("batch", "in.jsonl", "out.jsonl", *MODEL).refused("right now", status=1)
    [listed] = scripted("batch", "--status", "--json").json()
    assert listed["state"] == "running"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    again = "inkstand batch in.jsonl out.jsonl --resume"
    assert err.decode() == f"What was finished is in out.jsonl. Go on with: {again}\nStopped.\n"
    assert [answer["line"] for answer in answers(scripted)] == [1, 2]


@POSIX
def test_a_batch_that_is_killed_at_any_moment_goes_on_and_does_nothing_twice(
    inkstand: Program,
) -> None:
    name = stories(inkstand, LINES, slow=30)
    out = inkstand.folder / "out.jsonl"
    dice = random.Random(4)
    kept: list[bytes] = []
    for _ in range(5):
        goal = min(LINES - 1, len(kept) + dice.randrange(1, 25))
        process = inkstand.start("batch", name, "out.jsonl")
        while len(answers(inkstand)) < goal:
            assert process.poll() is None
        process.kill()
        process.communicate()
        data = out.read_bytes()
        lines = data[: data.rfind(b"\n") + 1].splitlines()
        assert lines[: len(kept)] == kept
        kept = lines
    # The lock goes with the process, and so do its workers.
    early = {
        answer["line"]: answer
        for path in (inkstand.home / "state" / "batches").glob("*.early")
        for answer in map(json.loads, path.read_bytes().splitlines())
        if answer["line"] > len(kept)
    }
    done = inkstand("batch", name, "out.jsonl")
    assert done.status == 0, done.err
    assert f"{LINES} answered, {len(kept)} of them before" in done.err
    assert out.read_bytes().splitlines()[: len(kept)] == kept
    found = answers(inkstand)
    assert [answer["line"] for answer in found] == list(range(1, LINES + 1))
    assert len({answer["request_id"] for answer in found}) == LINES
    assert all(found[line - 1] == answer for line, answer in early.items())
