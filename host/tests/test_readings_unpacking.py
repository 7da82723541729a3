"""A reading that is decoded in parts is the reading, whatever comes of its bytes."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from inkstand.tools import unpacking
from inkstand.tools.unpacking import unpack
from inkstand_sdk.reader import Person, Quotation, Reading, SceneReading, Span


def reading(count: int) -> Reading:
    return Reading(
        language="en",
        reader="english",
        version="1",
        scenes=tuple(SceneReading(sentences=((0, n),), words=n) for n in range(count)),
        cast=(Person(name="Nell", spans=(Span(0, 1, 5),)),),
        quotations=tuple(
            Quotation(span=Span(n, 0, n), text="“Ja”" * n, speaker="Nell") for n in range(count)
        ),
        notes=("One.",),
    )


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_SHORT", 0)
    monkeypatch.setattr(unpacking, "_PART", 3)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 20])
@pytest.mark.usefixtures("in_parts")
def test_in_parts_it_is_what_it_is_at_once(count: int) -> None:
    body = msgspec.msgpack.encode(reading(count))
    assert unpack(body) == unpack(msgspec.Raw(body)) == reading(count)


@pytest.mark.usefixtures("in_parts")
def test_what_a_newer_reader_adds_is_passed_over_and_what_it_leaves_out_has_its_default() -> None:
    body = msgspec.msgpack.encode(
        {"language": "en", "reader": "r", "version": "1", "moods": [1, {"a": 2}]}
    )
    assert unpack(body) == Reading(language="en", reader="r", version="1")


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\x90",
        msgspec.msgpack.encode({"language": "en"}),
        msgspec.msgpack.encode({**msgspec.to_builtins(reading(5)), "quotations": 3}),
        msgspec.msgpack.encode({**msgspec.to_builtins(reading(5)), "scenes": [{"words": "x"}]}),
        msgspec.msgpack.encode(reading(5))[:-4],
    ],
)
def test_what_is_no_reading_is_an_error(
    body: bytes, parts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if parts:
        monkeypatch.setattr(unpacking, "_SHORT", 0)
    with pytest.raises(msgspec.MsgspecError):
        unpack(body)
    assert gc.isenabled()


@pytest.mark.usefixtures("in_parts")
def test_the_collector_works_again_when_the_last_of_several_is_done() -> None:
    body = msgspec.msgpack.encode(reading(300))
    with ThreadPoolExecutor(4) as pool:
        assert all(found == reading(300) for found in pool.map(unpack, [body] * 12))
    assert gc.isenabled()
