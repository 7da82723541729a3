"""Throwaway environments with plugins in them: to test how a plugin is found, or fails to be.

An environment is a virtual environment made in a moment and without a network: it shares, by
links, chosen distributions of the environment that runs the tests, and whatever else is written
to it with `install`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9._-]+")


class PluginEnvironment:
    """A virtual environment for tests.

    Args:
        folder: Where to make it; must be empty or not there.
        shared: Distributions of the running environment that it has too, with all they require.
            Plugins that are installed here are not in it unless they are named.

    """

    def __init__(self, folder: Path, shared: Sequence[str] = ("inkstand-sdk",)) -> None:
        import venv

        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        self.folder = folder
        scripts = "Scripts" if os.name == "nt" else "bin"
        self.python = str(folder / scripts / ("python.exe" if os.name == "nt" else "python"))
        paths = {"base": str(folder), "platbase": str(folder)}
        self.site_packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        for distribution in _with_requirements(shared):
            self._share(distribution)

    def install(
        self,
        distribution: str,
        modules: Mapping[str, str],
        entry_points: Mapping[str, str],
        *,
        version: str = "1.0.0",
        requires: Sequence[str] = ("inkstand-sdk>=1,<2",),
        group: str = "inkstand.plugins",
        metadata_files: Mapping[str, bytes | None] | None = None,
    ) -> Path:
        """Install a distribution, replacing an older version; gives its metadata folder.

        Args:
            distribution: Its name.
            modules: Path below site-packages -> source text.
            entry_points: Name -> target, in `group`.
            version: Its version.
            requires: Its requirements.
            group: The group of its entry points.
            metadata_files: Files of the metadata folder that are to differ; None leaves one out.

        """
        self.uninstall(distribution)
        for name, source in modules.items():
            path = self.site_packages / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        about = [f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}"]
        about += [f"Requires-Dist: {requirement}" for requirement in requires]
        points = [f"[{group}]", *(f"{name} = {target}" for name, target in entry_points.items())]
        files: dict[str, bytes | None] = {
            "METADATA": ("\n".join(about) + "\n").encode(),
            "entry_points.txt": ("\n".join(points) + "\n").encode(),
            "INSTALLER": b"inkstand-sdk\n",
            "WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files |= metadata_files or {}
        folder = self.site_packages / f"{_file_name(distribution)}-{version}.dist-info"
        folder.mkdir()
        for name, data in files.items():
            if data is not None:
                (folder / name).write_bytes(data)
        record = [*modules, *(f"{folder.name}/{name}" for name in (*files, "RECORD"))]
        (folder / "RECORD").write_text("".join(f"{line},,\n" for line in record), encoding="utf-8")
        return folder

    def uninstall(self, distribution: str) -> None:
        """Remove a distribution that `install` made; nothing happens if it is not there."""
        for folder in self.site_packages.glob(f"{_file_name(distribution)}-*.dist-info"):
            for line in (folder / "RECORD").read_text(encoding="utf-8").splitlines():
                path = self.site_packages / line.removesuffix(",,")
                path.unlink(missing_ok=True)
            shutil.rmtree(folder)

    def run(
        self, *arguments: str, timeout: float = 120, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run its Python with these arguments to the end; `env` is added to our own.

        Raises:
            subprocess.TimeoutExpired: it took longer than `timeout` seconds.

        """
        return subprocess.run(
            [self.python, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            env={**os.environ, **(env or {})},
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def _share(self, distribution: metadata.Distribution) -> None:
        """Link what it has at the top of its site-packages folder."""
        root = Path(str(distribution.locate_file("")))
        tops = {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}
        for top in sorted(tops):
            source, link = root / top, self.site_packages / top
            if top == "__pycache__" or not source.exists() or link.exists():
                continue
            try:
                link.symlink_to(source, target_is_directory=source.is_dir())
            except OSError:  # Windows without the right to make links
                copy = shutil.copytree if source.is_dir() else shutil.copy2
                copy(source, link)


def _with_requirements(names: Iterable[str]) -> Iterator[metadata.Distribution]:
    """The distributions and all that they require, as far as that is installed."""
    waiting = list(names)
    seen: set[str] = set()
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield distribution
        for requirement in distribution.requires or ():
            found = NAME.match(requirement)
            if found and "extra ==" not in requirement:
                waiting.append(found.group())


def _file_name(distribution: str) -> str:
    return re.sub(r"[-_.]+", "_", distribution)
