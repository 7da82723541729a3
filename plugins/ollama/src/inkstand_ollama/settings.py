"""What a writer may set for Ollama."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk.engine_settings import ContextLength, GpuLayers, KeepAlive, Threads

BaseUrl = Annotated[
    str,
    Meta(
        pattern=r"^(https?://\S+)?$",
        description="Where Ollama listens; empty takes OLLAMA_HOST, or http://127.0.0.1:11434.",
    ),
]
AllowRemote = Annotated[
    bool,
    Meta(
        description="Let text leave this machine: to an Ollama elsewhere, or to its cloud models."
    ),
]


MaxRetries = Annotated[
    int, Meta(ge=0, le=20, description="Tries again when Ollama is busy (429 or 503).")
]
MaxWait = Annotated[
    float, Meta(ge=0, le=3600, description="The longest wait before a try, in seconds.")
]


class OllamaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the Ollama backend."""

    base_url: BaseUrl = ""
    allow_remote: AllowRemote = False
    context_length: ContextLength = 0
    threads: Threads = 0
    gpu_layers: GpuLayers = -1
    keep_alive: KeepAlive = 300.0
    concurrency: Annotated[
        int,
        Meta(ge=1, le=64, description="Requests sent at once; Ollama queues what it cannot run."),
    ] = 4
    timeout: Annotated[
        float,
        Meta(gt=0, le=86_400, description="Seconds without a word from Ollama before giving up."),
    ] = 600.0
    max_retries: MaxRetries = 4
    max_wait: MaxWait = 120.0


class OllamaEmbedderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the Ollama embedder."""

    model: Annotated[str, Meta(min_length=1, description="An embedding model that was pulled.")] = (
        "nomic-embed-text"
    )
    base_url: BaseUrl = ""
    allow_remote: AllowRemote = False
    timeout: Annotated[
        float, Meta(gt=0, le=86_400, description="Seconds to wait for an answer.")
    ] = 600.0
    max_retries: MaxRetries = 4
    max_wait: MaxWait = 120.0
