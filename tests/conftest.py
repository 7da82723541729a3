"""What whole-program tests share: the broken-plugin zoo, installed for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkstand_sdk.testing.environments import PluginEnvironment
from inkstand_sdk.testing.examples import same_examples

same_examples()

ZOO = Path(__file__).parent / "zoo"


class Specimen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One animal of the zoo, as `zoo.toml` describes it."""

    state: str
    cause: str = "^$"
    fix: str = ""
    missing: str = "^$"
    notes: str = "^$"
    heavy: tuple[str, ...] = ()
    module: str = ""
    row: str = ""
    posix: bool = False
    lacks_module: bool = False
    requires: tuple[str, ...] = ("inkstand-sdk>=1,<2",)
    files: dict[str, str] = {}
    metadata: dict[str, str] = {}
    garbled: str = ""
    without: str = ""


class Installation:
    """An environment with Inkstand and plugins in it, and a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.environment = PluginEnvironment(folder / "environment", ["inkstand"])
        self.home = folder / "home"
        self.specimens: dict[str, Specimen] = {}

    def inkstand(
        self, *arguments: str, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `inkstand` there."""
        home = {"INKSTAND_HOME": str(self.home), **(env or {})}
        return self.environment.run("-m", "inkstand", *arguments, env=home)

    def json(self, *arguments: str) -> Any:
        """What `inkstand ... --json` says."""
        done = self.inkstand(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def set_time_limit(self, seconds: float) -> None:
        """Limit the time that a plugin may take to describe itself."""
        folder = self.home / "config"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(f"[plugins]\ntimeout = {seconds}\n", encoding="utf-8")

    def admit(self, name: str, specimen: Specimen) -> None:
        """Install one specimen as `zoo-NAME`."""
        self.specimens[name] = specimen
        module = f"zoo_{name.replace('-', '_')}"
        files = dict(specimen.files)
        if not specimen.lacks_module:
            source = ZOO / "specimens" / f"{specimen.module or name.replace('-', '_')}.py"
            files[f"{module}.py"] = source.read_text(encoding="utf-8")
        changed: dict[str, bytes | None] = {
            file: text.encode() for file, text in specimen.metadata.items()
        }
        if specimen.garbled:
            changed[specimen.garbled] = b"[inkstand.plugins]\n\xff\xfe\x00 = \x80\n"
        if specimen.without:
            changed[specimen.without] = None
        self.environment.install(
            f"zoo-{name}",
            files,
            {name: module},
            requires=specimen.requires,
            metadata_files=changed,
        )


def load_specimens(names: Sequence[str] = ()) -> Iterator[tuple[str, Specimen]]:
    """The specimens of `zoo.toml` that can live on this system, or those named."""
    tables = tomllib.loads((ZOO / "zoo.toml").read_text(encoding="utf-8"))
    for name, table in tables.items():
        specimen = msgspec.convert(table, Specimen)
        if (not names or name in names) and (os.name == "posix" or not specimen.posix):
            yield name, specimen


@pytest.fixture(scope="session")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with every specimen of the zoo at once. Tests must leave it as it is."""
    installation = Installation(tmp_path_factory.mktemp("zoo"))
    installation.set_time_limit(8)
    for name, specimen in load_specimens():
        installation.admit(name, specimen)
    return installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An installation without any plugin."""
    return Installation(tmp_path)


@pytest.fixture(scope="module")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation without any plugin, for the tests of one file together."""
    return Installation(tmp_path_factory.mktemp("installation"))


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> None:
    """A shell's background jobs ignore Ctrl-C, and so would every program started here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
