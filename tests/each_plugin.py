"""Tests each plugin in an environment of its own, which holds the SDK, the plugin and pytest.

That is how a plugin's author has it, and it shows that no plugin leans on the host or on a
neighbor. Environments are kept in `.venvs` and made anew when a requirement changes.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEST_TOOLS = ("pytest", "pytest-timeout", "hypothesis", "gguf", "jsonschema", "psutil")
# Engines that want torch would otherwise pull in gigabytes of CUDA libraries.
TORCH_FIRST: tuple[str, ...] = ("transformers",)
# Compiled from source, which takes minutes: plugin -> distribution. The wheel is kept.
COMPILED = {"llama-cpp-python": "llama-cpp-python"}
# A plugin's tests may use what another plugin ships as data, but never import it.
PLUGINS = (
    "gpt4all",
    "llama-cpp-python",
    "llamacpp",
    "mlx",
    "ollama",
    "openai",
    "pocket",
    "prose",
    "transformers",
    "writing",
)


def main() -> int:
    """Test the plugins named on the command line, or all; returns how many failed."""
    names = sys.argv[1:] or PLUGINS
    failed = [name for name in names if not _tested(name)]
    print(f"{len(names) - len(failed)} plugins tested alone, {len(failed)} failed", *failed)
    return min(len(failed), 1)


def _tested(name: str) -> bool:
    print(f"\n-- {name} alone --", flush=True)
    try:
        python = _environment(name)
    except subprocess.CalledProcessError as error:
        print(f"{name}: its environment could not be made: {error}", file=sys.stderr)
        return False
    command = [str(python), "-m", "pytest", f"plugins/{name}/tests", "-q"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _environment(name: str) -> Path:
    """The interpreter of an environment with the SDK, one plugin and the test tools."""
    home = ROOT / ".venvs" / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = _fingerprint(name)
    stamp = home / ".inkstand-stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--clear", "--seed", str(home)], check=True)
    if name in TORCH_FIRST:
        subprocess.run([str(python), "-m", "pip", "install", "-q", "torch==2.13.0"], check=True)
    editable = ["--editable", "./sdk", "--editable", f"./plugins/{name}[test]"]
    install = [*uv, "pip", "install", "--quiet", "--python", str(python)]
    limits = ["--constraint", "constraints.txt"]
    if name in COMPILED:
        limits += _compiled(python, COMPILED[name])
    subprocess.run([*install, *limits, *editable, *TEST_TOOLS], cwd=ROOT, check=True)
    stamp.write_text(wanted)
    return python


def _compiled(python: Path, distribution: str) -> list[str]:
    """Options that let the installer find a wheel of `distribution`; compiles it the first time.

    The wheel fits this machine's processor, so another kind of machine has a folder of its own.
    Without a folder to keep it in, the installer compiles it itself.
    """
    folder = _wheels()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return []
    if not any(folder.glob(f"{distribution.replace('-', '_')}-*.whl")):
        build = [str(python), "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder)]
        print(f"compiling {distribution}, which takes minutes ...", flush=True)
        subprocess.run(
            [*build, "--constraint", "constraints.txt", distribution], cwd=ROOT, check=False
        )
    return ["--find-links", str(folder)]


def _wheels() -> Path:
    """$INKSTAND_WHEELS, or a folder for this kind of processor in the user's cache."""
    if given := os.environ.get("INKSTAND_WHEELS"):
        return Path(given)
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        cache = Path.home() / "Library/Caches"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "inkstand-wheels" / _processor()


def _processor() -> str:
    """A short name for the processor with all it can do."""
    described = platform.machine() + platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        described += "".join(sorted({line for line in lines if line.startswith("flags")}))
    return hashlib.sha256(described.encode()).hexdigest()[:12]


def _fingerprint(name: str) -> str:
    digest = hashlib.sha256(repr((sys.version, TEST_TOOLS)).encode())
    for file in ("constraints.txt", "sdk/pyproject.toml", f"plugins/{name}/pyproject.toml"):
        digest.update((ROOT / file).read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
