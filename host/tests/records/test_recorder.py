"""What is kept of generations, seen from the Studio that made them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from inkstand.config import Directories
from inkstand.records.receipts import Receipts
from inkstand.records.usage import UsageLedger
from inkstand.studio import Studio
from inkstand_sdk.errors import InkstandError, PluginError, WorkerCrashed
from inkstand_sdk.messages import Dropped, GenerateRequest, GenerateResult, Message, Text

CANARY = "the seventh canary sang of marmalade"
MakeStudio = Callable[..., Studio]


def written(studio: Studio, prompt: str | GenerateRequest, **options: object) -> GenerateResult:
    return studio.generate(prompt, model="book", **options).result  # type: ignore[arg-type]


def test_a_call_is_one_row_of_what_it_took(studio: Studio, directories: Directories) -> None:
    result = written(studio, "say something now")
    studio.close()
    (call,) = UsageLedger(directories.data).calls()
    assert (call.backend, call.model, call.outcome) == ("reading", "book", "stop")
    assert (call.prompt_tokens, call.completion_tokens, call.cached_tokens) == (6, 4, 1)
    assert (call.request_id, call.cost, call.exact) == (result.request_id, 0.25, True)
    assert call.total_ms == result.total_ms > 0
    assert call.first_token_ms == result.first_token_ms > 0


@pytest.mark.parametrize(
    ("prompt", "error", "code"),
    [("stall now", PluginError, "plugin"), ("die now", WorkerCrashed, "worker-crashed")],
)
def test_a_call_that_fails_is_a_row_with_its_error(
    studio: Studio, directories: Directories, prompt: str, error: type[InkstandError], code: str
) -> None:
    with pytest.raises(error):
        written(studio, prompt)
    studio.close()
    calls = UsageLedger(directories.data).calls()
    # What it wrote before it failed was used up.
    tokens = 1 if code == "plugin" else 0
    assert [(call.outcome, call.completion_tokens) for call in calls] == [(code, tokens)]
    assert Receipts(directories.data).find().outcome == code


def test_a_model_that_was_tried_in_vain_is_a_row_of_the_same_request(
    studio: Studio, directories: Directories
) -> None:
    # Both models are of one engine, which fails; so both fail.
    with pytest.raises(InkstandError):
        written(studio, "fail now", fallback=["diary"])
    studio.close()
    calls = UsageLedger(directories.data).calls()
    assert [call.model for call in calls] == ["diary", "book"]
    assert len({call.request_id for call in calls}) == 1


def test_a_receipt_tells_every_block_and_what_was_left_out(
    studio: Studio, directories: Directories
) -> None:
    request = GenerateRequest(
        messages=(
            Message("system", (Text("You are brief."), Text("Ada is a pilot.", "bible: Ada"))),
            Message.of("user", "Go on from here please."),
        ),
        dropped=(Dropped("chapter 1", 900, "It did not fit."),),
    )
    result = written(studio, request)
    studio.close()
    receipt = Receipts(directories.data).find(result.request_id)
    assert [(block.label, block.tokens, block.exact) for block in receipt.blocks] == [
        ("system", 3, True),
        ("bible: Ada", 4, True),
        ("user", 5, True),
    ]
    assert [block.text for block in receipt.blocks][1] == "Ada is a pilot."
    assert receipt.dropped == request.dropped
    assert (receipt.counted, receipt.cached, receipt.written) == (12, 1, 4)
    # The plugin joins the two texts of the system message to one word: "brief.Ada".
    assert (receipt.evaluated, receipt.overhead, receipt.unread) == (14, 2, 0)


def test_a_prompt_that_was_cut_is_told_with_the_result(make_studio: MakeStudio) -> None:
    studio = make_studio("[backends.reading]\nwindow = 40\n")
    result = written(studio, "word " * 300)
    (note,) = result.notes
    assert note.startswith("The engine read only 40 of the 300 tokens")
    assert result.request_id[:8] in note
    studio.close()
    assert studio.receipts.find().unread == 260
    assert studio.notes() == (note,)


def test_a_cut_too_small_to_be_suspected_is_told_when_all_is_counted(
    make_studio: MakeStudio,
) -> None:
    studio = make_studio("[backends.reading]\nwindow = 500\nper_word = 2\n")
    result = written(studio, "word " * 300)
    studio.close()
    assert result.notes == ()
    (note,) = studio.notes()
    assert note.startswith("The engine read only 500 of the 600 tokens")
    assert studio.receipts.find(result.request_id).unread == 100


def test_a_prompt_that_was_read_whole_is_not_called_cut(studio: Studio) -> None:
    for prompt in ("a", "\n\n  spaced out   \n\n\n", "word " * 5_000, "x" * 40_000, "字" * 900):
        result = written(studio, prompt)
        assert result.notes == (), prompt[:20]
    studio.close()
    assert studio.notes() == ()


def test_estimates_accuse_no_engine_that_is_near_them(make_studio: MakeStudio) -> None:
    studio = make_studio("[backends.reading]\nwindow = 80\nexact = false\n")
    for prompt in ("word " * 70, " \n" * 4_000 + "end", "x" * 40_000, "字" * 4_000):
        assert written(studio, prompt).notes == (), prompt[:20]
    # By rule of thumb, that is 500 tokens.
    (note,) = written(studio, "word " * 400).notes
    assert "only 80 of the about 500 tokens" in note
    studio.close()
    assert studio.notes() == (note,)


def test_counting_loads_no_model(make_studio: MakeStudio, tmp_path: Path) -> None:
    loads = tmp_path / "loads"
    studio = make_studio(f"[backends.reading]\nloads = '{loads}'\n[workers]\nkeep_alive = 0\n")
    for _ in range(5):
        written(studio, "say something now")
    loaded = loads.read_text().count("loaded")
    assert loaded <= 5
    studio.close()
    assert loads.read_text().count("loaded") == loaded


def test_an_engine_that_counts_for_ever_does_not_keep_the_end_waiting(
    make_studio: MakeStudio, directories: Directories
) -> None:
    studio = make_studio("[backends.reading]\nslow_count = true\n")
    written(studio, "say something now")
    studio.close()
    receipt = Receipts(directories.data).find()
    assert receipt.counted is None
    assert receipt.blocks[0].text == "say something now"


def test_a_result_does_not_wait_for_ever_to_be_counted(
    make_studio: MakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkstand.generation.counting.PATIENCE", 0.1)
    studio = make_studio("[backends.reading]\nslow_count = true\nwindow = 40\n")
    assert written(studio, "word " * 300).text == "Once upon a time "


def test_one_id_leads_from_the_result_to_the_engine(
    studio: Studio, directories: Directories
) -> None:
    result = written(studio, "say something now")
    studio.close()
    lines = studio.logs.lines(request=result.request_id)
    assert {line.source for line in lines} == {
        "inkstand.generation",
        "inkstand_sdk.worker",
        "reading",
    }
    assert any(line.message == "a reader's remark" for line in lines)
    assert len({line.pid for line in lines}) == 2
    assert studio.usage.calls(request_id=result.request_id)
    assert studio.receipts.find(result.request_id)
    assert not any("whisper" in line.message for line in studio.logs.lines())
    raw = [line for line in studio.logs.lines() if line.level == "raw"]
    assert [line.message for line in raw] == ["a line of native code"]


def test_what_a_tool_generates_has_ids_of_its_own_and_that_of_the_run(
    studio: Studio, directories: Directories
) -> None:
    output = studio.run_tool("twice", {}, model="book").result().output
    studio.close()
    calls = studio.usage.calls()
    assert sorted(call.request_id for call in calls) == sorted(output["ids"])
    (run,) = {call.run for call in calls}
    assert run
    assert {call.tool for call in calls} == {"twice"}
    lines = studio.logs.lines(request=run)
    assert any(line.message == "a tool's remark" for line in lines)
    assert {line.request for line in lines if line.message == "generated"} == set(output["ids"])


@pytest.mark.parametrize("debug", ["", "1"])
def test_no_log_holds_what_was_asked_or_written(
    make_studio: MakeStudio,
    directories: Directories,
    monkeypatch: pytest.MonkeyPatch,
    debug: str,
) -> None:
    monkeypatch.setenv("INKSTAND_DEBUG", debug)
    studio = make_studio()
    written(studio, f"say {CANARY}")
    for prompt in (f"quote {CANARY}", f"fail {CANARY}", f"die {CANARY}"):
        with pytest.raises(InkstandError):
            written(studio, prompt)
    studio.run_tool("twice", {"text": CANARY}, model="book").result()
    studio.close()
    logs = list(directories.log.iterdir())
    assert logs
    for log in logs:
        data = log.read_bytes()
        assert b"marmalade" not in data, log
        assert b"secret" not in data, log
        assert b"upon a time" not in data, log
    failed = [line for line in studio.logs.lines() if line.message == "failed"]
    assert [line.data["error"] for line in failed] == ["plugin", "plugin", "worker-crashed"]
    assert "ink is dry" in failed[1].data["what"]
    assert bool(failed[1].detail) == bool(debug)
    lines = studio.logs.lines()
    assert any("whisper" in line.message for line in lines) == bool(debug)
    assert any(line.message == "worker.started" for line in lines) == bool(debug)
    crashes = [line.data["pid"] for line in lines if line.message == "worker.crashed"]
    assert failed[2].data["pid"] in crashes


def test_what_is_off_is_not_kept(make_studio: MakeStudio, directories: Directories) -> None:
    studio = make_studio("[usage]\nenabled = false\n[receipts]\nenabled = false\n")
    written(studio, f"say {CANARY}")
    studio.close()
    assert not directories.data.exists()


def test_receipts_without_texts_have_their_numbers(
    make_studio: MakeStudio, directories: Directories
) -> None:
    studio = make_studio("[receipts]\ntexts = false\n")
    written(studio, f"say {CANARY}")
    studio.close()
    (block,) = studio.receipts.find().blocks
    assert (block.tokens, block.text, block.characters) == (7, "", 4 + len(CANARY))
    for file in directories.data.iterdir():
        assert b"marmalade" not in file.read_bytes()


def test_a_workspace_keeps_its_own_receipts(
    make_studio: MakeStudio, directories: Directories, tmp_path: Path
) -> None:
    novel = tmp_path / "novel"
    (novel / "manuscript").mkdir(parents=True)
    (novel / "inkstand.toml").write_text("")
    studio = make_studio(path=novel / "manuscript" / "one.md")
    written(studio, "say something now")
    studio.close()
    assert len(Receipts(novel / ".inkstand").listed()) == 1
    assert not (directories.data / "receipts.db").exists()
    assert len(UsageLedger(directories.data).calls()) == 1


@pytest.mark.parametrize("name", ["usage.db", "receipts.db"])
def test_a_damaged_file_is_moved_aside_with_a_note(
    make_studio: MakeStudio, directories: Directories, name: str
) -> None:
    directories.data.mkdir()
    (directories.data / name).write_bytes(b"no database at all" * 400)
    studio = make_studio()
    written(studio, "say something now")
    studio.close()
    (note,) = studio.notes()
    assert name in note
    (aside,) = directories.data.glob("*-damaged-*.db")
    assert aside.read_bytes().startswith(b"no database")
    assert len(studio.usage.calls()) == len(studio.receipts.listed()) == 1


def test_a_folder_that_takes_nothing_costs_a_note_and_not_the_text(
    make_studio: MakeStudio, directories: Directories
) -> None:
    directories.data.write_text("a file where the folder should be")
    studio = make_studio()
    assert written(studio, "say something now").text == "Once upon a time "
    assert written(studio, "say something now").text == "Once upon a time "
    studio.close()
    assert [note.split()[1] for note in studio.notes()] == ["usage", "receipts"]
    assert all("inkstand config set" in note for note in studio.notes())


def test_records_of_a_newer_inkstand_are_left_alone(
    make_studio: MakeStudio, directories: Directories
) -> None:
    directories.data.mkdir()
    path = directories.data / "usage.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    studio = make_studio()
    assert written(studio, "say something now").text
    studio.close()
    (note,) = studio.notes()
    assert "newer Inkstand" in note
    assert path.read_bytes() == before


def test_a_file_that_another_program_locks_does_not_keep_the_end_waiting(
    make_studio: MakeStudio, directories: Directories
) -> None:
    ledger = UsageLedger(directories.data)
    ledger.add([])
    ledger.close()
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    studio = make_studio()
    assert written(studio, "say something now").text
    studio.close()
    (note,) = studio.notes()
    assert "locked" in note
    other.execute("ROLLBACK")
    other.close()
