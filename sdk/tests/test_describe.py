from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from inkstand_sdk.testing.environments import PluginEnvironment

PLUGIN = '''
"""A plugin of every kind that a face shows something of."""
from typing import Annotated
import msgspec
from inkstand_sdk import *
from msgspec import Meta

class Settings(msgspec.Struct, frozen=True):
    threads: Annotated[int, Meta(ge=1, description="How many threads.")] = 4

class Ask(msgspec.Struct, frozen=True):
    length: Annotated[int, Meta(ge=1, le=9, description="How long.")] = 3

class Answer(msgspec.Struct, frozen=True):
    text: str

class Engine(Backend):
    """Writes slowly.

    And says more below.
    """
    name, title, Settings = "engine", "The engine", Settings
    capabilities = BackendCapabilities(formats=("gguf",), schema=True)
    @classmethod
    def probe(cls):
        return Probe(version="3.1", devices=(Device(name="cpu0", memory=5),))
    def load(self, model, settings): ...
    def generate(self, request, cancelled): ...

class Shorten(Tool):
    name, Input, Output = "shorten", Ask, Answer
    def run(self, input, ctx): ...

class Shelf(ModelSource):
    name = "shelf"
    def models(self):
        return [Model(id="tiny", format="gguf", path="/models/tiny.gguf", size=7)]

@hookimpl
def inkstand_backends(): return [Engine]
@hookimpl
def inkstand_tools(): return [Shorten]
@hookimpl
def inkstand_sources(): return [Shelf]
@hookimpl
def inkstand_after_generate(record): ...
'''


@pytest.fixture
def environment(tmp_path: Path) -> PluginEnvironment:
    return PluginEnvironment(tmp_path / "environment")


def ask(environment: PluginEnvironment, *arguments: str) -> list[dict[str, Any]]:
    done = run(environment, *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(environment: PluginEnvironment, *arguments: str) -> subprocess.CompletedProcess[str]:
    return environment.run("-I", "-m", "inkstand_sdk.describe", *arguments)


def described(environment: PluginEnvironment, *arguments: str) -> dict[str, Any]:
    [found] = [m for m in ask(environment, *arguments) if m["type"] == "entry_point"]
    return found


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    """Those of the Struct that the schema describes."""
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = schema["$defs"][name]["properties"]
    return found


def test_everything_a_plugin_declares_is_described(environment: PluginEnvironment) -> None:
    environment.install("one", {"one.py": PLUGIN}, {"one": "one"})
    found = described(environment, "one", "one")
    assert found["takers"] == ["inkstand_after_generate"]
    engine, shorten, shelf = found["plugins"]
    assert (engine["kind"], engine["title"], engine["summary"]) == (
        "backend",
        "The engine",
        "Writes slowly.",
    )
    assert engine["capabilities"]["formats"] == ["gguf"]
    assert engine["probe"]["version"] == "3.1"
    assert engine["probe"]["devices"] == [{"name": "cpu0", "kind": "cpu", "memory": 5}]
    assert engine["fields"][0]["name"] == "threads"
    assert engine["fields"][0]["help"] == "How many threads."
    assert properties(engine["settings_schema"])["threads"]["minimum"] == 1
    assert shorten["title"] == "shorten"
    assert shorten["input_fields"][0]["maximum"] == 9
    assert properties(shorten["input_schema"])["length"]["maximum"] == 9
    assert "text" in properties(shorten["output_schema"])
    assert shelf["models"][0]["path"] == "/models/tiny.gguf"


def test_the_list_names_the_distributions_that_offer_plugins_and_no_other(
    environment: PluginEnvironment,
) -> None:
    environment.install("One", {"one.py": PLUGIN}, {"a": "one", "b": "one:x"}, version="2.5")
    environment.install("other", {"other.py": ""}, {"other": "other"}, group="console_scripts")
    listed = ask(environment, "--list")[0]
    [offer] = listed["offers"]
    assert (offer["distribution"], offer["version"]) == ("One", "2.5")
    assert offer["entry_points"] == ["a", "b"]
    assert offer["requires"] == ["inkstand-sdk>=1,<2"]
    assert str(environment.site_packages / "one.py") in offer["watched"]
    assert str(environment.site_packages) in listed["paths"]


def test_the_sources_of_an_editable_plugin_are_watched(
    environment: PluginEnvironment, tmp_path: Path
) -> None:
    package = tmp_path / "src" / "edited"
    (package / "deep").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "deep" / "tool.py").write_text("")
    environment.install("edited", {"edited.pth": f"{tmp_path / 'src'}\n"}, {"edited": "edited"})
    [offer] = ask(environment, "--list")[0]["offers"]
    assert str(package / "deep" / "tool.py") in offer["watched"]


def test_what_pip_left_behind_of_a_removed_distribution_is_not_listed(
    environment: PluginEnvironment,
) -> None:
    folder = environment.install("one", {"one.py": PLUGIN}, {"one": "one"})
    folder.rename(folder.with_name("~ne-1.0.0.dist-info"))
    assert ask(environment, "--list")[0]["offers"] == []


