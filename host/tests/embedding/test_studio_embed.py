"""Texts into vectors through Studio: the embedder's worker, its settings, its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import psutil
import pytest

from inkstand.config import Directories
from inkstand.jobs import CancelToken
from inkstand.studio import Studio
from inkstand_sdk.client import Client
from inkstand_sdk.errors import (
    Cancelled,
    InputError,
    NotFound,
    Offline,
    PluginError,
    UsageError,
    WorkerCrashed,
)
from inkstand_sdk.testing.environments import PluginEnvironment

TEXTS = ["Ann sees", "the lamp", "go on"]
COUNTED = [[0.0, 2.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
MakeStudio = Callable[..., Studio]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> PluginEnvironment:
    made = PluginEnvironment(tmp_path_factory.mktemp("vectors") / "environment")
    source = Path(__file__).with_name("vectors.py").read_text(encoding="utf-8")
    made.install("inkstand-vectors", {"vectors.py": source}, {"vectors": "vectors"})
    return made


@pytest.fixture
def make_studio(
    tmp_path: Path, environment: PluginEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeStudio]:
    before = set(psutil.Process().children(recursive=True))
    studios: list[Studio] = []

    def make(settings: str = "", *, offline: bool = False) -> Studio:
        here = sorted(
            {point.dist.name for point in entry_points(group="inkstand.plugins") if point.dist}
        )
        config = tmp_path / "config" / "config.toml"
        config.parent.mkdir()
        config.write_text(
            f"{settings}\n[plugins]\ndisabled = {here}\ninterpreters = ['{environment.python}']\n",
            encoding="utf-8",
        )
        names = ("config", "data", "cache", "state", "log")
        directories = Directories(**{name: tmp_path / name for name in names})
        studios.append(Studio(directories=directories, offline=offline))
        return studios[-1]

    yield make
    for studio in studios:
        studio.close()
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
def studio(make_studio: MakeStudio) -> Studio:
    return make_studio("[models]\nembedder = 'letters'\n[embedders.letters]\nmodel = 'aei'")


def test_each_text_has_its_vector_from_one_worker_that_stays(studio: Studio) -> None:
    done: list[int] = []
    assert studio.embed(TEXTS, progress=done.append) == COUNTED
    assert done == [2, 3]
    [worker] = studio.live_workers()
    assert (worker.kind, worker.title, worker.state) == ("embedder", "letters embedder", "idle")
    assert Client(studio).embed(TEXTS) == COUNTED
    assert [each.pid for each in studio.live_workers()] == [worker.pid]
    assert studio.embed([]) == []


def test_another_model_has_another_worker(studio: Studio) -> None:
    assert studio.embed(["a b"], model="ab") == [[1.0, 1.0]]
    assert studio.embed(["a b"], settings={"model": "b"}) == [[1.0]]
    assert studio.embed(["a b"]) == [[1.0, 0.0, 0.0]]
    assert len(studio.live_workers()) == 3


def test_a_name_must_be_given_where_there_are_several(make_studio: MakeStudio) -> None:
    studio = make_studio()
    with pytest.raises(UsageError, match="cloud, letters"):
        studio.embed(TEXTS)
    with pytest.raises(NotFound, match="lettres"):
        studio.embed(TEXTS, embedder="lettres")
    assert len(studio.embed(TEXTS, embedder="letters")[0]) == 5
    with pytest.raises(NotFound, match="no such letters"):
        studio.embed(TEXTS, embedder="letters", model="missing")
    with pytest.raises(UsageError, match="speed"):
        studio.embed(TEXTS, embedder="letters", settings={"speed": 3})


def test_offline_refuses_what_leaves_the_machine(make_studio: MakeStudio) -> None:
    studio = make_studio(offline=True)
    away = {"base_url": "https://vectors.example.com"}
    for embedder, settings in (("cloud", {}), ("letters", away)):
        with pytest.raises(Offline, match="offline"):
            studio.embed(TEXTS, embedder=embedder, settings=settings)
    assert studio.live_workers() == []
    here = {"base_url": "http://127.0.0.1:9"}
    assert studio.embed(TEXTS, embedder="cloud", settings=here)


@pytest.mark.parametrize("text", ["", "  ", "half \ud800"])
def test_a_text_that_says_nothing_is_refused_before_a_worker_starts(
    studio: Studio, text: str
) -> None:
    with pytest.raises(InputError):
        studio.embed([*TEXTS, text])
    assert studio.live_workers() == []


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["a", "short"], "of 3 and of 1 numbers"),
        (["a", "b", "short"], "of 3 and of 1 numbers"),
        (["nan"], "numbers that are none"),
        (["lose one", "b"], "1 vectors for 2 texts"),
        (["raise"], "no such thing"),
    ],
)
def test_wrong_vectors_are_the_embedders_fault_and_the_worker_goes_on(
    studio: Studio, texts: list[str], words: str
) -> None:
    with pytest.raises(PluginError, match=words):
        studio.embed(texts)
    assert studio.embed(TEXTS) == COUNTED


def test_a_worker_that_dies_is_replaced_once(studio: Studio) -> None:
    with pytest.raises(WorkerCrashed):
        studio.embed(["crash"])
    assert studio.embed(TEXTS) == COUNTED


def test_a_cancel_ends_it_and_the_worker_is_kept(studio: Studio) -> None:
    studio.embed(TEXTS)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        studio.embed(TEXTS * 2_000, cancel=cancel, progress=lambda _done: cancel.cancel())
    assert studio.embed(TEXTS) == COUNTED


def test_its_settings_are_checked_against_what_it_declares(studio: Studio) -> None:
    assert studio.settings.set("embedders.letters.model", "xyz") == "xyz"
    assert studio.embed(["xx y"]) == [[2.0, 1.0, 0.0]]
    with pytest.raises(UsageError, match="no setting modle"):
        studio.settings.set("embedders.letters.modle", "xyz")
