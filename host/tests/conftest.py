"""What the tests of the host share."""

from __future__ import annotations

import signal

import pytest

from inkstand_sdk.testing.examples import same_examples

same_examples()


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> None:
    """A shell's background jobs ignore Ctrl-C, and so would every program started here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
