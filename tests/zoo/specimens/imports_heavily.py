"""Imports a heavy library at the top."""

import torch  # type: ignore[import-not-found, unused-ignore]  # noqa: F401

from inkstand_sdk import GenerateRecord, hookimpl


@hookimpl
def inkstand_after_generate(record: GenerateRecord) -> None:
    """See a record and leave it as it is."""
