"""Frames over real pipes, the pieces of a text, and a worker's first steps."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inkstand_sdk.errors import ErrorInfo, InkstandError
from inkstand_sdk.worker.frames import (
    MAGIC,
    BadFrame,
    FrameReader,
    FrameWriter,
    encode_body,
    pack,
)
from inkstand_sdk.worker.protocol import (
    PROTOCOL,
    Call,
    Cancel,
    Failure,
    Frame,
    Hello,
    Item,
    Result,
)
from inkstand_sdk.worker.whole_text import WholeText

FRAMES: list[Frame] = [
    Hello("1.0.0", 17, "3.11.7"),
    Call(1, "generate", encode_body({"prompt": "é"}), 3),
    Call(2, "memory"),
    Item(1, encode_body("x" * 200_000)),
    Result(1, encode_body(None)),
    Failure(2, ErrorInfo("engine", "It broke.", data={"signal": 11})),
    Cancel(2**40),
]


@contextmanager
def pipe() -> Iterator[tuple[FrameReader, int]]:
    out, into = os.pipe()
    reader = FrameReader(io.FileIO(out, "rb"))
    try:
        yield reader, into
    finally:
        reader.close()


def read_all(data: bytes, *, step: int) -> list[Frame]:
    """What a reader makes of `data` when it arrives `step` bytes at a time."""
    with pipe() as (reader, into):

        def write() -> None:
            for start in range(0, len(data), step):
                os.write(into, data[start : start + step])
            os.close(into)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            frames = []
            while (frame := reader.read()) is not None:
                frames.append(frame)
            return frames
        finally:
            writer.join()


def plain(frame: Frame) -> object:
    """A frame as a value that compares: Raw compares by identity."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(frame))


@pytest.mark.parametrize("step", [1, 3, 5, 4096, 1_000_000])
def test_frames_arrive_as_they_were_sent_however_they_are_cut(step: int) -> None:
    frames = FRAMES if step > 100 else [frame for frame in FRAMES if frame is not FRAMES[3]]
    received = read_all(b"".join(map(pack, frames)), step=step)
    assert [plain(frame) for frame in received] == [plain(frame) for frame in frames]
    assert [type(frame) for frame in received] == [type(frame) for frame in frames]


@pytest.mark.parametrize("kept", [0, 1, 3, 4, 5, 20])
def test_a_stream_that_ends_within_a_frame_just_ends(kept: int) -> None:
    data = pack(FRAMES[1])
    assert len(read_all(data + data[:kept], step=7)) == 1


@given(st.binary(min_size=1, max_size=60))
def test_bytes_that_are_no_frame_are_refused_and_never_crash_the_reader(noise: bytes) -> None:
    framed = len(noise).to_bytes(4, "big") + noise
    try:
        frames = read_all(framed, step=100)
    except BadFrame:
        return
    assert len(frames) == 1


def test_a_length_beyond_all_reason_is_refused() -> None:
    with pytest.raises(BadFrame):
        read_all(b"\xff\xff\xff\xff" + b"x" * 10, step=100)


@given(st.binary(max_size=300))
def test_noise_before_the_preamble_is_skipped(noise: bytes) -> None:
    assume((noise + MAGIC).index(MAGIC) == len(noise))
    with pipe() as (reader, into):
        os.write(into, noise + MAGIC + pack(FRAMES[0]))
        os.close(into)
        assert reader.skip_to_magic()
        assert reader.read() == FRAMES[0]


def test_a_stream_without_the_preamble_is_no_worker() -> None:
    with pipe() as (reader, into):
        os.write(into, b"Python 2.7 says hello\n" + MAGIC[:-1])
        os.close(into)
        assert not reader.skip_to_magic()


def test_frames_of_many_threads_do_not_mix() -> None:
    with pipe() as (reader, into):
        writer = FrameWriter(into)

        def send(thread: int) -> None:
            for index in range(200):
                writer.send(pack(Item(thread, encode_body([index, "x" * (index * 37 % 9000)]))))

        threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        seen: dict[int, list[int]] = {number: [] for number in range(6)}
        for _ in range(6 * 200):
            frame = reader.read()
            assert isinstance(frame, Item)
            seen[frame.id].append(msgspec.msgpack.decode(frame.body)[0])
        for thread in threads:
            thread.join()
        os.close(into)
    assert seen == {number: list(range(200)) for number in range(6)}


