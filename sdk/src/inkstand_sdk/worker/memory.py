"""A worker's memory: how much it has, and giving back what a closed engine has left."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

_TRIM_THRESHOLD = -1  # M_TRIM_THRESHOLD in malloc.h
_KEPT = 128 * 1024  # bytes that a heap may keep at its end; what glibc begins with


def resident() -> int:
    """Resident bytes of this process, 0 where the system does not say cheaply."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def keep_no_heap_ends() -> None:
    """Have the C library give up the end of a heap as soon as it is free.

    To be called before a model is freed: `give_back` reaches the end of the first thread's heap
    alone, and engines allocate from other threads too.
    """
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_TRIM_THRESHOLD, _KEPT)


def give_back() -> None:
    """Free what nothing refers to any more, and let the C library return it to the system.

    Only glibc keeps freed memory for so long that it must be asked; elsewhere there is no such
    call.
    """
    gc.collect()
    trim()


def trim() -> None:
    """Let the C library return to the system what is free already. It takes some milliseconds, in
    which other threads run.
    """
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> Any:
    """The C library, None if it is another."""
    if sys.platform != "linux":
        return None
    import ctypes  # only a worker that closes its model needs it

    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None
