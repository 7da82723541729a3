"""Scenes in another order: nothing is lost, and what cannot be done is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inkstand.studio import Studio
from inkstand_sdk.errors import UsageError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INKSTAND_HOME", str(tmp_path / "home"))
    root = tmp_path / "book"
    (root / "manuscript" / "one").mkdir(parents=True)
    (root / "manuscript" / "two").mkdir()
    (root / "inkstand.toml").write_text('title = "Regen"\n', encoding="utf-8")
    for name in ("one/a", "one/b", "one/c", "two/d"):
        text = f"# {name[-1].upper()}\n\nThis is {name[-1]}.\n"
        (root / "manuscript" / f"{name}.md").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def studio(root: Path) -> Iterator[Studio]:
    with Studio(root) as studio:
        yield studio


def labels(studio: Studio) -> str:
    return "".join(scene.label for scene in studio.desk().counts.count().scenes)


def move(studio: Studio, label: str, by: int) -> None:
    desk = studio.desk()
    ids = {scene.label: scene.id for scene in desk.counts.count().scenes}
    desk.move_scene(ids[label], by)


@pytest.mark.parametrize(
    ("label", "by", "order"),
    [("B", -1, "BACD"), ("B", 1, "ACBD"), ("C", -1, "ACBD"), ("A", 1, "BACD")],
)
def test_a_scene_changes_places_with_its_neighbor(
    studio: Studio, label: str, by: int, order: str
) -> None:
    move(studio, label, by)
    assert labels(studio) == order


def test_a_file_without_words_is_moved_by_its_name(studio: Studio, root: Path) -> None:
    desk = studio.desk()
    desk.new_scene("Planned")
    name = "manuscript/two/Planned.md".lower()
    desk.move_scene(name, -1)
    names = [Path(file.name).stem for file in desk.counts.count().files]
    assert names == ["a", "b", "c", "planned", "d"]
    with pytest.raises(UsageError, match="“planned” is the first scene of its folder"):
        desk.move_scene(name, -1)


def test_a_scene_can_be_moved_all_the_way_and_back(studio: Studio) -> None:
    for order in ("ACBD", "CABD"):
        move(studio, "C", -1)
        assert labels(studio) == order
    for order in ("ACBD", "ABCD"):
        move(studio, "C", 1)
        assert labels(studio) == order


def test_moving_changes_nothing_but_the_order_in_front_matter(studio: Studio, root: Path) -> None:
    before = {path: path.read_text("utf-8") for path in root.glob("manuscript/**/*.md")}
    move(studio, "B", -1)
    changed = {path: path.read_text("utf-8") for path in before}
    moved = root / "manuscript" / "one" / "b.md"
    assert changed.pop(moved) == "---\norder: -1\n---\n" + before.pop(moved)
    assert changed == before


@pytest.mark.parametrize(("label", "by"), [("A", -1), ("C", 1), ("D", 1), ("D", -1)])
def test_a_scene_stays_in_its_folder(studio: Studio, label: str, by: int) -> None:
    with pytest.raises(UsageError, match="scene of its folder"):
        move(studio, label, by)
    assert labels(studio) == "ABCD"


FILE = """---
title: Whole
---
# First

Scene one.

* * *

Scene two.

# Second

Scene three.

### Titled

Scene four.

### Also titled

Scene five.
"""


def texts(studio: Studio, path: Path) -> list[str]:
    return [scene.text for scene in studio.desk().manuscript(path).scenes]


def test_scenes_of_one_file_change_places_with_their_titles(studio: Studio, root: Path) -> None:
    path = root / "manuscript" / "e.md"
    whole = FILE.replace("# First", "# Part\n\n## First").replace("# Second", "## Second")
    path.write_text(whole, encoding="utf-8")
    name = "manuscript/e.md"
    studio.desk().move_scene(f"{name}#2", -1)
    assert [text[:9] for text in texts(studio, path)][:2] == ["Scene two", "Scene one"]
    studio.desk().move_scene(f"{name}#4", 1)
    assert path.read_text("utf-8").endswith(
        "Scene three.\n\n### Also titled\n\nScene five.\n\n### Titled\n\nScene four.\n"
    )
    studio.desk().move_scene(f"{name}#5", -1)
    studio.desk().move_scene(f"{name}#1", 1)
    assert path.read_text("utf-8") == whole


def test_a_scene_of_a_file_stays_in_its_chapter(studio: Studio, root: Path) -> None:
    path = root / "manuscript" / "e.md"
    path.write_text(FILE, encoding="utf-8")
    with pytest.raises(UsageError, match="last scene of its chapter"):
        studio.desk().move_scene("manuscript/e.md#2", 1)
    with pytest.raises(UsageError, match="shares its file"):
        studio.desk().move_scene("manuscript/e.md#1", -1)
    assert path.read_text("utf-8") == FILE


def test_a_move_can_be_taken_back_from_the_history(studio: Studio, root: Path) -> None:
    path = root / "manuscript" / "one" / "b.md"
    before = path.read_bytes()
    move(studio, "B", 1)
    desk = studio.desk()
    versions = desk.history.of(desk.workspace.history_name(path), 9)
    assert any(desk.history.data(version.sha256) == before for version in versions)
