"""Continuous batching: one thread owns the native context and serves all requests together.

Every step evaluates one `llama_batch`: the next token of each sequence that writes, and in the
room that is left a piece of each prompt that waits. So a long prompt does not stall the texts that
are being written. A sequence's key-value memory stays in its slot when it ends, and the next
request that begins alike takes it over.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from inkstand_llama_cpp_python.adapters import Applied
from inkstand_llama_cpp_python.library import engine_words
from inkstand_llama_cpp_python.model import NativeModel, common_length
from inkstand_llama_cpp_python.sequence import Sequence
from inkstand_sdk.errors import EngineError

_WORTH_KEEPING = 16  # a shared beginning of fewer tokens does not decide which slot is taken
_WORTH_COPYING = 32  # a busy slot's beginning is copied if it saves so many tokens
_PATIENCE = 30.0
_ALL = -1


class Slot:
    """One sequence of the context: the tokens in its key-value memory, and who uses it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.tokens: list[int] = []
        self.adapters: Applied = ()
        self.sequence: Sequence | None = None
        self.used = 0

    def shared(self, sequence: Sequence) -> int:
        """How many tokens of its prompt need not be evaluated in this slot."""
        if self.adapters != sequence.adapters:
            return 0
        # The last token is always evaluated: its output is what the first draw needs.
        return min(common_length(self.tokens, sequence.prompt), len(sequence.prompt) - 1)


