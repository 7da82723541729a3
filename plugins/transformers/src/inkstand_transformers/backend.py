"""The backend: safetensors models, and GGUF and ONNX, on transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    GenerateRequest,
    Loaded,
    Model,
    Probe,
    TokenCount,
)
from inkstand_sdk.asked import check_text
from inkstand_sdk.errors import LoadFailed
from inkstand_transformers.checks import find_source
from inkstand_transformers.probe import has_onnx, probe
from inkstand_transformers.sampling import HONORED
from inkstand_transformers.settings import TransformersSettings

if TYPE_CHECKING:
    from inkstand_transformers.engine import Engine


class Transformers(Backend):
    """Runs models with PyTorch, several requests in one batch; safe to use from many threads."""

    name = "transformers"
    title = "Hugging Face transformers"
    Settings: ClassVar[type[TransformersSettings]] = TransformersSettings
    capabilities = BackendCapabilities(
        formats=("safetensors", "gguf", "onnx") if has_onnx() else ("safetensors", "gguf"),
        sampling=HONORED,
        concurrency=4,
        chat=True,
        schema=True,
        grammar=True,
        adapters=True,
        stop=True,
        logprobs=True,
        seeds=True,
    )

    def __init__(self) -> None:
        self._engine: Engine | None = None

    @classmethod
    def probe(cls) -> Probe:
        """Whether transformers, PyTorch and the rest are there, and the devices."""
        return probe()

    def load(self, model: Model, settings: TransformersSettings) -> Loaded:
        """Check the files, then load them from this disk only."""
        if self._engine is not None:
            raise LoadFailed("This backend already holds a model.", "", "Close it first.")
        source = find_source(model)
        from inkstand_transformers.loading import quiet_and_offline

        with quiet_and_offline(model.path):
            from inkstand_transformers.assembly import assemble

            self._engine, loaded = assemble(source, settings, self.loading)
        return loaded

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Stream the answer; see `Backend.generate`."""
        yield from self._loaded().stream(request, cancelled)

    def count_tokens(self, text: str) -> TokenCount:
        """The model's own count; special tokens written out in `text` count as one each."""
        check_text(text, "text")
        return TokenCount(len(self._loaded().tokens.encode(text, special=False)), exact=True)

    def close(self) -> None:
        """Stop what runs and free the model."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _loaded(self) -> Engine:
        if self._engine is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        return self._engine