def test_fields_that_a_newer_side_adds_are_ignored() -> None:
    newer = msgspec.msgpack.encode(["result", 5, None, "added later"])
    (frame,) = read_all(len(newer).to_bytes(4, "big") + newer, step=50)
    assert plain(frame) == plain(Result(5))


@given(st.text(), st.data())
def test_a_text_cut_anywhere_between_its_bytes_comes_out_whole(
    text: str, data: st.DataObject
) -> None:
    raw = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    whole = WholeText()
    pieces = [
        raw[start:end].decode("utf-8", "surrogateescape")
        for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)
    ]
    assert "".join(map(whole.feed, pieces)) + whole.feed("", last=True) == text


@given(st.text(), st.data())
def test_a_text_cut_between_the_halves_of_a_pair_comes_out_whole(
    text: str, data: st.DataObject
) -> None:
    halves = [
        text.encode("utf-16-le")[at : at + 2].decode("utf-16-le", "surrogatepass")
        for at in range(0, 2 * len(text.encode("utf-16-le")) // 2, 2)
    ]
    cut = data.draw(st.integers(0, len(halves)))
    whole = WholeText()
    fed = whole.feed("".join(halves[:cut])) + whole.feed("".join(halves[cut:]))
    assert fed + whole.feed("", last=True) == text


@given(st.lists(st.text(st.characters(codec=None), max_size=5), max_size=8))
def test_whatever_an_engine_gives_becomes_valid_unicode(pieces: list[str]) -> None:
    whole = WholeText()
    text = "".join(map(whole.feed, pieces)) + whole.feed("", last=True)
    assert text.encode().decode() == text
    given_text = "".join(pieces)
    if given_text.isascii():
        assert text == given_text


def test_bytes_that_never_become_a_character_are_replaced_at_the_end() -> None:
    whole = WholeText()
    assert whole.feed("a\udce2\udc82") == "a"
    assert whole.feed("", last=True) == "\N{REPLACEMENT CHARACTER}"
    assert whole.feed("\ud83d") == ""
    assert whole.feed("", last=True) == "\N{REPLACEMENT CHARACTER}"


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker over plain pipes, as another host would start it."""
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "inkstand_sdk.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield process
        process.kill()


def greeted(process: subprocess.Popen[bytes]) -> tuple[FrameReader, Hello]:
    assert process.stdout is not None
    reader = FrameReader(io.FileIO(process.stdout.fileno(), "rb", closefd=False))
    assert reader.skip_to_magic()
    hello = reader.read()
    assert isinstance(hello, Hello)
    return reader, hello


def send(process: subprocess.Popen[bytes], frame: Frame) -> None:
    assert process.stdin is not None
    process.stdin.write(pack(frame))
    process.stdin.flush()


def test_a_worker_says_hello_and_exits_quietly_when_its_host_is_gone(
    worker: subprocess.Popen[bytes],
) -> None:
    _, hello = greeted(worker)
    assert (hello.pid, hello.protocol) == (worker.pid, PROTOCOL)
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait() == 0
    assert worker.stderr is not None
    assert worker.stderr.read() == b""


def test_a_worker_answers_what_it_does_not_know_and_lives(worker: subprocess.Popen[bytes]) -> None:
    reader, _ = greeted(worker)
    send(worker, Call(1, "nonsense"))
    answer = reader.read()
    assert isinstance(answer, Failure)
    assert InkstandError.from_info(answer.error).code == "usage"
    send(worker, Call(2, "open", encode_body({"kind": 5})))
    answer = reader.read()
    assert isinstance(answer, Failure)
    assert "cannot be understood" in answer.error.what
    send(worker, Cancel(99))
    send(worker, Call(3, "memory"))
    answer = reader.read()
    assert isinstance(answer, Result)


def test_a_worker_that_reads_garbage_says_so_and_ends(worker: subprocess.Popen[bytes]) -> None:
    greeted(worker)
    assert worker.stdin is not None
    worker.stdin.write(b"\x00\x00\x00\x02\xc1\xc1")
    worker.stdin.flush()
    assert worker.wait() == 1
    assert worker.stderr is not None
    assert b"The channel to the host broke" in worker.stderr.read()


def test_a_worker_imports_next_to_nothing_before_its_hello() -> None:
    code = (
        "import sys, runpy\n"
        "before = set(sys.modules)\n"
        "import inkstand_sdk.worker.descriptors, inkstand_sdk.worker.serve\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    listed = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {
        "argparse",
        "pluggy",
        "stevedore",
        "asyncio",
        "logging",
        "subprocess",
        "multiprocessing",
    }
    assert heavy.isdisjoint(listed)
