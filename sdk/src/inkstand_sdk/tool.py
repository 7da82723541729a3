"""Tool: one typed input, one typed output, and a context that gives it everything else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

import msgspec

from inkstand_sdk.capabilities import Engine, Probe, ToolCapabilities
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.messages import GenerateRequest, GenerateResult, TokenCount
from inkstand_sdk.reader import Reading
from inkstand_sdk.settings import NoSettings

T = TypeVar("T", bound=msgspec.Struct)


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The model that a tool run may write with; `context_length` in tokens, 0 if unknown."""

    id: str
    backend: str
    context_length: int = 0


class BibleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the writer's bible: its kind (folder), name, front matter and text."""

    kind: str
    name: str
    file: str = ""
    fields: dict[str, Any] = msgspec.field(default_factory=dict)
    text: str = ""


class ToolCall(msgspec.Struct, frozen=True):
    """A tool about to run, or one that has: its name, its input and, afterwards, its output."""

    tool: str
    input: dict[str, Any]
    output: dict[str, Any] | None = None


class ToolContext(ABC):
    """What a running tool is given. Everything that crosses it is a Struct or plain data."""

    engine: Engine
    """Which of its engines the tool is to use; the host has already resolved "auto"."""
    settings: Any = NoSettings()
    """An instance of the tool's `Settings`."""

    @property
    @abstractmethod
    def manuscript(self) -> Manuscript:
        """The text that the user named; raises `UsageError` if there is none."""

    @property
    @abstractmethod
    def reading(self) -> Reading:
        """The analysis of the manuscript by the reader of its language, cached by the host."""

    @property
    @abstractmethod
    def bible(self) -> tuple[BibleEntry, ...]:
        """The workspace's bible; empty where there is none."""

    @property
    @abstractmethod
    def model(self) -> ModelInfo:
        """The model of this run; loads it. Raises `NotFound` if there is none."""

    @abstractmethod
    def generate(
        self, request: GenerateRequest | str, *, show: bool = True, **fields: Any
    ) -> GenerateResult:
        """Generate with the run's model. The text streams to the user's face by itself unless
        `show` is false. `fields` are those of `GenerateRequest` (and `system`) when a string
        is given. Raises `PromptTooLong`, `Cancelled`, and what the backend raises.
        """

    @abstractmethod
    def generate_as(
        self,
        result: type[T],
        request: GenerateRequest | str,
        *,
        attempts: int = 2,
        **fields: Any,
    ) -> T:
        """Generate JSON that satisfies a Struct and return it decoded.

        The Struct's JSON Schema constrains the engine where it can; the text is validated in
        any case and asked for again up to `attempts` times. A result cut at the token limit is
        a failure. Raises `OutputInvalid` with the raw text.
        """

    @abstractmethod
    def count_tokens(self, text: str) -> TokenCount:
        """Tokens of `text` for the run's model."""

    @abstractmethod
    def progress(self, fraction: float | None, message: str = "") -> None:
        """Tell the user how far it is, 0 to 1 (None: unknown). Raises `Cancelled`."""

    @abstractmethod
    def write(self, text: str) -> None:
        """Show text to the user at once, as part of the tool's stream."""

    @abstractmethod
    def check_cancelled(self) -> None:
        """Raise `Cancelled` if the user has stopped the tool. Call it in long loops."""


class Tool(ABC):
    """A writing tool. Runs in a worker; an instance is made for each run.

    `Input` and `Output` are Structs with described fields: from them come flags, forms, calls
    and result views. The text to work on is `ctx.manuscript`, never a field.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    Settings: ClassVar[type[msgspec.Struct]] = NoSettings
    Input: ClassVar[type[msgspec.Struct]] = NoSettings
    Output: ClassVar[type[msgspec.Struct]]
    capabilities: ClassVar[ToolCapabilities] = ToolCapabilities()

    @classmethod
    def probe(cls) -> Probe:
        """Whether the tool can run here."""
        return Probe()

    @abstractmethod
    def run(self, input: Any, ctx: ToolContext) -> msgspec.Struct:
        """Do the work with an instance of `Input`; return an instance of `Output`."""
