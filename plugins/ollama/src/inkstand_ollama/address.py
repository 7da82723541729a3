"""Where Ollama listens, and why it does not answer."""

from __future__ import annotations

import os
import shutil

from inkstand_sdk.backend_settings import backend_settings
from inkstand_sdk.endpoints import is_loopback
from inkstand_sdk.errors import Unavailable, UsageError

_PORT = 11434
_INSTALL = "Install Ollama from https://ollama.com/download and start it: ollama serve"


def address(base_url: str, *, allow_remote: bool) -> str:
    """The address to talk to, without a slash at its end.

    Raises:
        UsageError: it is not on this machine, and the settings do not allow that.

    """
    url = (base_url or _of_environment(os.environ.get("OLLAMA_HOST", ""))).rstrip("/")
    if allow_remote or is_loopback(url):
        return url
    raise UsageError(
        f"The Ollama at {url} is not on this machine.",
        "Your text would leave it, which is not done unless you say so.",
        "To allow it: inkstand config set backends.ollama.allow_remote true",
    )


def address_of_settings() -> str:
    """The address that is set for the backend, for what is asked of Ollama before any load.

    Raises:
        UsageError: as `address` does.

    """
    chosen = backend_settings("ollama")
    return address(
        str(chosen.get("base_url") or ""), allow_remote=chosen.get("allow_remote") is True
    )


def _of_environment(host: str) -> str:
    """OLLAMA_HOST as an address to connect to; it is written as one to listen on."""
    host = host.strip().strip("\"'")
    scheme, separator, rest = host.partition("://")
    if not separator:
        scheme, rest = "http", host
    rest = rest.rstrip("/")
    name, bracket, after = rest.rpartition("]")
    tail = after if bracket else rest
    name = name + bracket if bracket else tail.partition(":")[0]
    port = tail.partition(":")[2] or (str(_PORT) if not separator else "")
    # An address that listens everywhere is reached on the loopback.
    if name in ("", "0.0.0.0"):  # noqa: S104 - nothing is bound here
        name = "127.0.0.1"
    elif name == "[::]":
        name = "[::1]"
    return f"{scheme}://{name}:{port}" if port else f"{scheme}://{name}"


def is_installed() -> bool:
    """Whether the `ollama` command is on the PATH."""
    return shutil.which("ollama") is not None


def unreachable(url: str, words: str) -> Unavailable:
    """The error for a server that cannot be connected to: down, stopped or not there at all."""
    if not is_loopback(url):
        return Unavailable(
            f"No Ollama answers at {url}.", f"{words}.", "Check the setting base_url and that host."
        )
    if is_installed():
        return Unavailable(
            f"Ollama is installed but not running: nothing answers at {url}.",
            "Its server was not started, or listens elsewhere.",
            "Start it: ollama serve",
        )
    return Unavailable(
        f"No Ollama answers at {url}, and none is installed here.",
        "The command `ollama` is not on the PATH.",
        _INSTALL,
    )


def absence(url: str, *, answers: bool) -> str:
    """A sentence on an Ollama that does not answer; empty if it does."""
    if answers:
        return ""
    error = unreachable(url, "The connection was refused")
    return f"{error.what} {error.fix}"
