"""Which distributions of this environment offer Inkstand plugins; nothing of theirs is imported.

stevedore loads plugins by name (see `loading`), but its list of an environment is all or nothing:
one distribution with damaged metadata would hide all others. So each is read by itself here.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from configparser import Error as ConfigError
from hashlib import sha256
from importlib import metadata, util
from pathlib import Path

from inkstand_sdk import __version__
from inkstand_sdk.description import Environment, Offer, modified_ns

GROUP = "inkstand.plugins"
SDK = "inkstand-sdk"
METADATA_FOLDERS = (".dist-info", ".egg-info")
WATCHED_SOURCES = 400
"""At most so many source files of one editable distribution are watched for changes."""


def list_environment() -> Environment:
    """The environment of this interpreter and the distributions in it that offer plugins."""
    paths = {entry: modified_ns(entry) for entry in sys.path}
    installed: dict[str, Path] = {}
    for folder in _metadata_folders():
        installed.setdefault(_normalized(folder.stem.partition("-")[0]), folder)
    offers = [_offer(name, folder, installed) for name, folder in sorted(installed.items())]
    return Environment(
        sdk=__version__,
        python=platform.python_version(),
        paths=paths,
        installed=_digest(installed.values()),
        offers=tuple(offer for offer in offers if offer is not None),
    )


def _metadata_folders() -> Iterator[Path]:
    for entry in dict.fromkeys(sys.path):
        try:
            folders = sorted(p for p in Path(entry).iterdir() if p.suffix in METADATA_FOLDERS)
        except OSError:  # an entry that is a zip file, or not there
            continue
        # pip renames what it is about to remove, and may leave it behind.
        yield from (folder for folder in folders if not folder.name.startswith("~"))


def _offer(name: str, folder: Path, installed: dict[str, Path]) -> Offer | None:
    """What the distribution offers; None if it has nothing to do with Inkstand."""
    declared = folder / "entry_points.txt"
    try:
        raw = declared.read_bytes()
    except OSError:
        return None
    if GROUP.encode() not in raw:
        return None
    watched = _stamped([str(folder), str(declared)])
    try:
        text = raw.decode("utf-8")
        targets = _targets(text)
    except (UnicodeDecodeError, ConfigError) as error:
        line = " ".join(str(error).replace("'<string>'", "").replace("\\n", "").split())
        return Offer(
            distribution=name,
            watched=watched,
            error=f"its entry_points.txt cannot be read: {type(error).__name__}: {line}",
        )
    if not targets:
        return None
    try:
        about = metadata.Distribution.at(folder)
        said = about.metadata["Name"], about.metadata["Version"]
        requirements = about.requires or []
    except Exception as error:  # noqa: BLE001 - damaged metadata fails in any way it likes
        return Offer(
            distribution=name,
            entry_points=tuple(targets),
            watched=watched,
            error=f"its METADATA cannot be read: {type(error).__name__}: {error}",
        )
    needs = [_normalized(_required_name(line)) for line in requirements]
    return Offer(
        distribution=str(said[0] or name),
        version=str(said[1] or ""),
        entry_points=tuple(targets),
        requires=tuple(
            line for needed, line in zip(needs, requirements, strict=True) if needed == SDK
        ),
        watched=watched | _stamped(_sources(folder, targets.values())),
        dependencies=tuple(
            installed[needed].name if needed in installed else f"no {needed}"
            for needed in sorted(set(needs))
        ),
        error=_identity_problem(name, *said),
    )


def _identity_problem(folder_name: str, name: str | None, version: str | None) -> str:
    """What is wrong with what a distribution calls itself; "" if nothing is."""
    missing = [what for what, said in (("Name", name), ("Version", version)) if not said]
    if name is None or missing:
        return f"its METADATA says no {' and no '.join(missing)}"
    if _normalized(name) != folder_name:
        return f"its METADATA calls it {name}, and its folder {folder_name}"
    return ""


def _digest(folders: Iterable[Path]) -> str:
    told = "\n".join(f"{folder} {modified_ns(str(folder))}" for folder in sorted(folders))
    return sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def _stamped(paths: Iterable[str]) -> dict[str, int]:
    return {path: modified_ns(path) for path in paths}


def _targets(text: str) -> dict[str, str]:
    """Entry point name -> module of those in our group.

    Raises:
        configparser.Error: the file breaks the format.

    """
    parser = ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their case
    parser.read_string(text)
    if not parser.has_section(GROUP):
        return {}
    return {
        name: value.partition("[")[0].partition(":")[0].strip()
        for name, value in parser.items(GROUP)
    }


def _sources(folder: Path, modules: Iterable[str]) -> Iterator[str]:
    """The files that the modules are made of: all of an editable distribution's, else the first."""
    for module in dict.fromkeys(name.partition(".")[0] for name in modules):
        try:
            spec = util.find_spec(module)
        except (ImportError, ValueError):
            continue
        if spec is None or not spec.origin or not Path(spec.origin).is_file():
            continue
        origin = Path(spec.origin)
        yield str(origin)
        if folder.parent not in origin.parents and spec.submodule_search_locations:
            others = sorted(path for path in origin.parent.rglob("*.py") if path != origin)
            yield from (str(path) for path in others[:WATCHED_SOURCES])


def _required_name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    return found.group() if found else requirement


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
