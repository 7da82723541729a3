"""Backend: an engine that loads one model and writes text with it, inside a worker process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import msgspec

from inkstand_sdk.capabilities import BackendCapabilities, Probe
from inkstand_sdk.messages import Chunk, GenerateRequest, TokenCount
from inkstand_sdk.settings import NoSettings

# A rule of thumb for English; only used where no tokenizer can be asked, and said to be inexact.
CHARACTERS_PER_TOKEN = 4


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model that can be loaded.

    `id` is its short name; `path` the file or folder for local formats ("" for remote ones);
    `size` the bytes on disk; `context_length` the context it was trained for, 0 if unknown.
    """

    id: str
    format: str
    path: str = ""
    title: str = ""
    summary: str = ""
    size: int = 0
    context_length: int = 0
    architecture: str = ""
    license: str = ""
    source: str = ""
    sha256: str = ""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What a backend says of a model that it has just loaded.

    `context_length` is in tokens (0: unknown); `concurrency` how many requests may run at once
    (0: what the capabilities say); `notes` are sentences for the user.
    """

    context_length: int = 0
    concurrency: int = 0
    device: str = "cpu"
    chat_template: bool = True
    notes: tuple[str, ...] = ()


class Backend(ABC):
    """An engine. Subclass it, set `name`, implement `load` and `generate`; the rest is optional.

    One instance holds one model. It lives in a worker process of its own, so it may crash, hold
    the interpreter lock, or leak: nothing of the host is lost. Import the engine inside `load`,
    never at the top of the module.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    Settings: ClassVar[type[msgspec.Struct]] = NoSettings
    capabilities: ClassVar[BackendCapabilities] = BackendCapabilities()
    on_loading: Callable[[float], None] | None = None
    """Set by the worker before `load`: what `loading` tells."""

    @classmethod
    def probe(cls) -> Probe:
        """Whether the engine is installed, and its devices. Must be quick and load no model."""
        return Probe()

    @abstractmethod
    def load(self, model: Model, settings: Any) -> Loaded | None:
        """Load `model` with an instance of `Settings`.

        Raises:
            ModelFileError: the file is missing, damaged, or not for this engine.
            OutOfMemory: it does not fit.
            LoadFailed: the engine refused, with the engine's own words in `detail`.

        """

    def loading(self, share: float) -> None:
        """Tell from `load`, as often as you like, how much of the model is loaded: 0 to 1."""
        if self.on_loading is not None:
            self.on_loading(share)

    @abstractmethod
    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Yield chunks; the last may carry the `Finish`.

        `cancelled` is cheap: ask it after every token and end with reason "cancelled" when it is
        true. Called from several threads at once if `concurrency` is above one.

        Raises:
            PromptTooLong: with the number of tokens over; nothing is ever cut off.
            SchemaError: the schema or grammar is not valid.
            EngineError: whatever else the engine reports.

        """

    def count_tokens(self, text: str) -> TokenCount:
        """How many tokens `text` is. The default is a rule of thumb and says it is not exact."""
        return TokenCount(-(-len(text) // CHARACTERS_PER_TOKEN), exact=False)

    def close(self) -> None:
        """Free the engine. May be called twice; the worker exits afterwards."""
