"""An HTTP server on loopback that keeps what it was asked and fails where it is told to."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

import msgspec

from inkstand_sdk.testing.servers.toy import Token

Kind = Literal["status", "drop", "hang", "half_character", "garbage", "error", "silent_end"]
LOOK = 0.02


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong with one answer.

    "status" answers with `status`, `headers` and `body` (also 200). The others come after `after`
    pieces of a stream: "drop" resets the connection, "hang" sends nothing more until the client
    leaves, "half_character" sends the first byte of a character and drops, "garbage" sends what
    is not JSON, "error" the protocol's own error, "silent_end" ends the body as if that were all.
    """

    kind: Kind
    after: int = 0
    status: int = 500
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b"{}"


class Seen(msgspec.Struct, frozen=True):
    """A request that came: its path, its headers in lower case, and its decoded JSON."""

    path: str
    headers: dict[str, str]
    body: Any


class FaultyServer:
    """Listens on a free loopback port until it is closed; give its `url` to a backend.

    `faults` are used up one by one by requests that generate. `left` is set when a client went
    away while an answer was being written or waited for.

    `pace` is how many seconds a piece takes, as it does in an engine: else a text is over before
    anybody can cancel it.
    """

    pace = 0.001

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.faults: deque[Fault] = deque()
        self.left = threading.Event()
        self.hanging = threading.Event()
        self.closing = threading.Event()
        outer = self

        class Handler(_Handler):
            server_of = outer

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients that leave are part of the tests."""

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(LOOK,), daemon=True
        )
        self._thread.start()

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        """The status and JSON for a GET."""
        raise NotImplementedError

    def post(self, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any] | Stream:
        """The status and JSON for a POST, or the stream that answers it."""
        raise NotImplementedError

    def asked(self, path: str) -> list[Any]:
        """The bodies of the requests for `path`, in order."""
        return [seen.body for seen in self.seen if seen.path == path]

    def close(self) -> None:
        """Stop listening and let go of clients that hang."""
        self.closing.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Stream(msgspec.Struct, frozen=True):
    """A streamed answer: its content type, its pieces as bytes, and how an error looks in it."""

    content_type: str
    pieces: Iterable[bytes]
    error: bytes
    half_character: bytes


class _Handler(BaseHTTPRequestHandler):
    server_of: FaultyServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests look at `seen`."""

    def do_GET(self) -> None:
        server = self.server_of
        if server.closing.is_set():  # a connection that was kept from before
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.seen.append(Seen(self.path, headers, None))
        self._answer(*server.get(self.path, headers))

    def do_POST(self) -> None:
        server = self.server_of
        if server.closing.is_set():
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        server.seen.append(Seen(self.path, headers, body))
        answer = server.post(self.path, headers, body)
        if not isinstance(answer, Stream):
            self._answer(*answer)
            return
        fault = server.faults.popleft() if server.faults else None
        if fault is not None and fault.kind == "status":
            self._send(fault.status, fault.body, fault.headers)
            return
        self.close_connection = True
        try:
            if fault is not None and fault.kind == "hang" and fault.after == 0:
                self._hang()
                return
            self._stream(answer, fault)
        except OSError:
            server.left.set()

    def _answer(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode(), {})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, stream: Stream, fault: Fault | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", stream.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(stream.pieces):
            if fault is not None and number == fault.after:
                self._fail(stream, fault)
                return
            self._chunk(piece)
            self.server_of.closing.wait(self.server_of.pace)
        self._chunk(b"")

    def _fail(self, stream: Stream, fault: Fault) -> None:
        if fault.kind == "hang":
            self._hang()
            return
        last = {
            "half_character": stream.half_character,
            "garbage": b"data: {not json\n\n",
            "error": stream.error,
        }.get(fault.kind)
        if last:
            self._chunk(last)
        if fault.kind in ("drop", "half_character"):
            self._drop()
        else:
            self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        # Each character's bytes go out in parts, as they may over any network.
        self.wfile.write(b"%x\r\n" % len(data))
        self.wfile.write(data[:-3])
        self.wfile.flush()
        self.wfile.write(data[-3:] + b"\r\n")
        self.wfile.flush()

    def _drop(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def _hang(self) -> None:
        """Send nothing; end when the client leaves or the server closes."""
        self.server_of.hanging.set()
        while not self.server_of.closing.is_set():
            ready, _, _ = select.select([self.connection], [], [], LOOK)
            if ready and not self.connection.recv(1):
                self.server_of.left.set()
                return


def until_stop(
    tokens: Iterator[Token], limit: int, stops: Iterable[str]
) -> Iterator[tuple[str, Literal["", "stop", "length"], Token]]:
    """Tokens up to a limit or a stop string: text, why it was the last if it was, the token.

    As real servers do, what may begin a stop string is held back, and a token may so stand for
    an empty text.
    """
    from inkstand_sdk.stops import StopFinder

    finder = StopFinder(tuple(stops))
    for count, token in enumerate(tokens, 1):
        text = finder.feed(token)
        if finder.found:
            yield text, "stop", token
            return
        if count >= limit:
            yield text + finder.flush(), "length", token
            return
        yield text, "", token
    yield finder.flush(), "stop", Token("", 0.0, ())
