"""What is set going from the assistant: a tool on some text, or a free prompt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from inkstand.jobs import CancelToken
from inkstand.tui.assistant.instructing import request_for
from inkstand.tui.assistant.material import Material, material
from inkstand.tui.assistant.where import Where
from inkstand_sdk.errors import Cancelled, InkstandError, PromptTooLong
from inkstand_sdk.messages import GenerateResult, Usage
from inkstand_sdk.worker.protocol import Progress, ToolEvent, Write

if TYPE_CHECKING:
    from inkstand.studio import Studio
    from inkstand.tools.runner import ToolRun

_SHORTER = 0.6
_ATTEMPTS = 6
Engine = Literal["auto", "analysis", "model"]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What a call of a model took: its request, who answered, its tokens, and its speed."""

    request_id: str
    backend: str
    model: str
    usage: Usage
    tokens_per_second: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run: an output to be shown by its shape, or only a text.

    `text` is what can be proposed or copied; `result` the generation that wrote it, of a prompt.
    """

    text: str = ""
    output: dict[str, Any] | None = None
    proposals: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    result: GenerateResult | None = None


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What the writer chose beside the input: what to work on, and who writes."""

    on: str = ""
    engine: Engine = "auto"
    model: str = ""
    preset: str = ""
    takes: int = 1


class Run(ABC):
    """Work under way. Every method but `cancel` blocks, and is called in a thread."""

    @abstractmethod
    def events(self) -> Iterator[ToolEvent]:
        """Progress and text as they come, until the end."""

    @abstractmethod
    def result(self) -> Outcome:
        """What came of it. Raises whatever ended it."""

    @abstractmethod
    def cancel(self) -> None:
        """Stop it."""


class Work(ABC):
    """Work that can be set going, more than once."""

    title: str
    where: Where
    given: Material | None = None
    writes = False
    """Whether a model is to write, so that there may be several takes."""

    @abstractmethod
    def start(self) -> Run:
        """Set it going. Blocks; raises what keeps it from starting."""


class ToolWork(Work):
    """A tool on what the writer chose."""

    def __init__(
        self,
        studio: Studio,
        book: Path,
        where: Where,
        name: str,
        title: str,
        values: dict[str, Any],
        chosen: Chosen,
        *,
        at_cursor: bool = False,
        needs_text: bool = True,
    ) -> None:
        self._studio = studio
        self._book = book
        self.where = where
        self._name = name
        self.title = title
        self._values = values
        self.chosen = chosen
        self._at_cursor = at_cursor
        self._needs_text = needs_text
        self.writes = chosen.engine == "model"

    def start(self) -> Run:
        """Set it going."""
        if self._needs_text and self.given is None:
            self.given = material(self._studio, self._book, self.where, self.chosen.on)
        given = self.given
        values = self._values
        if self._at_cursor and given is not None:
            values = {**values, "at": _place_in(given, self.where)}
        return _ToolRun(
            self._studio.run_tool(
                self._name,
                values,
                manuscript=given.manuscript if given is not None else None,
                path=given.path if given is not None else None,
                engine=self.chosen.engine,
                model=self.chosen.model,
                preset=self.chosen.preset,
            )
        )


class _ToolRun(Run):
    def __init__(self, job: ToolRun) -> None:
        self._job = job

    def events(self) -> Iterator[ToolEvent]:
        return self._job.events()

    def result(self) -> Outcome:
        done = self._job.result()
        texts = [value for value in done.output.values() if isinstance(value, str)]
        return Outcome(
            text=max(texts, key=len, default=""),
            output=done.output,
            proposals=done.proposals,
            notes=done.notes,
            calls=tuple(msgspec.convert(each, Call, from_attributes=True) for each in done.written),
        )

    def cancel(self) -> None:
        self._job.cancel()


class PromptWork(Work):
    """A free prompt: an answer, or the selection rewritten."""

    writes = True

    def __init__(self, studio: Studio, where: Where, wish: str, chosen: Chosen) -> None:
        self._studio = studio
        self.where = where
        self.wish = wish
        self.title = "Rewrite the selection" if where.selected.strip() else "Ask"
        self.chosen = chosen

    def start(self) -> Run:
        """Set it going."""
        return _PromptRun(self._studio, self.where, self.wish, self.chosen)


class _PromptRun(Run):
    """A generation; a prompt that is too long is made shorter."""

    def __init__(self, studio: Studio, where: Where, wish: str, chosen: Chosen) -> None:
        self._studio = studio
        self._where = where
        self._wish = wish
        self._chosen = chosen
        self._cancel = CancelToken()
        self._end: Callable[[], GenerateResult] | None = None

    def events(self) -> Iterator[ToolEvent]:
        limit = context_of(self._studio, self._chosen.model)
        share = 1.0
        for attempt in range(_ATTEMPTS):
            request = request_for(self._wish, self._where, limit, share)
            request = msgspec.structs.replace(request, preset=self._chosen.preset)
            generation = self._studio.generate(
                request, model=self._chosen.model, cancel=self._cancel
            )
            try:
                for chunk in generation:
                    if (progress := Progress.of(chunk)) is not None:
                        yield progress
                    if chunk.text:
                        yield Write(chunk.text)
            except PromptTooLong:
                if attempt == _ATTEMPTS - 1:
                    raise
                share = share * _SHORTER if attempt < _ATTEMPTS - 2 else 0.0
                continue
            self._end = lambda done=generation: done.result
            return

    def result(self) -> Outcome:
        if self._end is None:
            raise Cancelled
        done = self._end()
        call = Call(
            request_id=done.request_id,
            backend=done.backend,
            model=done.model,
            usage=done.usage,
            tokens_per_second=done.tokens_per_second,
        )
        cut = ("It was cut off at the limit of tokens.",) if done.finish == "length" else ()
        notes = (*done.notes, *cut)
        text = done.text.strip()
        # One string, not two: a model that never ends writes megabytes.
        result = msgspec.structs.replace(done, text=text)
        return Outcome(text=text, notes=notes, calls=(call,), result=result)

    def cancel(self) -> None:
        self._cancel.cancel()


def _place_in(given: Material, where: Where) -> int:
    """Where in the scene the cursor is, in code points; -1 at its end."""
    scene = given.manuscript.scenes[0]
    at = where.cursor - scene.offset
    # A scene that was only opened, with the cursor before its first word, is gone on with too.
    return at if at > 0 and scene.text[:at].strip() and scene.text[at:].strip() else -1


def context_of(studio: Studio, model: str) -> int:
    """Tokens that a model's context holds, as far as is known; 0 if it is not."""
    try:
        return studio.library.target(studio.resolve(model)).context_length
    except InkstandError:
        return 0
