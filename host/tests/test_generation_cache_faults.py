"""What may be wrong with the output cache's folder, none of which costs more than a miss."""

from __future__ import annotations

import pickle
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkstand.generation.cache import OutputCache
from inkstand_sdk.errors import InputError
from inkstand_sdk.messages import GenerateResult

Make = Callable[..., OutputCache]

RESULT = GenerateResult(text="upon a time", finish="stop", model="m", backend="b")
MINUTE = 60.0  # what is slow on a busy machine is not to be a miss
PLANTED = "planted"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the cache lies."""
    return tmp_path / "outputs"


@pytest.fixture
def make(folder: Path) -> Iterator[Make]:
    """Makes caches of that folder, which are closed."""
    made: list[OutputCache] = []

    def cache(size: int = 10**7, patience: float = MINUTE) -> OutputCache:
        made.append(OutputCache(folder, size, patience=patience))
        return made[-1]

    yield cache
    for each in made:
        each.close()


class Bomb:
    """A pickle that leaves a mark where it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self.mark,)


def filled(make: Make, count: int = 1) -> None:
    cache = make()
    for number in range(count):
        cache.put(f"{number}", RESULT)
    assert cache.stats().entries == count
    cache.close()


def works(make: Make) -> bool:
    """Whether a cache of that folder keeps and gives."""
    cache = make()
    cache.put("new", RESULT)
    return cache.get("new") == msgspec.structs.replace(RESULT, cached=True)


@pytest.mark.parametrize("in_a_file", [False, True])
def test_a_pickle_that_somebody_planted_is_not_loaded(
    make: Make, folder: Path, tmp_path: Path, in_a_file: bool
) -> None:
    filled(make)
    mark = tmp_path / "mark"
    bomb = pickle.dumps(Bomb(mark))
    (folder / "bomb.val").write_bytes(bomb)
    filename, value = ("bomb.val", None) if in_a_file else (None, bomb)
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        row = "INSERT INTO Cache (key, raw, mode, filename, value, access_time) VALUES"
        database.execute(f"{row} (?, 1, 4, ?, ?, 0)", (PLANTED, filename, value))
        database.execute(f"{row} (?, 0, 4, ?, ?, 0)", (bomb, filename, value))
    cache = make()
    assert cache.get(PLANTED) is None
    assert cache.get("0") is not None
    assert cache.stats().entries == 3
    cache.put(PLANTED, RESULT)
    assert cache.get(PLANTED) is not None
    assert cache.clear() == 3
    assert not mark.exists()
    pickle.loads(bomb)
    assert mark.exists()


def test_a_row_that_names_a_file_elsewhere_neither_shows_nor_deletes_it(
    make: Make, folder: Path, tmp_path: Path
) -> None:
    filled(make)
    novel = tmp_path / "novel.md"
    novel.write_bytes(msgspec.json.encode(RESULT))
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        for mode in (2, 3):
            database.execute(
                "INSERT INTO Cache (key, raw, mode, filename, access_time) VALUES (?, 1, ?, ?, 0)",
                (f"{mode}", mode, "../novel.md"),
            )
    cache = make()
    assert cache.get("2") is None
    assert cache.get("3") is None
    cache.put("2", RESULT)
    assert cache.clear() == 3
    assert novel.exists()


def test_nothing_but_json_is_ever_written(make: Make, folder: Path) -> None:
    filled(make, 20)
    with closing(sqlite3.connect(folder / "cache.db")) as database:
        rows = database.execute("SELECT key, raw, mode, filename, value FROM Cache").fetchall()
    assert len(rows) == 20
    for key, raw, mode, filename, value in rows:
        assert (type(key), raw, mode, filename) == (str, 1, 1, None)
        assert msgspec.json.decode(value, type=GenerateResult) == RESULT
    assert {file.name for file in folder.iterdir()} == {"cache.db"}


@pytest.mark.parametrize("garbage", [b"", b"x", b"garbage " * 5000, b"SQLite format 3\0" * 500])
def test_a_damaged_database_is_made_anew(make: Make, folder: Path, garbage: bytes) -> None:
    filled(make)
    (folder / "cache.db").write_bytes(garbage)
    cache = make()
    cache.get("0")
    cache.close()
    assert works(make)


def test_bytes_that_changed_anywhere_cost_a_miss_at_most(make: Make, folder: Path) -> None:
    filled(make, 30)
    sound = (folder / "cache.db").read_bytes()
    chance = random.Random(4)
    for _ in range(60):
        broken = bytearray(sound)
        start = chance.randrange(len(broken))
        broken[start : start + 200] = chance.randbytes(len(broken[start : start + 200]))
        (folder / "cache.db").write_bytes(broken)
        cache = make()
        for number in range(30):
            found = cache.get(f"{number}")
            assert found is None or isinstance(found, GenerateResult)
            cache.put(f"{number}", RESULT)
        cache.close()
        for file in folder.iterdir():
            file.unlink()
    assert works(make)


