"""`Client` for asyncio: the same calls, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from inkstand_sdk.client import Client, Requests, Value, answers_of, open
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Chunk, GenerateRequest, GenerateResult
from inkstand_sdk.reader import Reading


class AsyncTools:
    """The installed tools as coroutines: `await tools.summarizer(sentences=3)`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def names(self) -> list[str]:
        """The tools that can be used."""
        return await asyncio.to_thread(self._client.tools.names)

    async def run(self, name: str, /, **values: Any) -> Value:
        """Run a tool and wait for its output; see `Tools.run`."""
        on_event = values.pop("on_event", None)
        job = await asyncio.to_thread(self._client.tools.start, name, **values)

        def follow() -> Value:
            for event in job.events():
                if on_event is not None:
                    on_event(event)
            return Value(job.result().output)

        try:
            return await asyncio.to_thread(follow)
        finally:
            job.cancel()  # which does nothing to a job that is over

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Value]]:
        if name.startswith("_"):
            raise AttributeError(name)

        async def call(**values: Any) -> Value:
            tool = await asyncio.to_thread(self._client.tools.called, name)
            return await self.run(tool, **values)

        call.__name__ = name
        return call


class AsyncClient:
    """`Client` for asyncio: the same calls, awaited; each runs in a thread.

    Cancelling a task stops the work in the engine or tool that it waits for.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.tools = AsyncTools(client)

    async def plugins(self) -> Sequence[Any]:
        """Every installed plugin with its state."""
        return await asyncio.to_thread(lambda: self._client.plugins)

    async def backends(self) -> Sequence[Any]:
        """The installed engines."""
        return await asyncio.to_thread(lambda: self._client.backends)

    async def models(self) -> Sequence[Any]:
        """The models on this machine."""
        return await asyncio.to_thread(lambda: self._client.models)

    async def generate(
        self, request: GenerateRequest | str, *, model: str = "", **fields: Any
    ) -> AsyncIterator[Chunk]:
        """Write: an async iterator of chunks; leaving it early stops the engine.

        The last chunk carries the `Finish`.
        """
        start = self._client.generate
        generating = await asyncio.to_thread(start, request, model=model, **fields)
        try:
            while (chunk := await asyncio.to_thread(next, generating, None)) is not None:
                yield chunk
        finally:
            generating.cancel()
            await asyncio.shield(asyncio.to_thread(generating.close))

    async def result(
        self, request: GenerateRequest | str, *, model: str = "", **fields: Any
    ) -> GenerateResult:
        """Write, and wait for the whole result."""
        generating = await asyncio.to_thread(self._client.generate, request, model=model, **fields)
        try:
            return await asyncio.to_thread(lambda: generating.result)
        finally:
            generating.cancel()
            await asyncio.shield(asyncio.to_thread(generating.close))

    async def embed(
        self, texts: Sequence[str], *, embedder: str = "", model: str = ""
    ) -> list[list[float]]:
        """One vector for each text; see `Client.embed`."""
        return await asyncio.to_thread(self._client.embed, texts, embedder=embedder, model=model)

    async def generate_many(
        self, requests: Requests, **options: Any
    ) -> list[GenerateResult | InkstandError]:
        """Answer many requests, and give the answers in order; see `Client.generate_many`."""
        on_progress = options.pop("on_progress", None)
        job = await asyncio.to_thread(self._client.start_many, requests, **options)
        try:
            return await asyncio.to_thread(answers_of, job, on_progress)
        finally:
            job.cancel()  # which does nothing to a job that is over

    async def read(self, path: str | Path | None = None) -> Reading:
        """What a manuscript says."""
        return await asyncio.to_thread(self._client.read, path)

    async def close(self) -> None:
        """Stop every worker."""
        await asyncio.to_thread(self._client.close)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def open_async(path: str | Path | None = None, *, offline: bool | None = None) -> AsyncClient:
    """`open` for asyncio."""
    return AsyncClient(open(path, offline=offline))
