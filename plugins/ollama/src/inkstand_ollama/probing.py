"""Asking Ollama in passing, while plugins are listed: with the standard library, and briefly.

One on this machine answers in a tenth of a second or not at all; over a network it is given one.
"""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from inkstand_sdk.endpoints import is_loopback

_HERE = 0.1
_ELSEWHERE = 1.0


def answers(url: str) -> bool:
    """Whether something accepts connections there within a moment."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname, port), timeout=_patience(url)):
            return True
    except OSError:
        return False


def ask(url: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON that an Ollama answers within a moment; {} if it does not."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_patience(url))
    path = parts.path.rstrip("/") + path
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        value = json.loads(response.read())
    except (OSError, HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return value if response.status == 200 and isinstance(value, dict) else {}


def _patience(url: str) -> float:
    return _HERE if is_loopback(url) else _ELSEWHERE
