"""What the tests of the host share."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

# How long an example takes on a busy machine says nothing about the code.
settings.register_profile("inkstand", deadline=None)
settings.load_profile("inkstand")


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> None:
    """A shell's background jobs ignore Ctrl-C, and so would every program started here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
