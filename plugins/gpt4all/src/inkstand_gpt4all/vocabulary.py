"""A model's vocabulary, read by the library's own tokenizer.

The library's C interface does not tell how many tokens a text is, and cuts or shifts what does
not fit. The llama.cpp inside it can: its functions are called directly. Their declarations:
https://github.com/nomic-ai/llama.cpp/blob/master/include/llama.h as of August 2024.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inkstand_gpt4all.devices import native_folder
from inkstand_gpt4all.enginelog import EngineLog
from inkstand_sdk.errors import LoadFailed

_MODEL = ctypes.c_void_p


class _ModelParams(ctypes.Structure):
    """`struct llama_model_params`."""

    _fields_ = (
        ("n_gpu_layers", ctypes.c_int32),
        ("split_mode", ctypes.c_int),
        ("main_gpu", ctypes.c_int32),
        ("tensor_split", ctypes.c_void_p),
        ("rpc_servers", ctypes.c_char_p),
        ("progress_callback", ctypes.c_void_p),
        ("progress_callback_user_data", ctypes.c_void_p),
        ("kv_overrides", ctypes.c_void_p),
        ("vocab_only", ctypes.c_bool),
        ("use_mmap", ctypes.c_bool),
        ("use_mlock", ctypes.c_bool),
        ("check_tensors", ctypes.c_bool),
    )


# Name: result, arguments.
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "llama_model_default_params": (_ModelParams, ()),
    "llama_load_model_from_file": (_MODEL, (ctypes.c_char_p, _ModelParams)),
    "llama_free_model": (None, (_MODEL,)),
    "llama_n_vocab": (ctypes.c_int32, (_MODEL,)),
    "llama_token_bos": (ctypes.c_int32, (_MODEL,)),
    "llama_token_eos": (ctypes.c_int32, (_MODEL,)),
    "llama_token_is_eog": (ctypes.c_bool, (_MODEL, ctypes.c_int32)),
    "llama_token_is_control": (ctypes.c_bool, (_MODEL, ctypes.c_int32)),
    "llama_token_get_text": (ctypes.c_char_p, (_MODEL, ctypes.c_int32)),
    "llama_tokenize_gpt4all": (
        ctypes.c_int32,
        (
            _MODEL,
            ctypes.c_char_p,
            ctypes.c_int32,
            ctypes.POINTER(ctypes.c_int32),
            ctypes.c_int32,
            ctypes.c_bool,
            ctypes.c_bool,
            ctypes.c_bool,
        ),
    ),
}


class Vocabulary:
    """The tokens of one model. Safe to use from several threads, until it is closed."""

    def __init__(self, path: str, library: ctypes.CDLL) -> None:
        """Read the vocabulary of the file at `path`; raises `LoadFailed`."""
        self._library = library
        params = library.llama_model_default_params()
        params.vocab_only = True
        with EngineLog((library,)) as log:
            model = library.llama_load_model_from_file(path.encode(), params)
        if not model:
            raise log.failure("GPT4All cannot read this model's vocabulary.")
        self._model: int | None = model
        size = library.llama_n_vocab(model)
        self.bos = self._token("llama_token_bos", size)
        self.eos = self._token("llama_token_eos", size)

    def tokens(self, text: str, *, first: bool = True) -> list[int]:
        """The tokens of `text`, as the library makes them of a prompt.

        `first` puts the model's beginning in front, if it wants one. Special tokens that are
        written out in `text` become those tokens.
        """
        data = text.encode()
        if not data:
            return []
        room = len(data) + 16
        while True:
            buffer = (ctypes.c_int32 * room)()
            count = self._call("llama_tokenize_gpt4all")(
                self._open(), data, len(data), buffer, room, first, True, True
            )
            if count >= 0:
                return list(buffer[:count])
            room = -count

    def text(self, token: int | None) -> str:
        """How `token` is written in the vocabulary; "" for None."""
        if token is None:
            return ""
        written = self._call("llama_token_get_text")(self._open(), token)
        return bytes(written or b"").decode(errors="replace")

    def adds_bos(self) -> bool:
        """Whether a prompt gets the model's beginning in front."""
        return self.bos is not None and self.tokens("a")[:1] == [self.bos]

    def ends(self, token: int) -> bool:
        """Whether `token` ends a text."""
        return bool(self._call("llama_token_is_eog")(self._open(), token))

    def is_control(self, token: int) -> bool:
        """Whether `token` is a sign for the model and no text."""
        return bool(self._call("llama_token_is_control")(self._open(), token))

    def close(self) -> None:
        """Free it; may be called twice."""
        model, self._model = self._model, None
        if model is not None:
            self._library.llama_free_model(model)

    def _token(self, function: str, size: int) -> int | None:
        token = int(self._call(function)(self._open()))
        return token if 0 <= token < size else None

    def _call(self, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self._library, name)
        return function

    def _open(self) -> int:
        if self._model is None:
            raise LoadFailed("The model was closed.", "", "Load it again.")
        return self._model


def llama_libraries() -> tuple[ctypes.CDLL, ...]:
    """The builds of llama.cpp inside the package that give access to their functions.

    The library itself opens all of them. The first is the one that runs on the oldest
    processors.
    """
    files = (
        file
        for file in native_folder().iterdir()
        if "llamamodel-mainline" in file.name and "cuda" not in file.name
    )
    opened = (_opened(file) for file in sorted(files))
    return tuple(library for library in opened if library is not None)


def _opened(file: Path) -> ctypes.CDLL | None:
    """The functions of that file, declared; None if it does not give them away."""
    try:
        library = ctypes.CDLL(str(file))
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError):
        return None
    return library
