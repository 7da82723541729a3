"""The loaded engine: the library's model, its vocabulary, and who may use it when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import msgspec

from inkstand_gpt4all.chat_template import ChatTemplate
from inkstand_gpt4all.library import LibraryModel
from inkstand_gpt4all.request import EngineRequest
from inkstand_gpt4all.settings import Gpt4AllSettings
from inkstand_gpt4all.stream import LibraryCall, Tally
from inkstand_gpt4all.trial import check_writes
from inkstand_gpt4all.vocabulary import Vocabulary, llama_libraries
from inkstand_sdk.backend import CHARACTERS_PER_TOKEN
from inkstand_sdk.engine_call import read_stream
from inkstand_sdk.errors import EngineError, PromptTooLong, UsageError
from inkstand_sdk.gguf import GgufHeader
from inkstand_sdk.messages import Chunk, Finish, TokenCount

_LOOK = 0.05  # how often a request that waits for its turn looks whether it is still wanted
_PATIENCE = 10.0  # for a request to end when the engine is closed


class Engine:
    """A model in memory, for one request at a time. Safe to use from any number of threads."""

    def __init__(self, header: GgufHeader, context_length: int, settings: Gpt4AllSettings) -> None:
        """Load it; raises `LoadFailed` or `OutOfMemory`."""
        self.context_length = context_length
        self._turn = threading.Lock()
        self._call: LibraryCall | None = None
        # The library is imported before its files are opened once more for the vocabulary.
        self._model = LibraryModel(header.path, context_length, settings)
        self._vocabulary: Vocabulary | None = None
        self._closed = False
        try:
            libraries = llama_libraries()
            if libraries:
                self._vocabulary = Vocabulary(header.path, libraries[0])
            check_writes(self._model, self._vocabulary)
        except BaseException:
            self.close()
            raise

    @property
    def device(self) -> str:
        """What the model runs on."""
        return self._model.device

    def template(self, source: str) -> ChatTemplate:
        """The model's chat template; raises `ValueError` if `source` is none."""
        vocabulary = self._vocabulary
        if vocabulary is None:
            return ChatTemplate(source)
        # The tokenizer puts the beginning in front by itself.
        bos = "" if vocabulary.adds_bos() else vocabulary.text(vocabulary.bos)
        return ChatTemplate(source, bos=bos, eos=vocabulary.text(vocabulary.eos))

    def count_tokens(self, text: str) -> TokenCount:
        """The number of tokens of `text` on its own."""
        self._check_open()
        if self._vocabulary is None:
            return TokenCount(-(-len(text) // CHARACTERS_PER_TOKEN), exact=False)
        return TokenCount(len(self._vocabulary.tokens(text, first=False)), exact=True)

    def stream(
        self,
        request: EngineRequest,
        cancelled: Callable[[], bool],
        finish: Callable[[Tally], Finish],
    ) -> Iterator[Chunk]:
        """Run `request` when it is its turn, and yield what comes; raises `PromptTooLong`."""
        while True:
            if cancelled():
                yield Chunk(tokens=0, finish=Finish("cancelled"))
                return
            if self._turn.acquire(timeout=_LOOK):
                break
        try:
            fitted, prompt_tokens = self._fitted(request)
            tally = Tally(fitted, self._vocabulary, prompt_tokens, self.context_length)
            call = LibraryCall(self._model, fitted, self._turn.release)
        except BaseException:
            self._turn.release()
            raise
        self._call = call
        yield from read_stream(call, tally, cancelled, lambda: finish(tally))

    def close(self) -> None:
        """Stop what runs and free the model; may be called twice."""
        self._closed = True
        call = self._call
        if call is not None:
            call.stop()
            call.join(_PATIENCE)
        with self._turn:
            self._model.close()
            if self._vocabulary is not None:
                self._vocabulary.close()

    def _fitted(self, request: EngineRequest) -> tuple[EngineRequest, int]:
        """`request` with as many tokens as there is room for, and the tokens of its prompt."""
        self._check_open()
        if self._vocabulary is None:
            # An estimate must not refuse what would fit, nor let through what could never.
            estimated = len(request.prompt.encode()) // (4 * CHARACTERS_PER_TOKEN)
            if estimated >= self.context_length:
                raise PromptTooLong.of(estimated, self.context_length)
            return request, 0
        count = len(self._vocabulary.tokens(request.prompt))
        if not count:
            raise UsageError(
                "There is nothing to go on from.", "The prompt has no tokens.", "Give some text."
            )
        if count >= self.context_length:
            raise PromptTooLong.of(count, self.context_length)
        room = min(request.max_tokens, self.context_length - count)
        return msgspec.structs.replace(request, max_tokens=room), count

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("The model was closed.", "", "Load it again.")
