"""A batch's file as its journal: gone on with after anything, and never mixed with another's."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand.batch.batches import Batch, Batches
from inkstand.batch.lines import Asked
from inkstand.jobs import CancelToken
from inkstand_sdk.errors import Cancelled, InputError
from inkstand_sdk.messages import GenerateResult, LoadProgress

OnLoad = Callable[[LoadProgress | None], None]
Eventually = Callable[[Callable[[], bool]], None]


class Engine:
    """Answers at once, but for prompts that begin with "hold"; each answer is another."""

    def __init__(self) -> None:
        self.answered: list[str] = []

    def places(self, model: str) -> int:
        return 4

    def write(self, line: Asked, cancel: CancelToken, on_load: OnLoad) -> GenerateResult:
        prompt = line.request.prompt_text()
        if prompt.startswith("hold"):
            cancel.wait()
            raise Cancelled
        self.answered.append(prompt)
        text = f"{prompt} by {id(self)}"
        return GenerateResult(text=text, finish="stop", model="m", backend="b")


class Home:
    """Batches of one home, each run with an engine of its own."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "in.jsonl"
        self.out = folder / "out.jsonl"
        self.state = folder / "state"
        self.engine = Engine()

    def ask(self, *prompts: str) -> None:
        lines = [json.dumps({"prompt": prompt}) + "\n" if prompt else "\n" for prompt in prompts]
        self.source.write_text("".join(lines), encoding="utf-8")

    def batches(self) -> Batches:
        self.engine = Engine()
        return Batches(self.state, lambda _: self.engine)

    def start(self, **options: Any) -> Batch:
        return self.batches().start(self.source, self.out, **options)

    def run(self, **options: Any) -> list[str]:
        """Run it to its end; which prompts were answered in this run."""
        self.start(**options).result(60)
        return sorted(self.engine.answered)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.read_bytes().splitlines()]

    def early(self) -> Path:
        [path] = (self.state / "batches").glob("*.early")
        return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def stopped_after(home: Home, eventually: Eventually, *prompts: str) -> None:
    """Run the batch until all but the held lines are answered, and stop it."""
    home.ask(*prompts)
    job = home.start()
    free = [prompt for prompt in prompts if prompt and not prompt.startswith("hold")]
    eventually(lambda: sorted(home.engine.answered) == sorted(free))
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(60)


def test_a_stopped_batch_goes_on_behind_its_last_answer(home: Home, eventually: Eventually) -> None:
    stopped_after(home, eventually, "a", "", "b", "hold c")
    before = home.out.read_bytes()
    home.ask("a", "", "b", "c")
    assert home.run() == ["c"]
    assert home.out.read_bytes().startswith(before)
    assert [line["line"] for line in home.lines()] == [1, 3, 4]


def test_early_answers_are_kept_and_not_asked_again(home: Home, eventually: Eventually) -> None:
    stopped_after(home, eventually, "a", "hold b", "c", "d", "hold e", "f")
    assert [line["line"] for line in home.lines()] == [1]
    early = {line["line"]: line["text"] for line in map(json.loads, home.early().open("rb"))}
    assert sorted(early) == [3, 4, 6]
    home.ask("a", "b", "c", "d", "e", "f")
    assert home.run() == ["b", "e"]
    assert [line["line"] for line in home.lines()] == [1, 2, 3, 4, 5, 6]
    assert {line["line"]: line["text"] for line in home.lines() if line["line"] in early} == early


def test_early_answers_survive_two_stops(home: Home, eventually: Eventually) -> None:
    stopped_after(home, eventually, "hold a", "b")
    home.ask("hold a", "b")
    job = home.start()
    eventually(lambda: home.early().stat().st_size > 0)
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(60)
    home.ask("a", "b")
    assert home.run() == ["a"]


@pytest.mark.parametrize("torn", [b'{"line":', b'{"line":3,"text":"half', b"\x00" * 50, b"{"])
def test_a_torn_last_line_is_cut_off_and_done_again(
    home: Home, eventually: Eventually, torn: bytes
) -> None:
    stopped_after(home, eventually, "a", "b", "hold c")
    whole = home.out.read_bytes()
    home.out.write_bytes(whole + torn)
    home.ask("a", "b", "c")
    assert home.run() == ["c"]
    assert home.out.read_bytes().startswith(whole)
    assert [line["line"] for line in home.lines()] == [1, 2, 3]


def test_a_whole_last_line_that_lacks_its_end_is_kept(home: Home, eventually: Eventually) -> None:
    stopped_after(home, eventually, "a", "b", "hold c")
    home.out.write_bytes(home.out.read_bytes().rstrip(b"\n"))
    home.ask("a", "b", "c")
    assert home.run() == ["c"]
    assert [line["line"] for line in home.lines()] == [1, 2, 3]


