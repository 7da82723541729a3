"""Prints five megabytes at import, and works."""

import os
import sys

from inkstand_sdk import GenerateRecord, hookimpl

for _ in range(500):
    print("x" * 4_999)
    sys.stderr.write("y" * 4_999 + "\n")
os.write(1, b'{"type":"done"}\n')


@hookimpl
def inkstand_after_generate(record: GenerateRecord) -> None:
    """See a record and leave it as it is."""
