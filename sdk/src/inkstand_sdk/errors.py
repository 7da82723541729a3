"""Every error a user may see: what happened, the likely cause, what to do next.

An error crosses process borders as an `ErrorInfo` and becomes the same class on the other side.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec


class ErrorInfo(msgspec.Struct, frozen=True):
    """An error in transit: the class's `code`, the three parts, and whatever else explains it.

    `data` holds JSON values that programs may want (token counts, a signal number);
    `detail` a traceback or the tail of a log.
    """

    code: str
    what: str
    cause: str = ""
    fix: str = ""
    detail: str = ""
    data: dict[str, Any] = msgspec.field(default_factory=dict)


class InkstandError(Exception):
    """The base of every error that Inkstand shows.

    Args:
        what: What happened, one sentence.
        cause: The likely cause.
        fix: What to do next: a command where one exists.
        detail: A traceback or log tail, shown only on request.
        data: JSON values for programs.

    """

    code: ClassVar[str] = "error"
    _classes: ClassVar[dict[str, type[InkstandError]]] = {}

    def __init__(
        self, what: str, cause: str = "", fix: str = "", *, detail: str = "", **data: Any
    ) -> None:
        super().__init__(what)
        self.what = what
        self.cause = cause
        self.fix = fix
        self.detail = detail
        self.data = data

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        InkstandError._classes[cls.code] = cls

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.cause, self.fix) if part)

    def to_info(self) -> ErrorInfo:
        """The error as a Struct that can cross a process border."""
        return ErrorInfo(self.code, self.what, self.cause, self.fix, self.detail, self.data)

    @staticmethod
    def from_info(info: ErrorInfo) -> InkstandError:
        """The error that `info` describes; an unknown code becomes a plain `InkstandError`."""
        cls = InkstandError._classes.get(info.code, InkstandError)
        return cls(info.what, info.cause, info.fix, detail=info.detail, **info.data)


class UsageError(InkstandError):
    """The call itself is wrong: an unknown name, a value out of bounds, a bad combination."""

    code = "usage"


class InputError(InkstandError):
    """A file or text that the user gave cannot be used."""

    code = "input"


class NotFound(InkstandError):
    """A plugin, tool, backend or model of that name is not here."""

    code = "not-found"


class PluginError(InkstandError):
    """A plugin raised, or gave something that its contract does not allow."""

    code = "plugin"


class PluginBroken(PluginError):
    """The plugin cannot be loaded at all; the index says why."""

    code = "plugin-broken"


class ChangedMeanwhile(InputError):
    """A file was changed by another program while something here was made from it."""

    code = "changed-meanwhile"


class ModelFileError(InkstandError):
    """A model file is missing, damaged, or of a kind that the backend does not read."""

    code = "model-file"


class LoadFailed(InkstandError):
    """The engine refused to load a model whose header is sound."""

    code = "load-failed"


class OutOfMemory(InkstandError):
    """A model, or its context, does not fit in the memory that is left."""

    code = "out-of-memory"


class PromptTooLong(InkstandError):
    """The prompt does not fit; `data` holds `prompt_tokens`, `context_length`, `over_by`."""

    code = "prompt-too-long"

    @classmethod
    def of(cls, prompt_tokens: int, context_length: int) -> PromptTooLong:
        """The error for a prompt of that many tokens; at least one token must be left to write."""
        over = prompt_tokens - context_length + 1
        return cls(
            f"The prompt is {over} token{'s' if over != 1 else ''} too long: it has"
            f" {prompt_tokens} and the model's context holds {context_length}, one of them"
            " for the answer.",
            "Nothing was cut off and nothing was generated.",
            "Shorten the prompt, or load the model with a larger `context_length`"
            " if the model has one.",
            prompt_tokens=prompt_tokens,
            context_length=context_length,
            over_by=over,
        )


class SchemaError(InkstandError):
    """A JSON Schema or grammar is not valid, or asks for what the engine cannot constrain."""

    code = "schema"


class OutputInvalid(InkstandError):
    """What the model wrote does not satisfy the schema; `data["text"]` keeps the raw text."""

    code = "output-invalid"


class EngineError(InkstandError):
    """The engine reported an error while generating."""

    code = "engine"


class RateLimited(EngineError):
    """A server takes no more requests now; `data` may hold `retry_after`, in seconds."""

    code = "rate-limited"


class Unavailable(EngineError):
    """A server cannot be reached, or says itself that it cannot serve now."""

    code = "unavailable"


class TimedOut(EngineError):
    """An engine or server was silent for longer than it may be."""

    code = "timed-out"


class WorkerCrashed(InkstandError):
    """A worker process ended unasked; `data` may hold `signal`, `exit_code` and `written`."""

    code = "worker-crashed"


class WorkerTimeout(InkstandError):
    """A worker did not start, or did not answer, within its time limit."""

    code = "worker-timeout"


class Cancelled(InkstandError):
    """The user stopped it."""

    code = "cancelled"

    def __init__(
        self,
        what: str = "Cancelled.",
        cause: str = "",
        fix: str = "",
        *,
        detail: str = "",
        **data: Any,
    ) -> None:
        super().__init__(what, cause, fix, detail=detail, **data)


class Offline(InkstandError):
    """Something needs the network and Inkstand is offline by the user's wish."""

    code = "offline"


class Withheld(InkstandError):
    """A text is marked to stay on this machine and was not sent to another one.

    `data` may hold the `scene` and `file` that are marked, and the `target` it would have gone to.
    """

    code = "withheld"
