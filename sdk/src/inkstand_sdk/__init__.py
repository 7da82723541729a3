"""The contract between Inkstand and its plugins, and the Python SDK for applications.

Names are loaded when first used, so `import inkstand_sdk` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inkstand_sdk.async_client import open_async as open_async
    from inkstand_sdk.backend import Backend as Backend
    from inkstand_sdk.backend import Loaded as Loaded
    from inkstand_sdk.backend import Model as Model
    from inkstand_sdk.capabilities import BackendCapabilities as BackendCapabilities
    from inkstand_sdk.capabilities import Device as Device
    from inkstand_sdk.capabilities import EmbedderCapabilities as EmbedderCapabilities
    from inkstand_sdk.capabilities import Probe as Probe
    from inkstand_sdk.capabilities import ReaderCapabilities as ReaderCapabilities
    from inkstand_sdk.capabilities import ToolCapabilities as ToolCapabilities
    from inkstand_sdk.client import open as open
    from inkstand_sdk.embedder import Embedder as Embedder
    from inkstand_sdk.errors import InkstandError as InkstandError
    from inkstand_sdk.findings import Finding as Finding
    from inkstand_sdk.findings import Passage as Passage
    from inkstand_sdk.hookspecs import hookimpl as hookimpl
    from inkstand_sdk.manuscript import Manuscript as Manuscript
    from inkstand_sdk.manuscript import Scene as Scene
    from inkstand_sdk.messages import Adapter as Adapter
    from inkstand_sdk.messages import Chunk as Chunk
    from inkstand_sdk.messages import Dropped as Dropped
    from inkstand_sdk.messages import Event as Event
    from inkstand_sdk.messages import Failure as Failure
    from inkstand_sdk.messages import Finish as Finish
    from inkstand_sdk.messages import GenerateRecord as GenerateRecord
    from inkstand_sdk.messages import GenerateRequest as GenerateRequest
    from inkstand_sdk.messages import GenerateResult as GenerateResult
    from inkstand_sdk.messages import Message as Message
    from inkstand_sdk.messages import Sampling as Sampling
    from inkstand_sdk.messages import Text as Text
    from inkstand_sdk.messages import TokenCount as TokenCount
    from inkstand_sdk.messages import TokenLogprob as TokenLogprob
    from inkstand_sdk.messages import Usage as Usage
    from inkstand_sdk.reader import Person as Person
    from inkstand_sdk.reader import Quotation as Quotation
    from inkstand_sdk.reader import Reader as Reader
    from inkstand_sdk.reader import Reading as Reading
    from inkstand_sdk.reader import SceneReading as SceneReading
    from inkstand_sdk.reader import Span as Span
    from inkstand_sdk.settings import NoSettings as NoSettings
    from inkstand_sdk.source import ModelSource as ModelSource
    from inkstand_sdk.store import Store as Store
    from inkstand_sdk.tool import Proposal as Proposal
    from inkstand_sdk.tool import Tool as Tool
    from inkstand_sdk.tool import ToolCall as ToolCall
    from inkstand_sdk.tool import ToolContext as ToolContext

__version__ = "1.0.0"

_HOMES = {
    "backend": ("Backend", "Loaded", "Model"),
    "capabilities": (
        "BackendCapabilities",
        "Device",
        "EmbedderCapabilities",
        "Probe",
        "ReaderCapabilities",
        "ToolCapabilities",
    ),
    "async_client": ("open_async",),
    "client": ("open",),
    "embedder": ("Embedder",),
    "errors": ("InkstandError",),
    "findings": ("Finding", "Passage"),
    "hookspecs": ("hookimpl",),
    "manuscript": ("Manuscript", "Scene"),
    "messages": (
        "Adapter",
        "Chunk",
        "Dropped",
        "Event",
        "Failure",
        "Finish",
        "GenerateRecord",
        "GenerateRequest",
        "GenerateResult",
        "Message",
        "Sampling",
        "Text",
        "TokenCount",
        "TokenLogprob",
        "Usage",
    ),
    "reader": ("Person", "Quotation", "Reader", "Reading", "SceneReading", "Span"),
    "settings": ("NoSettings",),
    "source": ("ModelSource",),
    "store": ("Store",),
    "tool": ("Proposal", "Tool", "ToolCall", "ToolContext"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
