"""The conformance suite against a real llama.cpp server over TCP, with a key."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("openai")
pytest.importorskip("inkstand_openai")
pytest.importorskip("xllamacpp")

from inkstand_openai.backend import OpenAIBackend
from inkstand_openai.settings import OpenAISettings
from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
KEY = "sk-real"
SLOT_CONTEXT = 512
# It serves until its standard input is closed, so that it cannot outlive the tests.
SERVER = """
import os, sys
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path, port, params.api_keys = sys.argv[1], int(sys.argv[2]), [sys.argv[3]]
params.n_ctx, params.n_parallel, params.n_batch, params.n_ubatch = int(sys.argv[4]) * 4, 4, 128, 128
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.hostnames, params.port = ["127.0.0.1"], port
params.warmup, params.ui, params.verbosity = False, False, 1
params.n_threads_http = 8
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVER, str(POCKET), str(port), KEY, str(SLOT_CONTEXT)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        lines = iter(process.stdout.readline, "")
        url = next((line.strip() for line in lines if line.startswith("http")), "")
        try:
            assert url, "the server did not start"
            _wait_until_healthy(url)
            yield f"{url}/v1"
        finally:
            process.stdin.close()
            process.wait(30)


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except OSError:
            continue
    pytest.fail("the server did not become healthy")


class TestOpenAIWithLlamaCpp(BackendSuite):
    backend_class = OpenAIBackend

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls, address: str) -> Iterator[OpenAISettings]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("INKSTAND_TEST_KEY", KEY)
            yield OpenAISettings(
                base_url=address,
                key_name="",
                key_env="INKSTAND_TEST_KEY",
                concurrency=4,
            )

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="remote")
