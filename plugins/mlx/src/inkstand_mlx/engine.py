"""The loaded engine: a model in MLX's thread, for one request at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from inkstand_mlx import engine_thread
from inkstand_mlx.adapters import Wardrobe
from inkstand_mlx.devices import choose_device
from inkstand_mlx.loading import load_folder
from inkstand_mlx.prompt_cache import PromptCache
from inkstand_mlx.request import EngineRequest
from inkstand_mlx.sampling import make_processors, make_sampler
from inkstand_mlx.settings import MlxSettings
from inkstand_mlx.weighing import Scale
from inkstand_sdk.engine_call import EngineCall
from inkstand_sdk.errors import EngineError, InkstandError
from inkstand_sdk.messages import PromptProgress
from inkstand_sdk.model_folder import ModelFolder
from inkstand_sdk.token_weight import TokenWeight


class Drawn(msgspec.Struct, frozen=True):
    """A token that was drawn, with its weight if that was asked for."""

    token: int
    weight: TokenWeight | None = None


Item = Drawn | PromptProgress


class _Stopped(Exception):
    """Raised through mlx-lm to leave the evaluation of a prompt."""


class MlxCall(EngineCall[Item]):
    """A request on its way through the engine's thread; read from any other one."""

    def __init__(self, request: EngineRequest, work: Callable[[MlxCall], None]) -> None:
        super().__init__()
        self.request = request
        self.cached = 0
        """How many tokens of the prompt were in the cache; known with the first item."""
        self._work = work
        engine_thread.submit(lambda: self.run(self._write))

    def _write(self) -> None:
        if self.stopped:
            return
        with suppress(_Stopped):
            self._work(self)


class Engine:
    """A model in memory. Safe to use from any number of threads, which wait for each other."""

    def __init__(
        self, folder: ModelFolder, settings: MlxSettings, loading: Callable[[float], None]
    ) -> None:
        """Load it; raises an `InkstandError`. `loading` is told the share that is there."""
        self._batch = settings.batch
        self._keep = settings.prompt_cache
        self._loaded = False
        self.notes: tuple[str, ...] = ()
        engine_thread.run(lambda: self._load(folder, settings, loading))

    def start(self, request: EngineRequest) -> MlxCall:
        """Put `request` in line; raises `EngineError` if the model was closed."""
        if not self._loaded:
            raise _closed()
        return MlxCall(request, self._write)

    def close(self) -> None:
        """Free the model, after what runs."""
        self._loaded = False
        engine_thread.run(self._unload)

    def _load(
        self, folder: ModelFolder, settings: MlxSettings, loading: Callable[[float], None]
    ) -> None:
        device, self.device = choose_device(settings.device)
        loaded = load_folder(folder, settings, device, loading)
        self.notes = loaded.notes
        self.tokenizer: Any = loaded.tokenizer
        self.vocabulary = loaded.vocabulary
        self._device: Any = device
        self._model: Any = loaded.model
        self._wardrobe = Wardrobe(loaded.model)
        self._prompts = PromptCache(loaded.model, keep=self._keep)
        self._loaded = True

    def _unload(self) -> None:
        import mlx.core as mx

        self._model = self._wardrobe = self._prompts = None  # type: ignore[assignment]
        mx.clear_cache()

    def _write(self, call: MlxCall) -> None:
        if not self._loaded:
            raise _closed()
        import mlx.core as mx
        from mlx_lm.generate import generate_step, wired_limit

        request = call.request
        mx.set_default_device(self._device)
        seed = request.sampling.seed
        mx.random.seed(int.from_bytes(os.urandom(8), "little") if seed is None else seed)
        if self._wardrobe.wear(request.adapter):
            self._prompts.clear()
        cache, call.cached = self._prompts.take(request.prompt)
        total, known = len(request.prompt), call.cached

        def progress(evaluated: int, _total: int) -> None:
            if call.stopped or engine_thread.ending():
                raise _Stopped
            call.put(PromptProgress(known + evaluated, total))

        ends = self.tokenizer.eos_token_ids
        written: list[int] = []
        stream = mx.default_stream(self._device)
        processors = make_processors(request.sampling, list(request.prompt[:known]))
        scale = None if request.logprobs is None else Scale(request.logprobs)
        steps = generate_step(
            mx.array(request.prompt[known:]),
            self._model,
            stream,
            max_tokens=request.max_tokens,
            sampler=make_sampler(request.sampling, self.vocabulary, sorted(ends)),
            logits_processors=processors if scale is None else [scale.watch, *processors],
            prompt_cache=cache,
            prefill_step_size=self._batch,
            prompt_progress_callback=progress,
        )
        try:
            with wired_limit(self._model, [stream]):
                for token, _ in steps:
                    written.append(token)
                    call.put(Drawn(token, scale.weigh(token) if scale else None))
                    if token in ends or call.stopped or engine_thread.ending():
                        break
        finally:
            steps.close()
            self._prompts.give_back(cache, (*request.prompt, *written))


def failure(error: Exception) -> InkstandError:
    """The error for an exception out of the engine."""
    if isinstance(error, InkstandError):
        return error
    return EngineError(
        "MLX reported an error.",
        f"It says: {str(error) or type(error).__name__}",
        "Try again, or another model.",
    )


def _closed() -> EngineError:
    return EngineError("The model was closed.", "", "Load it again.")
