"""Whether the library is installed, and what it can run on."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from pathlib import Path

from inkstand_sdk.capabilities import Device, Probe

# The names of devices, by what the library calls its backends.
KINDS = {"cpu": "cpu", "metal": "metal", "kompute": "vulkan", "cuda": "cuda"}
_FIX = "pip install 'gpt4all==2.8.2'"
_BUILD = Path("gpt4all", "llmodel_DO_NOT_MODIFY", "build")


def on_apple_silicon() -> bool:
    """Whether the library always runs on the graphics part of this machine's chip."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def native_folder() -> Path:
    """The folder of the library's native files; raises `PackageNotFoundError`."""
    return Path(str(importlib.metadata.distribution("gpt4all").locate_file(_BUILD)))


def probe_library() -> Probe:
    """Look for the library without importing it, which would read its native files."""
    try:
        version = importlib.metadata.version("gpt4all")
    except importlib.metadata.PackageNotFoundError:
        return Probe(ok=False, missing="The package gpt4all is not installed.", fix=_FIX)
    if not any(native_folder().glob("*llamamodel-mainline*")):
        missing = "The package gpt4all has no engine for this system in it."
        return Probe(ok=False, version=version, missing=missing, fix=_FIX)
    device = (
        Device(name="Metal", kind="metal") if on_apple_silicon() else Device(name="CPU", kind="cpu")
    )
    notes = ("GPT4All is no longer developed: it reads models up to those of August 2024.",)
    return Probe(version=version, devices=(device,), notes=notes)
