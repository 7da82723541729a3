"""What a plugin says of itself without being run: capabilities and the probe's answer."""

from __future__ import annotations

from typing import Literal

import msgspec

Engine = Literal["analysis", "model"]


class BackendCapabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a backend can do.

    `formats` are model formats ("gguf", "safetensors", "remote", ...); an empty tuple takes any
    name. `sampling` names the fields of `Sampling` that are honoured. `concurrency` is how many
    requests one worker takes at once; `Loaded.concurrency` may say better after a load.
    """

    formats: tuple[str, ...] = ()
    sampling: tuple[str, ...] = ()
    concurrency: int = 1
    chat: bool = False
    schema: bool = False
    grammar: bool = False
    adapters: bool = False
    embeddings: bool = False
    stop: bool = False
    logprobs: bool = False
    remote: bool = False
    """Text leaves this machine: refused when offline.

    The setting `base_url`, where a backend has it, decides better: a server on this machine's
    loopback address is not refused, and one elsewhere is, whatever stands here. So is a backend
    whose setting `allow_remote` is on.
    """
    seeds: bool = False
    """The same seed and request give the same text when alone in the engine."""


class ToolCapabilities(msgspec.Struct, frozen=True, kw_only=True):
    """Which engines a tool has, and whether it needs a manuscript to work on."""

    engines: tuple[Engine, ...] = ("analysis", "model")
    needs_manuscript: bool = True


class ReaderCapabilities(msgspec.Struct, frozen=True, kw_only=True):
    """The languages that a reader reads, as ISO 639-1 codes."""

    languages: tuple[str, ...] = ("en",)


class EmbedderCapabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What an embedder can do.

    `formats` are the formats of model files ("gguf", ...) that its setting `model` may hold: a
    model that the host knows may then be given by its name, and the embedder gets its path.
    `remote` is whether text leaves this machine, as for backends.
    """

    formats: tuple[str, ...] = ()
    remote: bool = False


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device that an engine can run on; memory in bytes, 0 where unknown."""

    name: str
    kind: Literal["cpu", "cuda", "rocm", "metal", "vulkan", "other", "remote"] = "cpu"
    memory: int = 0


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a plugin could run here: asked when the index is refreshed, then cached.

    `missing` says in a sentence what is not there and `fix` is the exact command that mends it.
    """

    ok: bool = True
    version: str = ""
    """The engine library's own version."""
    devices: tuple[Device, ...] = ()
    missing: str = ""
    fix: str = ""
    notes: tuple[str, ...] = ()
