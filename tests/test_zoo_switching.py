"""Switching plugins off and on, and refreshing, by command."""

from __future__ import annotations

from typing import Any

import pytest

TOOL = """
from inkstand_sdk import Tool, hookimpl
from inkstand_sdk.settings import NoSettings

class Named(Tool):
    '''Does nothing.'''
    name = "{name}"
    Output = NoSettings
    def run(self, input, ctx):
        return NoSettings()

@hookimpl
def inkstand_tools():
    return [Named]
"""


def install(installation: Any, name: str, tool: str) -> None:
    module = name.replace("-", "_")
    source = TOOL.format(name=tool)
    installation.environment.install(name, {f"{module}.py": source}, {name: module})


def state(installation: Any, name: str) -> str:
    [row] = installation.json("plugins", "info", name)
    found: str = row["state"]
    return found


def test_disabling_one_of_two_rivals_makes_the_other_usable(installation: Any) -> None:
    install(installation, "first", "counter")
    install(installation, "second", "counter")
    assert state(installation, "first") == state(installation, "second") == "duplicate"
    done = installation.inkstand("plugins", "disable", "first")
    assert done.stdout == "first is disabled.\n"
    assert (state(installation, "first"), state(installation, "second")) == ("disabled", "ready")
    assert installation.json("tools", "info", "counter")["distribution"] == "second"
    assert installation.json("plugins", "enable", "FIRST") == {
        "distribution": "first",
        "state": "enabled",
    }
    assert state(installation, "second") == "duplicate"


def test_a_plugin_is_also_meant_by_the_name_of_what_it_offers(installation: Any) -> None:
    install(installation, "some-tools", "counter")
    installation.inkstand("plugins", "disable", "counter")
    assert state(installation, "some-tools") == "disabled"


def test_disabling_keeps_the_comments_of_the_settings_file(installation: Any) -> None:
    install(installation, "one", "plot")
    settings = installation.home / "config" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("# mine\n[plugins]\ntimeout = 9.0  # seconds\n", encoding="utf-8")
    assert installation.json("plugins", "disable", "one")["state"] == "disabled"
    text = settings.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# seconds" in text
    assert '"one"' in text


def test_a_disabled_plugin_that_was_uninstalled_can_still_be_enabled(installation: Any) -> None:
    install(installation, "one", "plot")
    installation.inkstand("plugins", "disable", "one")
    installation.environment.uninstall("one")
    assert installation.json("plugins", "enable", "one")["state"] == "enabled"
    assert installation.json("config", "get", "plugins.disabled") == []


def test_disabling_twice_is_the_same_as_once(installation: Any) -> None:
    install(installation, "one", "plot")
    for name in ("one", "One"):
        assert installation.inkstand("plugins", "disable", name).returncode == 0
    assert installation.json("config", "get", "plugins.disabled") == ["one"]


def test_an_installation_without_plugins_says_how_to_get_some(installation: Any) -> None:
    done = installation.inkstand("plugins", "list")
    assert done.returncode == 0
    assert "pip install" in done.stdout
    assert installation.json("plugins", "list") == []


@pytest.mark.parametrize("options", [[], ["--all"]])
def test_refresh_asks_a_broken_plugin_again(installation: Any, options: list[str]) -> None:
    source = "import os\nif 'MENDED' not in os.environ:\n    raise OSError('no')\n"
    source += TOOL.format(name="plot")
    installation.environment.install("one", {"one.py": source}, {"one": "one"})
    assert state(installation, "one") == "broken"
    done = installation.inkstand("plugins", "refresh", *options, env={"MENDED": "1"})
    assert done.returncode == 0
    assert state(installation, "one") == "ready"


def test_text_from_a_plugin_cannot_steer_the_terminal(installation: Any) -> None:
    source = "raise ValueError('\\x1b[2J\\x1b]0;owned\\x07')"
    installation.environment.install("one", {"one.py": source}, {"one": "one"})
    for arguments in (["list"], ["info", "one"], ["doctor"]):
        done = installation.inkstand("plugins", *arguments)
        assert "owned" in done.stdout
        assert "\x1b" not in done.stdout
        assert "\x07" not in done.stdout