@pytest.mark.parametrize("place", range(6))
def test_a_torn_file_of_early_answers_costs_no_more_than_the_torn_one(
    home: Home, eventually: Eventually, place: int
) -> None:
    stopped_after(home, eventually, "hold a", "b", "c")
    data = home.early().read_bytes()
    home.early().write_bytes(data[: len(data) * place // 6])
    home.ask("a", "b", "c")
    assert "a" in home.run()
    assert [line["line"] for line in home.lines()] == [1, 2, 3]


@pytest.mark.parametrize("changed", [("x", "b", "c"), ("a", "x", "c"), ("a",)])
def test_requests_that_were_changed_are_refused(
    home: Home, eventually: Eventually, changed: tuple[str, ...]
) -> None:
    stopped_after(home, eventually, "a", "b", "hold c")
    before = home.out.read_bytes()
    home.ask(*changed)
    with pytest.raises(InputError, match="changed since"):
        home.run()
    assert home.out.read_bytes() == before
    home.ask("a", "b", "c")
    assert home.run() == ["c"]


def test_an_early_answer_to_a_line_that_was_changed_is_thrown_away_for_good(
    home: Home, eventually: Eventually
) -> None:
    stopped_after(home, eventually, "hold a", "b", "c")
    stopped_after(home, eventually, "hold a", "hold x", "hold c")
    home.ask("a", "x", "c")
    assert home.run() == ["a", "x"]


def test_a_complete_batch_is_left_alone_unless_more_was_added_or_all_is_to_be_done(
    home: Home,
) -> None:
    home.ask("a", "b")
    assert home.run() == ["a", "b"]
    before = home.out.read_bytes()
    with pytest.raises(InputError, match="complete"):
        home.run()
    assert home.run(mode="resume") == []
    home.ask("a", "b", "c")
    assert home.run(mode="resume") == ["c"]
    assert home.out.read_bytes().startswith(before)
    assert home.run(mode="force") == ["a", "b", "c"]
    assert not home.out.read_bytes().startswith(before)


def test_a_file_that_comes_from_something_else_is_not_touched(home: Home) -> None:
    home.ask("a")
    home.out.write_bytes(b"my only copy\n")
    for mode, words in (("careful", "already"), ("resume", "not what a batch")):
        with pytest.raises(InputError, match=words):
            home.run(mode=mode)
        assert home.out.read_bytes() == b"my only copy\n"
    assert home.run(mode="force") == ["a"]


def test_an_output_that_was_deleted_is_begun_anew(home: Home, eventually: Eventually) -> None:
    stopped_after(home, eventually, "hold a", "b")
    home.out.unlink()
    home.ask("a", "b")
    assert home.run() == ["a", "b"]


def test_other_requests_or_options_are_refused(home: Home, eventually: Eventually) -> None:
    stopped_after(home, eventually, "a", "hold b")
    home.ask("a", "b")
    with pytest.raises(InputError, match="other options"):
        home.run(defaults={"max_tokens": 3})
    other = home.source.with_name("other.jsonl")
    other.write_bytes(home.source.read_bytes())
    with pytest.raises(InputError, match="other requests"):
        home.batches().start(other, home.out)
    assert home.run(mode="resume", defaults={"max_tokens": 3}) == ["b"]


def test_an_output_whose_record_was_lost_can_be_gone_on_with(home: Home) -> None:
    home.ask("a", "b")
    home.run()
    for path in (home.state / "batches").iterdir():
        path.unlink()
    home.ask("a", "b", "c")
    with pytest.raises(InputError, match="already"):
        home.run()
    assert home.run(mode="resume") == ["c"]


def test_two_batches_do_not_write_to_one_file(home: Home) -> None:
    home.ask("hold a")
    job = home.start()
    for mode in ("careful", "resume", "force"):
        with pytest.raises(InputError, match="right now"):
            Batches(home.state / "other", lambda _: Engine()).start(
                home.source, home.out, mode=mode
            )
    assert [each.state for each in home.batches().listed()] == ["running"]
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(60)
    assert [each.state for each in home.batches().listed()] == ["stopped"]


def test_the_requests_are_never_written_over(home: Home, tmp_path: Path) -> None:
    home.ask("a")
    before = home.source.read_bytes()
    linked = tmp_path / "linked.jsonl"
    linked.hardlink_to(home.source)
    soft = tmp_path / "soft.jsonl"
    soft.symlink_to(home.source)
    for out in (home.source, linked, soft, tmp_path / "state" / ".." / "in.jsonl"):
        with pytest.raises(InputError):
            home.batches().start(home.source, out, mode="force")
        assert home.source.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
def test_a_disk_that_fills_up_tears_no_line_and_the_batch_goes_on_later(home: Home) -> None:
    import resource

    home.ask(*map(str, range(200)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        with pytest.raises(InputError, match=r"cannot be written.*--resume"):
            home.run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    kept = home.out.read_bytes()
    assert 0 < len(kept) <= 5_000
    assert kept.endswith(b"\n")
    home.run()
    assert home.out.read_bytes().startswith(kept)
    assert [line["line"] for line in home.lines()] == list(range(1, 201))


def test_batches_are_listed_as_long_as_their_answers_are_there(home: Home) -> None:
    home.ask("a", "")
    home.run()
    [listed] = home.batches().listed()
    assert (listed.state, listed.record.done, listed.record.failed) == ("complete", 1, 0)
    home.out.unlink()
    assert home.batches().listed() == []
    assert list((home.state / "batches").iterdir()) == []
