"""What `inkstand doctor` looks at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from inkstand import __version__
from inkstand.config import ConfigFile, Directories
from inkstand.index import Descriptor, Row
from inkstand.library.models import ListedModel
from inkstand_sdk.errors import InkstandError


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: how it is, and what to do if it is not well."""

    state: Literal["ok", "warning", "fault"]
    what: str
    fix: str = ""


def checks(
    directories: Directories,
    config_file: ConfigFile,
    rows: Callable[[], list[Row]],
    backends: Callable[[], list[Descriptor]],
    models_here: Callable[[], list[ListedModel]],
) -> list[Check]:
    """Everything that is looked at; with a fault in the settings, only what works without them."""
    chosen = settings(config_file)
    found = [*environment(directories), chosen]
    if chosen.state == "fault":
        return found
    return [*found, *plugins(rows()), *models(backends(), models_here())]


def settings(config_file: ConfigFile) -> Check:
    """The settings file: a fault in it hides plugins and models too."""
    try:
        config_file.load()
    except InkstandError as error:
        return Check("fault", f"{error.what} {error.cause}".strip(), error.fix)
    there = config_file.path.exists()
    where = config_file.path if there else "none yet, the defaults are used"
    return Check("ok", f"Settings: {where}")


def environment(directories: Directories) -> Iterator[Check]:
    """Python, and whether the folders can be written to."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("ok", f"Inkstand {__version__} on Python {version} ({sys.platform})")
    for name in directories.__struct_fields__:
        folder: Path = getattr(directories, name)
        yield _writable(name, folder)


def _writable(name: str, folder: Path) -> Check:
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "fault",
            f"The {name} folder {folder} cannot be written to: {error.strerror}.",
            "Change its permissions, or set INKSTAND_HOME to a folder of yours.",
        )
    return Check("ok", f"The {name} folder can be written to: {folder}")


def plugins(rows: list[Row]) -> Iterator[Check]:
    """Each plugin that is not ready, or slow."""
    ready = sum(row.state == "ready" for row in rows)
    yield Check("ok" if ready else "warning", f"{ready} of {len(rows)} plugins are ready")
    for row in rows:
        if row.state in ("broken", "refused", "duplicate"):
            yield Check("warning", f"The plugin {row.name} is {row.state}: {row.cause}", row.fix)
        elif row.missing:
            yield Check("warning", f"The plugin {row.name} lacks something: {row.missing}", row.fix)
        if row.slow:
            heavy = f", which imports {', '.join(row.heavy)}" if row.heavy else ""
            yield Check(
                "warning",
                f"The plugin {row.name} is slow: its import takes {row.import_ms:,.0f} ms{heavy}.",
                "Its author should import heavy libraries inside the functions that use them.",
            )


def models(backends: list[Descriptor], listed: list[ListedModel]) -> Iterator[Check]:
    """Whether there is an engine and a model to write with."""
    usable = [backend for backend in backends if backend.probe.ok]
    if not usable:
        yield Check("fault", "There is no usable engine.", "pip install inkstand-llamacpp")
    elif not any(entry.backends and not entry.problem for entry in listed):
        yield Check("fault", "There is no model to write with.", "pip install inkstand-pocket")
    else:
        noun = "model" if len(listed) == 1 else "models"
        names = ", ".join(backend.name for backend in usable)
        yield Check("ok", f"{len(listed)} {noun} for {names}")
    for entry in listed:
        if entry.problem:
            yield Check("warning", f"The model {entry.model.id} cannot be used: {entry.problem}")
