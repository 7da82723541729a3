from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from inkstand_sdk.errors import PluginBroken
from inkstand_sdk.loading import load_distribution
from inkstand_sdk.testing.environments import PluginEnvironment

TOOL = """
from inkstand_sdk import Tool, hookimpl
from inkstand_sdk.settings import NoSettings

class {cls}(Tool):
    name = "{name}"
    Output = NoSettings
    def run(self, input, ctx):
        return NoSettings()

@hookimpl
def inkstand_tools():
    return [{given}]
"""


class Site(NamedTuple):
    """A folder of installed distributions that this very process imports from."""

    environment: PluginEnvironment

    def install(self, source: str, **more: str) -> None:
        modules = {"lp_main.py": source} | {f"{name}.py": text for name, text in more.items()}
        points = {name.removeprefix("lp_"): name for name in ("lp_main", *more)}
        self.environment.install("lp-plugin", modules, points)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    environment = PluginEnvironment(tmp_path / "environment", [])
    monkeypatch.syspath_prepend(str(environment.site_packages))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield Site(environment)
    for name in [name for name in sys.modules if name.startswith("lp_")]:
        del sys.modules[name]


def cause_of(distribution: str = "lp-plugin", kind: str = "") -> str:
    with pytest.raises(PluginBroken) as caught:
        load_distribution(distribution).providers(kind)
    assert "\n" not in caught.value.cause
    return caught.value.cause


def test_a_distribution_gives_its_classes_by_kind_and_the_hooks_it_takes_part_in(
    site: Site,
) -> None:
    site.install(
        TOOL.format(cls="Plot", name="plot", given="Plot")
        + "\n@hookimpl\ndef inkstand_event(event): ...\n"
    )
    loaded = load_distribution("lp-plugin")
    assert (loaded.distribution, loaded.version) == ("lp-plugin", "1.0.0")
    assert list(loaded.providers("tool")) == ["plot"]
    assert loaded.providers("backend") == {}
    assert loaded.takers() == ("inkstand_event",)


def test_each_class_is_told_apart_by_its_entry_point(site: Site) -> None:
    site.install(
        TOOL.format(cls="Plot", name="plot", given="Plot"),
        lp_other=TOOL.format(cls="Names", name="names", given="Names"),
    )
    provided = load_distribution("lp-plugin").provided("tool")
    assert {name: point for name, (_, point) in provided.items()} == {
        "plot": "main",
        "names": "other",
    }


def test_only_the_named_entry_points_are_loaded(site: Site) -> None:
    site.install(
        TOOL.format(cls="Plot", name="plot", given="Plot"), lp_other="raise ValueError('no')"
    )
    assert list(load_distribution("lp-plugin", ["main"]).providers("tool")) == ["plot"]
    assert "lp_other" not in sys.modules


def test_two_entry_points_may_name_one_module(site: Site) -> None:
    source = TOOL.format(cls="Plot", name="plot", given="Plot")
    site.environment.install("lp-plugin", {"lp_a.py": source}, {"a": "lp_a", "b": "lp_a"})
    assert list(load_distribution("lp-plugin").providers("tool")) == ["plot"]


def test_a_plugin_may_be_an_object_instead_of_a_module(site: Site) -> None:
    source = """
from inkstand_sdk import hookimpl
class Watcher:
    @hookimpl
    def inkstand_event(self, event): ...
watcher = Watcher()
"""
    site.environment.install("lp-plugin", {"lp_a.py": source}, {"a": "lp_a:watcher"})
    assert load_distribution("lp-plugin").takers() == ("inkstand_event",)


def test_a_distribution_that_is_not_there_is_said_not_to_be_installed(site: Site) -> None:
    assert cause_of("lp-nothing").startswith("it is not installed in the environment of ")


def test_an_entry_point_that_is_not_there_is_named(site: Site) -> None:
    site.install(TOOL.format(cls="Plot", name="plot", given="Plot"))
    with pytest.raises(PluginBroken, match="no entry point 'x'"):
        load_distribution("lp-plugin", ["x"])


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import lp_missing", "ModuleNotFoundError: No module named 'lp_missing'"),
        ("assert 1 > 2, 'order'", "AssertionError: order"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import sys; sys.exit(4)", "SystemExit: it called sys.exit(4)"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("x = (", "SyntaxError: '(' was never closed (lp_main.py, line 1)"),
    ],
)
def test_whatever_an_import_raises_becomes_a_broken_plugin_with_that_cause(
    site: Site, source: str, cause: str
) -> None:
    site.install(source)
    assert cause_of() == cause


