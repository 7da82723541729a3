"""Which model a name means, and what is said of names that mean none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from inkstand.studio import Studio
from inkstand_sdk.errors import InkstandError, ModelFileError, NotFound, UsageError

Make = Callable[..., Studio]


def test_the_largest_usable_model_is_the_default(studio: Studio) -> None:
    assert studio.resolve().model.id == "large"
    assert studio.resolve().backend == "scripted"


def test_a_default_in_the_settings_wins_and_a_name_wins_over_it(make_studio: Make) -> None:
    studio = make_studio("[models]\ndefault = 'scripted:small'\n[tools.script]\nmodel = 'large'\n")
    assert studio.resolve().model.id == "small"
    assert studio.resolve("large").model.id == "large"
    assert studio.resolve(tool="script").model.id == "large"
    assert studio.resolve("small", tool="script").model.id == "small"


@pytest.mark.parametrize("name", ["small", "scripted:small"])
def test_a_model_is_named_by_its_id_with_or_without_a_backend(studio: Studio, name: str) -> None:
    assert studio.resolve(name).model.id == "small"


@pytest.mark.parametrize(
    "name", ["any", "small", "org/name", "org/name:7b", "./no-such-path", "x.gguf"]
)
def test_a_backend_that_takes_any_name_gets_it_as_it_is(studio: Studio, name: str) -> None:
    found = studio.resolve(f"faraway:{name}")
    assert (found.backend, found.model.id) == ("faraway", name)


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("smal", NotFound, "Did you mean small"),
        ("nothing-like-it", NotFound, "models list"),
        ("scripted:nothing", NotFound, "no model called"),
        ("sripted:small", NotFound, "no model called"),
        ("scripted:", NotFound, "no model called"),
        (":", NotFound, "no model called"),
        ("twin", UsageError, "Two models"),
        ("gone", ModelFileError, "is gone"),
        ("unreadable", NotFound, "No usable backend reads runes"),
        ("scripted:unreadable", NotFound, "does not read runes"),
        ("./missing.gguf", ModelFileError, "no model file"),
        ("missing.GGUF", ModelFileError, "no model file"),
        ("C:\\models\\missing.gguf", ModelFileError, "missing.gguf"),
        ("~nobody-of-that-name/x.gguf", ModelFileError, "x.gguf"),
        ("/", ModelFileError, "is a folder"),
        ("./" + "x" * 5000, ModelFileError, "xxx"),
        ("./nul\0nul.gguf", ModelFileError, "nul"),
    ],
)
def test_a_name_that_means_no_model_is_told(
    studio: Studio, name: str, error: type[InkstandError], hint: str
) -> None:
    with pytest.raises(error, match=hint):
        studio.resolve(name)


def test_a_file_that_is_no_model_is_told(studio: Studio, tmp_path: Path) -> None:
    for name, data in (("a.gguf", b""), ("b.gguf", b"GGUF"), ("c.txt", b"text"), ("d.gguf", b"x")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ModelFileError):
            studio.resolve(str(tmp_path / name))


def test_a_damaged_file_in_a_model_folder_is_listed_with_what_is_wrong(
    make_studio: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "broken.GGUF").write_bytes(b"GGUF\xff\xff\xff\xff")
    (folder / "notes.txt").write_text("no model")
    (folder / "loop").symlink_to(folder)
    studio = make_studio(f"[models]\nfolders = ['{folder}', '{folder}', '/nowhere', '~nobody/x']\n")
    [listed] = [entry for entry in studio.models() if entry.model.id == "broken"]
    assert listed.problem
    assert listed.backends == ()
    with pytest.raises(ModelFileError):
        studio.resolve("broken")


def test_models_are_listed_by_id_with_the_backends_that_read_them(studio: Studio) -> None:
    listed = studio.models()
    ids = [entry.model.id for entry in listed]
    assert ids == sorted(ids)
    backends = {entry.model.id: entry.backends for entry in listed}
    assert backends["small"] == ("scripted",)
    assert backends["unreadable"] == ()


def test_settings_of_plugins_are_checked_when_they_are_set(studio: Studio) -> None:
    assert studio.settings.set("backends.scripted.slots", "3") == 3
    assert studio.config.backends == {"scripted": {"slots": 3}}
    for key, value, hint in (
        ("backends.scripted.slotz", "3", "Did you mean slots"),
        ("backends.scripted.slots", "0", "slots"),
        ("backends.scripted.slots", "many", "slots"),
        ("backends.scritped.slots", "3", "Did you mean 'scripted'"),
        ("tools.script.lud", "true", "Did you mean loud"),
    ):
        with pytest.raises((UsageError, NotFound), match=hint):
            studio.settings.set(key, value)
    assert studio.settings.set("tools.script.model", "large") == "large"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("one", ["one"]),
        ("one, two", ["one", "two"]),
        ('["one, two", "three"]', ["one, two", "three"]),
        ("7", ["7"]),
        ("", []),
    ],
)
def test_a_list_of_a_plugins_settings_may_be_typed_with_commas(
    studio: Studio, typed: str, words: list[str]
) -> None:
    assert studio.settings.set("backends.scripted.words", typed) == words
    assert studio.config.backends == {"scripted": {"words": words}}
    # What is there already changes nothing about how the next is read.
    assert studio.settings.set("backends.scripted.words", "four") == ["four"]


def test_a_setting_that_is_taken_away_has_its_default_again(studio: Studio) -> None:
    studio.settings.set("models.timeout", "5")
    studio.settings.set("backends.scripted.slots", "3")
    assert studio.settings.unset("models.timeout") == 600.0
    studio.settings.unset("backends.scripted")
    assert studio.config.models.timeout == 600.0
    assert studio.config.backends == {}
    for key in ("models", "backends", "models.tmeout", ""):
        with pytest.raises(UsageError):
            studio.settings.unset(key)


def test_the_doctor_names_what_is_wrong(make_studio: Make, tmp_path: Path) -> None:
    checks = make_studio().doctor()
    assert {check.state for check in checks} <= {"ok", "warning"}
    assert any("gone" in check.what for check in checks)
    (tmp_path / "config" / "config.toml").write_text("offline = ")
    checks = make_studio().doctor()
    assert [check.state for check in checks].count("fault") == 1
    (tmp_path / "config" / "config.toml").unlink()
