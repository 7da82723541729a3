"""New workspaces, and goals in their settings."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inkstand.config import Config
from inkstand.desk import Desk, Desks
from inkstand.workspace.creating import create
from inkstand.workspace.goals import Goals, parsed, with_goal
from inkstand_sdk.errors import InputError, UsageError


@pytest.fixture
def desk_at(tmp_path: Path) -> Iterator[Callable[[Path], Desk]]:
    desks = Desks(tmp_path / "data", Config, lambda _note: None)
    yield desks.at
    desks.close()


@pytest.mark.parametrize(
    "name",
    ["novel", "Мой роман", "小説", "رواية", 'a b\'c "d"', "e\u0301te\u0301", "$HOME; ls", "-x"],
)
def test_a_workspace_may_be_called_anything(
    tmp_path: Path, name: str, desk_at: Callable[[Path], Desk]
) -> None:
    made = create(tmp_path / name)
    root = tmp_path / name
    assert tomllib.loads((root / "inkstand.toml").read_text(encoding="utf-8"))["title"] == name
    assert made.files == tuple(
        sorted(made.files, key=lambda file: not file.startswith("manuscript"))
    )
    assert (root / "bible" / "characters").is_dir()
    assert (root / ".inkstand" / ".gitignore").read_text() == "*\n"
    status = desk_at(root).status()
    assert (status.title, status.project, status.count.words) == (name, True, 0)
    assert not any(entry.fields for entry in desk_at(root).bible.entries())


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Mine.")
    with pytest.raises(UsageError, match="is not empty"):
        create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_what_a_folder_lacks_is_added_and_nothing_else_is_touched(
    tmp_path: Path, desk_at: Callable[[Path], Desk]
) -> None:
    (tmp_path / "one.md").write_text("Ada came home.")
    (tmp_path / "bible").mkdir()
    (tmp_path / "bible" / "style.md").write_text("Plain.")
    made = create(tmp_path, here=True)
    assert "inkstand.toml" in made.files
    assert not (tmp_path / "manuscript").exists(), "the text beside it would no longer be found"
    assert (tmp_path / "bible" / "style.md").read_text() == "Plain."
    assert desk_at(tmp_path).status().count.words == 3
    assert create(tmp_path, here=True).files == ()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be made"):
        create(tmp_path / "file" / "novel")
    with pytest.raises(InputError, match="cannot be made"):
        create(tmp_path / ("x" * 5000))
    with pytest.raises(UsageError, match="control characters"):
        create(tmp_path / "a\nb")


def test_a_goal_is_written_beside_the_comments(
    tmp_path: Path, desk_at: Callable[[Path], Desk]
) -> None:
    root = tmp_path / "novel"
    create(root)
    desk = desk_at(root)
    before = (root / "inkstand.toml").read_text()
    for goal in ("total=80,000", "by=2099-01-01", "daily=500"):
        desk.set_goal(goal)
    text = (root / "inkstand.toml").read_text()
    assert text.startswith(before.rstrip())
    assert tomllib.loads(text)["goals"] == {"total": 80_000, "by": "2099-01-01", "daily": 500}
    goals = desk.status().goals
    assert goals is not None
    assert (goals.total, goals.words_left, goals.share) == (80_000, 80_000, 0)
    desk.set_goal("total=")
    assert "total = 80" in (root / "inkstand.toml").read_text()  # the commented one
    assert tomllib.loads((root / "inkstand.toml").read_text())["goals"].get("total") is None
    assert [each.why for each in desk.history.of("inkstand.toml")], "the old text can be had again"


@pytest.mark.parametrize(
    "typed", ["", "total", "words=5", "total=many", "total=-1", "by=soon", "daily=1e9", "by=2027"]
)
def test_what_is_no_goal_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parsed(typed)


def test_a_plain_folder_keeps_no_goals(tmp_path: Path, desk_at: Callable[[Path], Desk]) -> None:
    (tmp_path / "one.md").write_text("Ada.")
    with pytest.raises(UsageError, match="--here"):
        desk_at(tmp_path).set_goal("total=5")


@pytest.mark.parametrize("goals", ["goals = 5", "[goals]\ntotal = 'x'", "[goals]\nby = 3"])
def test_goals_that_make_no_sense_are_told(
    tmp_path: Path, goals: str, desk_at: Callable[[Path], Desk]
) -> None:
    (tmp_path / "one.md").write_text("Ada.")
    (tmp_path / "inkstand.toml").write_text(goals)
    with pytest.raises(InputError, match="goals"):
        desk_at(tmp_path).status()


def test_a_day_of_the_goal_may_be_a_toml_date(tmp_path: Path) -> None:
    goals = Goals.of(tomllib.loads("[goals]\nby = 2027-03-01\ntotal = 1000"))
    progress = goals.reached(400, 100, dt.date(2027, 2, 27))
    # Three days are left with today, which began at 300 words: 700 to be shared among them.
    assert (progress.words_left, progress.days_left, progress.words_a_day) == (600, 3, 234)
    assert goals.reached(1200, 0, dt.date(2027, 3, 5)).words_a_day == 0
    assert goals.reached(10, 0, dt.date(2027, 3, 5)).days_left == 0


def test_a_goal_is_put_into_settings_of_any_shape() -> None:
    for source in ("", "goals = {total = 1}\n", "[goals]\n# mine\ntotal = 1\n[cloud]\nnever=[]\n"):
        changed = tomllib.loads(with_goal(source, "total", 5))
        assert changed["goals"]["total"] == 5
        assert changed.get("cloud") == tomllib.loads(source).get("cloud")
