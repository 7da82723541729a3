"""Servers on loopback that speak the protocols of model servers and can be told to fail.

For tests of backends that talk to a server: `OllamaServer` and `OpenAIServer`. Their text comes
from a toy generator; everything between it and the backend is real: sockets, framing, statuses.
"""

from __future__ import annotations

from inkstand_sdk.testing.servers.faults import Fault, FaultyServer, Seen
from inkstand_sdk.testing.servers.ollama import OllamaServer
from inkstand_sdk.testing.servers.openai import OpenAIServer

__all__ = ["Fault", "FaultyServer", "OllamaServer", "OpenAIServer", "Seen"]
