"""How frames travel: a magic preamble, then length-prefixed msgpack, over a pair of descriptors."""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import Any

import msgspec

from inkstand_sdk.worker.protocol import Frame

MAGIC = b"\x00\xffinkstand worker\xff\x00"
"""Sent once by the worker; whatever came before it on its output is noise."""

_LENGTH = 4
_LARGEST = 1 << 30
_BUFFER = 1 << 16
_frame_encoder = msgspec.msgpack.Encoder()
_frame_decoder = msgspec.msgpack.Decoder(Frame)


class BadFrame(Exception):
    """What came in is no frame: something else wrote to the descriptors."""


def encode_body(value: Any) -> msgspec.Raw:
    """A value as the body of a frame."""
    return msgspec.Raw(_frame_encoder.encode(value))


def pack(frame: Frame) -> bytes:
    """A frame as it travels."""
    payload = _frame_encoder.encode(frame)
    return len(payload).to_bytes(_LENGTH, "big") + payload


class FrameReader:
    """Reads frames from a descriptor, which it owns. Blocks; for one thread."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._file = io.BufferedReader(raw, _BUFFER)

    def skip_to_magic(self) -> bool:
        """Read past the preamble; False if the stream ended before it."""
        seen = b""
        while not seen.endswith(MAGIC):
            byte = self._file.read(1)
            if not byte:
                return False
            seen = (seen + byte)[-len(MAGIC) :]
        return True

    def read(self) -> Frame | None:
        """The next frame; None at the end of the stream, even in the middle of a frame.

        Raises:
            BadFrame: the bytes are no frame.

        """
        head = self._file.read(_LENGTH)
        if len(head) < _LENGTH:
            return None
        length = int.from_bytes(head, "big")
        if length > _LARGEST:
            raise BadFrame(f"a frame of {length} bytes")
        payload = self._file.read(length)
        if len(payload) < length:
            return None
        try:
            frame: Frame = _frame_decoder.decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadFrame(str(error)) from error
        return frame

    def close(self) -> None:
        """Close the descriptor."""
        self._file.close()


class FrameWriter:
    """Writes a worker's frames from any thread; ends the process when they cannot be written.

    When `send` returns the frame is on its way: a thread may go on to native code that never
    gives the interpreter lock back, so its frame cannot be left to another thread. The other
    side reads all the time, so no frame holds the lock for long.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, data: bytes) -> None:
        """Write one packed frame."""
        try:
            with self._lock:
                write_all(self._descriptor, data)
        except OSError as error:
            # The host is gone, or a plugin closed the descriptor: nobody would ever be answered.
            sys.stderr.write(f"The channel to the host broke: {error}\n")
            os._exit(1)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, however many calls it takes."""
    written = os.write(descriptor, data)
    if written == len(data):
        return
    rest = memoryview(data)[written:]
    while rest:
        rest = rest[os.write(descriptor, rest) :]
