"""Counting what went into a prompt with the model that read it, and seeing that it read all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.errors import InkstandError, Withheld
from inkstand_sdk.messages import GenerateRequest, GenerateResult, TokenCount

if TYPE_CHECKING:
    from inkstand.records.receipts import Block, Receipt

PATIENCE = 3.0
"""Seconds that a result may wait for its prompt to be counted, where it looks cut."""

# English has four to five characters a token; more than this a token is a reason to count.
_MANY_CHARACTERS = 5
_REMEMBERED = 2_000


class Counter:
    """Counts with models that are loaded, and remembers what it counted. Thread-safe."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, bytes], TokenCount] = OrderedDict()

    def unread(
        self, sent: GenerateRequest, result: GenerateResult, spec: WorkerSpec
    ) -> tuple[str, ...]:
        """A note if the engine read less than it was given.

        A prompt has a token for each word at least, and seldom less than one for five characters.
        Only where the engine read fewer than that is anything counted.
        """
        evaluated = result.usage.prompt_tokens
        if result.cached or result.finish not in ("stop", "length") or evaluated <= 0:
            return ()
        if evaluated >= sum(_fewest(text) for text in _texts(sent)):
            return ()
        from inkstand.records.receipts import Receipt, blocks_of

        receipt = Receipt(
            request_id=result.request_id,
            at=0.0,
            backend=result.backend,
            model=result.model,
            outcome=result.finish,
            blocks=blocks_of(sent),
            evaluated=evaluated,
            evaluated_exact=result.usage.exact,
        )
        enough = CancelToken()
        timer = threading.Timer(PATIENCE, enough.cancel)
        timer.daemon = True
        timer.start()
        try:
            counted = self.counted(receipt, spec, enough)
        finally:
            timer.cancel()
        return (cut_note(counted),) if counted is not None and counted.unread else ()

    def counted(self, receipt: Receipt, spec: WorkerSpec, cancel: CancelToken) -> Receipt | None:
        """The receipt with its blocks counted; None if no model is loaded that could do it.

        What was kept from going to a model is not given to it to be counted either.
        """
        if receipt.outcome == Withheld.code:
            return None
        counts = [self._remembered(spec, block) for block in receipt.blocks]
        if None in counts:
            try:
                counts = self._asked(receipt.blocks, spec, cancel)
            except InkstandError:
                return None  # it was stopped, or its engine cannot count: the receipt says so
        blocks = tuple(
            block
            if count is None
            else msgspec.structs.replace(block, tokens=count.count, exact=count.exact)
            for block, count in zip(receipt.blocks, counts, strict=True)
        )
        return msgspec.structs.replace(receipt, blocks=blocks).with_unread()

    def _asked(
        self, blocks: tuple[Block, ...], spec: WorkerSpec, cancel: CancelToken
    ) -> list[TokenCount | None]:
        if not self._pool.is_warm(spec):
            return [self._remembered(spec, block) for block in blocks]
        only_warm = CancelToken()
        # It may end between the question and the lease: a model is not loaded to count with it.
        with (
            cancel.listening(only_warm.cancel),
            self._pool.lease(
                spec, cancel=only_warm, on_load=lambda _share: only_warm.cancel()
            ) as worker,
        ):
            for block in blocks:
                if self._remembered(spec, block) is None:
                    count: TokenCount = worker.call(
                        "count_tokens", block.text, TokenCount, cancel=only_warm
                    )
                    self._remember(spec, block, count)
        return [self._remembered(spec, block) for block in blocks]

    def _remembered(self, spec: WorkerSpec, block: Block) -> TokenCount | None:
        if not block.text:
            return TokenCount(0, exact=True)
        key = _key(spec, block)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def _remember(self, spec: WorkerSpec, block: Block, count: TokenCount) -> None:
        with self._lock:
            self._known[_key(spec, block)] = count
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def cut_note(receipt: Receipt) -> str:
    """The sentence that tells the user of a prompt that was cut in silence."""
    given = (receipt.evaluated or 0) + receipt.unread
    about = "" if receipt.exact else "about "
    return (
        f"The engine read only {receipt.evaluated:,} of the {about}{given:,} tokens that it was"
        f" given: the rest was cut off. See: inkstand receipt {receipt.request_id[:8] or 'last'}"
    )


def _texts(request: GenerateRequest) -> list[str]:
    if request.prompt is not None:
        return [request.prompt]
    return [message.text() for message in request.messages]


def _fewest(text: str) -> int:
    """How many tokens a text has at least, more or less."""
    return max(len(text.split()), len(text) // _MANY_CHARACTERS)


def _key(spec: WorkerSpec, block: Block) -> tuple[str, bytes]:
    return spec.key, blake2b(block.text.encode("utf-8", "replace"), digest_size=16).digest()
