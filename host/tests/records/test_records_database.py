"""The files of records, when several processes write them, one is killed, or the disk is full."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from inkstand.records.receipts import Block, Receipt, Receipts
from inkstand.records.usage import Call, UsageLedger
from inkstand_sdk.errors import InputError, NotFound, UsageError

WRITER = """
import sys
from pathlib import Path
from inkstand.records.receipts import Block, Receipt, Receipts
from inkstand.records.usage import Call, UsageLedger
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
usage, receipts = UsageLedger(folder), Receipts(folder, most=100_000)
print("ready", flush=True)
sys.stdin.readline()
number = 0
while number < count:
    about = dict(at=float(number), request_id=f"{name}-{number}", backend="b", model="m",
                 outcome="stop")
    usage.add([Call(**about)])
    receipts.put([Receipt(**about, blocks=(Block(label="user", role="user", characters=9),))])
    number += 1
    print(number, flush=True)
"""


def call(at: float = 0.0, request_id: str = "one", **fields: object) -> Call:
    given = {"backend": "b", "model": "m", "outcome": "stop", **fields}
    return Call(at=at, request_id=request_id, **given)  # type: ignore[arg-type]


def receipt(
    at: float = 0.0, request_id: str = "one", text: str = "words", **fields: object
) -> Receipt:
    given = {"backend": "b", "model": "m", "outcome": "stop", **fields}
    block = Block(label="user", role="user", characters=len(text), text=text)
    return Receipt(at=at, request_id=request_id, blocks=(block,), **given)  # type: ignore[arg-type]


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def begin(process: subprocess.Popen[bytes]) -> None:
    """Wait until it is ready, so that all begin together."""
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.flush()


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    # They make the files at once, too.
    processes = [writer(tmp_path, name, 150) for name in ("a", "b", "c")]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        begin(process)
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, b"")
    wanted = {f"{name}-{number}" for name in "abc" for number in range(150)}
    assert {each.request_id for each in UsageLedger(tmp_path).calls(last=1_000)} == wanted
    assert {each.request_id for each in Receipts(tmp_path).listed(last=1_000)} == wanted


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("after", [1, 7, 40])
def test_one_that_is_killed_leaves_all_that_it_had_written(tmp_path: Path, after: int) -> None:
    process = writer(tmp_path, "a", 10_000)
    assert process.stdout is not None
    process.stdout.readline()
    begin(process)
    for _ in range(after):
        said = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    ids = [each.request_id for each in UsageLedger(tmp_path).calls(last=20_000)]
    assert len(ids) >= said
    assert sorted(ids) == sorted(f"a-{number}" for number in range(len(ids)))
    with sqlite3.connect(tmp_path / "usage.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    UsageLedger(tmp_path).add([call(request_id="after")])


def test_only_the_owner_may_read_the_records(tmp_path: Path) -> None:
    ledger, receipts = UsageLedger(tmp_path), Receipts(tmp_path)
    ledger.add([call()])
    receipts.put([receipt()])
    if os.name == "posix":
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.glob("*.db*")}
        assert len(modes) == 6
        assert set(modes.values()) == {0o600}
    ledger.close()
    receipts.close()


def test_a_file_that_is_damaged_in_use_is_begun_anew(tmp_path: Path) -> None:
    notes: list[str] = []
    ledger = UsageLedger(tmp_path, notes.append)
    ledger.add([call(number, str(number)) for number in range(2_000)])
    ledger.close()
    with ledger.path.open("r+b") as file:
        file.seek(5_000)
        file.write(os.urandom(80_000))
    other: list[str] = []
    second = UsageLedger(tmp_path, other.append)
    for number in range(20):
        ledger.add([call(request_id=f"first {number}")])
        second.add([call(request_id=f"second {number}")])
    # Whoever finds the damage moves the file; the other goes on in the new one.
    assert len(notes) + len(other) == 1
    found = {each.request_id for each in UsageLedger(tmp_path).calls(last=9_999)}
    assert found == {f"{name} {number}" for name in ("first", "second") for number in range(20)}
    ledger.close()
    second.close()


def test_a_file_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    ledger = UsageLedger(tmp_path)
    ledger.add([call()])
    for file in tmp_path.glob("usage.db*"):
        file.unlink()
    ledger.add([call(request_id="two")])
    assert [each.request_id for each in UsageLedger(tmp_path).calls()] == ["two"]
    ledger.close()


def test_asking_makes_no_file(tmp_path: Path) -> None:
    assert UsageLedger(tmp_path / "none").totals() == []
    assert UsageLedger(tmp_path / "none").clear() == 0
    with pytest.raises(NotFound):
        Receipts(tmp_path / "none").find()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "usage.db").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        UsageLedger(tmp_path).calls()


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_loses_the_record_and_nothing_else(tmp_path: Path) -> None:
    code = """
