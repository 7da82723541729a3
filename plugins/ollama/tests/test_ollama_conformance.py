"""The conformance suite against a server that speaks Ollama's protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("httpx")
pytest.importorskip("inkstand_ollama")

from inkstand_ollama.backend import Ollama
from inkstand_ollama.settings import OllamaSettings
from inkstand_sdk import Backend, Model
from inkstand_sdk.testing.backends import BackendSuite
from inkstand_sdk.testing.servers import OllamaServer
from inkstand_sdk.testing.worker_backend import RemoteBackend


class TestOllama(BackendSuite):
    backend_class = Ollama

    @pytest.fixture(scope="class")
    @classmethod
    def server(cls) -> Iterator[OllamaServer]:
        with OllamaServer() as server:
            yield server

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls, server: OllamaServer) -> OllamaSettings:
        return OllamaSettings(base_url=server.url, context_length=512)

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="toy", format="remote")


class TestOllamaInAWorker(TestOllama):
    @pytest.fixture(scope="class")
    @classmethod
    def make_backend(cls) -> Callable[[], Backend]:
        return lambda: RemoteBackend.of(Ollama)
