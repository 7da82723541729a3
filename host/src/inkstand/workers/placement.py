"""Which worker serves a plugin: specs for a distribution, a model under a backend, an embedder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from inkstand.index import Descriptor, PluginIndex, Taker
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import BackendCapabilities, EmbedderCapabilities
from inkstand_sdk.endpoints import is_loopback
from inkstand_sdk.engine_settings import SHARED

# What a model takes in memory beside its weights: the context and the engine, at a guess.
_BESIDE_WEIGHTS = 200 * 2**20


def distribution_spec(index: PluginIndex, plugin: Descriptor | Taker) -> WorkerSpec:
    """The one worker that serves a distribution's tools, readers and hook takers."""
    return WorkerSpec(
        key=f"distribution {plugin.interpreter} {plugin.distribution} {plugin.version}",
        kind="distribution",
        distribution=plugin.distribution,
        entry_points=index.entry_points(plugin.distribution),
        interpreter=plugin.interpreter,
        title=plugin.distribution,
    )


def fitting(
    backend: Descriptor, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The settings that a backend declares, and a note on the shared ones that it does not.

    A name that nobody shares and the backend does not declare is left in, for the backend's own
    check to refuse. `keep_alive` is the host's business too, so it never needs a note.
    """
    declared = {field.name for field in backend.fields}
    foreign = [name for name in settings if name in SHARED and name not in declared]
    kept = {name: value for name, value in settings.items() if name not in foreign}
    unused = sorted(set(foreign) - {"keep_alive"})
    if not unused:
        return kept, ()
    return kept, (f"{backend.name} does not use the setting {', '.join(unused)}.",)


def leaves_the_machine(
    capabilities: BackendCapabilities | EmbedderCapabilities, settings: Mapping[str, Any]
) -> bool:
    """Whether text may go elsewhere through a backend or embedder with these settings.

    A server on the loopback address is on this machine, whatever the backend says of itself.
    """
    if settings.get("allow_remote"):
        return True
    address = settings.get("base_url")
    return not is_loopback(str(address)) if address else capabilities.remote


def model_spec(backend: Descriptor, model: Model, settings: Mapping[str, Any]) -> WorkerSpec:
    """The worker of one model under one backend with these settings."""
    keep_alive = settings.get("keep_alive")
    remote = leaves_the_machine(capabilities_of(backend), settings)
    settings, _ = fitting(backend, settings)
    identity = msgspec.json.encode([backend.interpreter, backend.name, model, settings])
    return WorkerSpec(
        key=f"model {hashlib.sha256(identity).hexdigest()[:24]}",
        kind="backend",
        distribution=backend.distribution,
        entry_points=(backend.entry_point,),
        interpreter=backend.interpreter,
        title=f"{backend.name}:{model.id}",
        backend=backend.name,
        model=model,
        settings=dict(settings),
        memory_needed=model.size + _BESIDE_WEIGHTS if model.size else 0,
        concurrency=capabilities_of(backend).concurrency,
        keep_alive=float(keep_alive) if isinstance(keep_alive, int | float) else None,
        remote=remote,
    )


def embedder_spec(embedder: Descriptor, settings: Mapping[str, Any]) -> WorkerSpec:
    """The worker of an embedder with these settings."""
    keep_alive = settings.get("keep_alive")
    capabilities = msgspec.convert(embedder.capabilities, EmbedderCapabilities)
    remote = leaves_the_machine(capabilities, settings)
    settings, _ = fitting(embedder, settings)
    identity = msgspec.json.encode([embedder.interpreter, embedder.name, settings], order="sorted")
    model = str(settings.get("model") or "")
    size = _size_of(model)
    return WorkerSpec(
        key=f"embedder {hashlib.sha256(identity).hexdigest()[:24]}",
        kind="embedder",
        distribution=embedder.distribution,
        entry_points=(embedder.entry_point,),
        interpreter=embedder.interpreter,
        title=f"{embedder.name} embedder",
        backend=embedder.name,
        settings=dict(settings),
        memory_needed=size + _BESIDE_WEIGHTS if size else 0,
        keep_alive=float(keep_alive) if isinstance(keep_alive, int | float) else None,
        remote=remote,
    )


def _size_of(model: str) -> int:
    """The bytes of a model's file, 0 if the name is none of a file."""
    path = Path(model)
    return path.stat().st_size if model and path.is_file() else 0


def capabilities_of(backend: Descriptor) -> BackendCapabilities:
    """A backend's capabilities as the Struct that they are."""
    return msgspec.convert(backend.capabilities, BackendCapabilities)
