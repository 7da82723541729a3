"""The engine's listener, kept to ourselves.

llama.cpp tokenizes only over HTTP. Where the system has Unix sockets it listens on one in a
folder that only this user may enter; elsewhere on a loopback port. Either way every request
needs a key made for this process.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from inkstand_sdk.errors import EngineError

_PREFIX = "inkstand-llamacpp-"
_SOCKET = "engine.sock"
_MAX_SOCKET_PATH = 100  # macOS allows 103 bytes
_TIMEOUT = 120.0


class Listener:
    """Where the engine listens, and a client for it."""

    def __init__(self) -> None:
        self.key = secrets.token_urlsafe(32)
        self._folder: Path | None = None
        self.host = "127.0.0.1"
        self._port = 0
        if sys.platform != "win32":
            _sweep()
            self._folder = _private_folder()
            self.host = str(self._folder / _SOCKET)

    def bound(self, address: str) -> None:
        """Be told the address that the engine now listens on."""
        self._port = urlsplit(address).port or 0 if self._folder is None else 0

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The engine's JSON answer; raises `EngineError`."""
        connection = self._connection()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            if body is None:
                connection.request("GET", path, headers=headers)
            else:
                connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EngineError("The engine did not answer.", f"{error}.") from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise EngineError("The engine refused a question.", str(answer.get("error", answer)))
        return answer

    def close(self) -> None:
        """Remove the socket's folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _connection(self) -> http.client.HTTPConnection:
        if self._folder is None:
            return http.client.HTTPConnection(self.host, self._port, timeout=_TIMEOUT)
        return _UnixConnection(self.host)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_TIMEOUT)
        self.sock.connect(self._path)


def _private_folder() -> Path:
    """A new folder that only this user may enter; its name says whose it is."""
    name = f"{_PREFIX}{os.getpid()}-"
    folder = Path(tempfile.mkdtemp(prefix=name))
    if len(os.fsencode(folder / _SOCKET)) > _MAX_SOCKET_PATH:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=name, dir="/tmp"))
    return folder


def _sweep() -> None:
    """Remove the folders of engines that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
