"""What makes two requests the same: the key of the output cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand.index import Taker
from inkstand_sdk.backend import Model
from inkstand_sdk.messages import GenerateRequest, Message

if TYPE_CHECKING:
    from inkstand.generation.target import Target

# Raised when stored results or keys get another meaning: what was stored before is not found.
_FORMAT = 1

# How long a model stays, and whether its text may leave, does not change what it writes.
_WITHOUT_EFFECT = frozenset({"allow_remote", "keep_alive"})

NOT_IN_THE_KEY: dict[str, Any] = {
    "id": "",
    "timeout": None,
    "cache": "auto",
    "preset": "",  # its sampling was filled in by now
    "dropped": (),
}
"""Fields of a request that do not change what is written, with the values they are given here."""


def wants_caching(request: GenerateRequest) -> bool:
    """Whether the request's own policy lets it be answered from a cache.

    With "auto" only what would be written again word for word: greedy, or with a seed.
    """
    if request.cache != "auto":
        return request.cache == "on"
    return request.sampling.temperature == 0 or request.sampling.seed is not None


def key_of(request: GenerateRequest, target: Target, hooks: Sequence[Taker]) -> str:
    """A digest, as hexadecimal digits, of all that decides what is written.

    The request without what only names or limits it; the model by its SHA-256, or by its files'
    paths, sizes and times; backend, plugin and engine with their versions and settings; the
    distributions that take part, with theirs.
    """
    spec = target.spec
    settings = {
        name: value for name, value in sorted(spec.settings.items()) if name not in _WITHOUT_EFFECT
    }
    identity = [
        _FORMAT,
        _unpacked(request),
        [_file_identity(Path(adapter.path)) for adapter in request.adapters],
        _model_identity(spec.model, target.model),
        [target.backend, spec.distribution, target.code],
        settings,
        [[taker.distribution, taker.version, taker.fingerprint] for taker in hooks],
    ]
    return hashlib.sha256(msgspec.json.encode(identity)).hexdigest()


def _unpacked(request: GenerateRequest) -> Any:
    """The request as plain data, whoever built it: a temperature of 0 is one of 0.0."""
    messages = tuple(Message.of(turn.role, turn.text()) for turn in request.messages)
    bare = msgspec.structs.replace(request, messages=messages, **NOT_IN_THE_KEY)
    return msgspec.to_builtins(msgspec.convert(msgspec.to_builtins(bare), GenerateRequest))


def _model_identity(model: Model | None, name: str) -> list[Any]:
    if model is None:
        return [name]
    files = _file_identity(Path(model.path)) if model.path else []
    if model.sha256:
        # Its place does not matter, but a file that was changed since it was hashed does.
        return [model.id, model.format, model.sha256, [state[1:] for state in files]]
    return [model.id, model.format, files]


def _file_identity(path: Path) -> list[list[Any]]:
    """Path, size in bytes and time of change in ns of a file, or of each file in a folder."""
    return [_state(file) for file in ((path, *_files(path)) if path.is_dir() else (path,))]


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(file for file in folder.rglob("*") if file.is_file())


def _state(path: Path) -> list[Any]:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return [str(path), -1, -1]
    return [str(path), state.st_size, state.st_mtime_ns]
