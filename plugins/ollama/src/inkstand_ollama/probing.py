"""Asking Ollama in passing, while plugins are listed: with the standard library, and briefly."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 0.1


def answers(url: str) -> bool:
    """Whether something accepts connections there within a tenth of a second."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname, port), timeout=_SECONDS):
            return True
    except OSError:
        return False


def ask(url: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON that an Ollama here answers within a tenth of a second; {} if it does not."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
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
