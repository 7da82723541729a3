"""How fast a model is here: load, first token, tokens a second, memory."""

from __future__ import annotations

import time
import uuid

import msgspec

from inkstand.generation.attempt import tokens_per_second as rate
from inkstand.generation.target import Target
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.messages import Chunk, GenerateRequest, Sampling, Usage

PROMPT = "Write a scene in which two people wait for a ferry."


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One measured generation; times in milliseconds, memory in resident bytes."""

    backend: str
    model: str
    load_ms: float
    first_token_ms: float
    tokens: int
    tokens_per_second: float
    memory: int
    context_length: int
    device: str
    text: str = ""
    notes: tuple[str, ...] = ()


def fresh(target: Target) -> Target:
    """The same target with a worker of its own, which is stopped after use."""
    spec = msgspec.structs.replace(
        target.spec, key=f"{target.spec.key} {uuid.uuid4().hex}", keep_alive=0.0
    )
    return msgspec.structs.replace(target, spec=spec)


def measured(
    pool: WorkerPool,
    target: Target,
    max_tokens: int,
    prompt: str = PROMPT,
    cancel: CancelToken | None = None,
) -> Measurement:
    """Load the target's model and let it write up to `max_tokens` tokens, greedily.

    Raises:
        Cancelled: `cancel` was cancelled meanwhile.
        InkstandError: whatever kept the model from loading or writing.
    """
    request = GenerateRequest.of(prompt, max_tokens=max_tokens, sampling=Sampling(temperature=0.0))
    with pool.lease(target.spec, cancel=cancel) as worker:
        load_ms = worker.load_ms
        started = first = last = time.perf_counter()
        tokens, usage = 0, Usage()
        notes: tuple[str, ...] = ()
        pieces: list[str] = []
        for chunk in worker.stream("generate", request, Chunk, cancel=cancel):
            if chunk.text:
                last = time.perf_counter()
                first = first if tokens else last
                tokens += chunk.tokens
                pieces.append(chunk.text)
            if chunk.finish is not None:
                usage, notes = chunk.finish.usage, chunk.finish.notes
        if cancel is not None:
            cancel.check()
        memory = worker.call("memory", None, int)
        loaded = worker.loaded
    tokens = usage.completion_tokens or tokens
    return Measurement(
        backend=target.backend,
        model=target.model,
        load_ms=round(load_ms, 1),
        first_token_ms=round((first - started) * 1000, 1),
        tokens=tokens,
        tokens_per_second=rate(usage, tokens, last - first),
        memory=memory,
        context_length=loaded.context_length if loaded else 0,
        device=loaded.device if loaded else "",
        text="".join(pieces),
        notes=(*target.notes, *notes),
    )
