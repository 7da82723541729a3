"""The history: each text once, nothing lost by thinning but what lies close and far back."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace.history import History, Version
from inkstand.workspace.pieces import MOST, pieces
from inkstand.workspace.thinning import DAY, HOUR, too_many
from inkstand_sdk.errors import InputError, NotFound

NOW = 1_000 * DAY
# Files' names with the ages of their snapshots in milliseconds.
AGES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.lists(st.integers(-DAY, 900 * DAY), min_size=1, max_size=60),
    min_size=1,
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "state")
    yield history
    history.close()


def keep(history: History, name: str, text: str) -> int:
    return history.snapshot(name, text.encode(), by="human", why="test")


def paragraphs(count: int, dice: random.Random) -> list[str]:
    return [" ".join(dice.choices(["ferry", "gull", "tide", "salt"], k=40)) for _ in range(count)]


@given(st.binary(max_size=300_000))
def test_pieces_are_the_whole(data: bytes) -> None:
    found = list(pieces(data))
    assert b"".join(found) == data
    assert all(0 < len(piece) <= MOST for piece in found)


def test_an_edit_changes_the_pieces_around_it_and_no_other() -> None:
    lines = paragraphs(2_000, random.Random(1))
    old = set(pieces("\n".join(lines).encode()))
    lines[1_000] += " It was changed."
    lines.insert(200, "It was put in.")
    new = set(pieces("\n".join(lines).encode()))
    assert len(old) > 20
    assert len(new - old) <= 4


def test_a_text_is_kept_once_and_a_name_that_did_not_change_gets_no_snapshot(
    history: History,
) -> None:
    first = keep(history, "a.md", "One.")
    assert keep(history, "a.md", "One.") == first
    assert keep(history, "b.md", "One.") != first
    assert [each.name for each in history.latest()] == ["b.md", "a.md"]
    with closing(sqlite3.connect(history.path)) as connection:
        assert connection.execute("SELECT count(*) FROM texts").fetchone() == (1,)


def test_hundreds_of_versions_of_a_long_chapter_take_little_more_than_their_changes(
    history: History,
) -> None:
    dice = random.Random(2)
    lines = paragraphs(1_000, dice)
    for _ in range(300):
        lines[dice.randrange(len(lines))] = paragraphs(1, dice)[0]
        keep(history, "a.md", "\n\n".join(lines))
    size = len("\n\n".join(lines))
    with closing(sqlite3.connect(history.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert history.path.stat().st_size < 10 * size  # 300 times the size, if all were kept whole
    for snapshot in history.of("a.md"):
        assert len(history.data(snapshot.sha256)) == snapshot.size


def test_several_texts_are_kept_together_or_not_at_all(history: History) -> None:
    good = Version(name="a.md", data=b"One.", by="human", why="test")
    bad = Version(name="b.md", data=b"Two.", by=None, why="test")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        history.keep(good, bad)
    assert history.latest() == []


def test_what_is_not_there_is_said(history: History) -> None:
    assert history.of("a.md") == []
    assert history.files() == []
    assert not history.is_due()
    assert not history.path.exists()
    for number in (0, -1, 7, 2**63, 10**40):
        with pytest.raises(NotFound):
            history.get(number)
    with pytest.raises(NotFound):
        history.data("0" * 64)


def test_a_text_that_the_disk_damaged_is_not_given_out(history: History) -> None:
    number = keep(history, "a.md", "One.")
    with closing(sqlite3.connect(history.path)) as connection, connection:
        connection.execute("UPDATE pieces SET packed = substr(packed, 1, 4)")
    with pytest.raises(InputError, match="is damaged"):
        history.data(history.get(number).sha256)


def test_a_damaged_history_is_moved_aside_and_said(tmp_path: Path) -> None:
    notes: list[str] = []
    for _ in range(2):
        history = History(tmp_path, notes.append)
        keep(history, "a.md", "One.")
        history.close()
        history.path.write_bytes(b"This is no database. " * 1_000)
        for part in ("-wal", "-shm"):
            Path(f"{history.path}{part}").unlink(missing_ok=True)
    assert "the old one is" in notes[0]
    assert len(list(tmp_path.glob("*damaged*.db"))) == 1


def rows_of(ages: dict[str, list[int]]) -> list[tuple[int, str, int]]:
    """Snapshots as they were made: the older ones of a name have the lower ids."""
    rows = []
    for name in sorted(ages):
        rows += [(name, NOW - age) for age in sorted(ages[name], reverse=True)]
    return [(number, name, at) for number, (name, at) in enumerate(rows, 1)]


@given(AGES)
def test_thinning_keeps_the_ends_the_young_and_one_of_each_stretch(
    ages: dict[str, list[int]],
) -> None:
    rows = rows_of(ages)
    dropped = set(too_many(rows, NOW))
    left = [row for row in rows if row[0] not in dropped]
    for name in ages:
        own = [row for row in rows if row[1] == name]
        assert {own[0][0], own[-1][0]}.isdisjoint(dropped)
        for number, _, at in own:
            age = NOW - at
            if age <= 2 * DAY:
                assert number not in dropped
            # Whatever was dropped, what it had become within a stretch is there still.
            stretch = HOUR if age <= 14 * DAY else DAY if age <= 90 * DAY else 7 * DAY
            assert any(row[1] == name and 0 <= row[2] - at < stretch for row in left)


@given(AGES)
def test_thinning_again_at_once_drops_nothing(ages: dict[str, list[int]]) -> None:
    dropped = set(too_many(rows_of(ages), NOW))
    left = [row for row in rows_of(ages) if row[0] not in dropped]
    assert list(too_many(left, NOW)) == []


@given(AGES)
def test_thinning_leaves_few_of_what_is_old(ages: dict[str, list[int]]) -> None:
    rows = rows_of(ages)
    dropped = set(too_many(rows, NOW))
    for name in ages:
        old = [row for row in rows if row[1] == name and NOW - row[2] > 90 * DAY]
        weeks = {row[2] // (7 * DAY) for row in old}
        assert len([row for row in old if row[0] not in dropped]) <= len(weeks) + 2


def test_what_is_thinned_out_takes_no_room_and_the_rest_is_whole(history: History) -> None:
    dice = random.Random(3)
    lines = paragraphs(200, dice)
    for _ in range(40):
        lines[dice.randrange(len(lines))] = paragraphs(1, dice)[0]
        keep(history, "a.md", "\n\n".join(lines))
    assert history.is_due()
    assert history.thin() == 0
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=400)
    assert history.is_due(later)
    assert history.thin(later) >= 36
    assert not history.is_due(later)
    left = history.of("a.md")
    assert left[0].id == 40
    assert left[-1].id == 1
    for snapshot in left:
        assert len(history.data(snapshot.sha256)) == snapshot.size
    with closing(sqlite3.connect(history.path)) as connection:
        assert connection.execute("SELECT count(*) FROM texts").fetchone() == (len(left),)
        (kept,) = connection.execute("SELECT count(*) FROM pieces").fetchone()
    needed = {piece for each in left for piece in pieces(history.data(each.sha256))}
    assert kept == len(needed)
