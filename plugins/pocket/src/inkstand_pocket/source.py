"""The model source: one GGUF file that lies beside this module."""

from __future__ import annotations

from pathlib import Path

from inkstand_sdk import Model, ModelSource, Probe

FILE = Path(__file__).with_name("pocket.gguf")
SIZE = 6_273_568
SHA256 = "17ca9c3c1e8a37fc8519211af0471dd41962952df2f14f0af18ba13092b6bc80"
_REINSTALL = "pip install --force-reinstall inkstand-pocket"


class PocketSource(ModelSource):
    """Gives the model "pocket"."""

    name = "pocket"
    title = "Pocket, the bundled toy model"

    @classmethod
    def probe(cls) -> Probe:
        """Whether the bundled file is there, whole."""
        if not FILE.is_file():
            return Probe(ok=False, missing=f"The model file {FILE} is not there.", fix=_REINSTALL)
        size = FILE.stat().st_size
        if size != SIZE:
            return Probe(
                ok=False,
                missing=f"The model file {FILE} has {size:,} bytes instead of {SIZE:,}.",
                fix=_REINSTALL,
            )
        return Probe()

    def models(self) -> tuple[Model, ...]:
        """The bundled model, if its file is there."""
        if not FILE.is_file():
            return ()
        return (
            Model(
                id="pocket",
                format="gguf",
                path=str(FILE.resolve()),
                title="Pocket",
                summary="A toy of 6 million weights to try Inkstand with: it writes"
                " nineteenth-century small talk and knows nothing. Use a real model for real"
                " prose.",
                size=SIZE,
                context_length=1024,
                architecture="llama",
                license="MIT",
                source="bundled with inkstand-pocket",
                sha256=SHA256,
            ),
        )
