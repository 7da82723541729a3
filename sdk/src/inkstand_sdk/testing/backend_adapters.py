"""LoRA adapters: applied where that is claimed, refused where they cannot be, never ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Adapter
from inkstand_sdk.testing.backend_case import BackendCase, Subject

_NOISE = bytes((i * 7919 >> 3) & 0xFF for i in range(4096))


class AdapterBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_an_adapter_that_is_not_there_is_a_typed_error(
        self, subject: Subject, tmp_path: Path
    ) -> None:
        """If this fails: look for the file first; without `adapters`, raise `UsageError`."""
        self._refuses(subject, tmp_path / "missing.gguf")

    @pytest.mark.parametrize("as_folder", [False, True], ids=["file", "folder"])
    def test_an_adapter_that_is_none_is_a_typed_error(
        self, subject: Subject, tmp_path: Path, as_folder: bool
    ) -> None:
        """If this fails: read its header first; native code crashes on it, or ignores it."""
        if as_folder:
            adapter = tmp_path / "adapter"
            adapter.mkdir()
            for name in ("adapter_config.json", "adapter_model.safetensors"):
                (adapter / name).write_bytes(_NOISE)
        else:
            adapter = tmp_path / "adapter.gguf"
            adapter.write_bytes(_NOISE)
        self._refuses(subject, adapter)

    def _refuses(self, subject: Subject, adapter: Path) -> None:
        """The request fails, and the next one is not touched by it."""
        before = subject.run(self.raw(max_tokens=4)).text
        with pytest.raises(InkstandError):
            subject.run(self.raw(max_tokens=4, adapters=(Adapter(str(adapter)),)))
        assert subject.run(self.raw(max_tokens=4)).text == before
