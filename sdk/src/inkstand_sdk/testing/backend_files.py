"""Model files that are missing, damaged, or something else: typed errors, never a crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkstand_sdk.backend import Backend, Model
from inkstand_sdk.errors import LoadFailed, ModelFileError
from inkstand_sdk.testing.backend_case import BackendCase

FOREIGN = {
    "an empty file": b"",
    "text": b"It was a dark and stormy night.\n" * 40,
    "a zip archive": b"PK\x03\x04" + bytes(range(256)) * 8,
    "noise": bytes((i * 7919 >> 3) & 0xFF for i in range(4096)),
}


class FileBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def refuses(self, backend: Backend, model: Model, settings: Any) -> None:
        """Loading must fail with an error that says why and what to do."""
        with pytest.raises((ModelFileError, LoadFailed)) as caught:
            backend.load(model, settings)
        backend.close()
        assert caught.value.what
        assert caught.value.cause
        assert caught.value.fix

    def test_a_missing_file_is_a_typed_error(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any, tmp_path: Path
    ) -> None:
        """If this fails: look whether the file is there before the engine does."""
        self._needs_a_file(model)
        missing = msgspec.structs.replace(model, path=str(tmp_path / "missing.bin"))
        self.refuses(make_backend(), missing, settings)

    @pytest.mark.parametrize("kind", sorted(FOREIGN))
    def test_a_foreign_file_is_a_typed_error(
        self,
        make_backend: Callable[[], Backend],
        model: Model,
        settings: Any,
        tmp_path: Path,
        kind: str,
    ) -> None:
        """If this fails: check the file's first bytes before the engine reads it."""
        self._needs_a_file(model)
        foreign = tmp_path / Path(model.path).name
        foreign.write_bytes(FOREIGN[kind])
        self.refuses(make_backend(), msgspec.structs.replace(model, path=str(foreign)), settings)

    @pytest.mark.parametrize("part", [0.001, 0.3, 0.999])
    def test_a_file_that_was_cut_off_is_a_typed_error(
        self,
        make_backend: Callable[[], Backend],
        model: Model,
        settings: Any,
        tmp_path: Path,
        part: float,
    ) -> None:
        """If this fails: compare what the header announces with the size of the file."""
        self._needs_a_file(model)
        source = Path(model.path)
        if source.stat().st_size > 1 << 30:
            pytest.skip("the model is too large to copy in a test")
        whole = source.read_bytes()
        cut = tmp_path / source.name
        cut.write_bytes(whole[: int(len(whole) * part)])
        self.refuses(make_backend(), msgspec.structs.replace(model, path=str(cut)), settings)

    def _needs_a_file(self, model: Model) -> None:
        if not Path(model.path).is_file():
            pytest.skip("the model is not one file")
