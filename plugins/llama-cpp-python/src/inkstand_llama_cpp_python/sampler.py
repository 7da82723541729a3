"""`Sampling` as a chain of llama.cpp's samplers, one for each request."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from inkstand_llama_cpp_python.library import engine_words
from inkstand_llama_cpp_python.model import NativeModel
from inkstand_sdk.errors import EngineError, SchemaError
from inkstand_sdk.messages import Sampling

# A sampler draws; these two search, which takes several sequences for one text.
_SEARCHES = ("beams", "penalty_alpha")
HONORED = tuple(name for name in Sampling.__struct_fields__ if name not in _SEARCHES)
# The defaults of llama.cpp's own programs, so that engines built on it agree.
_TEMPERATURE, _TOP_K, _TOP_P, _MIN_P = 0.8, 40, 0.95, 0.05
_LAST_TOKENS = 64  # that penalties look back on
_MIROSTAT_TOKENS = 100  # m in the paper
_DRY_BREAKERS = (b"\n", b":", b'"', b"*")
_RANDOM_SEED = 0xFFFFFFFF
_WHOLE_CONTEXT = -1
_OFF_WHEN_GREEDY = ("mirostat", "xtc", "typical_p")
_OFF_UNDER_MIROSTAT = ("top_p", "top_k", "min_p", "typical_p", "xtc")


class Sampler:
    """Draws one request's tokens. Made on any thread, used on the engine's, freed once.

    Raises:
        SchemaError: the engine does not take the grammar, which must have been checked before.

    """

    def __init__(
        self,
        model: NativeModel,
        sampling: Sampling,
        grammar: str | None = None,
        prompt: Sequence[int] = (),
    ) -> None:
        self._model, self._lib = model, model.lib
        self._chain: Any = None
        self._grammar: Any = None
        with model.lock:
            model.alive()
            if grammar is not None:
                self._grammar = _grammar_sampler(model, grammar)
            self._chain = _chain(model, sampling)
            if looks_back(sampling):
                for token in prompt if sampling.dry else prompt[-_LAST_TOKENS:]:
                    self._lib.llama_sampler_accept(self._chain, token)
        self._candidates = _Candidates(model) if grammar is not None else None

    def draw(self, row: int) -> int | None:
        """The next token, from the `row`-th output of the last batch; None if a grammar has ended.

        Raises:
            EngineError: the grammar asks for what no token of the model can write.

        """
        if self._candidates is None:
            return int(self._lib.llama_sampler_sample(self._chain, self._model.context, row))
        candidates = self._candidates
        logits = self._lib.llama_get_logits_ith(self._model.context, row)
        # The grammar is asked about the one token that was drawn; only if it says no about all.
        token = candidates.drawn(self._chain, candidates.fill(logits))
        if not candidates.allowed(self._grammar, token):
            everything = candidates.fill(logits)
            self._lib.llama_sampler_apply(self._grammar, ctypes.byref(everything))
            if not candidates.any_left():
                self._refuse_a_dead_end()
                return None
            token = candidates.drawn(self._chain, everything)
        # Accepting a token that the grammar forbids would end the process.
        self._lib.llama_sampler_accept(self._grammar, token)
        self._lib.llama_sampler_accept(self._chain, token)
        return token

    def free(self) -> None:
        """Free the native samplers; may be called twice."""
        chain, self._chain = self._chain, None
        grammar, self._grammar = self._grammar, None
        for sampler in (chain, grammar):
            if sampler is not None:
                self._lib.llama_sampler_free(sampler)

    def _refuse_a_dead_end(self) -> None:
        """A model that can end a text would have been let to, had the grammar been done."""
        if any(self._model.ends(token) for token in range(self._model.vocabulary_size)):
            raise EngineError(
                "The grammar asks for characters that no token of this model can write.",
                "Its vocabulary lacks them.",
                "Change the grammar, or take another model.",
            )


class _Candidates:
    """The scores of the whole vocabulary, in the form that samplers work on."""

    def __init__(self, model: NativeModel) -> None:
        import numpy as np

        self._lib = model.lib
        self._size = model.vocabulary_size
        self._table = np.zeros(self._size, dtype=[("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])
        self._ids = np.arange(self._size, dtype="<i4")
        self._one = (self._lib.llama_token_data * 1)()

    def fill(self, logits: Any) -> Any:
        """The native array over the scores as the model gave them."""
        import numpy as np

        self._table["id"] = self._ids
        self._table["logit"] = np.ctypeslib.as_array(logits, (self._size,))
        data = self._table.ctypes.data_as(ctypes.POINTER(self._lib.llama_token_data))
        return self._lib.llama_token_data_array(data, self._size, -1, False)

    def drawn(self, chain: Any, array: Any) -> int:
        """The token that `chain` selects."""
        self._lib.llama_sampler_apply(chain, ctypes.byref(array))
        return int(array.data[array.selected].id)

    def allowed(self, grammar: Any, token: int) -> bool:
        """Whether `grammar` lets `token` come next."""
        self._one[0] = self._lib.llama_token_data(token, 1.0, 0.0)
        array = self._lib.llama_token_data_array(self._one, 1, -1, False)
        self._lib.llama_sampler_apply(grammar, ctypes.byref(array))
        return bool(self._one[0].logit > float("-inf"))

    def any_left(self) -> bool:
        """Whether any token may still be drawn."""
        return bool((self._table["logit"] > float("-inf")).any())


def looks_back(sampling: Sampling) -> bool:
    """Whether tokens that were already written count."""
    return bool(
        (sampling.repeat_penalty or 1.0) != 1.0
        or sampling.presence_penalty
        or sampling.frequency_penalty
        or sampling.dry
    )


def unsupported(sampling: Sampling) -> tuple[str, ...]:
    """The fields that are set and not honored."""
    return tuple(name for name in sampling.given() if name not in HONORED)


def sampling_notes(sampling: Sampling) -> tuple[str, ...]:
    """Sentences on settings that cannot do anything beside others."""
    given = sampling.given()
    if sampling.temperature == 0:
        idle = [name for name in _OFF_WHEN_GREEDY if name in given]
        reason = "Temperature 0 always takes the likeliest token"
    elif sampling.mirostat is not None:
        idle = [name for name in _OFF_UNDER_MIROSTAT if name in given]
        reason = "Mirostat replaces the other filters"
    else:
        return ()
    return (f"{reason}, so {', '.join(idle)} did nothing.",) if idle else ()


def _chain(model: NativeModel, sampling: Sampling) -> Any:
    lib = model.lib
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    for sampler in (*_penalties(model, sampling), *_filters(model, sampling)):
        lib.llama_sampler_chain_add(chain, sampler)
    return chain


def _penalties(model: NativeModel, sampling: Sampling) -> list[Any]:
    lib, samplers = model.lib, []
    if looks_back(sampling):
        samplers.append(
            lib.llama_sampler_init_penalties(
                model.vocabulary_size,
                _LAST_TOKENS,
                _or(sampling.repeat_penalty, 1.0),
                sampling.frequency_penalty or 0.0,
                sampling.presence_penalty or 0.0,
            )
        )
    if sampling.dry is not None:
        dry = sampling.dry
        breakers = (ctypes.c_char_p * len(_DRY_BREAKERS))(*_DRY_BREAKERS)
        samplers.append(
            lib.llama_sampler_init_dry(
                model.vocabulary,
                dry.multiplier,
                dry.base,
                dry.allowed_length,
                _WHOLE_CONTEXT,
                breakers,
                len(_DRY_BREAKERS),
            )
        )
    return samplers


def _filters(model: NativeModel, sampling: Sampling) -> list[Any]:
    lib = model.lib
    temperature = _or(sampling.temperature, _TEMPERATURE)
    seed = _or(sampling.seed, _RANDOM_SEED)
    if temperature == 0:
        return [lib.llama_sampler_init_greedy()]
    if sampling.mirostat is not None:
        tau, eta = sampling.mirostat.tau, sampling.mirostat.eta
        if sampling.mirostat.version == 1:
            size = model.vocabulary_size
            last = lib.llama_sampler_init_mirostat(size, seed, tau, eta, _MIROSTAT_TOKENS)
        else:
            last = lib.llama_sampler_init_mirostat_v2(seed, tau, eta)
        return [lib.llama_sampler_init_temp(temperature), last]
    samplers = [lib.llama_sampler_init_top_k(_or(sampling.top_k, _TOP_K))]
    if sampling.typical_p is not None:
        samplers.append(lib.llama_sampler_init_typical(sampling.typical_p, 1))
    samplers.append(lib.llama_sampler_init_top_p(_or(sampling.top_p, _TOP_P), 1))
    samplers.append(lib.llama_sampler_init_min_p(_or(sampling.min_p, _MIN_P), 1))
    if sampling.xtc is not None:
        xtc = sampling.xtc
        samplers.append(lib.llama_sampler_init_xtc(xtc.probability, xtc.threshold, 1, seed))
    samplers.append(lib.llama_sampler_init_temp(temperature))
    return [*samplers, lib.llama_sampler_init_dist(seed)]


def _grammar_sampler(model: NativeModel, grammar: str) -> Any:
    with engine_words() as words:
        sampler = model.lib.llama_sampler_init_grammar(
            model.vocabulary, grammar.encode("utf-8"), b"root"
        )
    if not sampler:
        raise SchemaError(
            "The engine cannot follow this grammar.",
            f"It says: {words.first() or 'nothing'}",
            "Simplify the grammar, or use a JSON Schema.",
            detail=words.text,
        )
    return sampler


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
