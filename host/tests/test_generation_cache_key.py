"""Which requests are the same, and which may be answered from a cache at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkstand.generation.cache import OutputCache
from inkstand.generation.cache_key import NOT_IN_THE_KEY, key_of
from inkstand.generation.target import Target
from inkstand.index import Taker
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import BackendCapabilities
from inkstand_sdk.messages import (
    Adapter,
    Dropped,
    GenerateRequest,
    Message,
    Mirostat,
    Sampling,
    Text,
)

GREEDY = GenerateRequest.of("Once", sampling=Sampling(temperature=0.0))
SEEDED = Sampling(temperature=0.0, seed=1)


def target(model: Model | None = None, code: str = "1.0", **settings: Any) -> Target:
    """A model under a backend."""
    model = model or Model(id="m", format="script")
    spec = WorkerSpec(
        key="k",
        kind="backend",
        distribution="d",
        interpreter="python",
        title="t",
        model=model,
        settings=settings,
    )
    return Target(spec, model.id, "b", BackendCapabilities(), (), code)


def changed(**fields: Any) -> GenerateRequest:
    return msgspec.structs.replace(GREEDY, **fields)


def key(request: GenerateRequest, **of_target: Any) -> str:
    return key_of(request, target(**of_target), ())


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        (GREEDY, True),
        (changed(sampling=Sampling(seed=0)), True),
        (changed(sampling=Sampling(temperature=0.7, seed=7)), True),
        (changed(sampling=Sampling()), False),
        (changed(sampling=Sampling(temperature=0.7)), False),
        (changed(sampling=Sampling(top_k=1)), False),
        (changed(cache="off"), False),
        (changed(cache="off", sampling=SEEDED), False),
        (changed(cache="on", sampling=Sampling(temperature=2.0)), True),
    ],
)
def test_only_what_would_be_written_again_is_cached_unless_asked(
    request_: GenerateRequest, kept: bool, tmp_path: Path
) -> None:
    found = OutputCache(tmp_path, 10**6).key(request_, target())
    assert (found is not None) is kept
    assert OutputCache(tmp_path, 10**6, enabled=False).key(request_, target()) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "other",
    [
        changed(messages=(Message.of("user", "Twice"),)),
        changed(messages=(Message.of("system", "Once"),)),
        changed(messages=(Message.of("user", "On"), Message.of("user", "ce"))),
        changed(messages=(), prompt="Once"),
        changed(sampling=Sampling(temperature=0.0, top_k=4)),
        changed(sampling=Sampling(temperature=0.0, mirostat=Mirostat())),
        changed(sampling=Sampling(temperature=0.0, seed=1)),
        changed(stop=(".",)),
        changed(max_tokens=513),
        changed(schema={}),
        changed(grammar="root ::= [a-z]"),
        changed(adapters=(Adapter("a"),)),
        changed(adapters=(Adapter("a", 0.5),)),
        changed(strategy="beam"),
        changed(logprobs=2),
    ],
)
def test_what_changes_the_text_changes_the_key(other: GenerateRequest) -> None:
    assert key(other) != key(GREEDY)


def test_the_order_of_a_schemas_properties_counts() -> None:
    one: dict[str, Any] = {"properties": {"a": {}, "b": {}}}
    other: dict[str, Any] = {"properties": {"b": {}, "a": {}}}
    assert key(changed(schema=one)) != key(changed(schema=other))


@pytest.mark.parametrize(
    "same",
    [
        changed(id="another"),
        changed(timeout=1.0),
        changed(cache="on"),
        changed(preset="precise"),
        changed(dropped=(Dropped("a scene", 3, "too long"),)),
        changed(messages=(Message("user", (Text("Once", label="the beginning"),)),)),
        changed(messages=(Message("user", (Text("On"), Text("ce"))),)),
        changed(sampling=Sampling(temperature=0)),
    ],
)
def test_what_only_names_or_limits_a_request_does_not(same: GenerateRequest) -> None:
    assert key(same) == key(GREEDY)


def test_every_field_of_a_request_is_in_the_key_or_named_as_not() -> None:
    bare = msgspec.structs.replace(GREEDY, **NOT_IN_THE_KEY)
    assert {*NOT_IN_THE_KEY} < {*GenerateRequest.__struct_fields__}
    default = GenerateRequest()
    for name, value in NOT_IN_THE_KEY.items():
        assert getattr(default, name) == value == getattr(bare, name)


def test_a_model_is_its_hash_wherever_it_lies_until_its_file_is_changed(tmp_path: Path) -> None:
    here, there = tmp_path / "a.gguf", tmp_path / "b.gguf"
    here.write_bytes(b"weights")
    os.utime(here, ns=(1, 1))
    hashed = Model(id="m", format="gguf", path=str(here), sha256="cafe")
    moved = Model(id="m", format="gguf", path=str(there), sha256="cafe")
    before = key(GREEDY, model=hashed)
    here.rename(there)
    assert key(GREEDY, model=moved) == before
    os.utime(there, ns=(2, 2))
    assert key(GREEDY, model=moved) != before
    assert key(GREEDY, model=msgspec.structs.replace(hashed, sha256="beef")) != before


@pytest.mark.parametrize("place", ["model.gguf", "folder/weights.safetensors"])
def test_a_file_that_is_written_anew_is_another_model(place: str, tmp_path: Path) -> None:
    file = tmp_path / place
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"weights")
    os.utime(file, ns=(1, 1))
    path = str(tmp_path / place.split("/", maxsplit=1)[0])
    model = Model(id="m", format="gguf", path=path)
    before = key(GREEDY, model=model)
    assert key(GREEDY, model=model) == before
    file.write_bytes(b"WEIGHTS")
    assert key(GREEDY, model=model) != before
    file.unlink()
    assert key(GREEDY, model=model) != before


def test_an_adapter_that_is_trained_on_is_another_one(tmp_path: Path) -> None:
    file = tmp_path / "a.gguf"
    file.write_bytes(b"one")
    request = changed(adapters=(Adapter(str(file)),))
    before = key(request)
    file.write_bytes(b"more")
    assert key(request) != before


def test_the_code_and_its_settings_are_in_the_key() -> None:
    assert key(GREEDY, code="1.1") != key(GREEDY)
    assert key(GREEDY, context_length=512) != key(GREEDY)
    assert key(GREEDY, a=1, b=2) == key(GREEDY, b=2, a=1)
    assert key(GREEDY, keep_alive=9.0) == key(GREEDY)


def test_the_plugins_that_take_part_are_in_the_key_with_their_versions_and_order() -> None:
    def taker(name: str, version: str = "1", fingerprint: str = "") -> Taker:
        return Taker(
            distribution=name,
            version=version,
            entry_points=(),
            interpreter="",
            fingerprint=fingerprint,
        )

    sets = [
        [],
        [taker("a")],
        [taker("a", "2")],
        [taker("a", "1", "edited")],
        [taker("a"), taker("b")],
        [taker("b"), taker("a")],
    ]
    keys = {key_of(GREEDY, target(), takers) for takers in sets}
    assert len(keys) == len(sets)
    assert all(len(each) == 64 and int(each, 16) >= 0 for each in keys)
