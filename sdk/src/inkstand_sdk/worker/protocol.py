"""What a host and its worker say to each other: frames, and the bodies of each call.

A frame is one of six Structs, sent as a msgpack array that starts with its tag. Ids count per
direction. A worker opens with `Hello`, before any plugin is imported; then the host calls:

=================== ===================== ============================== =====================
method              parameters            items                          result
=================== ===================== ============================== =====================
open                Open                                                 Opened
load                Load                  LoadProgress                   backend.Loaded
generate            GenerateRequest       Chunk                          None
count_tokens        str                                                  TokenCount
load (embedder)     LoadEmbedder                                         None
embed               list[str]             list[list[float]], a batch     None
run_tool            RunTool               ToolEvent                      dict, the tool's output
read                Read                  ToolEvent (Progress)           Reading
hook                Hook                  ErrorInfo (failed, skipped)    the hook's body or None
memory              None                                                 int, resident bytes
close               None                                                 None; then it exits
=================== ===================== ============================== =====================

While a tool runs its worker calls the host, with `parent` naming the host's call:
`ctx.manuscript`, `ctx.reading`, `ctx.bible`, `ctx.ignored`, `ctx.model` (no parameters),
`ctx.generate` (ContextGenerate), `ctx.count_tokens` (str) and `ctx.propose` (tool.Proposal).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Raw

from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import BackendCapabilities, Device, Engine
from inkstand_sdk.errors import ErrorInfo
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.messages import Chunk, GenerateRequest

PROTOCOL = 1
WorkerKind = Literal["backend", "distribution", "store", "embedder"]
NOTHING = Raw(b"\xc0")
"""The body `None`."""


class Hello(msgspec.Struct, frozen=True, array_like=True, tag="hello"):
    """A worker's first frame. `python` is its interpreter's version."""

    sdk: str
    pid: int
    python: str
    protocol: int = PROTOCOL


class Call(msgspec.Struct, frozen=True, array_like=True, tag="call"):
    """Do `method`. `parent` is the other side's call that this one is made for, 0 if none."""

    id: int
    method: str
    params: Raw = NOTHING
    parent: int = 0


class Item(msgspec.Struct, frozen=True, array_like=True, tag="item"):
    """Something that call `id` gives before its result."""

    id: int
    body: Raw


class Result(msgspec.Struct, frozen=True, array_like=True, tag="result"):
    """Call `id` is over and this is its result."""

    id: int
    body: Raw = NOTHING


class Failure(msgspec.Struct, frozen=True, array_like=True, tag="failure"):
    """Call `id` is over and failed."""

    id: int
    error: ErrorInfo


class Cancel(msgspec.Struct, frozen=True, array_like=True, tag="cancel"):
    """Call `id` is no longer wanted; it still ends with a result or a failure."""

    id: int


Frame = Hello | Call | Item | Result | Failure | Cancel


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """What to serve: one backend or embedder of a distribution, or all its tools, readers and
    hook takers.

    `name` is the backend's (store's, embedder's) name; `entry_points` None loads them all.
    """

    kind: WorkerKind
    distribution: str
    entry_points: tuple[str, ...] | None = None
    name: str = ""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The second half of the handshake; `capabilities` and `devices` are a backend's."""

    distribution: str
    version: str
    capabilities: BackendCapabilities | None = None
    devices: tuple[Device, ...] = ()


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Load a model with the backend that was opened; `settings` are plain values."""

    model: Model
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


class LoadEmbedder(msgspec.Struct, frozen=True, kw_only=True):
    """Load the embedder that was opened; `settings` are plain values."""

    settings: dict[str, Any] = msgspec.field(default_factory=dict)


class RunTool(msgspec.Struct, frozen=True, kw_only=True):
    """Run a tool with plain values for its `Input` and `Settings`; `id` is the run's, for logs."""

    tool: str
    engine: Engine
    input: dict[str, Any] = msgspec.field(default_factory=dict)
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    id: str = ""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Read a manuscript with a reader; `cache` is a folder that it may keep things in, or ""."""

    reader: str
    manuscript: Manuscript
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    cache: str = ""


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """Ask the implementations of a hook, one after another; `body` is its one argument."""

    hook: str
    body: Raw


class ContextGenerate(msgspec.Struct, frozen=True, kw_only=True):
    """A tool's `ctx.generate`; the host streams the text to the face if `show` is true."""

    request: GenerateRequest
    show: bool = True


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far a tool or reader is, 0 to 1; None where it cannot say."""

    fraction: float | None = None
    message: str = ""

    @classmethod
    def of(cls, chunk: Chunk) -> Progress | None:
        """How far a chunk says that its model is with loading, or with the prompt."""
        if chunk.loading is not None:
            return cls(chunk.loading.share, f"Loading {chunk.loading.model}")
        if chunk.progress is not None:
            share = chunk.progress.evaluated / max(1, chunk.progress.total)
            return cls(share, "Reading the prompt")
        return None


class Write(msgspec.Struct, frozen=True, tag="write"):
    """Text that a tool shows at once."""

    text: str


ToolEvent = Progress | Write
