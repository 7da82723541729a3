"""Every command and every piece of Python that the documentation shows is run here.

A page is run from top to bottom in an empty folder with an Inkstand home of its own, and with
`my-novel.md` (the sample story) and `some-model.gguf` (the pocket model) in it. An HTML comment
just above a fenced block says what is to be done with it:

    <!-- file: NAME -->       write the block to that file
    <!-- not run: REASON -->  leave it alone
    <!-- fails -->            its commands end with another exit status than 0

A page that installs a plugin with `pip install ./FOLDER` gets an environment of its own, in which
that folder is installed from its `pyproject.toml`. Environments are made and plugins installed by
us, without the network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from inkstand.studio import Studio
from inkstand_sdk.testing.environments import PluginEnvironment

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted(ROOT.glob("*/README.md")),
    *sorted(ROOT.glob("plugins/*/README.md")),
    # The reference is generated, and what looks like Python there are signatures.
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent.name != "reference"),
]
RUNNABLE = ("console", "bash", "python")
FENCE = re.compile(
    r"(?:^<!--\s*(?P<note>[^>]*?)\s*-->\n+)?^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
INSTALL = re.compile(r"(?:(?P<environment>\w+)/bin/)?pip install .*\./(?P<folder>[\w/-]+)$")
MAKE_ENVIRONMENT = re.compile(r"python -m venv (?P<environment>\w+)$")
SHARED = (
    "pytest",
    "inkstand",
    "inkstand-llamacpp",
    "inkstand-pocket",
    "inkstand-prose",
    "inkstand-writing",
)
# What a line of shown output may differ in: numbers, and how they are filled up with blanks.
VARYING = re.compile(r"\d[\d,.]*|\s+")


class Block(msgspec.Struct, frozen=True):
    """A fenced block: its language, its text, and the word and rest of the comment above it."""

    language: str
    body: str
    note: str = ""
    rest: str = ""


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    blocks = []
    for match in FENCE.finditer(page.read_text(encoding="utf-8")):
        note, _, rest = (match["note"] or "").partition(":")
        blocks.append(Block(match["language"], match["body"], note.strip(), rest.strip()))
    return blocks


def commands_of(block: Block) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the output that is shown below it."""
    command, shown = "", list[str]()
    for line in block.body.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        elif line.startswith("> ") and not shown:
            command += "\n" + line[2:]
        else:
            shown.append(line)
    if command:
        yield command, shown


class Follower:
    """Someone who follows a page to the letter."""

    def __init__(self, folder: Path, home: Path, *, plugins: bool) -> None:
        self.folder = folder
        self.environments: dict[str, PluginEnvironment] = {}
        python = sys.executable
        if plugins:
            own = PluginEnvironment(folder.parent / "environment", SHARED)
            self.environments[""] = own
            python = own.python
        programs = folder.parent / "programs"
        programs.mkdir()
        for name, arguments in (
            ("inkstand", " -m inkstand"),
            ("python", ""),
            ("pytest", " -m pytest -p no:cacheprovider"),
        ):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec "{python}"{arguments} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
        self.env = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "INKSTAND_HOME": str(home),
            "COLUMNS": "100",
        }

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        if block.note == "file":
            path = self.folder / block.rest
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
        elif block.note == "not run":
            assert block.rest, f"no reason is given for not running:\n{block.body}"
        elif block.language == "python":
            script = self.folder / "script.py"
            script.write_text(block.body, encoding="utf-8")
            self._run("python script.py", [], fails=False)
        elif block.language in RUNNABLE:
            commands = list(commands_of(block))
            assert commands, f"no line of this block begins with '$ ':\n{block.body}"
            for command, shown in commands:
                self._run(command, shown, fails=block.note == "fails")

    def _run(self, command: str, shown: list[str], *, fails: bool) -> None:
        if made := MAKE_ENVIRONMENT.match(command):
            name = made["environment"]
            self.environments[name] = PluginEnvironment(self.folder / name)
            return
        if installed := INSTALL.match(command):
            environment = self.environments[installed["environment"] or ""]
            _install(self.folder / installed["folder"], environment)
            return
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=self.env,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        assert (done.returncode != 0) == fails, f"$ {command}\n{done.stdout}"
        printed = _bare(done.stdout)
        for line in shown:
            there = all(_bare(part) in printed for part in line.split("..."))
            assert there, f"$ {command}\ndoes not print {line!r} but\n{done.stdout}"


def _install(folder: Path, environment: PluginEnvironment) -> None:
    """Install a project of one module or package, as its build would."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    source = folder / "src"
    environment.install(
        project["name"],
        {
            str(file.relative_to(source)): file.read_text(encoding="utf-8")
            for file in source.rglob("*.py")
        },
        project["entry-points"]["inkstand.plugins"],
        version=project["version"],
        requires=project["dependencies"],
    )


def _bare(text: str) -> str:
    """Text without numbers and white space, which differ from run to run."""
    return VARYING.sub("", text)


@pytest.fixture(scope="module")
def novel() -> str:
    """The sample story as one file."""
    scenes = sorted((Studio().sample() / "manuscript").glob("*.md"))
    return "\n".join(scene.read_text(encoding="utf-8").split("---\n", 2)[2] for scene in scenes)


@pytest.fixture(scope="module")
def warm_home(novel: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An Inkstand home in which the plugins have been examined and the novel has been read."""
    home = tmp_path_factory.mktemp("home")
    path = tmp_path_factory.mktemp("novel") / "my-novel.md"
    path.write_text(novel, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "inkstand", "read", str(path)],
        env={**os.environ, "INKSTAND_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return home


@pytest.mark.skipif(os.name == "nt", reason="the pages show commands of a POSIX shell")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_everything_that_a_page_shows_works(
    page: Path, tmp_path: Path, novel: str, warm_home: Path
) -> None:
    blocks = blocks_of(page)
    if not any(block.language in RUNNABLE for block in blocks):
        return
    home, folder = tmp_path / "home", tmp_path / "writer"
    shutil.copytree(warm_home, home)
    folder.mkdir()
    (folder / "my-novel.md").write_text(novel, encoding="utf-8")
    pocket = ROOT / "plugins" / "pocket" / "src" / "inkstand_pocket" / "pocket.gguf"
    shutil.copyfile(pocket, folder / "some-model.gguf")
    installs = any(
        INSTALL.match(command)
        for block in blocks
        if block.language == "console" and block.note != "not run"
        for command, _ in commands_of(block)
    )
    follower = Follower(folder, home, plugins=installs)
    for block in blocks:
        follower.follow(block)


def test_the_readme_opens_with_the_two_commands_and_shows_the_sdk_in_six_lines() -> None:
    blocks = blocks_of(ROOT / "README.md")
    assert [command for command, _ in commands_of(blocks[0])] == ["make demo", "make test"]
    [sdk] = [block for block in blocks if block.body.startswith("import inkstand_sdk")]
    assert sdk.note != "not run"
    assert len(sdk.body.splitlines()) == 6


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    docs = ROOT / "docs"
    missing = [
        str(page.relative_to(docs))
        for page in docs.rglob("*.md")
        if f": {page.relative_to(docs).as_posix()}\n" not in navigation
    ]
    assert not missing
