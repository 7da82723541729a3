from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.index import PluginIndex
from inkstand.index.cache import FILE_NAME
from inkstand.index.records import Progress
from inkstand_sdk.errors import NotFound, PluginBroken, UsageError
from inkstand_sdk.testing.environments import PluginEnvironment

from .conftest import TOOL, install, refreshed, row

TAKER = """
from inkstand_sdk import hookimpl

@hookimpl
def inkstand_event(event): ...
"""


def asked(index: PluginIndex, *, retry: bool = False, everything: bool = False) -> list[str]:
    """The distributions that a refresh asks."""
    names: list[Progress] = []
    index.refresh(names.append, retry=retry, everything=everything)
    return sorted(progress.distribution for progress in names)


def test_a_refresh_finds_what_is_installed_and_the_next_index_reads_it(
    environment: PluginEnvironment, cache: Path
) -> None:
    install(environment, "one", TOOL.format(name="plot"))
    assert PluginIndex(cache).is_stale()
    assert PluginIndex(cache).rows() == []
    refreshed(cache)
    index = PluginIndex(cache)
    assert not index.is_stale()
    found = index.find("tool", "plot")
    assert (found.distribution, found.entry_point) == ("one", "one")
    assert found.interpreter == environment.python
    assert row(index, "one").provides == ("tool plot",)


def test_installing_and_removing_a_plugin_makes_the_index_stale(
    environment: PluginEnvironment, cache: Path
) -> None:
    install(environment, "one", TOOL.format(name="plot"))
    index = refreshed(cache)
    install(environment, "two", TOOL.format(name="names"))
    assert index.is_stale()
    assert asked(index) == ["two"]
    assert not index.is_stale()
    environment.uninstall("one")
    assert index.is_stale()
    assert asked(index) == []
    assert [row.name for row in index.rows()] == ["two"]


def test_only_the_plugin_whose_files_changed_is_asked_again(
    environment: PluginEnvironment, cache: Path
) -> None:
    for name in ("one", "two", "three"):
        install(environment, name, TOOL.format(name=name))
    index = refreshed(cache)
    install(environment, "two", TOOL.format(name="second"), version="1.1.0")
    assert asked(index) == ["two"]
    assert index.find("tool", "second").version == "1.1.0"
    assert asked(index, everything=True) == ["one", "three", "two"]


def test_editing_a_source_of_an_editable_plugin_makes_it_asked_again(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    package = tmp_path / "src" / "edited"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from edited.tool import inkstand_tools\n")
    (package / "tool.py").write_text(TOOL.format(name="before"))
    environment.install("edited", {"edited.pth": f"{tmp_path / 'src'}\n"}, {"edited": "edited"})
    index = refreshed(cache)
    assert not index.is_stale()
    (package / "tool.py").write_text(TOOL.format(name="afterwards"))
    assert PluginIndex(cache).is_stale()
    assert asked(index) == ["edited"]
    assert index.find("tool", "afterwards")


def test_a_broken_plugin_is_asked_again_only_on_request_or_when_something_was_installed(
    environment: PluginEnvironment, cache: Path
) -> None:
    install(environment, "one", "import needed\n" + TOOL.format(name="plot"))
    index = refreshed(cache)
    assert row(index, "one").cause == "ModuleNotFoundError: No module named 'needed'"
    assert asked(index) == []
    assert asked(index, retry=True) == ["one"]
    environment.install("needed", {"needed.py": ""}, {}, group="none")
    assert index.is_stale()
    assert asked(index) == ["one"]
    assert row(index, "one").state == "ready"


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"writer":"inkstand 0"}'])
def test_a_damaged_or_foreign_cache_is_made_anew(
    environment: PluginEnvironment, cache: Path, damage: bytes
) -> None:
    install(environment, "one", TOOL.format(name="plot"))
    refreshed(cache)
    (cache / FILE_NAME).write_bytes(damage)
    index = PluginIndex(cache)
    assert index.is_stale()
    assert asked(index) == ["one"]
    assert not PluginIndex(cache).is_stale()


def test_an_index_that_cannot_be_cached_works_all_the_same(
    environment: PluginEnvironment, tmp_path: Path
) -> None:
    install(environment, "one", TOOL.format(name="plot"))
    (tmp_path / "file").write_text("in the way")
    index = refreshed(tmp_path / "file" / "cache")
    assert index.find("tool", "plot")


