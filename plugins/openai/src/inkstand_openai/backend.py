"""The backend: a model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import metadata
from importlib.util import find_spec
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec

from inkstand_openai.endpoint import DoesNotFit, Endpoint
from inkstand_openai.failures import broken_off, too_long
from inkstand_openai.keys import find_key
from inkstand_openai.prices import cost
from inkstand_openai.request import HONORED, Prepared, prepared, unsupported
from inkstand_openai.settings import OpenAISettings
from inkstand_openai.stream import Tally
from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    Device,
    GenerateRequest,
    Loaded,
    Model,
    Probe,
)
from inkstand_sdk.background import Background
from inkstand_sdk.endpoints import is_loopback
from inkstand_sdk.errors import Cancelled, LoadFailed
from inkstand_sdk.messages import Finish


class OpenAIBackend(Backend):
    """Writes with any model behind an OpenAI-compatible endpoint, here or elsewhere.

    Seeds are passed on, and no more is promised: the protocol calls them best effort.
    """

    name = "openai"
    title = "OpenAI-compatible endpoint"
    Settings: ClassVar[type[OpenAISettings]] = OpenAISettings
    capabilities = BackendCapabilities(
        formats=("remote",),
        sampling=HONORED,
        concurrency=8,
        chat=True,
        schema=True,
        stop=True,
        logprobs=True,
        remote=True,
    )

    def __init__(self) -> None:
        self._background: Background | None = None
        self._endpoint: Endpoint | None = None
        self._settings = OpenAISettings()
        self._model = ""
        self._context = 0
        self._is_llamacpp = False

    @classmethod
    def probe(cls) -> Probe:
        """Whether the client is there; nothing is sent anywhere."""
        missing = [name for name in ("openai", "keyring") if find_spec(name) is None]
        if missing:
            return Probe(
                ok=False,
                missing=f"Not installed: {', '.join(missing)}.",
                fix="pip install inkstand-openai",
            )
        return Probe(
            version=metadata.version("openai"),
            devices=(Device(name="the server that base_url names", kind="remote"),),
        )

    def load(self, model: Model, settings: OpenAISettings) -> Loaded:
        """Find the key, see that the endpoint answers to it, and what it tells of the model."""
        if self._background is not None:
            raise LoadFailed("This backend already holds a model.", "", "Close it first.")
        key = find_key(settings)
        self._settings, self._model = settings, model.id
        self._background = Background("openai")
        try:
            self._endpoint = Endpoint(settings, key)
            listed = self._background.run(self._endpoint.models())
        except BaseException:
            self.close()
            raise
        self._is_llamacpp = any(entry.get("owned_by") == "llamacpp" for entry in listed)
        # llama.cpp's server answers with the one model that it has, whatever name is asked for.
        meant = (
            listed
            if self._is_llamacpp and len(listed) == 1
            else [entry for entry in listed if entry.get("id") == model.id]
        )
        told = _context_of(meant[0]) if meant else 0
        self._context = min(settings.context_length or told, told or settings.context_length)
        return Loaded(
            context_length=self._context,
            concurrency=settings.concurrency,
            device="a local server" if is_loopback(settings.base_url) else "a remote server",
            notes=tuple(_load_notes(settings, model.id, listed, meant, has_key=bool(key))),
        )

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Stream the answer; see `Backend.generate`."""
        background, endpoint = self._loaded()
        call = prepared(
            request, self._model, self._settings.base_url, to_llamacpp=self._is_llamacpp
        )
        estimate = self.count_tokens(request.prompt_text()).count
        tally = Tally(request.stop, estimate, request.logprobs)
        try:
            try:
                yield from _written(background, endpoint, call, tally, cancelled)
            except DoesNotFit as trouble:
                if tally.usage.completion_tokens or not trouble.overflow.prompt_fits:
                    raise
                # Only the answer asked for was too long: as much is asked for as there is room.
                room = trouble.overflow.context_length - trouble.overflow.prompt_tokens
                note = (
                    f"{request.max_tokens:,} tokens were asked for; the context of"
                    f" {trouble.overflow.context_length:,} had room for {room:,} after the prompt."
                )
                call = call.with_max_tokens(room, note)
                yield from _written(background, endpoint, call, tally, cancelled)
        except Cancelled:
            yield Chunk(tokens=0, finish=Finish("cancelled", tally.usage))
            return
        except DoesNotFit as trouble:
            raise too_long(trouble.overflow, self._settings, estimate) from trouble
        if tally.reason is None:
            raise broken_off("The stream ended without saying why")
        usage = msgspec.structs.replace(
            tally.usage, cost=cost(tally.usage, self._model, self._settings.prices)
        )
        notes = (*call.notes, *_finish_notes(request, tally, clipped=call.clipped))
        yield Chunk(
            # A server may put several tokens into an event, and tells only at the end.
            tokens=tally.unshown(),
            finish=Finish(tally.reason, usage, _unsupported(request, tally), notes),
        )

    def close(self) -> None:
        """Hang up."""
        background, self._background = self._background, None
        endpoint, self._endpoint = self._endpoint, None
        if background is None:
            return
        if endpoint is not None:
            background.run(endpoint.close())
        background.close()

    def _loaded(self) -> tuple[Background, Endpoint]:
        if self._background is None or self._endpoint is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        return self._background, self._endpoint


def _written(
    background: Background,
    endpoint: Endpoint,
    call: Prepared,
    tally: Tally,
    cancelled: Callable[[], bool],
) -> Iterator[Chunk]:
    events = background.stream(lambda: endpoint.events(call), cancelled)
    try:
        for event in events:
            yield from tally.add(event)
            if tally.stopped_here:
                break
        yield from tally.rest()
    finally:
        events.close()  # type: ignore[attr-defined]


def _context_of(entry: dict[str, Any]) -> int:
    """The context that a list of models tells of one: as vLLM and as llama-server write it."""
    meta = entry.get("meta") or {}
    for value in (entry.get("max_model_len"), meta.get("n_ctx"), entry.get("context_length")):
        if isinstance(value, int) and value > 0:
            return value
    return 0


def _load_notes(
    settings: OpenAISettings,
    model: str,
    listed: list[dict[str, Any]],
    meant: list[dict[str, Any]],
    *,
    has_key: bool,
) -> Iterator[str]:
    place = urlsplit(settings.base_url)
    if listed and not meant:
        yield f"{place.hostname} does not list a model called {model}."
    if is_loopback(settings.base_url):
        return
    yield f"Text goes over the network to {place.hostname}."
    if place.scheme == "http":
        what = "Text and key are" if has_key else "Text is"
        yield f"{what} sent unencrypted: use https outside of a network that you trust."


def _unsupported(request: GenerateRequest, tally: Tally) -> tuple[str, ...]:
    """What was asked for and not done: sampling, and log probabilities that never came."""
    names = unsupported(request.sampling)
    if request.logprobs is None or tally.told_logprobs or not tally.usage.completion_tokens:
        return names
    return (*names, "logprobs")


def _finish_notes(request: GenerateRequest, tally: Tally, *, clipped: bool) -> Iterator[str]:
    written = tally.usage.completion_tokens
    if tally.filtered:
        yield "The provider's content filter ended the text."
    if tally.refused:
        yield "The model refused, and the text says so."
    if tally.thought:
        yield "The model thought before it answered; its thoughts are not part of the text."
    if not tally.usage.exact:
        yield "The server did not count tokens; the numbers are estimates."
    elif tally.reason == "length" and written < request.max_tokens and not clipped:
        yield f"The server ended the text after {written:,} of {request.max_tokens:,} tokens."
