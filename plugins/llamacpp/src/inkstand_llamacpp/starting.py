"""Starting a server of xllamacpp that nobody but us can reach."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from inkstand_llamacpp.devices import device_name
from inkstand_llamacpp.enginelog import engine_words
from inkstand_llamacpp.listener import Listener
from inkstand_llamacpp.settings import LlamaCppEmbedderSettings, LlamaCppSettings
from inkstand_llamacpp.threads import batch_thread_count, wait_asleep
from inkstand_sdk.engine_settings import thread_count
from inkstand_sdk.errors import LoadFailed, OutOfMemory
from inkstand_sdk.gguf import GgufHeader

if TYPE_CHECKING:
    import xllamacpp

_ERRORS_ONLY = 1
_NO_MEMORY = ("failed to allocate", "out of memory", "bad_alloc", "unable to allocate")


def common_params(
    header: GgufHeader, settings: LlamaCppSettings | LlamaCppEmbedderSettings, listener: Listener
) -> xllamacpp.CommonParams:
    """What every server of ours is started with, for writing and for embedding alike."""
    # An aborting engine would start a debugger to print its stack.
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")
    wait_asleep()
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = header.path
    params.cpuparams.n_threads = thread_count(settings.threads)
    params.cpuparams_batch.n_threads = batch_thread_count(settings.threads)
    params.n_gpu_layers = settings.gpu_layers
    params.fit_params = device_name(settings.gpu_layers) != "cpu"
    params.warmup = False
    params.verbosity = _ERRORS_ONLY
    params.hostnames = [listener.host]
    params.api_keys = [listener.key]
    params.n_threads_http = 4
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_metrics = True
    return params


def start(params: xllamacpp.CommonParams, listener: Listener) -> xllamacpp.Server:
    """A server that has loaded its model and answers.

    Raises:
        OutOfMemory, LoadFailed: the engine could not, with its own words.

    """
    import xllamacpp

    with engine_words() as words:
        try:
            server = xllamacpp.Server(params)
        except (RuntimeError, ValueError, MemoryError, OSError) as error:
            failure = error
        else:
            listener.bound(server.listening_address)
            # Its loop starts after the constructor returns, and a server that is ended before
            # then waits for itself for ever: this question is answered by the loop.
            server.handle_metrics()
            return server
    if isinstance(failure, MemoryError) or any(sign in words.text for sign in _NO_MEMORY):
        raise OutOfMemory(
            "There is not enough memory for this model and its context.",
            f"The engine says: {words.first() or failure}.",
            "Set a smaller `context_length` or fewer `slots`, close other programs, or take a"
            " smaller quantization of the model.",
            detail=words.text,
        ) from failure
    raise LoadFailed(
        "The engine could not load this model.",
        f"It says: {words.first() or failure}.",
        "The file may be damaged (compare its SHA-256 with the source's), or of an architecture"
        " that this version of llama.cpp does not know: upgrade xllamacpp.",
        detail=words.text,
    ) from failure
