"""A reading from its bytes, a part at a time: that of a long series takes a tenth of a second, in
which nobody could type if it were decoded at once.
"""

from __future__ import annotations

import gc
import threading
from functools import cache
from typing import Any, get_origin

import msgspec
from msgspec import Raw

from inkstand_sdk.reader import Reading

_SHORT = 2_000_000
"""Bytes that are decoded at once, in about ten milliseconds."""
_PART = 400
"""Items of a long reading that are decoded at once."""


def unpack(body: bytes | Raw) -> Reading:
    """The reading that was encoded.

    Raises:
        msgspec.MsgspecError: it is no reading.

    """
    with _resting:
        if len(memoryview(body)) < _SHORT:
            whole: Reading = _decoder(Reading).decode(body)
            return whole
        values = {}
        fields: dict[str, Raw] = _decoder(dict[str, Raw]).decode(body)
        for name, kind in _kinds().items():
            if name in fields:
                values[name] = _unpacked(fields[name], kind)
        try:
            return Reading(**values)
        except TypeError as error:
            raise msgspec.ValidationError(str(error)) from error


def _unpacked(body: Raw, kind: Any) -> Any:
    if get_origin(kind) is not tuple:
        return _decoder(kind).decode(body)
    items: list[Raw] = _decoder(list[Raw]).decode(body)
    decoder = _decoder(kind)
    parts = (items[at : at + _PART] for at in range(0, len(items), _PART))
    return tuple(item for part in parts for item in decoder.decode(_array(part)))


def _array(items: list[Raw]) -> bytes:
    """The items as one MessagePack array of at most 65,535."""
    return b"".join((b"\xdc", len(items).to_bytes(2, "big"), *items))


@cache
def _kinds() -> dict[str, Any]:
    """The types of a reading's fields."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(Reading)}


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


class _CollectorResting:
    """No collection of garbage meanwhile: there is none, and it would go through all again and
    again while nothing else can run. For several threads at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._was_on = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._was_on = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._was_on:
                # What was made counts as old at once: else the collector would begin with it.
                gc.freeze()
                gc.unfreeze()
                gc.enable()


_resting = _CollectorResting()
