"""Ignored findings: the writer's decision, kept beside the book, and nothing else touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.config import Config
from inkstand.desk import Desk, Desks
from inkstand.workspace.ignored import with_ignored
from inkstand_sdk.errors import InputError, NotFound, UsageError

SETTINGS = '# My book\ntitle = "One"  # for now\n\n[goals]\ntotal = 80000\n'
EYES = {
    "id": "eye_color-0a1b2c3d",
    "kind": "eye_color",
    "summary": "Ada has grey eyes, then green.",
}
AGE = {"id": "age-0a1b2c3d", "kind": "age", "summary": "Ada is 30 and 40."}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "one.md").write_text("Ada looked up.\n")
    return folder


def desk(book: Path, data: Path | None = None) -> Desk:
    return Desks(data or book.parent / "data", Config, lambda _note: None).at(book)


def test_an_ignored_finding_stands_in_the_settings_and_every_comment_stays(book: Path) -> None:
    (book / "inkstand.toml").write_text(SETTINGS)
    ignored = desk(book).ignored
    ignored.remember([EYES, AGE])
    assert ignored.add(["eye_color-0a1b2c3d"]) == {EYES["id"]: EYES["summary"]}
    text = (book / "inkstand.toml").read_text()
    assert text.startswith(SETTINGS)
    assert f'{EYES["id"]} = "{EYES["summary"]}"' in text
    assert desk(book).ignored.listed() == {EYES["id"]: EYES["summary"]}

    assert ignored.remove(["eye_color"]) == {EYES["id"]: EYES["summary"]}
    assert (book / "inkstand.toml").read_text().rstrip() == SETTINGS.rstrip()


def test_what_the_writer_noted_stays_when_the_finding_is_ignored_again(book: Path) -> None:
    (book / "inkstand.toml").write_text(
        f'{SETTINGS}\n[ignored]\n# lenses!\n{EYES["id"]} = "Mine."\n'
    )
    ignored = desk(book).ignored
    ignored.remember([EYES])
    ignored.add([EYES["id"]])
    assert ignored.listed() == {EYES["id"]: "Mine."}
    ignored.remove([EYES["id"]])
    assert "# lenses!" in (book / "inkstand.toml").read_text()


def test_a_plain_folder_keeps_nothing_in_itself_and_forgets_nothing_when_it_becomes_a_workspace(
    book: Path,
) -> None:
    ignored = desk(book).ignored
    ignored.remember([EYES, AGE])
    ignored.add([EYES["id"]])
    assert [path.name for path in book.iterdir()] == ["one.md"]
    # One file of the folder is of the same workspace.
    assert desk(book / "one.md", book.parent / "data").ignored.listed() == {
        EYES["id"]: EYES["summary"]
    }

    (book / "inkstand.toml").write_text(SETTINGS)
    now = desk(book).ignored
    now.remember([AGE])
    now.add([AGE["id"]])
    assert set(now.listed()) == {EYES["id"], AGE["id"]}
    now.remove([EYES["id"]])
    assert set(desk(book).ignored.listed()) == {AGE["id"]}


def test_only_what_a_check_gave_can_be_ignored_and_a_beginning_must_mean_one(book: Path) -> None:
    ignored = desk(book).ignored
    with pytest.raises(NotFound, match="no finding 'eye_color-0a1b2c3d'"):
        ignored.add([EYES["id"]])
    ignored.remember([EYES, {**EYES, "id": "eye_color-0a9"}])
    with pytest.raises(UsageError, match="beginning of several"):
        ignored.add(["eye_color-0a"])
    with pytest.raises(NotFound):
        ignored.add([""])
    with pytest.raises(NotFound):
        ignored.remove([EYES["id"]])
    assert ignored.listed() == {}


def test_of_several_ids_none_is_ignored_if_one_is_wrong(book: Path) -> None:
    (book / "inkstand.toml").write_text(SETTINGS)
    ignored = desk(book).ignored
    ignored.remember([EYES])
    with pytest.raises(NotFound):
        ignored.add([EYES["id"], "nothing"])
    assert (book / "inkstand.toml").read_text() == SETTINGS


@pytest.mark.parametrize(
    "settings", ["ignored = 3\n", 'ignored = ["age-0a1b2c3d"]\n', "[ignored\n"]
)
def test_settings_that_cannot_be_understood_are_left_as_they_are(book: Path, settings: str) -> None:
    (book / "inkstand.toml").write_text(settings)
    ignored = desk(book).ignored
    ignored.remember([EYES])
    with pytest.raises(InputError, match=r"cannot be (understood|read)"):
        ignored.add([EYES["id"]])
    assert (book / "inkstand.toml").read_text() == settings


def test_what_was_found_lately_is_only_kept_in_mind(book: Path) -> None:
    ignored = desk(book).ignored
    assert ignored.seen() == []
    ignored.remember([EYES])
    ignored.remember([AGE])
    assert [each.id for each in ignored.seen()] == [AGE["id"], EYES["id"]]
    (ignored.workspace.state / "findings.json").write_bytes(b"\xff{")
    assert ignored.seen() == []
    ignored.remember([AGE])
    assert [each.id for each in ignored.seen()] == [AGE["id"]]


def test_no_text_is_changed_where_nothing_changes() -> None:
    assert with_ignored(SETTINGS, {}, ["age-0a1b2c3d"]) == SETTINGS
    assert with_ignored("", {}, []) == ""
    once = with_ignored(SETTINGS, {"age-0a1b2c3d": "x"}, [])
    assert with_ignored(once, {"age-0a1b2c3d": "x"}, []) == once
