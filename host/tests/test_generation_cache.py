"""The output cache: what comes back, what is not kept, what goes first, and who shares it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkstand.generation.cache import OutputCache
from inkstand_sdk.messages import (
    Alternative,
    Failure,
    GenerateResult,
    TokenLogprob,
    Usage,
)

Make = Callable[..., OutputCache]

RESULT = GenerateResult(text="upon a time", finish="stop", model="m", backend="b")
MINUTE = 60.0  # what is slow on a busy machine is not to be a miss


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes caches of one folder, which are closed."""
    made: list[OutputCache] = []

    def cache(size: int = 10**7, **options: Any) -> OutputCache:
        made.append(OutputCache(tmp_path / "outputs", size, patience=MINUTE, **options))
        return made[-1]

    yield cache
    for each in made:
        each.close()


def result(**fields: Any) -> GenerateResult:
    return msgspec.structs.replace(RESULT, **fields)


def test_a_result_comes_back_as_it_was_and_marked(make: Make) -> None:
    kept = result(
        text='quotes " and 𝔘nicode \x00\n',
        finish="length",
        usage=Usage(prompt_tokens=3, completion_tokens=2, cached_tokens=1),
        value={"a": [1, 2.5, None, "ä"], "big": 2**63},
        unsupported=("top_k",),
        notes=("A note.",),
        logprobs=(TokenLogprob("a", -0.5, (Alternative("b", -2.25),)),),
        repaired=True,
    )
    cache = make()
    cache.put("key", kept)
    assert cache.get("key") == msgspec.structs.replace(kept, cached=True)


def test_what_belongs_to_one_run_only_does_not_come_back(make: Make) -> None:
    cache = make()
    cache.put(
        "key",
        result(
            usage=Usage(completion_tokens=2, prompt_ms=5.0, generate_ms=6.0, cost=0.25),
            load_ms=1.0,
            first_token_ms=2.0,
            total_ms=3.0,
            tokens_per_second=4.0,
            retries=2,
            request_id="abc",
            failures=(Failure("m", "b", "Offline", "why"),),
        ),
    )
    assert cache.get("key") == result(usage=Usage(completion_tokens=2), cached=True)


@pytest.mark.parametrize(
    "lost",
    [
        result(finish="cancelled"),
        result(finish="error"),
        result(value=float("nan")),
        result(value={1: "a key that is no text"}),
        result(logprobs=(TokenLogprob("a", float("-inf")),)),
        result(text="half a pair \ud800"),
        result(text="x" * 3_000_000),
        result(value={"a": object()}),
    ],
)
def test_what_is_no_finished_text_or_would_not_come_back_is_not_kept(
    make: Make, lost: GenerateResult
) -> None:
    cache = make()
    cache.put("key", lost)
    assert cache.get("key") is None
    assert cache.stats().entries == 0


def test_it_survives_its_process_and_is_shared_by_all(make: Make, tmp_path: Path) -> None:
    first, second = make(), make()
    first.put("key", RESULT)
    first.close()
    assert second.get("key") == result(cached=True)
    script = (
        "import sys; from pathlib import Path; from inkstand.generation.cache import OutputCache\n"
        "cache = OutputCache(Path(sys.argv[1]), 10**7, patience=60.0)\n"
        "print(cache.get('key').text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "outputs")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "upon a time\n"


def test_two_processes_that_write_at_once_lose_nothing(make: Make, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from inkstand.generation.cache import OutputCache
from inkstand_sdk.messages import GenerateResult
cache = OutputCache(Path(sys.argv[1]), 10**8, patience=60.0)
for n in range(300):
    key = f"{sys.argv[2]} {n}"
    cache.put(key, GenerateResult(text=f"{n}", finish="stop", model="", backend=""))
    assert cache.get(key).text == str(n)
cache.stats()
"""
    folder = str(tmp_path / "outputs")
    writers = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", script, folder, name])
        for name in ("a", "b", "c")
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    cache = make(10**8)
    assert cache.stats().entries == 900
    assert cache.get("b 299") is not None


def test_it_keeps_to_its_size_and_forgets_what_was_used_least_recently(make: Make) -> None:
    limit = 400_000
    cache = make(limit)
    text = "x" * 20_000
    for number in range(60):
        cache.put(f"{number}", result(text=text))
        assert cache.get("0") is not None, number
    stats = cache.stats()
    assert 5 < stats.entries < 20
    assert cache.get("0") is not None
    assert cache.get("59") is not None
    assert cache.get("1") is None
    assert cache.clear() == stats.entries
    cache.close()
    left = sum(file.stat().st_size for file in (Path(stats.folder)).iterdir())
    assert left < limit


def test_a_smaller_limit_holds_from_the_next_result_on(make: Make) -> None:
    cache = make(10**7)
    for number in range(40):
        cache.put(f"{number}", result(text="x" * 20_000))
    assert cache.stats().entries == 40
    cache.close()
    smaller = make(200_000)
    smaller.put("new", RESULT)
    assert smaller.stats().entries < 12
    assert smaller.get("new") is not None


def test_hits_and_misses_are_counted_until_it_is_cleared(make: Make) -> None:
    cache = make()
    cache.get("key")
    cache.put("key", RESULT)
    cache.get("key")
    cache.get("key")
    stats = cache.stats()
    assert (stats.entries, stats.hits, stats.misses) == (1, 2, 1)
    assert stats.bytes > 0
    cache.close()
    again = make()
    assert again.stats().hits == 2
    assert again.clear() == 1
    assert again.get("key") is None
    stats = again.stats()
    assert (stats.entries, stats.hits, stats.misses) == (0, 0, 1)


def test_asking_about_a_cache_makes_none(make: Make, tmp_path: Path) -> None:
    cache = make()
    assert cache.stats().entries == 0
    assert cache.clear() == 0
    assert not (tmp_path / "outputs").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_only_its_owner_may_look_into_it(make: Make, tmp_path: Path) -> None:
    cache = make()
    cache.put("key", RESULT)
    cache.stats()
    assert (tmp_path / "outputs").stat().st_mode & 0o077 == 0


def test_what_was_cleared_is_in_no_file(make: Make, tmp_path: Path) -> None:
    cache = make()
    for number in range(50):
        cache.put(f"{number}", result(text=f"a secret {number} " * 300))
    assert cache.clear() == 50
    cache.close()
    for file in (tmp_path / "outputs").iterdir():
        assert b"a secret" not in file.read_bytes()


def test_nothing_is_imported_until_something_may_be_cached(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from inkstand.generation.cache import OutputCache
from inkstand_sdk.messages import GenerateRequest, Sampling
cache = OutputCache(Path({str(tmp_path)!r}), 10**6)
assert cache.key(GenerateRequest.of("x"), None) is None
cache.close()
assert "diskcache" not in sys.modules and "sqlite3" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)