def test_a_disabled_plugin_is_not_imported_and_is_asked_once_it_is_enabled(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "imported"
    install(environment, "one", f"open({str(trace)!r}, 'w').close()\n" + TOOL.format(name="plot"))
    index = PluginIndex(cache, disabled=["One"])
    index.refresh()
    assert not trace.exists()
    assert not index.is_stale()
    assert row(index, "one").state == "disabled"
    with pytest.raises(UsageError, match="inkstand plugins enable one"):
        index.find("tool", "one")
    enabled = PluginIndex(cache)
    assert enabled.is_stale()
    assert asked(enabled) == ["one"]
    assert enabled.find("tool", "plot")


def test_a_plugin_for_another_sdk_is_refused_without_an_import(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "imported"
    source = f"open({str(trace)!r}, 'w').close()\n"
    environment.install("one", {"one.py": source}, {"one": "one"}, requires=["Inkstand_SDK<1"])
    index = refreshed(cache)
    assert row(index, "one").state == "refused"
    assert row(index, "one").cause == "it needs inkstand-sdk <1, and this is 1.0.0"
    assert not trace.exists()
    assert not index.is_stale()


def test_of_two_plugins_that_claim_a_name_neither_is_used_and_both_are_named(
    environment: PluginEnvironment, cache: Path
) -> None:
    install(environment, "one", TOOL.format(name="plot"))
    install(environment, "two", TOOL.format(name="plot"))
    index = refreshed(cache)
    assert [(each.name, each.state) for each in index.rows()] == [
        ("one", "duplicate"),
        ("two", "duplicate"),
    ]
    assert row(index, "one").cause == "tool 'plot' is also offered by two"
    assert index.descriptors("tool") == []
    with pytest.raises(UsageError, match="one and two both offer it"):
        index.find("tool", "plot")
    alone = PluginIndex(cache, disabled=["two"])
    assert alone.find("tool", "plot").distribution == "one"


def test_what_is_not_there_is_answered_with_the_nearest_name(
    environment: PluginEnvironment, cache: Path
) -> None:
    install(environment, "one", TOOL.format(name="summarizer"))
    with pytest.raises(NotFound, match="Did you mean 'summarizer'"):
        refreshed(cache).find("tool", "sumarizer")


def test_a_broken_plugin_that_is_asked_for_says_why(
    environment: PluginEnvironment, cache: Path
) -> None:
    install(environment, "one", "raise OSError('no disk')")
    with pytest.raises(PluginBroken, match="OSError: no disk") as caught:
        refreshed(cache).find("tool", "one")
    assert "one.py" in caught.value.detail


def test_takers_of_a_hook_come_in_the_order_of_their_names(
    environment: PluginEnvironment, cache: Path
) -> None:
    for name in ("zebra", "Aardvark", "mole"):
        install(environment, name, TAKER)
    install(environment, "tool", TOOL.format(name="plot"))
    takers = refreshed(cache).takers("inkstand_event")
    assert [taker.distribution for taker in takers] == ["Aardvark", "mole", "zebra"]
    assert refreshed(cache).takers("inkstand_before_tool") == []


def test_plugins_of_another_interpreter_are_used_with_that_interpreter(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    other = PluginEnvironment(tmp_path / "other")
    install(environment, "one", TOOL.format(name="plot"))
    install(other, "one", TOOL.format(name="plot"))
    install(other, "two", TOOL.format(name="names"))
    index = PluginIndex(cache, interpreters=[other.python])
    index.refresh()
    assert index.find("tool", "names").interpreter == other.python
    assert index.find("tool", "plot").interpreter == environment.python
    shadowed = [row for row in index.rows() if row.state == "duplicate"]
    assert [row.interpreter for row in shadowed] == [other.python]
    assert environment.python in shadowed[0].cause
    install(other, "three", TOOL.format(name="third"))
    assert index.is_stale()


def test_an_interpreter_that_is_not_there_is_a_row_and_heals(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "other"
    place = PluginEnvironment(tmp_path / "twin").python.replace("twin", "other")
    index = PluginIndex(cache, interpreters=[place])
    index.refresh()
    assert row(index, place).state == "broken"
    assert row(index, place).cause.startswith("it cannot be started: No such file")
    assert not index.is_stale()
    install(PluginEnvironment(missing), "one", TOOL.format(name="plot"))
    assert index.is_stale()
    index.refresh()
    assert index.find("tool", "plot")


def test_an_interpreter_without_the_sdk_says_what_to_install(
    environment: PluginEnvironment, cache: Path, tmp_path: Path
) -> None:
    bare = PluginEnvironment(tmp_path / "bare", [])
    index = PluginIndex(cache, interpreters=[bare.python])
    index.refresh()
    assert row(index, bare.python).cause == "inkstand-sdk is not installed in its environment"
    assert row(index, bare.python).fix == f"{bare.python} -m pip install inkstand-sdk"


def test_a_requirement_for_another_python_does_not_refuse(
    environment: PluginEnvironment, cache: Path
) -> None:
    requires = ["inkstand-sdk>=99; python_version < '3.0'", "inkstand-sdk>=1"]
    environment.install("one", {"one.py": TAKER}, {"one": "one"}, requires=requires)
    assert row(refreshed(cache), "one").state == "ready"
