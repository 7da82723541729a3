"""The engine's exceptions as the errors of the contract."""

from __future__ import annotations

from inkstand_sdk.errors import EngineError, InkstandError, LoadFailed, ModelFileError, OutOfMemory

_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "bad alloc")
# The engine's words for a file whose content is not what its config says.
_FILE = (
    "size mismatch", "ignore_mismatched_sizes", "safetensor", "headertoolarge",
    "metadataincompletebuffer", "tokenizer", "sentencepiece", "vocab", "shape",
)  # fmt: skip


def while_generating(error: Exception) -> InkstandError:
    """The error for an exception out of the engine while it generated."""
    if isinstance(error, InkstandError):
        return error
    words = _words(error)
    if is_memory(error):
        return OutOfMemory(
            "The memory does not suffice for this request.",
            f"The engine says: {words}",
            "Set a smaller `context_length` or `batch`, or shorten the prompt.",
        )
    return EngineError(
        "The engine reported an error.", f"It says: {words}", "Try again, or another model."
    )


def while_loading(error: Exception, path: str) -> InkstandError:
    """The error for an exception out of the engine while it loaded the model at `path`."""
    if isinstance(error, InkstandError):
        return error
    words = _words(error)
    if is_memory(error):
        return OutOfMemory(
            "The model does not fit into memory.",
            f"The engine says: {words}",
            "Take a smaller model, or one stored in fewer bits.",
        )
    if isinstance(error, OSError | UnicodeError) or any(word in words.lower() for word in _FILE):
        return ModelFileError(
            f"The model at {path} cannot be read.",
            f"The engine says: {words}",
            "Get the whole folder again.",
        )
    return LoadFailed(
        f"The engine does not load the model at {path}.",
        f"It says: {words}",
        "Another backend may know it: `inkstand backends list`.",
    )


def is_memory(error: Exception) -> bool:
    """Whether the engine ran out of memory."""
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in _NO_MEMORY)


def _words(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines) or type(error).__name__
    return text if len(text) <= 400 else f"{text[:400]}..."
