"""A worker's memory: how much it has, and giving back what a closed engine has left."""

from __future__ import annotations

import gc
import os
import sys


def resident() -> int:
    """Resident bytes of this process, 0 where the system does not say cheaply."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def give_back() -> None:
    """Free what nothing refers to any more, and let the C library return it to the system.

    Only glibc keeps freed memory for so long that it must be asked; elsewhere there is no such
    call.
    """
    gc.collect()
    if sys.platform != "linux":
        return
    import ctypes  # only a worker that closes its model needs it

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