import resource, sqlite3, sys
from pathlib import Path
from inkstand.records.books import Books, Filed
from inkstand.records.receipts import Block, Receipt, Receipts
from inkstand.records.usage import Call, UsageLedger
folder = Path(sys.argv[1])
about = dict(at=0.0, backend="b", model="m", outcome="stop")
notes = []
books = Books(
    lambda note: UsageLedger(folder, note),
    lambda _, note: Receipts(folder, on_damage=note),
    notes.append,
    texts=True,
)
books.write([Call(request_id="before", **about)], [Filed(Receipt(request_id="before", **about))])
resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
block = Block(label="user", role="user", characters=0, text="long " * 50_000)
books.write(
    [Call(request_id="full", **about)],
    [Filed(Receipt(request_id="full", blocks=(block,), **about))],
)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
books.write([Call(request_id="after", **about)], [Filed(Receipt(request_id="after", **about))])
books.close()
assert len(notes) == 1 and "receipts" in notes[0], notes
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert [each.request_id for each in Receipts(tmp_path).listed()] == ["after", "before"]
    assert {each.request_id for each in UsageLedger(tmp_path).calls()} == {
        "before",
        "full",
        "after",
    }


def test_totals_add_up(tmp_path: Path) -> None:
    ledger = UsageLedger(tmp_path)
    day = 1_760_000_000.0
    ledger.add(
        [
            call(day, "1", tool="plot", prompt_tokens=10, completion_tokens=100, cost=0.5,
                 tokens_per_second=100.0, first_token_ms=10.0),
            call(day, "2", prompt_tokens=5, completion_tokens=300, tokens_per_second=50.0,
                 first_token_ms=30.0),
            call(day + 3 * 86_400, "3", model="other", outcome="out-of-memory"),
            call(day + 3 * 86_400, "4", from_cache=True),
        ]
    )  # fmt: skip
    first, second = ledger.totals("model")
    assert (first.name, first.calls, first.failed, first.from_cache) == ("b:m", 3, 0, 1)
    assert (first.prompt_tokens, first.completion_tokens, first.cost) == (15, 400, 0.5)
    assert first.first_token_ms == 20.0
    # 100 tokens took 1 s and 300 took 6 s.
    assert first.tokens_per_second == pytest.approx(400 / 7)
    assert (second.name, second.calls, second.failed) == ("b:other", 1, 1)
    assert [(total.name, total.calls) for total in ledger.totals("tool")] == [("", 3), ("plot", 1)]
    assert [total.calls for total in ledger.totals("day")] == [2, 2]
    assert ledger.totals("day")[0].name > ledger.totals("day")[1].name
    assert [total.calls for total in ledger.totals("model", day + 86_400)] == [1, 1]
    assert [each.request_id for each in ledger.calls(last=2)] == ["4", "3"]
    assert ledger.clear() == 4
    assert ledger.totals() == []
    ledger.close()


def test_a_receipt_is_found_by_how_its_id_begins(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    receipts.put(
        [receipt(1.0, "abc1"), receipt(2.0, "abd2"), receipt(3.0, "b%_"), receipt(2.5, "x")]
    )
    assert receipts.find("abd").request_id == "abd2"
    assert receipts.find("b%").request_id == "b%_"
    assert receipts.find().request_id == "b%_"
    with pytest.raises(UsageError, match="Several"):
        receipts.find("ab")
    with pytest.raises(NotFound):
        receipts.find("%")
    receipts.close()


def test_a_receipt_that_is_counted_later_takes_the_place_of_the_first(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    receipts.put([receipt(), receipt(1.0, "two")])
    receipts.put([receipt(text="counted")])
    assert [each.request_id for each in receipts.listed()] == ["two", "one"]
    assert receipts.find("one").blocks[0].text == "counted"
    receipts.close()


def test_the_oldest_receipts_go_when_there_are_too_many(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path, most=10)
    for number in range(100):
        receipts.put([receipt(number, f"n{number:03}")])
    kept = [each.request_id for each in receipts.listed(1_000)]
    assert kept[0] == "n099"
    assert 10 <= len(kept) <= 26
    receipts.close()
    other = Receipts(tmp_path, most=10)
    other.put([receipt(100, "n100")])
    assert [each.request_id for each in other.listed(1_000)][-1] == "n091"
    other.close()


def test_the_oldest_receipts_go_when_they_are_too_large(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path, most_bytes=1_000_000)
    for number in range(60):
        receipts.put([receipt(number, f"n{number:03}", "x" * 50_000)])
    assert 19 <= len(receipts.listed(1_000)) <= 36
    # One that is larger than all may be together is kept while it is the latest.
    receipts.put([receipt(60, "huge", "x" * 2_000_000)])
    assert receipts.find().request_id == "huge"
    receipts.close()
    assert sum(file.stat().st_size for file in tmp_path.glob("receipts.db*")) < 6_000_000


def test_cleared_texts_are_gone_from_the_disk(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    receipts.put([receipt(number, str(number), "the hidden treasure") for number in range(50)])
    assert any(b"hidden treasure" in file.read_bytes() for file in tmp_path.iterdir())
    assert receipts.clear() == 50
    assert not any(b"hidden treasure" in file.read_bytes() for file in tmp_path.iterdir())
    receipts.close()


def test_threads_may_share_a_ledger(tmp_path: Path) -> None:
    ledger = UsageLedger(tmp_path)

    def add(name: str) -> None:
        for number in range(50):
            ledger.add([call(request_id=f"{name} {number}")])

    threads = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.calls(last=999)) == 200
    ledger.close()
