"""The backend: whatever has been pulled into Ollama."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import metadata
from importlib.util import find_spec
from typing import ClassVar

from inkstand_ollama.address import absence, address, address_of_settings
from inkstand_ollama.daemon import Daemon, Refusal
from inkstand_ollama.failures import says_too_long, too_long, was_cut
from inkstand_ollama.model import Resident, lifetime, load
from inkstand_ollama.probing import answers
from inkstand_ollama.request import HONORED, prepared, unsupported
from inkstand_ollama.settings import OllamaSettings
from inkstand_ollama.stream import Tally
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
from inkstand_sdk.backend import CHARACTERS_PER_TOKEN
from inkstand_sdk.background import Background
from inkstand_sdk.endpoints import is_loopback
from inkstand_sdk.errors import (
    Cancelled,
    EngineError,
    LoadFailed,
    PromptTooLong,
    Unavailable,
    UsageError,
)
from inkstand_sdk.messages import Finish


class Ollama(Backend):
    """Writes with the models of an Ollama on this machine.

    Seeds are passed on and no more is promised: Ollama reuses what it has read of earlier
    prompts, and a text may differ by that.
    """

    name = "ollama"
    title = "Ollama"
    Settings: ClassVar[type[OllamaSettings]] = OllamaSettings
    capabilities = BackendCapabilities(
        formats=("ollama", "remote"),
        sampling=HONORED,
        concurrency=4,
        chat=True,
        schema=True,
        embeddings=True,
        stop=True,
        logprobs=True,
    )

    def __init__(self) -> None:
        self._background: Background | None = None
        self._daemon: Daemon | None = None
        self._resident: Resident | None = None
        self._settings = OllamaSettings()

    @classmethod
    def probe(cls) -> Probe:
        """Whether httpx is there; a note says if Ollama itself is stopped or missing.

        That is no reason not to be used: Ollama may be started at any moment.
        """
        if find_spec("httpx") is None:
            return Probe(
                ok=False, missing="httpx is not installed.", fix="pip install inkstand-ollama"
            )
        try:
            url = address_of_settings()
        except UsageError as error:
            note = f"{error.what} {error.fix}"
        else:
            note = absence(url, answers=answers(url))
        return Probe(version=f"httpx {metadata.version('httpx')}", notes=(note,) if note else ())

    def load(self, model: Model, settings: OllamaSettings) -> Loaded:
        """Have Ollama load the model with an explicit context."""
        if self._background is not None:
            raise LoadFailed("This backend already holds a model.", "", "Close it first.")
        url = address(settings.base_url, allow_remote=settings.allow_remote)
        self._settings = settings
        self._background = Background("ollama")
        self._daemon = Daemon(url, settings)
        try:
            self._resident = self._background.run(load(self._daemon, model.id, settings))
        except Unavailable as error:
            self.close()
            raise LoadFailed(error.what, error.cause, error.fix, **error.data) from error
        except BaseException:
            self.close()
            raise
        notes = self._resident.notes
        if not is_loopback(url):
            notes = (*notes, f"Text goes over the network to {url}.")
        return Loaded(
            context_length=self._resident.context_length,
            concurrency=settings.concurrency,
            device="a local server" if is_loopback(url) else "a remote server",
            notes=notes,
        )

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Stream the answer; see `Backend.generate`."""
        background, daemon, resident = self._loaded()
        asked = prepared(
            request,
            resident.name,
            resident.options,
            lifetime(self._settings.keep_alive),
            thinks=resident.thinks,
        )
        estimate = self.count_tokens(request.prompt_text()).count
        tally = Tally(request.stop, request.logprobs)
        try:
            stream = background.stream(
                lambda: daemon.lines(asked.path, asked.body, request.timeout), cancelled
            )
            for line in stream:
                yield from tally.add(line)
                if tally.is_over:
                    break
        except Cancelled:
            yield Chunk(tokens=0, finish=Finish("cancelled", tally.usage))
            return
        except Refusal as refusal:
            if says_too_long(refusal.words):
                raise too_long(refusal.words, estimate, resident.context_length) from refusal
            raise refusal.as_error(resident.name) from refusal
        finally:
            stream.close()  # type: ignore[attr-defined]
        if tally.reason is None:
            raise broken_stream()
        cut = _cut(tally.evaluated, estimate, resident.context_length)
        if cut is not None:
            raise cut
        yield Chunk(
            tokens=0,
            finish=Finish(
                tally.reason,
                tally.usage,
                _unsupported(request, tally),
                tuple(_notes(request, tally, resident.context_length)),
            ),
        )

    def count_tokens(self, text: str) -> TokenCount:
        """A rule of thumb: Ollama has no way to ask its tokenizers."""
        return TokenCount(-(-len(text) // CHARACTERS_PER_TOKEN), exact=False)

    def close(self) -> None:
        """Hang up. The model stays in Ollama as long as `keep_alive` says: others may use it."""
        background, self._background = self._background, None
        daemon, self._daemon = self._daemon, None
        self._resident = None
        if background is None:
            return
        if daemon is not None:
            background.run(daemon.close())
        background.close()

    def _loaded(self) -> tuple[Background, Daemon, Resident]:
        if self._background is None or self._daemon is None or self._resident is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        return self._background, self._daemon, self._resident


def _cut(evaluated: int, estimate: int, context: int) -> PromptTooLong | None:
    """Whether the counts show that a prompt was cut: it filled the context, or far less was read.

    An Ollama that cuts keeps about half a context. Between the two an estimate cannot tell.
    """
    if not evaluated:
        return None
    halved = estimate > context and evaluated <= context // 2 + 64
    return was_cut(evaluated, estimate, context) if evaluated >= context or halved else None


def _unsupported(request: GenerateRequest, tally: Tally) -> tuple[str, ...]:
    """What was asked for and not done: an Ollama before 0.12.11 knows no log probabilities."""
    names = unsupported(request.sampling)
    if request.logprobs is None or tally.told_logprobs or not tally.usage.completion_tokens:
        return names
    return (*names, "logprobs")


def _notes(request: GenerateRequest, tally: Tally, context: int) -> Iterator[str]:
    written = tally.usage.completion_tokens
    if tally.reason == "length" and written < request.max_tokens:
        yield (
            f"{request.max_tokens:,} tokens were asked for; the context of {context:,} had room"
            f" for {written:,} after the prompt."
        )
    if tally.thought:
        yield "The model thought before it answered; its thoughts are not part of the text."


def broken_stream() -> EngineError:
    """The error for an answer that ended without saying why."""
    return EngineError(
        "Ollama's answer ended before it was finished.",
        "The connection was closed in the middle of it.",
        "Ollama may have crashed or been stopped: look at its log, and try again.",
    )
