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
"""

from __future__ import annotations

from inkstand_sdk.testing.backend_constraints import ConstraintBehaviors
from inkstand_sdk.testing.backend_files import FileBehaviors
from inkstand_sdk.testing.backend_lifecycle import LifecycleBehaviors
from inkstand_sdk.testing.backend_sampling import SamplingBehaviors
from inkstand_sdk.testing.backend_streams import StreamBehaviors


class BackendSuite(
    StreamBehaviors, SamplingBehaviors, ConstraintBehaviors, LifecycleBehaviors, FileBehaviors
):
    """All behaviors that a backend must have."""


__all__ = ["BackendSuite"]
