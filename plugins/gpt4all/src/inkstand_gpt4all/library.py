"""The library's model: loaded, asked for one text at a time, and freed."""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from inkstand_gpt4all.devices import KINDS, on_apple_silicon
from inkstand_gpt4all.enginelog import EngineLog
from inkstand_gpt4all.sampling import REPEAT_WINDOW, EngineSampling
from inkstand_gpt4all.settings import Gpt4AllSettings
from inkstand_gpt4all.vocabulary import llama_libraries
from inkstand_sdk.engine_settings import thread_count
from inkstand_sdk.errors import LoadFailed

if TYPE_CHECKING:
    from gpt4all._pyllmodel import LLModel

# The library refuses prompts that leave less than this of its context.
_MARGIN = 4
_ALL_LAYERS = 1_000
_TEMPLATE = b"%1%2"  # the prompt, then the answer, and nothing around them
_NOT_READ = "GPT4All cannot load this model."


class LibraryModel:
    """A model in memory. One thread at a time may use it."""

    def __init__(self, path: str, context_length: int, settings: Gpt4AllSettings) -> None:
        """Load the file at `path`; raises `LoadFailed` or `OutOfMemory`."""
        from gpt4all import _pyllmodel

        self._interface = _pyllmodel
        self._batch = settings.batch
        layers = _ALL_LAYERS if settings.gpu_layers < 0 else settings.gpu_layers
        model: LLModel
        try:
            model = _pyllmodel.LLModel(path, context_length + _MARGIN, layers, _backend_name())
            if layers and not on_apple_silicon():
                model.init_gpu("gpu")
        except (RuntimeError, ValueError) as error:
            raise LoadFailed(
                _NOT_READ,
                f"It says: {error}.",
                "Without a graphics card set `gpu_layers` to 0."
                if layers
                else "Try the backend llamacpp.",
            ) from error
        with EngineLog(llama_libraries()) as log:
            # The library's own Python class does not look at this result.
            if not model.load_model():
                model.close()
                raise log.failure(_NOT_READ)
        model.set_thread_count(thread_count(settings.threads))
        self._model: LLModel | None = model
        self.device = KINDS.get(model.backend, "other")

    def write(
        self,
        prompt: str,
        max_tokens: int,
        sampling: EngineSampling,
        on_prompt: Callable[[int], bool],
        on_token: Callable[[int, bytes], bool],
    ) -> None:
        """Go on from `prompt` until the model ends, a callback says False or tokens run out.

        `on_prompt` is called for every evaluated token of the prompt; `on_token` for every new
        one with its bytes, or with -1 and an error in words. Neither may raise. The context is
        not shifted. Nothing of an earlier prompt is kept.
        """
        interface, model = self._interface, self._model
        if model is None:
            return
        context = interface.LLModelPromptContext(
            n_predict=max_tokens,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            min_p=sampling.min_p,
            temp=sampling.temperature,
            n_batch=self._batch,
            repeat_penalty=sampling.repeat_penalty,
            repeat_last_n=REPEAT_WINDOW,
            context_erase=0.5,
        )
        interface.llmodel.llmodel_prompt(
            model.model,
            prompt.encode(),
            _TEMPLATE,
            interface.PromptCallback(on_prompt),
            interface.ResponseCallback(on_token),
            False,  # never shift the context
            ctypes.byref(context),
            True,  # read special tokens in the prompt
            None,
        )

    def close(self) -> None:
        """Free it; may be called twice."""
        model, self._model = self._model, None
        if model is not None:
            model.close()


def _backend_name() -> str:
    if sys.platform == "darwin":
        return "metal" if platform.machine() == "arm64" else "cpu"
    return "kompute"  # which runs on the processor unless a card is asked for
