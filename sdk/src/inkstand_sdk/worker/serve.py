"""A worker's life: hello, open, calls, and the end when its host is gone."""

from __future__ import annotations

import faulthandler
import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import inkstand_sdk
from inkstand_sdk.errors import UsageError
from inkstand_sdk.worker.frames import MAGIC, BadFrame, FrameReader, FrameWriter, pack, write_all
from inkstand_sdk.worker.peer import Incoming, Peer
from inkstand_sdk.worker.protocol import Hello, Open, Opened

Methods = dict[str, Callable[[Incoming], Any]]


def serve(incoming: io.RawIOBase, outgoing: int) -> None:
    """Greet the host and serve it until it closes the channel. Does not return."""
    # A crash in native code leaves its Python stack in the log, which the host shows.
    faulthandler.enable(file=2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    version = ".".join(map(str, sys.version_info[:3]))
    hello = Hello(inkstand_sdk.__version__, os.getpid(), version)
    status = 0
    try:
        write_all(outgoing, MAGIC + pack(hello))
        # Imports logging: not before the hello.
        from inkstand_sdk.worker.log_lines import log_to

        log_to(2)
        service = Service()
        peer = Peer(FrameReader(incoming), FrameWriter(outgoing), service.answer)
        service.peer = peer
        peer.run()
    except (OSError, BadFrame) as error:
        sys.stderr.write(f"The channel to the host broke: {error}\n")
        status = 1
    # Not sys.exit: threads of plugins and of native libraries must not hold the process back.
    os._exit(status)


class Service:
    """Answers the host's calls with the plugins of the distribution that it opens."""

    peer: Peer

    def __init__(self) -> None:
        self._methods: Methods = {"open": self._open, "memory": _memory, "close": _nothing}
        self._opening = threading.Lock()

    def answer(self, incoming: Incoming) -> Any:
        """The result of a call.

        Raises:
            InkstandError: the call failed; the error goes to the host.

        """
        method = self._methods.get(incoming.method)
        if method is None:
            raise UsageError(
                f"This worker does not know the call {incoming.method!r}.",
                "It serves something else, or its SDK is older than the host.",
                "Upgrade inkstand-sdk in the plugin's environment.",
            )
        from inkstand_sdk.worker.log_lines import serving

        with serving(incoming.method, incoming.call.params):
            return method(incoming)

    def _open(self, incoming: Incoming) -> Opened:
        wanted: Open = incoming.params(Open)
        # Imports pluggy, stevedore and the plugins: not before the hello.
        from inkstand_sdk.loading import load_distribution
        from inkstand_sdk.worker.log_lines import heed

        with self._opening:
            loaded = load_distribution(wanted.distribution, wanted.entry_points)
            heed([getattr(each, "__name__", "") for each in loaded.manager.get_plugins()])
            if wanted.kind == "backend":
                from inkstand_sdk.worker.serve_backend import BackendService

                backend = BackendService.of(loaded, wanted.name)
                self._methods.update(backend.methods())
                return backend.opened()
            if wanted.kind == "embedder":
                from inkstand_sdk.worker.serve_embedder import EmbedderService

                embedder = EmbedderService.of(loaded, wanted.name)
                self._methods.update(embedder.methods())
                return embedder.opened()
            if wanted.kind == "distribution":
                from inkstand_sdk.worker.serve_tools import ToolService

                self._methods.update(ToolService(loaded, self.peer).methods())
                return Opened(distribution=loaded.distribution, version=loaded.version)
        raise UsageError(f"This worker cannot serve a plugin of the kind {wanted.kind!r} yet.")


def _memory(_incoming: Incoming) -> int:
    """Resident bytes of this process."""
    from inkstand_sdk.worker.memory import resident

    return resident()


def _nothing(_incoming: Incoming) -> None:
    """Nothing to close."""
