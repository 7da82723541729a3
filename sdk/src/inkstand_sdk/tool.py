"""Tool: one typed input, one typed output, and a context that gives it everything else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

import msgspec

from inkstand_sdk.capabilities import Engine, Probe, ToolCapabilities
from inkstand_sdk.errors import UsageError
from inkstand_sdk.manuscript import Manuscript, Scene
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


class Proposal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text that a tool would have in the manuscript; the writer decides.

    It is to replace the code points [start, end) of the text of the scene with the id `scene`; with
    `start` alone it is put in there, and without either it becomes a new paragraph at the scene's
    end. Without a scene it is a new `file`, named from the workspace's folder on with `/`. `title`
    says in a few words what it is, `why` what it is good for.
    """

    text: str
    scene: str = ""
    start: int | None = None
    end: int | None = None
    file: str = ""
    title: str = ""
    why: str = ""


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
    def ignored(self) -> frozenset[str]:
        """The ids of findings that the writer wants to see no more. A tool leaves them out, and
        says how many it left out.
        """
        return frozenset()

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

    def propose(
        self,
        text: str,
        *,
        scene: Scene | str | None = None,
        start: int | None = None,
        end: int | None = None,
        file: str = "",
        title: str = "",
        why: str = "",
    ) -> int:
        """Propose a text for the manuscript, and return the proposal's number.

        Nothing is written: the user sees what would change, and accepts all of it, some, or none.

        Args:
            text: The new text.
            scene: The scene that it belongs in, or its id.
            start: Where in the scene's text it goes, in code points; None makes it a new
                paragraph at the scene's end.
            end: Where what it replaces ends; None replaces nothing.
            file: The name of a new file for it, where it belongs in no scene.
            title: What it is, in a few words.
            why: What it is good for.

        Raises:
            UsageError: there is no such scene or place, or the text came from no file.

        """
        proposal = Proposal(
            text=text,
            scene=scene.id if isinstance(scene, Scene) else scene or "",
            start=start,
            end=end,
            file=file,
            title=title,
            why=why,
        )
        if not text.strip() and (start is None or end is None or start == end):
            raise UsageError("An empty text was proposed.", "The tool made none.", "")
        if bool(proposal.scene) == bool(file):
            raise UsageError(
                "A text was proposed for no place.",
                "A proposal names a scene or a new file, one of them.",
                "Report it to the tool's author.",
            )
        if end is not None and (start is None or end < start):
            raise UsageError(
                "A text was proposed for a place that ends before it starts.",
                "",
                "Report it to the tool's author.",
            )
        return self.propose_as(proposal)

    def propose_as(self, proposal: Proposal) -> int:
        """Keep a proposal; what `propose` does once it is put together.

        Raises:
            UsageError: this Inkstand keeps none.

        """
        raise UsageError(
            f"{type(self).__name__} keeps no proposals.",
            "It is older than the tool.",
            "Upgrade Inkstand.",
        )


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
