"""Inkstand offline: what processes that hold plugins are told, and the guard that they set up.

The guard is a net below the host's own refusals: whatever Python code of a plugin asks the network
for, beyond this machine's loopback address, fails. Native code that opens sockets of its own is
not seen; the variables in `ENVIRONMENT` stop the libraries that are known to do so.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from inkstand_sdk.errors import Offline

VARIABLE = "INKSTAND_OFFLINE"
ENVIRONMENT = {
    VARIABLE: "1",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
"""For the processes that an offline Inkstand starts."""

_TO_AN_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_OF_A_NAME = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class Refused(Offline, OSError):
    """What code that wants the network gets: for most libraries, a connection that failed."""


def guard_if_told() -> None:
    """Refuse the network to this process, for good, if its environment says so."""
    if os.environ.get(VARIABLE) == "1":
        sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _TO_AN_ADDRESS:
        address = arguments[1]
        # Other kinds of addresses, such as the path of a socket file, are on this machine.
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in _OF_A_NAME:
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode("ascii", "replace")
    if isinstance(host, str) and not _is_here(host):
        raise Refused(
            f"The connection to {host} was refused: Inkstand is offline.",
            "It was started with --offline, or the settings say `offline = true`.",
            "Leave --offline out, or: inkstand config set offline false",
        )


def _is_here(host: str) -> bool:
    """Whether a host's name or address is this machine itself; "" is where a server listens."""
    from inkstand_sdk.endpoints import is_loopback

    host = host.partition("%")[0]
    return not host or is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}")
