"""What is told while a model is loaded, and to whom."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from inkstand.generation.loading import leased
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand.workers.worker import Worker
from inkstand_sdk.errors import Cancelled, LoadFailed, WorkerTimeout
from inkstand_sdk.messages import Chunk, LoadProgress

BackendSpec = Callable[..., WorkerSpec]
Eventually = Callable[[Callable[[], bool]], None]


def followed(
    pool: WorkerPool, spec: WorkerSpec, cancel: CancelToken, seen: list[LoadProgress | None]
) -> int:
    """Lease a worker with its progress kept in `seen`; its process id."""
    steps = leased(pool, spec, cancel)
    while True:
        try:
            seen.append(next(steps).loading)
        except StopIteration as end:
            with end.value as worker:
                pid: int = worker.pid
                return pid


def test_all_who_wait_for_a_model_are_told_how_much_of_it_is_loaded(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually, tmp_path: Path
) -> None:
    spec = backend_spec(load=f"until {tmp_path / 'go'}")
    seen: list[list[LoadProgress | None]] = [[], [], []]
    pids: list[int] = []

    def wait(place: int) -> None:
        pids.append(followed(pool, spec, CancelToken(), seen[place]))

    threads = [threading.Thread(target=wait, args=(place,)) for place in range(3)]
    threads[0].start()
    eventually(lambda: LoadProgress("m", 0.25) in seen[0])
    # Those who come later are told what is known by then.
    for thread in threads[1:]:
        thread.start()
    eventually(lambda: all(LoadProgress("m", 0.25) in each for each in seen))
    (tmp_path / "go").touch()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 1
    assert seen[0] == [
        LoadProgress("m", None),
        LoadProgress("m", 0.25),
        LoadProgress("m", 1.0),
    ]
    assert seen[1] == seen[2] == seen[0][1:]


def test_a_warm_worker_is_leased_without_a_word_and_without_a_thread(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    spec, seen = backend_spec(), list[LoadProgress | None]()
    first = followed(pool, spec, CancelToken(), seen)
    assert seen == [LoadProgress("m", None)]
    before = threading.active_count()
    assert followed(pool, spec, CancelToken(), seen) == first
    assert len(seen) == 1
    assert threading.active_count() == before


def test_a_backend_that_reports_without_end_floods_nobody(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    seen: list[LoadProgress | None] = []
    followed(pool, backend_spec(load="chatter"), CancelToken(), seen)
    assert 1 <= len(seen) < 10_000


def test_a_load_that_is_cancelled_ends_at_once_and_leaves_no_process(
    pool: WorkerPool, backend_spec: BackendSpec, tmp_path: Path
) -> None:
    cancel = CancelToken()
    steps = leased(pool, backend_spec(load=f"until {tmp_path / 'never'}"), cancel)
    while next(steps).loading != LoadProgress("m", 0.25):
        pass
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    assert pool.live() == []


def test_whoever_goes_away_while_a_model_is_loaded_gives_the_load_up(
    pool: WorkerPool, backend_spec: BackendSpec, tmp_path: Path
) -> None:
    steps = leased(pool, backend_spec(load=f"until {tmp_path / 'never'}"), CancelToken())
    next(steps)
    steps.close()
    assert pool.live() == []
    assert pool._queues == {}
    assert pool._loading == {}


def test_whoever_goes_away_with_the_worker_at_hand_gives_it_back(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    spec = backend_spec(concurrency=1)
    steps = leased(pool, spec, CancelToken())
    next(steps)
    eventually(lambda: pool.is_warm(spec))
    steps.close()
    with pool.lease(spec) as worker:
        assert isinstance(worker, Worker)


def test_a_failed_load_is_raised_as_it_was_and_told_no_longer(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    steps = leased(pool, backend_spec(load="refuse"), CancelToken())
    assert next(steps) == Chunk(tokens=0, loading=LoadProgress("m", None))
    with pytest.raises(LoadFailed, match="The zoo is closed") as caught:
        next(steps)
    assert caught.value.detail == "come back tomorrow"
    assert pool._loading == {}


@pytest.mark.parametrize("load", ["hang", "until it freezes over"])
def test_a_load_that_makes_no_progress_is_ended_and_says_what_to_set(
    make_pool: Callable[..., WorkerPool], backend_spec: BackendSpec, load: str
) -> None:
    pool = make_pool(load_timeout=0.5)
    with pytest.raises(WorkerTimeout) as caught, pool.lease(backend_spec(load=load)):
        pass
    assert "no progress for 0.5 s" in caught.value.what
    assert "workers.load_timeout" in caught.value.fix
    assert pool.live() == []


def test_a_load_may_take_its_time_while_it_makes_progress(
    make_pool: Callable[..., WorkerPool], backend_spec: BackendSpec
) -> None:
    with make_pool(load_timeout=1.0).lease(backend_spec(load="chatter")) as worker:
        assert worker.loaded is not None