@pytest.mark.parametrize("length", [10, 100, 4096, 5000])
def test_a_database_that_was_cut_short_is_made_anew(make: Make, folder: Path, length: int) -> None:
    filled(make, 30)
    whole = (folder / "cache.db").read_bytes()
    (folder / "cache.db").write_bytes(whole[:length])
    cache = make()
    cache.get("0")
    cache.put("0", RESULT)
    cache.close()
    assert works(make)


def test_a_value_that_is_no_result_is_a_miss_and_replaced(make: Make, folder: Path) -> None:
    filled(make)
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        database.execute("UPDATE Cache SET value = ?", (b'{"text": 1}',))
    cache = make()
    assert cache.get("0") is None
    cache.put("0", RESULT)
    assert cache.get("0") is not None


@pytest.mark.parametrize("fault", ["a file", "a folder for a database", "a file above"])
def test_a_place_that_cannot_be_used_costs_nothing_and_is_told_when_asked(
    make: Make, folder: Path, fault: str
) -> None:
    if fault == "a folder for a database":
        (folder / "cache.db" / "x").mkdir(parents=True)
    else:
        folder.write_text("mine")
    cache = OutputCache(folder / "below", 10**6, patience=MINUTE) if "above" in fault else make()
    assert cache.get("key") is None
    cache.put("key", RESULT)
    assert cache.get("key") is None
    if fault == "a folder for a database":
        with pytest.raises(InputError, match="cannot be used") as caught:
            cache.stats()
        assert "delete that folder" in caught.value.fix
        assert (folder / "cache.db" / "x").exists()
    else:
        assert folder.read_text() == "mine"
    cache.close()


def test_a_database_that_another_process_holds_is_not_waited_for_twice(
    make: Make, folder: Path
) -> None:
    filled(make)
    cache = make(patience=0.05)
    assert cache.stats().entries == 1
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert cache.get("0") is None
        late = cache._late
        assert late is not None
        assert not late.done.is_set()
        for number in range(5000):  # each would take 0.05 s if it waited, and memory if kept
            assert cache.get("0") is None
            cache.put(f"{number}", RESULT)
        assert cache._tasks.qsize() <= 1000
        assert cache._late is late
        other.execute("ROLLBACK")
    assert late.done.wait(MINUTE)
    assert cache.stats().entries > 1
    assert make().get("0") is not None


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    beginning = f"""
import sys
from pathlib import Path
from inkstand.generation.cache import OutputCache
from inkstand_sdk.messages import GenerateResult
cache = OutputCache(Path({str(folder)!r}), 10**9, patience=60.0)
result = GenerateResult(text="x" * 50_000, finish="stop", model="", backend="")
"""
    command = [sys.executable, "-c", beginning + script]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_disk_that_fills_costs_nothing(make: Make, folder: Path) -> None:
    filled(make)
    script = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
for number in range(40):
    cache.put(f"big {number}", result)
    cache.get("0")
print("all generated")
cache.close()
"""
    done = run(script, folder)
    assert (done.returncode, done.stdout) == (0, "all generated\n"), done.stderr
    assert "Traceback" not in done.stderr
    assert works(make)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_disk_that_is_full_from_the_start_costs_nothing(make: Make, folder: Path) -> None:
    script = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
print(cache.get("0"))
cache.put("0", result)
print(cache.get("0"))
cache.close()
"""
    done = run(script, folder)
    assert (done.returncode, done.stdout) == (0, "None\nNone\n"), done.stderr
    assert "Traceback" not in done.stderr
    assert works(make)


def test_a_process_killed_while_it_writes_leaves_whole_results_only(
    make: Make, folder: Path
) -> None:
    script = f"""
import sys
from pathlib import Path
from inkstand.generation.cache import OutputCache
from inkstand_sdk.messages import GenerateResult
cache = OutputCache(Path({str(folder)!r}), 10**9, patience=60.0)
for number in range(10**6):
    text = str(number) * 3000
    cache.put(str(number), GenerateResult(text=text, finish="stop", model="", backend=""))
    cache.get(str(number))
    print(number, flush=True)
"""
    chance = random.Random(1)
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(3, 30)):
                writer.stdout.readline()
            time.sleep(chance.random() / 500)  # anywhere in a write
            writer.send_signal(signal.SIGKILL)
            last = writer.stdout.read().split()
        cache = make(10**9)
        for number in range(int(last[-1]) if last else 3):
            found = cache.get(f"{number}")
            assert found is not None
            assert found.text == f"{number}" * 3000
        cache.close()
    assert works(make)