class Batcher:
    """Serves any number of sequences on `model.slots` slots; frees the model when it is closed."""

    def __init__(self, model: NativeModel) -> None:
        self._model, self._lib = model, model.lib
        self._inbox: queue.SimpleQueue[Sequence | None] = queue.SimpleQueue()
        self._waiting: list[Sequence] = []
        self._slots = [Slot(number) for number in range(model.slots)]
        self._applied: Applied = ()
        self._turn = self._clock = 0
        self._lock = threading.Lock()
        self._closed = False
        self._batch = model.lib.llama_batch_init(model.batch_size, 0, 1)
        # A daemon, so that an engine that never returns cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="llama-cpp-python", daemon=True)
        self._thread.start()

    def submit(self, sequence: Sequence) -> None:
        """Have `sequence` written; raises `EngineError` if the model was closed."""
        with self._lock:
            if not self._closed:
                self._inbox.put(sequence)
                return
        sequence.sampler.free()
        raise _was_closed()

    def close(self) -> None:
        """End every sequence and free the model; may be called twice."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._inbox.put(None)
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        error: Exception = _was_closed()
        try:
            while self._receive():
                self._release()
                self._assign()
                if any(slot.sequence for slot in self._slots):
                    self._step()
        except Exception as failure:  # noqa: BLE001 - every request is told
            error = EngineError(
                "The engine failed.", f"{type(failure).__name__}: {failure}.", "Load it again."
            )
        with self._lock:
            self._closed = True
        self._end_all(error)
        self._lib.llama_batch_free(self._batch)
        self._model.free()

    def _receive(self) -> bool:
        """Take in new sequences, waiting for one if there is nothing to do; False at the end."""
        idle = not self._waiting and not any(slot.sequence for slot in self._slots)
        with suppress(queue.Empty):
            while True:
                sequence = self._inbox.get() if idle else self._inbox.get_nowait()
                if sequence is None:
                    return False
                self._waiting.append(sequence)
                idle = False
        return True

    def _release(self) -> None:
        """Free the slots of sequences that have ended or that nobody reads any more."""
        for slot in self._slots:
            sequence = slot.sequence
            if sequence is not None and (sequence.ended or sequence.given_up):
                slot.sequence = None
                sequence.sampler.free()
        for sequence in [each for each in self._waiting if each.given_up]:
            self._waiting.remove(sequence)
            sequence.sampler.free()

    def _assign(self) -> None:
        """Give free slots to those who wait, first come first served."""
        while self._waiting and any(slot.sequence is None for slot in self._slots):
            sequence = self._waiting.pop(0)
            slot = self._best_slot(sequence)
            shared = slot.shared(sequence)
            slot.sequence, slot.adapters = sequence, sequence.adapters
            self._clock += 1
            slot.used = self._clock
            self._keep(slot, shared)
            sequence.begin(cached=len(slot.tokens))

    def _best_slot(self, sequence: Sequence) -> Slot:
        """The free slot that saves the most; of equals, the one that was used longest ago."""

        def worth(slot: Slot) -> tuple[int, int]:
            shared = slot.shared(sequence)
            return (shared if shared >= _WORTH_KEEPING else 0, -slot.used)

        best = max((slot for slot in self._slots if slot.sequence is None), key=worth)
        source = max(self._slots, key=lambda slot: slot.shared(sequence))
        if source.shared(sequence) >= best.shared(sequence) + _WORTH_COPYING:
            self._copy(source, best)
        return best

    def _copy(self, source: Slot, target: Slot) -> None:
        self._forget(target)
        self._lib.llama_memory_seq_cp(self._model.memory, source.number, target.number, _ALL, _ALL)
        target.tokens, target.adapters = list(source.tokens), source.adapters

    def _keep(self, slot: Slot, tokens: int) -> None:
        """Keep so many tokens of what the slot remembers, or none if it cannot be cut there."""
        if len(slot.tokens) == tokens:
            return
        remove = self._lib.llama_memory_seq_rm
        if tokens and remove(self._model.memory, slot.number, tokens, _ALL):
            del slot.tokens[tokens:]
        else:
            self._forget(slot)

    def _forget(self, slot: Slot) -> None:
        self._lib.llama_memory_seq_rm(self._model.memory, slot.number, _ALL, _ALL)
        slot.tokens = []

    def _step(self) -> None:
        """Evaluate one batch, and draw a token for every sequence that has one coming."""
        busy = self._group()
        rows: list[tuple[Slot, Sequence, list[int], int]] = []
        self._batch.n_tokens = 0
        for slot, sequence, tokens in self._pieces(busy):
            draws = sequence.next is not None or (
                sequence.evaluated + len(tokens) == len(sequence.prompt)
            )
            last = self._add(slot, tokens, draws=draws)
            rows.append((slot, sequence, tokens, last if draws else _ALL))
        self._apply(busy[0][1].adapters)
        with engine_words() as words:
            code = self._lib.llama_decode(self._model.context, self._batch)
        if code != 0:
            self._failed([slot for slot, *_ in rows], code, words.first(), words.text)
            return
        for slot, sequence, tokens, row in rows:
            slot.tokens += tokens
            if sequence.next is None:
                sequence.progress(len(tokens))
            if row >= 0:
                self._draw(sequence, row)

    def _group(self) -> list[tuple[Slot, Sequence]]:
        """The sequences of the next batch: all under the same adapters, each such group in turn."""
        busy = [(slot, slot.sequence) for slot in self._slots if slot.sequence is not None]
        groups = sorted({sequence.adapters for _, sequence in busy})
        self._turn += 1
        adapters = groups[self._turn % len(groups)]
        return [(slot, sequence) for slot, sequence in busy if sequence.adapters == adapters]

    def _pieces(
        self, busy: list[tuple[Slot, Sequence]]
    ) -> Iterator[tuple[Slot, Sequence, list[int]]]:
        """What of each sequence goes into the batch; prompts share the room evenly."""
        prompts = []
        room = self._model.batch_size
        for slot, sequence in busy:
            if sequence.next is None:
                prompts.append((slot, sequence))
                continue
            room -= 1
            yield slot, sequence, [sequence.next]
        prompts.sort(key=lambda each: len(each[1].prompt) - each[1].evaluated)
        for position, (slot, sequence) in enumerate(prompts):
            share = room // (len(prompts) - position)
            piece = sequence.prompt[sequence.evaluated : sequence.evaluated + share]
            room -= len(piece)
            if piece:
                yield slot, sequence, piece

    def _add(self, slot: Slot, tokens: list[int], *, draws: bool) -> int:
        """Put `tokens` into the batch; gives the place of the last one."""
        batch = self._batch
        at, position = batch.n_tokens, len(slot.tokens)
        for offset, token in enumerate(tokens, start=at):
            batch.token[offset] = token
            batch.pos[offset] = position + offset - at
            batch.n_seq_id[offset] = 1
            batch.seq_id[offset][0] = slot.number
            batch.logits[offset] = 0
        last = int(at + len(tokens) - 1)
        batch.logits[last] = draws
        batch.n_tokens = last + 1
        return last

    def _draw(self, sequence: Sequence, row: int) -> None:
        try:
            token = sequence.sampler.draw(row)
        except EngineError as error:
            sequence.fail(error)
            return
        if token is None:
            sequence.finish("stop")
            return
        if self._model.ends(token):
            sequence.end()
            return
        logprobs = () if sequence.scale is None else (sequence.scale.weigh(row, token),)
        sequence.write(token, self._model.piece(token), logprobs)

    def _apply(self, adapters: Applied) -> None:
        if adapters == self._applied:
            return
        kind = self._lib.llama_adapter_lora_p_ctypes
        pointers = (kind * len(adapters))(*(ctypes.cast(at, kind) for at, _ in adapters))
        scales = (ctypes.c_float * len(adapters))(*(scale for _, scale in adapters))
        code = self._lib.llama_set_adapters_lora(
            self._model.context, pointers, len(adapters), scales
        )
        if code != 0:
            raise EngineError("The adapters could not be applied.", f"The engine gave {code}.")
        self._applied = adapters

    def _failed(self, slots: list[Slot], code: int, words: str, detail: str) -> None:
        error = EngineError(
            "The engine could not evaluate the text.",
            f"It says: {words or f'code {code}'}.",
            "Try again, or load the model with a smaller `batch` or fewer `slots`.",
            detail=detail,
        )
        for slot in slots:
            self._forget(slot)
            if slot.sequence is not None:
                slot.sequence.fail(error)

    def _end_all(self, error: Exception) -> None:
        with suppress(queue.Empty):
            while True:
                sequence = self._inbox.get_nowait()
                if sequence is not None:
                    self._waiting.append(sequence)
        running = [slot.sequence for slot in self._slots if slot.sequence is not None]
        for sequence in (*running, *self._waiting):
            if not sequence.ended:
                sequence.fail(error)
            sequence.sampler.free()
        self._waiting = []


def _was_closed() -> Any:
    return EngineError("The model was closed.", "", "Load it again.")
