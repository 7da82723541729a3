"""What the tests of the host share."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes on a busy machine says nothing about the code.
settings.register_profile("inkstand", deadline=None)
settings.load_profile("inkstand")
