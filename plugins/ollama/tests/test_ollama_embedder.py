"""The embedder's suite against a server that speaks Ollama's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

pytest.importorskip("httpx")
pytest.importorskip("inkstand_ollama")

from inkstand_ollama.embedder import OllamaEmbedder
from inkstand_ollama.settings import OllamaEmbedderSettings
from inkstand_sdk import Embedder
from inkstand_sdk.errors import LoadFailed, NotFound
from inkstand_sdk.testing.embedders import EmbedderSuite, WorkerEmbedderSuite
from inkstand_sdk.testing.servers import OllamaServer


class Served:
    embedder_class: ClassVar[type[Embedder]] = OllamaEmbedder

    @pytest.fixture(scope="class")
    @classmethod
    def server(cls) -> Iterator[OllamaServer]:
        with OllamaServer() as server:
            yield server

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls, server: OllamaServer) -> OllamaEmbedderSettings:
        return OllamaEmbedderSettings(model="embed", base_url=server.url)


class TestOllamaEmbedder(Served, EmbedderSuite):
    """In this process."""


class TestOllamaEmbedderInAWorker(Served, WorkerEmbedderSuite):
    """In a process of its own, as the host runs it."""


def test_a_model_that_was_not_pulled_is_named() -> None:
    with OllamaServer() as server, pytest.raises(NotFound, match="minilm"):
        OllamaEmbedder().load(OllamaEmbedderSettings(model="minilm", base_url=server.url))


def test_an_ollama_that_is_down_is_a_failed_load() -> None:
    with OllamaServer() as gone:
        pass
    with pytest.raises(LoadFailed, match="Ollama"):
        OllamaEmbedder().load(OllamaEmbedderSettings(model="embed", base_url=gone.url))
