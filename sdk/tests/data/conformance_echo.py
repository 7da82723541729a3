"""The smallest backend that has every behavior of the suite, and what is left when one is broken.

It repeats a list of words from where the prompt leaves off. Each class below it has one fault.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    Finish,
    GenerateRequest,
    Loaded,
    Model,
    Probe,
    TokenCount,
    TokenLogprob,
    Usage,
    hookimpl,
)
from inkstand_sdk.asked import check_request, check_text
from inkstand_sdk.engine_settings import ContextLength
from inkstand_sdk.errors import (
    LoadFailed,
    ModelFileError,
    PromptTooLong,
    SchemaError,
    UsageError,
)
from inkstand_sdk.messages import Alternative


class EchoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    context_length: ContextLength = 0


class Echo(Backend):
    name = "echo"
    title = "Words again"
    Settings: ClassVar[type[msgspec.Struct]] = EchoSettings
    capabilities = BackendCapabilities(
        formats=("words",),
        sampling=("temperature", "seed"),
        concurrency=2,
        seeds=True,
        logprobs=True,
    )
    words: tuple[str, ...] = ()
    context = 0

    def load(self, model: Model, settings: Any) -> Loaded:
        if self.words:
            raise LoadFailed("A model is loaded.", "", "Close it first.")
        try:
            words = json.loads(Path(model.path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelFileError("This is no list of words.", f"{error}.", "Name one.") from error
        self.words = tuple(words)
        self.context = min(settings.context_length or 400, 400)
        return Loaded(context_length=self.context, chat_template=False)

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        words = self.words
        if not words:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        self.check(request)
        prompt = self.count(request.prompt_text())
        if prompt >= self.context:
            raise PromptTooLong.of(prompt, self.context)
        most = min(request.max_tokens, self.context - prompt)
        draw = random.Random(request.sampling.seed)
        place = prompt
        for written in range(most):
            if cancelled():
                yield self.end("cancelled", request, prompt, written)
                return
            step = 1 if request.sampling.temperature == 0 else draw.randrange(1, len(words))
            told = self.told(request, place, step)
            place += step
            yield Chunk(words[place % len(words)], logprobs=told)
            time.sleep(0)  # another thread's turn
        yield self.end("length", request, prompt, most)

    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        """The nearest words are the likeliest."""
        if request.logprobs is None:
            return ()
        words = self.words
        top = [
            Alternative(words[(place + far) % len(words)], -0.1 * far)
            for far in range(1, request.logprobs + 1)
        ]
        return (TokenLogprob(words[(place + step) % len(words)], -0.1 * step, tuple(top)),)

    def check(self, request: GenerateRequest) -> None:
        check_request(request)
        if request.adapters:
            raise UsageError("There are no adapters.", "", "Leave them out.")
        if request.schema is not None or request.grammar is not None:
            raise SchemaError("Words keep to no schema.", "", "Leave it out.")

    def end(self, reason: Any, request: GenerateRequest, prompt: int, written: int) -> Chunk:
        given = request.sampling.given()
        unsupported = tuple(name for name in given if name not in self.capabilities.sampling)
        notes = ("The context was full before the text was.",) if reason == "length" else ()
        clipped = notes if written < request.max_tokens else ()
        usage = Usage(prompt_tokens=prompt, completion_tokens=written)
        return Chunk(tokens=0, finish=Finish(reason, usage, unsupported, clipped))

    def count(self, text: str) -> int:
        return len(text.split()) or 1

    def count_tokens(self, text: str) -> TokenCount:
        check_text(text, "text")
        return TokenCount(len(text.split()), exact=True)

    def close(self) -> None:
        self.words = ()


class Mute(Echo):
    """Sound, and knows nothing of log probabilities."""

    name = "mute"
    capabilities = msgspec.structs.replace(Echo.capabilities, logprobs=False)

    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        return ()


@hookimpl
def inkstand_backends() -> list[type[Echo]]:
    return [Echo, Mute]


class TwoEnds(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        for chunk in super().generate(request, cancelled):
            yield chunk
            if chunk.finish:
                yield chunk


class OneTooMany(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        more = msgspec.structs.replace(request, max_tokens=request.max_tokens + 1)
        return super().generate(more, cancelled)


class AllAtOnce(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        chunks = list(super().generate(request, cancelled))
        yield Chunk("".join(chunk.text for chunk in chunks), len(chunks) - 1)
        yield chunks[-1]


class Deaf(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        return super().generate(request, lambda: False)


class Swallowing(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        def quiet() -> bool:
            try:
                return cancelled()
            except LookupError:
                return False

        return super().generate(request, quiet)


class Cutting(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        try:
            yield from super().generate(request, cancelled)
        except PromptTooLong:
            yield from super().generate(GenerateRequest(prompt="cut"), cancelled)


class Unseeded(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        if request.sampling.temperature == 0:
            return super().generate(request, cancelled)
        sampling = msgspec.structs.replace(request.sampling, seed=random.randrange(1 << 30))
        return super().generate(msgspec.structs.replace(request, sampling=sampling), cancelled)


class FixedSeed(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        sampling = msgspec.structs.replace(request.sampling, seed=42)
        return super().generate(msgspec.structs.replace(request, sampling=sampling), cancelled)


class Warm(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        sampling = msgspec.structs.replace(request.sampling, temperature=1)
        return super().generate(msgspec.structs.replace(request, sampling=sampling), cancelled)


class Silent(Echo):
    def end(self, reason: Any, request: GenerateRequest, prompt: int, written: int) -> Chunk:
        usage = Usage(prompt_tokens=prompt, completion_tokens=written)
        return Chunk(tokens=0, finish=Finish(reason, usage))


class Careless(Echo):
    def check(self, request: GenerateRequest) -> None:
        pass


class Reloading(Echo):
    def load(self, model: Model, settings: Any) -> Loaded:
        self.words = ()
        return super().load(model, settings)


class Lazy(Echo):
    def load(self, model: Model, settings: Any) -> Loaded:
        try:
            return super().load(model, settings)
        except ModelFileError:
            return Loaded()


class Untyped(Echo):
    def load(self, model: Model, settings: Any) -> Loaded:
        self.words = tuple(json.loads(Path(model.path).read_text(encoding="utf-8")))
        return Loaded()


class Overcounting(Echo):
    def end(self, reason: Any, request: GenerateRequest, prompt: int, written: int) -> Chunk:
        usage = Usage(prompt_tokens=prompt + 5, completion_tokens=written + 2, cached_tokens=999)
        return Chunk(tokens=0, finish=Finish(reason, usage))


class Halving(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        for chunk in super().generate(request, cancelled):
            yield chunk if chunk.finish else Chunk("caf\ufffd")


class Holding(Echo):
    held = 0

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        if self.held > 4:
            raise LoadFailed("All slots are taken.", "", "Wait.")
        self.held += 1
        return self.freeing(super().generate(request, cancelled))

    def freeing(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        yield from chunks
        self.held -= 1


class OneForAll(Echo):
    stop = False

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        def any_cancelled() -> bool:
            self.stop = self.stop or cancelled()
            return self.stop

        return super().generate(request, any_cancelled)


class ClaimingStops(Echo):
    capabilities = msgspec.structs.replace(Echo.capabilities, stop=True)


class ClaimingSchemas(Echo):
    capabilities = msgspec.structs.replace(Echo.capabilities, schema=True, grammar=True)

    def check(self, request: GenerateRequest) -> None:
        check_request(request)


class ClaimingTooMuch(Echo):
    capabilities = BackendCapabilities(sampling=("temprature",), seeds=True, formats=(".GGUF",))


class NoDocumentation(Echo):
    class Settings(msgspec.Struct, frozen=True):
        context_length: int = 0
        depth: Annotated[int, Meta(ge=0)] = 0


class VagueProbe(Echo):
    @classmethod
    def probe(cls) -> Probe:
        import importlib

        importlib.import_module("chromadb")
        return Probe(ok=False, notes=("no",))


class LastUserOnly(Echo):
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        last = request.messages[-1:]
        return super().generate(msgspec.structs.replace(request, messages=last), cancelled)


class Leaking(Echo):
    def close(self) -> None:
        pass


class Strange(Echo):
    def count_tokens(self, text: str) -> TokenCount:
        return TokenCount(1.5, exact=True)  # type: ignore[arg-type]


class LosingTokens(Echo):
    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        return super().told(request, place, step) if place % 3 else ()


class Percent(Echo):
    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        told = super().told(request, place, step)
        return tuple(msgspec.structs.replace(token, logprob=0.9) for token in told)


class Unranked(Echo):
    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        told = super().told(request, place, step)
        return tuple(msgspec.structs.replace(token, top=token.top[::-1]) for token in told)


class Penalized(Echo):
    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        told = super().told(request, place, step)
        return tuple(msgspec.structs.replace(token, logprob=-4.0) for token in told)


class Stripping(Echo):
    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        told = super().told(request, place, step)
        return tuple(msgspec.structs.replace(token, text=token.text.strip()) for token in told)


class Unasked(Echo):
    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        return super().told(msgspec.structs.replace(request, logprobs=1), place, step)


class OneAlternative(Echo):
    def told(self, request: GenerateRequest, place: int, step: int) -> tuple[TokenLogprob, ...]:
        if request.logprobs == 0:
            request = msgspec.structs.replace(request, logprobs=1)
        return super().told(request, place, step)


class Unclaimed(Echo):
    capabilities = msgspec.structs.replace(Echo.capabilities, logprobs=False)
