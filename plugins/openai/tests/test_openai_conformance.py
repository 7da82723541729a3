"""The conformance suite against a server that speaks the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("openai")
pytest.importorskip("inkstand_openai")

from inkstand_openai.backend import OpenAIBackend
from inkstand_openai.settings import OpenAISettings
from inkstand_sdk import Backend, Model
from inkstand_sdk.testing.backends import BackendSuite
from inkstand_sdk.testing.servers import OpenAIServer
from inkstand_sdk.testing.worker_backend import RemoteBackend


class TestOpenAI(BackendSuite):
    backend_class = OpenAIBackend

    @pytest.fixture(scope="class")
    @classmethod
    def server(cls) -> Iterator[OpenAIServer]:
        with OpenAIServer(announces={"max_model_len": OpenAIServer.context}) as server:
            yield server

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls, server: OpenAIServer) -> OpenAISettings:
        return OpenAISettings(base_url=server.url, key_name="", key_env="")

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="toy", format="remote")


class TestOpenAIInAWorker(TestOpenAI):
    @pytest.fixture(scope="class")
    @classmethod
    def make_backend(cls) -> Callable[[], Backend]:
        return lambda: RemoteBackend.of(OpenAIBackend)