def test_the_traceback_shows_the_plugin_and_not_the_loading_machinery(site: Site) -> None:
    site.install("def f():\n    raise ValueError('deep')\nf()\n")
    with pytest.raises(PluginBroken) as caught:
        load_distribution("lp-plugin")
    assert "lp_main.py" in caught.value.detail
    assert "stevedore" not in caught.value.detail
    assert "importlib" not in caught.value.detail


def test_a_missing_library_comes_with_the_command_that_installs_it(site: Site) -> None:
    site.install("import lp_missing.part")
    with pytest.raises(PluginBroken) as caught:
        load_distribution("lp-plugin")
    assert caught.value.fix.endswith("-m pip install lp_missing")


def test_an_unknown_hook_is_named_with_the_nearest_known_one(site: Site) -> None:
    site.install("from inkstand_sdk import hookimpl\n@hookimpl\ndef inkstand_tool(): ...\n")
    assert cause_of() == "unknown hook inkstand_tool; did you mean inkstand_tools?"


def test_an_unknown_hook_that_is_marked_optional_is_let_be(site: Site) -> None:
    site.install(
        "from inkstand_sdk import hookimpl\n"
        "@hookimpl(optionalhook=True)\ndef inkstand_of_the_future(page): ...\n"
        "@hookimpl\ndef inkstand_event(): ...\n"
    )
    assert load_distribution("lp-plugin").takers() == ("inkstand_event",)


def test_a_wrong_hook_argument_is_named_beside_those_that_are_offered(site: Site) -> None:
    site.install("from inkstand_sdk import hookimpl\n@hookimpl\ndef inkstand_event(evnt): ...\n")
    assert cause_of() == (
        "wrong argument in inkstand_event: it takes `evnt`, but the hook offers `event`"
    )


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ("'Plot'", "but the list holds str 'Plot'"),
        ("int", "but int is not a subclass of Tool"),
        ("Plot()", "but the list holds Plot <lp_main.Plot object"),
        ("None", "but the list holds nothing"),
    ],
)
def test_a_hook_that_gives_something_else_than_classes_is_told_what_was_expected(
    site: Site, given: str, cause: str
) -> None:
    site.install(TOOL.format(cls="Plot", name="plot", given=given))
    told = cause_of(kind="tool")
    assert told.startswith("inkstand_tools must give a list of Tool classes, ")
    assert cause in told


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("name = ''", "Plot.name must be a text of letters, digits, '.', '_' and '-'"),
        ("name = 'a b'", "but it is str 'a b'"),
        ("Output = dict", "Plot.Output must be a msgspec.Struct class"),
        ("Settings = None", "Plot.Settings must be a msgspec.Struct class, but it is nothing"),
        ("title = 3", "Plot.title must be a text, but it is int 3"),
        ("capabilities = {}", "Plot.capabilities must be ToolCapabilities(...)"),
        ("def __init__(self, model): ...", "its __init__ needs model"),
    ],
)
def test_a_class_that_lacks_something_is_told_what(site: Site, line: str, cause: str) -> None:
    source = TOOL.format(cls="Plot", name="plot", given="Plot")
    site.install(source.replace("    def run", f"    {line}\n    def run"))
    assert cause in cause_of(kind="tool")


def test_a_class_with_abstract_methods_left_is_told_which(site: Site) -> None:
    site.install(
        TOOL.format(cls="Plot", name="plot", given="Plot").replace("def run", "def running")
    )
    assert cause_of(kind="tool") == "Plot does not implement run"


def test_two_classes_of_one_distribution_cannot_have_one_name(site: Site) -> None:
    source = TOOL.format(cls="Plot", name="plot", given="Plot")
    site.install(source, lp_other=source)
    assert cause_of(kind="tool") == "lp_main.Plot and lp_other.Plot are both called 'plot'"


def test_a_hook_that_raises_is_named_with_what_it_raised(site: Site) -> None:
    site.install(TOOL.format(cls="Plot", name="plot", given="1 / 0"))
    assert cause_of(kind="tool") == "inkstand_tools raised ZeroDivisionError: division by zero"


def test_an_error_whose_message_cannot_be_shown_is_still_told(site: Site) -> None:
    site.install(
        "class Odd(Exception):\n    def __str__(self):\n        raise ValueError('no')\nraise Odd\n"
    )
    assert cause_of() == "Odd: (its message cannot be shown: ValueError)"


def test_an_error_message_of_any_size_and_any_characters_stays_one_short_line(site: Site) -> None:
    site.install("raise ValueError('\\udcff' + 'x' * 1_000_000)")
    assert cause_of().startswith("ValueError: ?xxx")
    assert len(cause_of()) < 600
