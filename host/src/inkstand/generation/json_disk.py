"""JSON in diskcache, and nothing else: no pickle is written, and none is ever read.

diskcache's own `Disk` unpickles whatever a row claims to be a pickle, so that a cache file in the
wrong hands runs code (CVE-2025-69872), and its rows may name files outside the folder. Here a row
is bytes in the database or it is refused.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from diskcache import Disk
from diskcache.core import MODE_RAW, UNKNOWN


class RefusedRow(Exception):
    """A row that this cache cannot have written."""


class JsonDisk(Disk):  # type: ignore[misc]
    """Keys are text, values are bytes of JSON."""

    def put(self, key: Any) -> tuple[str, bool]:
        """The key as it is.

        Raises:
            RefusedRow: it is no text.

        """
        if type(key) is not str:
            raise RefusedRow("a key is no text")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        """The key as it was put; raises `RefusedRow` for any other."""
        if not raw:
            raise RefusedRow("a key is a pickle")
        return self.put(key)[0]

    def store(self, value: Any, read: bool, key: Any = UNKNOWN) -> tuple[int, int, None, Any]:
        """Bytes, as bytes in the database: an entry is there whole or not at all.

        Raises:
            RefusedRow: it is something else.

        """
        if read or type(value) is not bytes:
            raise RefusedRow("a value is no bytes")
        return 0, MODE_RAW, None, sqlite3.Binary(value)

    def fetch(self, mode: Any, filename: Any, value: Any, read: bool) -> bytes:
        """The bytes that were stored; raises `RefusedRow` for a pickle, a file, or anything."""
        if read or mode != MODE_RAW or filename is not None or type(value) is not bytes:
            raise RefusedRow("a value is a pickle, or no bytes")
        return value

    def filename(self, key: Any = UNKNOWN, value: Any = UNKNOWN) -> tuple[str, str]:
        """Raises `RefusedRow`: there are no files."""
        raise RefusedRow("a value would be a file")

    def remove(self, file_path: Any) -> None:
        """Nothing: a row that names a file was not written here, and the file is not ours."""
