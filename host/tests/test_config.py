"""Settings: what may be set, what is refused, and that comments survive."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkstand.config import Config, ConfigFile, Directories
from inkstand_sdk.errors import InputError, UsageError

VALUES = {
    "offline": st.booleans(),
    "models.default": st.text(st.characters(blacklist_categories=["Cs"])),
    "models.folders": st.lists(st.text(st.characters(blacklist_categories=["Cs"]))),
    "workers.keep_alive": st.floats(0, 86_400),
    "workers.ram_budget_mb": st.integers(0, 2**31),
    "plugins.timeout": st.floats(0.001, 600),
    "backends.llamacpp.threads": st.one_of(st.integers(-9, 9), st.booleans()),
    "tools.plot.model": st.sampled_from(["pocket", "./a b.gguf", "x=1"]),
}


@pytest.fixture
def config(tmp_path: Path) -> ConfigFile:
    return ConfigFile(tmp_path / "config" / "config.toml")


def typed(value: Any) -> str:
    """What a user types to mean `value`."""
    import tomlkit

    return value if isinstance(value, str) else tomlkit.item(value).as_string()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_set_is_what_is_got(config: ConfigFile, data: st.DataObject) -> None:
    for key in data.draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=6)):
        value = data.draw(VALUES[key])
        assert config.set(key, typed(value)) == value
        assert config.get(key) == value
    tomllib.loads(config.path.read_text(encoding="utf-8") if config.path.exists() else "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.text(max_size=30), text=st.text(max_size=30))
def test_any_other_key_or_value_is_refused_and_changes_nothing(
    config: ConfigFile, key: str, text: str
) -> None:
    before = config.path.read_bytes() if config.path.exists() else None
    with pytest.raises(UsageError):
        config.set(key, text)
    assert before == (config.path.read_bytes() if config.path.exists() else None)


def test_comments_and_order_and_line_ends_survive(config: ConfigFile) -> None:
    config.path.parent.mkdir()
    before = (
        "# Mine.\r\noffline = true # on the train\r\n\r\n[workers]\r\n"
        "# minutes matter\r\nkeep_alive = 60\r\n"
    )
    config.path.write_bytes(before.encode())
    config.set("workers.keep_alive", "90.5")
    config.set("backends.llamacpp.threads", "4")
    after = config.path.read_bytes().decode()
    assert after.startswith(before.replace("60", "90.5"))
    assert tomllib.loads(after)["backends"] == {"llamacpp": {"threads": 4}}
    assert "[backends]" not in after


@pytest.mark.parametrize(
    "source",
    [
        "backends = {llamacpp = {threads = 2}}\n",
        "backends.llamacpp.threads = 2\n",
        "[backends.llamacpp]\nthreads = 2\n\n[workers]\n\n[backends.other]\nx = 1\n",
        "[workers]\nkeep_alive = 9\n[backends]\nllamacpp.threads = 2",
    ],
)
def test_tables_may_be_written_in_any_way(config: ConfigFile, source: str) -> None:
    config.path.parent.mkdir()
    config.path.write_text(source)
    config.set("backends.llamacpp.slots", "3")
    config.set("backends.third.name", "x")
    assert config.get("backends.llamacpp") == {"threads": 2, "slots": 3}
    assert config.get("backends.third.name") == "x"


def test_lists_may_be_typed_with_commas(config: ConfigFile) -> None:
    assert config.set("models.prefer", "llamacpp, transformers,") == ["llamacpp", "transformers"]
    assert config.set("models.prefer", '["a, b"]') == ["a, b"]
    assert config.set("models.prefer", "") == []


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("model.default", "models.default"),
        ("models.defualt", "models.default"),
        ("ofline", "offline"),
        ("workers.keepalive", "workers.keep_alive"),
        ("nonsense", "inkstand config get"),
        ("", "section"),
        (".", "no setting"),
        ("models.", "no setting"),
        ("models.default.x", "no setting"),
        ("models", "section"),
        ("backends", "section"),
        ("backends.llamacpp", "backends.NAME.SETTING"),
        ("backends..threads", "no setting"),
        ("backends.a.b.c", "backends.NAME.SETTING"),
    ],
)
def test_a_wrong_key_is_told_with_the_right_one(config: ConfigFile, key: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        config.set(key, "1")
    assert not config.path.exists()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("offline", "maybe"),
        ("offline", "1"),
        ("workers.keep_alive", "-1"),
        ("workers.keep_alive", "nan"),
        ("workers.keep_alive", "inf"),
        ("workers.ram_budget_mb", "lots"),
        ("workers.ram_budget_mb", "1.5"),
        ("plugins.timeout", "0"),
        ("workers.keep_alive", "5\noffline = true"),
        ("workers.keep_alive", "[" * 5000),
    ],
)
def test_a_wrong_value_is_refused(config: ConfigFile, key: str, text: str) -> None:
    with pytest.raises(UsageError, match="not allowed"):
        config.set(key, text)
    assert not config.path.exists()


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (b"offline = \n", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"ofline = true\n", "Did you mean offline"),
        (b"[workers]\nkeep_live = 3\n", "Did you mean workers.keep_alive"),
        (b"[workers]\nkeep_alive = -3\n", "workers.keep_alive"),
        (b"models = 3\n", "models"),
        (b"backends = 3\n", "backends"),
        (b"[backends]\nllamacpp = 3\n", "backends"),
    ],
)
def test_a_broken_file_is_explained_and_kept(config: ConfigFile, source: bytes, hint: str) -> None:
    config.path.parent.mkdir()
    config.path.write_bytes(source)
    for attempt in (config.load, lambda: config.get(""), lambda: config.set("offline", "true")):
        with pytest.raises((InputError, UsageError), match=hint) as told:
            attempt()
        assert str(config.path) in str(told.value)
    assert config.path.read_bytes() == source


def test_no_file_means_the_defaults(config: ConfigFile) -> None:
    assert config.load() == Config()
    assert config.get("models.prefer")[0] == "llamacpp"
    assert config.get("backends.llamacpp.threads") is None


def test_a_byte_order_mark_is_no_fault(config: ConfigFile) -> None:
    config.path.parent.mkdir()
    config.path.write_bytes(b"\xef\xbb\xbfoffline = true\n")
    assert config.load().offline
    config.set("offline", "false")
    assert not config.load().offline


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    config = ConfigFile(tmp_path / "file" / "config.toml")
    assert config.load() == Config()
    with pytest.raises(InputError, match="cannot be written"):
        config.set("offline", "true")
    folder = ConfigFile(tmp_path)
    with pytest.raises(InputError, match="cannot be opened"):
        folder.load()


def test_text_that_is_no_text_is_stored_as_text(config: ConfigFile) -> None:
    assert config.set("models.default", "caf\udce9") == "caf?"


def test_inkstand_home_moves_every_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INKSTAND_HOME", str(tmp_path))
    directories = Directories.of_this_user()
    assert all(getattr(directories, f).parent == tmp_path for f in directories.__struct_fields__)
    monkeypatch.setenv("INKSTAND_HOME", os.path.relpath(tmp_path))
    assert Directories.of_this_user().config.is_absolute()
    monkeypatch.delenv("INKSTAND_HOME")
    assert "inkstand" in str(Directories.of_this_user().config)


@pytest.mark.parametrize(
    ("system", "first"), [("darwin", "mlx"), ("linux", "transformers"), ("win32", "transformers")]
)
def test_a_model_folder_goes_to_the_engine_made_for_the_machine(system: str, first: str) -> None:
    asked = f"import sys; sys.platform = {system!r}; from inkstand.sections import ModelsConfig"
    shown = f"{asked}; print(*ModelsConfig().prefer)"
    found = subprocess.run(
        [sys.executable, "-c", shown], check=True, capture_output=True, text=True
    )
    order = found.stdout.split()
    assert next(name for name in order if name in ("mlx", "transformers")) == first
    assert order[0] == "llamacpp"
