"""Whether a backend with its settings sends text elsewhere, which is refused when offline."""

from __future__ import annotations

from typing import Any

import pytest

from inkstand.workers.placement import leaves_the_machine
from inkstand_sdk.capabilities import BackendCapabilities


@pytest.mark.parametrize(
    ("remote", "settings", "leaves"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"base_url": ""}, True),
        (True, {"base_url": "http://127.0.0.1:8000/v1"}, False),
        (True, {"base_url": "http://gpu.example.com/v1"}, True),
        (False, {"base_url": "http://gpu.example.com:11434"}, True),
        (False, {"base_url": "http://localhost:11434"}, False),
        (False, {"base_url": "http://localhost:11434", "allow_remote": True}, True),
        (False, {"allow_remote": "true"}, True),
        (True, {"base_url": 3}, True),
    ],
)
def test_the_settings_decide_whether_text_leaves_the_machine(
    remote: bool, settings: dict[str, Any], leaves: bool
) -> None:
    assert leaves_the_machine(BackendCapabilities(remote=remote), settings) is leaves
