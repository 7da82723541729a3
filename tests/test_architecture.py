"""What must not be imported, and what must be the same in two places."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inkstand.cli.main import COMMANDS, SECTIONS, cli

FORBIDDEN = {
    "textual", "rich", "httpx", "stevedore", "pluggy", "jsonschema", "tomlkit", "asyncio",
    "xllamacpp", "numpy", "inkstand_llamacpp", "inkstand_pocket", "inkstand_prose",
    "inkstand_writing",
}  # fmt: skip


def imported_by(home: Path, *arguments: str) -> set[str]:
    """The top names of all modules that a run of the program has imported at its end."""
    code = (
        "import sys, json, atexit\n"
        "from inkstand.cli.main import main\n"
        "atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))\n"
        f"main({list(arguments)!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "INKSTAND_HOME": str(home)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_import_next_to_nothing(tmp_path: Path, argument: str) -> None:
    modules = imported_by(tmp_path, argument)
    assert {name.partition(".")[0] for name in modules} & FORBIDDEN == set()
    assert not any(
        name.startswith(("msgspec", "inkstand.studio", "inkstand.index")) for name in modules
    )


def test_listing_plugins_imports_no_plugin_when_nothing_changed(tmp_path: Path) -> None:
    imported_by(tmp_path, "plugins", "list")
    modules = imported_by(tmp_path, "plugins", "list")
    assert {name.partition(".")[0] for name in modules} & FORBIDDEN == set()
    assert "inkstand.index.refresh" not in modules


def test_using_the_sdk_imports_no_loader(tmp_path: Path) -> None:
    code = (
        "import sys, inkstand_sdk\n"
        "assert not [name for name in sys.modules if name.startswith(('msgspec', 'pluggy'))]\n"
        "inkstand_sdk.open\n"
        "assert 'pluggy' not in sys.modules and 'stevedore' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_help_lists_every_command_once() -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    import click

    with click.Context(cli) as context:
        command = cli.get_command(context, name)
    assert command is not None
    assert (command.help or "").split("\n")[0] == COMMANDS[name][1]
