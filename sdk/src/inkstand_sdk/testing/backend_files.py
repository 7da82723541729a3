"""Model files that are missing, damaged, or something else: typed errors, never a crash."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkstand_sdk.backend import Backend, Loaded, Model
from inkstand_sdk.errors import LoadFailed, ModelFileError
from inkstand_sdk.testing.backend_case import BackendCase, Subject

FOREIGN = {
    "an empty file": b"",
    "text": b"It was a dark and stormy night.\n" * 40,
    "a zip archive": b"PK\x03\x04" + bytes(range(256)) * 8,
    "noise": bytes((i * 7919 >> 3) & 0xFF for i in range(4096)),
}
_LARGEST = 1 << 30


class FileBehaviors(BackendCase):
    """Part of `BackendSuite`. A model that is a folder is damaged in its largest file."""

    def refuses(self, backend: Backend, model: Model, settings: Any) -> None:
        """Loading must fail with an error that says why and what to do."""
        try:
            with pytest.raises((ModelFileError, LoadFailed)) as caught:
                backend.load(model, settings)
        finally:
            backend.close()
        assert caught.value.what
        assert caught.value.cause
        assert caught.value.fix

    def test_a_missing_file_is_a_typed_error(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any, tmp_path: Path
    ) -> None:
        """If this fails: look whether the file is there before the engine does."""
        self._needs_a_file(model)
        self.refuses(make_backend(), _at(model, tmp_path / "missing.bin"), settings)

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
        copy, largest = _copy(Path(model.path), tmp_path)
        _replace(largest, FOREIGN[kind])
        self.refuses(make_backend(), _at(model, copy), settings)

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
        copy, largest = _copy(Path(model.path), tmp_path)
        if largest.stat().st_size > _LARGEST:
            pytest.skip("the model is too large to copy in a test")
        whole = largest.read_bytes()
        _replace(largest, whole[: int(len(whole) * part)])
        self.refuses(make_backend(), _at(model, copy), settings)

    def test_an_empty_folder_is_a_typed_error(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any, tmp_path: Path
    ) -> None:
        """If this fails: look whether the path is a file, or a folder with what you need in it."""
        self._needs_a_file(model)
        folder = tmp_path / Path(model.path).name
        folder.mkdir()
        self.refuses(make_backend(), _at(model, folder), settings)

    def test_a_path_of_spaces_and_other_letters_is_loaded(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any, tmp_path: Path
    ) -> None:
        """If this fails: hand the path to the engine whole, as UTF-8 where it takes bytes."""
        self._needs_a_file(model)
        folder = tmp_path / "My Novel \u2013 \u00e9t\u00e9 \u65e5\u672c"
        folder.mkdir()
        copy, _ = _copy(Path(model.path), folder)
        backend = make_backend()
        try:
            loaded = backend.load(_at(model, copy), settings) or Loaded()
            run = Subject(backend, loaded).run(self.raw(max_tokens=2))
        finally:
            backend.close()
        assert run.finish.usage.completion_tokens == 2

    def test_a_load_that_failed_does_not_spoil_the_next(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any, tmp_path: Path
    ) -> None:
        """If this fails: give back in an `except` what was taken before the load failed."""
        self._needs_a_file(model)
        backend = make_backend()
        try:
            for _ in range(2):
                with pytest.raises((ModelFileError, LoadFailed)):
                    backend.load(_at(model, tmp_path / "missing.bin"), settings)
            loaded = backend.load(model, settings) or Loaded()
            run = Subject(backend, loaded).run(self.raw(max_tokens=2))
        finally:
            backend.close()
        assert run.finish.usage.completion_tokens == 2

    def _needs_a_file(self, model: Model) -> None:
        if not model.path or not Path(model.path).exists():
            pytest.skip("the model is no file")


def _at(model: Model, path: Path) -> Model:
    return msgspec.structs.replace(model, path=str(path))


def _copy(source: Path, folder: Path) -> tuple[Path, Path]:
    """The model, linked into `folder` file by file, and its largest file there."""
    copy = folder / source.name
    if source.is_file():
        _link(str(source), str(copy))
        return copy, copy
    shutil.copytree(source, copy, copy_function=_link)
    files = (path for path in copy.rglob("*") if path.is_file())
    return copy, max(files, key=lambda path: path.stat().st_size)


def _link(source: str, target: str) -> str:
    """A hard link, so that a large model takes no room; a copy where there cannot be one."""
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _replace(path: Path, data: bytes) -> None:
    """Put a new file in the place of a link: the original is not touched."""
    path.unlink()
    path.write_bytes(data)