def test_a_distribution_of_two_names_is_said_to_be_wrong(environment: PluginEnvironment) -> None:
    named = {"METADATA": b"Metadata-Version: 2.1\nName: two\nVersion: 1\n"}
    environment.install("one", {"one.py": PLUGIN}, {"one": "one"}, metadata_files=named)
    [offer] = ask(environment, "--list")[0]["offers"]
    assert offer["error"] == "its METADATA calls it two, and its folder one"


def test_an_egg_info_folder_is_as_good_as_a_dist_info_folder(
    environment: PluginEnvironment,
) -> None:
    folder = environment.install("one", {"one.py": PLUGIN}, {"one": "one"}, requires=[])
    (folder / "METADATA").rename(folder / "PKG-INFO")
    (folder / "requires.txt").write_text("inkstand-sdk>=1\n")
    folder.rename(folder.with_name("one.egg-info"))
    [offer] = ask(environment, "--list")[0]["offers"]
    assert offer["requires"] == ["inkstand-sdk>=1"]
    assert len(described(environment, "one", "one")["plugins"]) == 3


def test_listing_imports_no_plugin(environment: PluginEnvironment, tmp_path: Path) -> None:
    trace = tmp_path / "imported"
    source = f"open({str(trace)!r}, 'w').close()\n"
    environment.install("one", {"one/__init__.py": source}, {"one": "one.part"})
    ask(environment, "--list")
    assert not trace.exists()


def test_what_a_plugin_prints_is_not_in_the_answer(environment: PluginEnvironment) -> None:
    noise = "import os; print('a'); os.write(1, b'b'); os.system('echo c')\n"
    environment.install("one", {"one.py": noise + PLUGIN}, {"one": "one"})
    done = run(environment, "one", "one")
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert {"a", "b", "c"} <= set(done.stderr.replace("\n", ""))


def test_one_broken_entry_point_leaves_the_others_be(environment: PluginEnvironment) -> None:
    environment.install("one", {"one.py": PLUGIN, "bad.py": "1 / 0"}, {"bad": "bad", "good": "one"})
    found = {m["name"]: m for m in ask(environment, "one", "bad", "good") if "name" in m}
    assert found["bad"]["error"]["cause"] == "ZeroDivisionError: division by zero"
    assert len(found["good"]["plugins"]) == 3


def test_heavy_libraries_that_a_plugin_imports_are_named(environment: PluginEnvironment) -> None:
    environment.install(
        "one", {"torch.py": "", "one.py": "import torch\n" + PLUGIN}, {"one": "one"}
    )
    assert described(environment, "one", "one")["heavy"] == ["torch"]


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("raise OSError('no libengine')", "probe() raised OSError: no libengine"),
        ("return True", "probe() must give a Probe, but gave bool"),
        ("import sys; sys.exit()", "probe() raised SystemExit: "),
    ],
)
def test_a_probe_that_fails_is_a_plugin_that_cannot_run_here(
    environment: PluginEnvironment, line: str, missing: str
) -> None:
    source = PLUGIN.replace("return Probe(version", line + "\n        return Probe(version")
    environment.install("one", {"one.py": source}, {"one": "one"})
    probe = described(environment, "one", "one")["plugins"][0]["probe"]
    assert (probe["ok"], probe["missing"]) == (False, missing)


def test_a_probe_that_never_answers_is_given_up_before_the_time_limit(
    environment: PluginEnvironment,
) -> None:
    wait = "import threading; threading.Event().wait()\n        return Probe(version"
    source = PLUGIN.replace("return Probe(version", wait)
    environment.install("one", {"one.py": source}, {"one": "one"})
    found = described(environment, "--limit=1.5", "one", "one")
    assert found["plugins"][0]["probe"]["missing"].startswith("probe() did not answer within 0.")


def test_models_that_are_no_models_are_said_to_be_missing(environment: PluginEnvironment) -> None:
    model = 'Model(id="tiny", format="gguf", path="/models/tiny.gguf", size=7)'
    source = PLUGIN.replace(model, "'tiny'")
    environment.install("one", {"one.py": source}, {"one": "one"})
    shelf = described(environment, "one", "one")["plugins"][2]
    assert shelf["probe"]["missing"] == "models() must give Model structs, but gave a str"
    assert "models" not in shelf


def test_settings_that_no_face_can_ask_for_break_the_plugin(environment: PluginEnvironment) -> None:
    odd = "class Settings(msgspec.Struct, frozen=True):\n    phase: complex = 1j\n"
    source = PLUGIN.replace("class Settings(msgspec.Struct, frozen=True):\n", odd)
    environment.install("one", {"one.py": source}, {"one": "one"})
    assert described(environment, "one", "one")["error"]["cause"].startswith(
        "backend engine cannot be described: "
    )


def test_the_child_ends_itself_if_its_host_is_gone(environment: PluginEnvironment) -> None:
    environment.install(
        "one", {"one.py": "import threading; threading.Event().wait()"}, {"one": "one"}
    )
    script = (
        "import inkstand_sdk.describe as describe; describe.GRACE_SECONDS = 0.1;"
        " describe.main(['--limit=0.3', 'one', 'one'])"
    )
    done = environment.run("-I", "-c", script, timeout=60)
    assert done.returncode < 0
