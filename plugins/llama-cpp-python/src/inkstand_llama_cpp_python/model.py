"""A model and its context in native memory: opened, asked, freed."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from typing import Any

from inkstand_llama_cpp_python.library import device_name, engine_words, library
from inkstand_llama_cpp_python.settings import LlamaCppPythonSettings
from inkstand_llama_cpp_python.trial import tiles_work
from inkstand_sdk.engine_settings import thread_count
from inkstand_sdk.errors import EngineError, LoadFailed, ModelFileError, OutOfMemory
from inkstand_sdk.gguf import GgufHeader
from inkstand_sdk.gguf.fit import Plan

_NO_MEMORY = ("failed to allocate", "out of memory", "bad_alloc", "unable to allocate")
_PIECE = 64  # bytes; a longer piece says how long it is
_NONE = -1  # llama.cpp's token id for "there is none"
_SPECIAL = (1 << 0) | (1 << 3)  # LLAMA_TOKEN_ATTR_UNKNOWN, _CONTROL
TILES_NOTE = (
    "llama-cpp-python was compiled with matrix tiles (AMX), which do not run on this machine; its"
    " other kernels are used."
)


class NativeModel:
    """llama.cpp's model, vocabulary and context.

    `lock` guards what other threads than the engine's do with the model while it may be freed;
    the context belongs to the engine's thread alone.
    """

    def __init__(
        self,
        header: GgufHeader,
        plan: Plan,
        settings: LlamaCppPythonSettings,
        loading: Callable[[float], None],
    ) -> None:
        """Load it; `loading` is told how much of it is there, 0 to 1."""
        self.lib = library()
        self.lock = threading.RLock()
        self.header = header
        self.slots = plan.slots
        # Every slot that writes takes one place, and prompts should still come forward.
        self.batch_size = max(settings.batch, 2 * plan.slots)
        self.notes: tuple[str, ...] = ()
        self.model: Any = self._load(settings, loading)
        try:
            self._refuse_what_it_is_not()
            self.vocabulary = self.lib.llama_model_get_vocab(self.model)
            self.context: Any = self._context(plan, settings)
        except BaseException:
            self.lib.llama_model_free(self.model)
            raise
        self.memory = self.lib.llama_get_memory(self.context)
        own = int(self.lib.llama_n_ctx_seq(self.context))
        self.context_length = min(own, plan.context_length)
        self.vocabulary_size = int(self.lib.llama_vocab_n_tokens(self.vocabulary))
        self.beginning = self._beginning()
        self._pieces: dict[int, bytes] = {}
        self._ends: dict[int, bool] = {}

    def tokens(self, text: str, *, special: bool) -> list[int]:
        """The tokens of `text`; `special` reads control tokens that are written out in it.

        Raises:
            EngineError: the model was closed, or the text cannot be tokenized.

        """
        data = text.encode("utf-8")
        room = len(data) + 8
        with self.lock:
            self.alive()
            while True:
                found = (self.lib.llama_token * room)()
                count = self.lib.llama_tokenize(
                    self.vocabulary, data, len(data), found, room, False, special
                )
                if count >= 0:
                    return list(found[:count])
                if -count <= room:
                    raise EngineError("The text cannot be split into tokens.", "", "Try another.")
                room = -count

    def piece(self, token: int) -> bytes:
        """The bytes that `token` stands for; empty for a control token."""
        piece = self._pieces.get(token)
        if piece is None:
            size = _PIECE
            while True:
                buffer = ctypes.create_string_buffer(size)
                count = self.lib.llama_token_to_piece(
                    self.vocabulary, token, buffer, size, 0, False
                )
                if count >= 0:
                    break
                size = -count
            piece = self._pieces[token] = buffer.raw[:count]
        return piece

    def ends(self, token: int) -> bool:
        """Whether `token` ends a text."""
        ends = self._ends.get(token)
        if ends is None:
            ends = self._ends[token] = bool(self.lib.llama_vocab_is_eog(self.vocabulary, token))
        return ends

    def special_texts(self) -> list[str]:
        """How the control tokens are written, longest first."""
        lib, vocabulary = self.lib, self.vocabulary
        with self.lock:
            self.alive()
            texts = {
                self.written_out(token).decode("utf-8", "replace")
                for token in range(self.vocabulary_size)
                if lib.llama_vocab_get_attr(vocabulary, token) & _SPECIAL
            }
        return sorted(texts - {""}, key=len, reverse=True)

    def token_text(self, which: str) -> str:
        """How the "bos" or "eos" token is written; "" if there is none."""
        token = getattr(self.lib, f"llama_vocab_{which}")(self.vocabulary)
        if token == _NONE:
            return ""
        return self.written_out(token).decode("utf-8", "replace")

    def written_out(self, token: int) -> bytes:
        """How the vocabulary writes `token`; a control token can be read from that again."""
        return bytes(self.lib.llama_vocab_get_text(self.vocabulary, token))

    def alive(self) -> None:
        """Raise `EngineError` if the model was closed; ask under `lock`."""
        if self.model is None:
            raise EngineError("The model was closed.", "", "Load it again.")

    def free(self) -> None:
        """Free the context and the model; may be called twice."""
        with self.lock:
            context, self.context = self.context, None
            model, self.model = self.model, None
            if context is not None:
                self.lib.llama_free(context)
            if model is not None:
                self.lib.llama_model_free(model)

    def _load(self, settings: LlamaCppPythonSettings, loading: Callable[[float], None]) -> Any:
        params = self.lib.llama_model_default_params()

        def told(share: float, _data: Any) -> bool:
            loading(share)
            return True  # go on

        # Native code calls it until the model is there, so it must live as long.
        params.progress_callback = callback = self.lib.llama_progress_callback(told)
        params.n_gpu_layers = settings.gpu_layers
        if not tiles_work(self.lib):
            params.use_extra_bufts = False
            self.notes = (TILES_NOTE,)
        with engine_words() as words:
            model = self.lib.llama_model_load_from_file(_native_path(self.header.path), params)
        del callback
        if model:
            return model
        if any(sign in words.text for sign in _NO_MEMORY):
            raise _no_memory(words.first(), words.text)
        raise LoadFailed(
            "The engine could not load this model.",
            f"It says: {words.first() or 'nothing'}.",
            "The file may be damaged (compare its SHA-256 with the source's), or of an"
            " architecture that this version of llama.cpp does not know: upgrade"
            " llama-cpp-python.",
            detail=words.text,
        )

    def _refuse_what_it_is_not(self) -> None:
        lib, model = self.lib, self.model
        if lib.llama_model_has_encoder(model) or not lib.llama_model_has_decoder(model):
            kind = "has an encoder"
        elif lib.llama_model_is_diffusion(model):
            kind = "writes by diffusion"
        else:
            return
        raise ModelFileError(
            f"This model {kind}; this backend runs models that go on from a prompt.",
            f"Its architecture is {self.header.architecture!r}.",
            "Take another backend for it: `inkstand backends list`.",
        )

    def _context(self, plan: Plan, settings: LlamaCppPythonSettings) -> Any:
        params = self.lib.llama_context_default_params()
        params.n_ctx = plan.context_length * plan.slots
        params.n_seq_max = plan.slots
        params.n_batch = params.n_ubatch = self.batch_size
        params.n_outputs_max = plan.slots
        params.n_threads = params.n_threads_batch = thread_count(settings.threads)
        params.offload_kqv = device_name(settings.gpu_layers) != "cpu"
        with engine_words() as words:
            context = self.lib.llama_init_from_model(self.model, params)
        if not context:
            raise _no_memory(words.first(), words.text)
        return context

    def _beginning(self) -> tuple[int, ...]:
        """The tokens that the model wants before every text."""
        begin = self.lib.llama_vocab_bos(self.vocabulary)
        wanted = self.lib.llama_vocab_get_add_bos(self.vocabulary) and begin != _NONE
        return (int(begin),) if wanted else ()


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences share at their beginning."""
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return length
    return next(i for i in range(length) if one[i] != other[i])


def _native_path(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _no_memory(words: str, detail: str) -> OutOfMemory:
    return OutOfMemory(
        "There is not enough memory for this model and its context.",
        f"The engine says: {words or 'nothing'}.",
        "Set a smaller `context_length` or fewer `slots`, close other programs, or take a smaller"
        " quantization of the model.",
        detail=detail,
    )
