"""The terminal UI in a browser on the same machine, through textual-serve."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from inkstand_sdk.errors import UsageError


def serve(path: Path | None, port: int, *, offline: bool) -> int:
    """Serve the terminal UI until Ctrl-C; the exit status.

    Args:
        path: The folder or file to work on; None shows the first-run page.
        port: Where to listen, on this machine only; 0 is any free port.
        offline: Whether the network is off limits.

    Raises:
        UsageError: what it needs is not installed.
        InputError: the port is taken.

    """
    try:
        from inkstand.tui.web.server import WebServer
    except ModuleNotFoundError as error:
        raise UsageError(
            "The web server is not installed.",
            f"There is no module {error.name}.",
            "Install it: pip install 'inkstand[web]'",
        ) from error
    server = WebServer(path, port, offline=offline)

    def announce(url: str) -> None:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        sys.stderr.write("Open this address in a browser on this machine. Ctrl-C ends it.\n")

    asyncio.run(server.run(announce))
    return 0
