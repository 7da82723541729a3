"""One request in the library, as a stream of chunks that can be stopped at any moment."""

from __future__ import annotations

import codecs
import threading
import time
from collections.abc import Callable, Iterator

import msgspec

from inkstand_gpt4all.library import LibraryModel
from inkstand_gpt4all.request import EngineRequest
from inkstand_gpt4all.vocabulary import Vocabulary
from inkstand_sdk.backend import CHARACTERS_PER_TOKEN
from inkstand_sdk.engine_call import EngineCall
from inkstand_sdk.errors import EngineError, InkstandError, PromptTooLong
from inkstand_sdk.messages import Chunk, FinishReason, PromptProgress, Usage
from inkstand_sdk.shown_text import ShownText

_PROGRESS_EVERY = 64  # tokens of the prompt
_TOO_LONG = "exceeds the context"


class Evaluated(msgspec.Struct, frozen=True):
    """So many tokens of the prompt have been evaluated."""

    tokens: int


class Token(msgspec.Struct, frozen=True):
    """A new token with its bytes, and when it was drawn; -1 with an error in words."""

    id: int
    data: bytes
    at: float


Item = Evaluated | Token


class LibraryCall(EngineCall[Item]):
    """A request running on a thread of its own; the library calls back from there.

    `on_end` is called when the library has let go of the request, which may be after the reader
    has lost interest.
    """

    def __init__(
        self, model: LibraryModel, request: EngineRequest, on_end: Callable[[], None]
    ) -> None:
        super().__init__()
        self._evaluated = 0
        self._model = model
        self._request = request
        self._on_end = on_end
        # A daemon, so that a library that never returns cannot keep the process from ending.
        self._thread = threading.Thread(
            target=self.run, args=(self._write,), name="gpt4all-request", daemon=True
        )
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait for the library to let go."""
        self._thread.join(timeout)

    def _write(self) -> None:
        request = self._request
        try:
            self._model.write(
                request.prompt, request.max_tokens, request.sampling, self._prompt, self._token
            )
        finally:
            self._on_end()
            self.put(Evaluated(self._evaluated))

    def _prompt(self, _token: int) -> bool:
        self._evaluated += 1
        if self._evaluated % _PROGRESS_EVERY == 0:
            self.put(Evaluated(self._evaluated))
        return not self.stopped

    def _token(self, token: int, data: bytes | None) -> bool:
        self.put(Token(token, data or b"", time.perf_counter()))
        return not self.stopped


class Tally:
    """Adds up the library's items: how the stream ended and what it cost."""

    def __init__(
        self,
        request: EngineRequest,
        vocabulary: Vocabulary | None,
        prompt_tokens: int,
        context_length: int,
    ) -> None:
        """`prompt_tokens` is 0 where there is no vocabulary to count them."""
        self.reason: FinishReason | None = None
        self.prompt_tokens = prompt_tokens
        self.completion_tokens = 0
        self._started = time.perf_counter()
        self._prompt_done = self._last = 0.0
        self._request = request
        self._context_length = context_length
        self._vocabulary = vocabulary
        # The library's own text is cut within characters.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._shown = ShownText(request.stop)
        self._evaluated = 0

    @property
    def usage(self) -> Usage:
        """What it cost so far."""
        prompt_done = self._prompt_done or time.perf_counter()
        return Usage(
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            prompt_ms=(prompt_done - self._started) * 1_000,
            generate_ms=max(0.0, self._last - prompt_done) * 1_000,
        )

    def add(self, item: Evaluated | Token) -> Iterator[Chunk]:
        """What a reader is shown of it."""
        if isinstance(item, Evaluated):
            self._evaluated = item.tokens
            if self.prompt_tokens and not self.completion_tokens:
                yield Chunk(tokens=0, progress=PromptProgress(item.tokens, self.prompt_tokens))
            return
        if item.id < 0:
            words = item.data.decode(errors="replace")
            raise self._too_long() if _TOO_LONG in words else _refused(words)
        # The reader may be late on a busy machine, and read many at once.
        self._prompt_done, self._last = self._prompt_done or item.at, item.at
        self.completion_tokens += 1
        if self._vocabulary is not None and self._vocabulary.ends(item.id):
            self.reason = "stop"
            return
        control = self._vocabulary is not None and self._vocabulary.is_control(item.id)
        yield from self._shown.add("" if control else self._decoder.decode(item.data))
        if self._shown.stopped:
            self.reason = "stop"

    def end(self) -> None:
        """The library has ended by itself."""
        if not self._evaluated:
            raise _refused("nothing")
        self.prompt_tokens = self._evaluated
        used = self._evaluated + self.completion_tokens
        if self.completion_tokens >= self._request.max_tokens or used >= self._context_length:
            self.reason = "length"
            return
        # It does not tell of the token that ended the text.
        self.completion_tokens += 1
        self.reason = "stop"

    def rest(self) -> Iterator[Chunk]:
        """What was held back because it might have become a stop string or a character."""
        yield from self._shown.rest(self._decoder.decode(b"", final=True))
        if self._shown.stopped:
            self.reason = "stop"

    def failure(self, error: Exception) -> InkstandError:
        """The error for an exception out of the library."""
        return error if isinstance(error, InkstandError) else _refused(str(error))

    def _too_long(self) -> PromptTooLong:
        """Only where the tokens could not be counted before, and so about right."""
        estimate = -(-len(self._request.prompt) // CHARACTERS_PER_TOKEN)
        return PromptTooLong.of(max(estimate, self._context_length), self._context_length)


def _refused(words: str) -> EngineError:
    return EngineError(
        "GPT4All reported an error.", f"It says: {words}", "Try again, or another model."
    )
