"""Entry point of a worker process: `PYTHON -I -m inkstand_sdk.worker`."""

from __future__ import annotations

from inkstand_sdk.worker import descriptors

if __name__ == "__main__":
    # First of all, before anything can write to what are to be the channel's descriptors.
    incoming, outgoing = descriptors.claim()
    descriptors.die_with_parent()

    from inkstand_sdk.offline import guard_if_told

    guard_if_told()

    from inkstand_sdk.worker.serve import serve

    serve(incoming, outgoing)
