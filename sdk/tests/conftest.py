"""What these suites share: the same examples in every run."""

from __future__ import annotations

from inkstand_sdk.testing.examples import same_examples

same_examples()
