"""The first thing a worker does: take its channel's descriptors out of everyone's reach."""

from __future__ import annotations

import io
import os
import sys


def claim() -> tuple[io.RawIOBase, int]:
    """Private duplicates of descriptors 0 and 1; then 0 is null and 1 goes where 2 goes, the log.

    Whatever a plugin, its native library or a child of it reads or writes cannot touch the
    frames: the duplicates are not inherited.
    """
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(incoming, os.O_BINARY)
        msvcrt.setmode(outgoing, os.O_BINARY)
    for stream in (sys.stdout, sys.stderr):
        # Lines must reach the log before a crash, and odd characters must not be an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    return io.FileIO(incoming, "rb"), outgoing


def die_with_parent() -> None:
    """Have Linux kill this process when the host's spawning thread ends.

    The end of the channel says the same, but nobody reads it while native code holds the
    interpreter lock. A host that died before this call has closed the channel already, which
    is seen before any plugin runs; so there is no gap between the two.
    """
    if sys.platform != "linux":
        return
    import ctypes
    import signal

    pr_set_pdeathsig = 1
    try:
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, int(signal.SIGKILL), 0, 0, 0)
    except (OSError, AttributeError) as error:
        sys.stderr.write(f"prctl is not available: {error}\n")
