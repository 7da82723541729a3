"""What may leave the machine, what did, and what is kept of a workspace."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from inkstand.config import Config, Directories
from inkstand.index import Descriptor, PluginIndex
from inkstand.records.usage import Call, UsageLedger
from inkstand.workers.placement import leaves_the_machine
from inkstand.workspace.cloud import Marks
from inkstand.workspace.files import sound
from inkstand.workspace.project import Workspace
from inkstand.workspace.withheld import marked_files
from inkstand_sdk.capabilities import BackendCapabilities, EmbedderCapabilities

_MOST_CALLS = 100_000
# Errors that come up before anything is sent.
_NOT_SENT = frozenset(
    {
        *("withheld", "offline", "not-found", "usage", "schema", "input", "plugin-broken"),
        *("load-failed", "model-file", "out-of-memory"),
    }
)
# Lists of plugins, locks and settings hold nothing that anybody wrote.
_HARMLESS = (".lock", ".gitignore", ".json", ".toml")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """A backend or embedder that sends texts to another machine with the settings it has now.

    `address` is where to, "" where the plugin alone knows; `used_for` what the settings use it for
    without being asked, empty where it has to be named.
    """

    kind: Literal["backend", "embedder"]
    name: str
    address: str = ""
    used_for: tuple[str, ...] = ()


class SentTo(msgspec.Struct, frozen=True, kw_only=True):
    """What went to one model on another machine: calls, tokens, the first and the last time."""

    backend: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    first: float
    last: float


class KeptFile(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that Inkstand keeps: its bytes, and the files in it that other users may read."""

    path: str
    what: str
    bytes: int
    open: tuple[str, ...]


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What may leave the machine, what did, and what is kept.

    `stays` is whether the settings keep the whole workspace here, `marked` the files that are.
    `recorded` is whether calls of models are written down: `sent` says nothing where they are not.
    `withheld` counts the requests that were not sent because of a mark.
    """

    workspace: str
    offline: bool
    senders: tuple[Sender, ...]
    stays: bool
    marked: tuple[str, ...]
    recorded: bool
    sent: tuple[SentTo, ...]
    withheld: int
    kept: tuple[KeptFile, ...]


def audit(
    workspace: Workspace,
    directories: Directories,
    config: Config,
    index: PluginIndex,
    usage: UsageLedger,
    *,
    offline: bool,
) -> Audit:
    """Look at all of that.

    Raises:
        InputError: the workspace's settings or the records cannot be read.

    """
    senders = tuple(_senders(config, index))
    marks = Marks(workspace.root, Workspace(workspace.root, workspace.state).settings)
    calls = usage.calls(last=_MOST_CALLS)
    remote = {sender.name for sender in senders if sender.kind == "backend"}
    return Audit(
        workspace=sound(str(workspace.only or workspace.root)),
        offline=offline,
        senders=senders,
        stays=marks.everything,
        marked=tuple(sound(name) for name in marked_files(workspace, marks)),
        recorded=config.usage.enabled,
        sent=_sent(calls, remote),
        withheld=sum(1 for call in calls if call.outcome == "withheld"),
        kept=tuple(_kept(workspace, directories)),
    )


def _senders(config: Config, index: PluginIndex) -> Iterator[Sender]:
    kinds: tuple[
        tuple[Literal["backend", "embedder"], type[Any], Mapping[str, dict[str, Any]]], ...
    ] = (
        ("backend", BackendCapabilities, config.backends),
        ("embedder", EmbedderCapabilities, config.embedders),
    )
    for kind, capabilities, sections in kinds:
        for found in index.descriptors(kind):
            settings = sections.get(found.name, {})
            if leaves_the_machine(msgspec.convert(found.capabilities, capabilities), settings):
                yield Sender(
                    kind=kind,
                    name=found.name,
                    address=str(settings.get("base_url") or ""),
                    used_for=tuple(_uses(kind, found, config)),
                )


def _uses(kind: str, found: Descriptor, config: Config) -> Iterator[str]:
    """What the settings use it for by themselves."""
    if kind == "embedder":
        if config.models.embedder == found.name:
            yield "models.embedder"
        return
    prefix = f"{found.name}:"
    if config.models.default.startswith(prefix):
        yield "models.default"
    if any(name.startswith(prefix) for name in config.models.fallback):
        yield "models.fallback"
    for tool, own in sorted(config.tools.items()):
        for key in ("model", "fallback"):
            named = own.get(key, "")
            names = named if isinstance(named, list | tuple) else str(named).split(",")
            if any(str(name).strip().startswith(prefix) for name in names):
                yield f"tools.{tool}.{key}"


def _sent(calls: Sequence[Call], remote: set[str]) -> tuple[SentTo, ...]:
    """The calls that went elsewhere, by model; those written to the cache did not go again."""
    found: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        went = call.remote or (call.backend in remote and call.outcome != "cancelled")
        if went and not call.from_cache and call.outcome not in _NOT_SENT:
            found.setdefault((call.backend, call.model), []).append(call)
    return tuple(
        SentTo(
            backend=backend,
            model=model,
            calls=len(those),
            prompt_tokens=sum(call.prompt_tokens for call in those),
            completion_tokens=sum(call.completion_tokens for call in those),
            first=min(call.at for call in those),
            last=max(call.at for call in those),
        )
        for (backend, model), those in sorted(found.items())
    )


def _kept(workspace: Workspace, directories: Directories) -> Iterator[KeptFile]:
    places = [
        (workspace.state, "history, receipts and what was worked out, of this workspace"),
        (directories.data, "receipts and usage of this user, state of plain folders"),
        (directories.cache, "readings, texts that models wrote, what plugins offer"),
        (directories.log, "logs, which hold no texts of yours"),
        (directories.config, "settings"),
    ]
    for folder, what in places:
        if folder.exists():
            yield KeptFile(
                path=sound(str(folder)), what=what, bytes=_size(folder), open=tuple(_open(folder))
            )


def _size(folder: Path) -> int:
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(where, name)).st_size  # noqa: PTH118
            except OSError:
                continue  # it was deleted just now
    return total


def _open(folder: Path) -> Iterator[str]:
    """The files in a folder that hold texts or numbers and that other users may read."""
    if sys.platform == "win32":
        return  # there, a user's own folders are that user's
    for where, folders, names in os.walk(folder):
        # Nobody gets to what lies in a folder that is closed to them.
        if not _mode(where) & (stat.S_IXGRP | stat.S_IXOTH):
            folders.clear()
            continue
        for name in names:
            path = Path(where, name)
            if not name.endswith(_HARMLESS) and name != "lock" and _mode(str(path)) & _OTHERS:
                yield sound(str(path.relative_to(folder)))


def _mode(path: str) -> int:
    """The permissions of a file; none if it is gone."""
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0
