"""What the user has set for a backend, for code that runs before anything is loaded.

`Backend.load` is given the settings. A `probe`, or a source of models, is given nothing; but where
a server is, only the settings say. So the host hands those that tell it to the child that
describes a plugin.
"""

from __future__ import annotations

import json
import os
from typing import Any

VARIABLE = "INKSTAND_BACKEND_SETTINGS"
"""The environment variable that holds them, as JSON: {"ollama": {"base_url": "..."}}."""
TOLD = ("base_url", "allow_remote")
"""The settings that are handed on."""


def backend_settings(name: str) -> dict[str, Any]:
    """Those of the backend's settings in `TOLD` that the user has changed; {} elsewhere."""
    try:
        chosen = json.loads(os.environ.get(VARIABLE) or "{}")[name]
    except (ValueError, KeyError, TypeError):
        return {}
    return chosen if isinstance(chosen, dict) else {}
