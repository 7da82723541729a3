"""Style: how a manuscript is written, scene by scene and as a whole."""

from __future__ import annotations
