"""The models that have been pulled into Ollama."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inkstand_ollama.address import absence, address_of_settings
from inkstand_ollama.model import Shown
from inkstand_ollama.probing import answers, ask
from inkstand_sdk import Model, ModelSource, Probe
from inkstand_sdk.errors import UsageError


class OllamaSource(ModelSource):
    """Lists what the Ollama here, or the one that is set, had when plugins were last examined.

    After a pull, or after Ollama was started: `inkstand plugins refresh`. A model that is not
    listed can be named all the same, as `ollama:NAME`. Cloud models are left out.
    """

    name = "ollama"
    title = "Ollama's models"

    @classmethod
    def probe(cls) -> Probe:
        """Always usable; a note says when Ollama does not answer."""
        try:
            url = address_of_settings()
        except UsageError as error:
            return Probe(notes=(error.what,))
        note = absence(url, answers=answers(url))
        return Probe(notes=(note,) if note else ())

    def models(self) -> Sequence[Model]:
        """The models that write, each with the context it was trained for; none if it is down."""
        try:
            url = address_of_settings()
        except UsageError:
            return ()
        listed = ask(url, "/api/tags").get("models") or ()
        known = [_model(url, entry) for entry in listed if not entry.get("remote_host")]
        return tuple(model for model in known if model is not None)


def _model(url: str, entry: dict[str, Any]) -> Model | None:
    name = str(entry.get("name") or entry.get("model") or "")
    shown = Shown.of(ask(url, "/api/show", {"model": name}))
    if not name or shown.host or not shown.writes:
        return None
    details = entry.get("details") or {}
    size = int(entry.get("size") or 0)
    told = [str(details.get(key) or "") for key in ("parameter_size", "quantization_level")]
    return Model(
        id=name,
        format="ollama",
        summary=" ".join(part for part in told if part),
        size=size,
        context_length=shown.trained,
        architecture=str(details.get("family") or ""),
        source="ollama",
    )
