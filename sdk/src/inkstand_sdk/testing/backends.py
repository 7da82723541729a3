"""The conformance suite for backends: subclass it, say what to test, done.

    class TestMyEngine(BackendSuite):
        backend_class = MyEngine

        @pytest.fixture(scope="class")
        @classmethod
        def model(cls) -> Model:
            return Model(id="tiny", format="gguf", path="tests/tiny.gguf")

Every test's docstring says what to do when it fails. Behaviors that the backend's capabilities
do not claim are skipped. Any model that writes at least thirty tokens will do, a tiny one with
random weights too.

`WorkerBackendSuite` is the same suite on the backend in a worker process, as the host runs it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from inkstand_sdk.backend import Backend, Model
from inkstand_sdk.errors import WorkerCrashed
from inkstand_sdk.testing.backend_adapters import AdapterBehaviors
from inkstand_sdk.testing.backend_cancelling import CancelBehaviors
from inkstand_sdk.testing.backend_case import Subject
from inkstand_sdk.testing.backend_concurrency import ConcurrencyBehaviors
from inkstand_sdk.testing.backend_constraints import ConstraintBehaviors
from inkstand_sdk.testing.backend_counts import CountBehaviors
from inkstand_sdk.testing.backend_declaration import DeclarationBehaviors
from inkstand_sdk.testing.backend_files import FileBehaviors
from inkstand_sdk.testing.backend_lifecycle import LifecycleBehaviors
from inkstand_sdk.testing.backend_logprobs import LogprobBehaviors
from inkstand_sdk.testing.backend_messages import MessageBehaviors
from inkstand_sdk.testing.backend_sampling import SamplingBehaviors
from inkstand_sdk.testing.backend_stops import StopBehaviors
from inkstand_sdk.testing.backend_streams import StreamBehaviors
from inkstand_sdk.testing.worker_backend import RemoteBackend


class BackendSuite(
    DeclarationBehaviors,
    StreamBehaviors,
    StopBehaviors,
    CountBehaviors,
    MessageBehaviors,
    SamplingBehaviors,
    LogprobBehaviors,
    ConstraintBehaviors,
    AdapterBehaviors,
    CancelBehaviors,
    ConcurrencyBehaviors,
    LifecycleBehaviors,
    FileBehaviors,
):
    """All behaviors that a backend must have."""


class WorkerBackendSuite(BackendSuite):
    """The same behaviors of the backend in a worker process; its distribution is installed."""

    interpreter: ClassVar[str] = sys.executable
    """The Python of the environment where the distribution is installed."""

    # A cancel travels to the worker while a quick engine goes on writing.
    late_cancel: ClassVar[int] = 400
    reports_logprobs: ClassVar[bool] = True

    @pytest.fixture(scope="class")
    @classmethod
    def make_backend(cls) -> Callable[[], Backend]:
        """How to get a stand-in for the backend; its worker starts with the load."""
        return lambda: RemoteBackend.of(cls.backend_class, interpreter=cls.interpreter)

    def needs(self, capability: str) -> None:
        """Skip the test unless the capability is claimed; a worker finds stop strings itself."""
        if capability != "stop":
            super().needs(capability)

    def test_the_worker_tells_the_same_capabilities(self, subject: Subject) -> None:
        """If this fails: `capabilities` is a constant of the class; compute nothing in it."""
        remote = subject.backend
        assert isinstance(remote, RemoteBackend)
        assert remote.opened is not None
        assert remote.opened.capabilities == self.backend_class.capabilities

    def test_the_end_of_the_worker_is_a_typed_error(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: something of yours keeps the worker's pipes open when it is killed."""
        remote = make_backend()
        assert isinstance(remote, RemoteBackend)
        remote.load(model, settings)
        try:
            stream = remote.generate(self.raw(max_tokens=100_000), lambda: False)
            next(stream)
            os.kill(remote.pid, signal.SIGTERM)
            with pytest.raises(WorkerCrashed):
                list(stream)
        finally:
            remote.close()


__all__ = ["BackendSuite", "WorkerBackendSuite"]
