"""With 200 plugins installed, what needs none of them imports none of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

COUNT = 200
UNWANTED = ("textual", "httpx", "stevedore", "pluggy", "packaging", "rich", "generated_plugin")
PLUGIN = """
from inkstand_sdk import Tool, hookimpl
from inkstand_sdk.settings import NoSettings

class Generated(Tool):
    '''Is there to be listed.'''
    name = "generated-{number}"
    Output = NoSettings
    def run(self, input, ctx):
        return NoSettings()

@hookimpl
def inkstand_tools():
    return [Generated]
"""
# Runs the program as `inkstand` does, then says which modules it imported.
SCRIPT = """
import json, sys
from inkstand.cli.main import main
status = None
try:
    main(sys.argv[1:])
except SystemExit as done:
    status = done.code
sys.stderr.write(json.dumps({"status": status, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def crowded(crowd: Any) -> Any:
    """An installation with 200 plugins and a warm index."""
    rows = crowd.json("plugins", "list")
    assert len(rows) == COUNT
    assert {row["state"] for row in rows} == {"ready"}
    return crowd


@pytest.fixture(scope="module")
def crowd(empty_installation: Any) -> Any:
    for number in range(COUNT):
        module = f"generated_plugin_{number}"
        empty_installation.environment.install(
            f"generated-plugin-{number}",
            {f"{module}.py": PLUGIN.format(number=number)},
            {f"generated-{number}": module},
        )
    return empty_installation


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["plugins", "list"], ["plugins", "list", "--json"], []],
)
def test_200_plugins_are_listed_without_importing_one_or_what_finds_them(
    crowded: Any, arguments: list[str]
) -> None:
    done = crowded.environment.run(
        "-c", SCRIPT, *arguments, env={"INKSTAND_HOME": str(crowded.home)}
    )
    told = json.loads(done.stderr)
    assert told["status"] in (0, None)
    tops = {module.partition(".")[0] for module in told["modules"]}
    assert [top for top in tops if top.startswith(UNWANTED)] == []
    assert "concurrent.futures" not in told["modules"]


@pytest.mark.slow
def test_one_more_plugin_is_the_only_one_examined(crowded: Any) -> None:
    before = crowded.json("plugins", "list")
    module = PLUGIN.format(number="new")
    crowded.environment.install("newcomer", {"newcomer.py": module}, {"newcomer": "newcomer"})
    after = crowded.json("plugins", "list")
    assert [row for row in after if row["name"] != "newcomer"] == before
    assert len(after) == COUNT + 1
    crowded.environment.uninstall("newcomer")
    assert crowded.json("plugins", "list") == before
