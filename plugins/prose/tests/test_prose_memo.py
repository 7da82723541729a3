"""What a reading leaves for the next one changes how long that takes, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand_prose import EnglishReader, memo, reading
from inkstand_prose.memo import Memo
from inkstand_prose.pack import Pack
from inkstand_prose.scene_memo import SceneMemo
from inkstand_prose.scene_text import read_text
from inkstand_sdk.errors import Cancelled
from inkstand_sdk.reader import Reading
from inkstand_sdk.testing.manuscripts import manuscript_from_text

PEOPLE = [
    "Nell Harwick",
    "Mr. Tobias Orme",
    "Mrs. Orme",
    "Miss Harwick",
    "Captain Drury",
    "Tobias",
    "Nell",
    "Lizzy Vane",
    "Elizabeth",
    "the old sailor",
    "the captain",
    "Dr. Quill",
    "Orme",
]
LINES = [
    '"Come in," said {a}. "{b} is here."',
    '"No!" cried {a}.\n\n"And why not, {b}?" asked {c}.',
    "{a} looked at {b}. She said nothing, and he went out.",
    '"You are {b}," she said. "You\'re {b}, and no other."',
    "Finally {a} married {b}. The wedding was in Harwick.",
    '{a}, formerly {b}, turned to the window. "I shall go," he said.',
    "I had known {a} for years, and I said so to {b}.",
    '"Tell {a}, {b}, that the boat is gone."\n\n"It is not," she answered.',
    'The old man saw {a}\'s hat. "Whose is it?" said the old man.',
    '"Well, sir," said the old sailor to {a}, "the tide is late."',
    "She ran her thumb along the seam of the sail. {a} ran her thumb along the seam, and laughed.",
    "All at once the lamp went out, and {a} was on the point of weeping softly. {b} wept too.",
]


def scene(choose: random.Random) -> str:
    def line() -> str:
        a, b, c = choose.sample(PEOPLE, 3)
        return choose.choice(LINES).format(a=a, b=b, c=c)

    return "\n\n".join(line() for _ in range(choose.randint(1, 12)))


def read(texts: list[str], kept: Memo, pack: Pack | None = None) -> Reading:
    manuscript = manuscript_from_text(texts)
    return reading.read_manuscript(manuscript, "english", "1", lambda f, said: None, kept, pack)


def insert(texts: list[str], choose: random.Random) -> list[str]:
    at = choose.randint(0, len(texts))
    return [*texts[:at], scene(choose), *texts[at:]]


def delete(texts: list[str], choose: random.Random) -> list[str]:
    at = choose.randrange(len(texts))
    return texts[:at] + texts[at + 1 :] if len(texts) > 1 else texts


def edit(texts: list[str], choose: random.Random) -> list[str]:
    at = choose.randrange(len(texts))
    start, end = sorted(choose.randint(0, len(texts[at])) for _ in range(2))
    added = choose.choice(["", " ", '"', "\n\n", scene(choose), choose.choice(PEOPLE)])
    end = min(end, start + 80)
    return [*texts[:at], texts[at][:start] + added + texts[at][end:], *texts[at + 1 :]]


def rename(texts: list[str], choose: random.Random) -> list[str]:
    old, new = choose.sample([name.split()[-1] for name in PEOPLE], 2)
    return [text.replace(old, new) for text in texts]


def reorder(texts: list[str], choose: random.Random) -> list[str]:
    return choose.sample(texts, len(texts))


def double(texts: list[str], choose: random.Random) -> list[str]:
    return [*texts, choose.choice(texts)]


CHANGES: list[Callable[[list[str], random.Random], list[str]]] = [
    insert,
    delete,
    edit,
    rename,
    reorder,
    double,
]


@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(CHANGES), max_size=8))
@settings(max_examples=60, deadline=None)
def test_reading_after_any_edits_gives_what_a_fresh_reading_gives(
    choose: random.Random, changes: list[Callable[[list[str], random.Random], list[str]]]
) -> None:
    texts = [scene(choose) for _ in range(4)]
    kept = Memo()
    read(texts, kept)
    for change in changes:
        texts = change(texts, choose)
        assert read(texts, kept) == read(texts, Memo())


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_reading_two_books_in_turn_gives_what_fresh_readings_give(choose: random.Random) -> None:
    shared = [scene(choose) for _ in range(3)]
    books = [[*shared, scene(choose)], [scene(choose), *shared]]
    kept = Memo()
    for change in [*choose.sample(CHANGES, 3), double]:
        for number, texts in enumerate(books):
            assert read(texts, kept) == read(texts, Memo())
            books[number] = change(texts, choose)


def test_readings_at_the_same_time_give_what_fresh_readings_give() -> None:
    choose = random.Random(7)
    shared = [scene(choose) for _ in range(8)]
    books = [[*shared, scene(choose)], [scene(choose), *shared], rename(shared, choose), shared]
    fresh = [read(texts, Memo()) for texts in books]
    kept = Memo()

    def again(number: int) -> bool:
        return all(read(books[number], kept) == fresh[number] for _ in range(6))

    with ThreadPoolExecutor(len(books)) as pool:
        assert list(pool.map(again, range(len(books)))) == [True] * len(books)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_new_process_that_finds_a_pack_gives_what_a_fresh_one_gives(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    choose = random.Random(seed)
    pack = Pack(tmp_path_factory.mktemp("packs"), "novel")
    texts = [scene(choose) for _ in range(5)]
    read(texts, Memo(), pack)
    for change in CHANGES:
        texts = change(texts, choose)
        assert read(texts, Memo(), pack) == read(texts, Memo())


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read from now on."""
    seen: list[str] = []

    def reads(text: str, tick: Callable[[], None]) -> SceneMemo:
        seen.append(text)
        return read_text(text, tick)

    monkeypatch.setattr(memo, "read_text", reads)
    return seen


def test_only_the_scene_that_changed_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ['"Yes," said Nell.', '"No," said Tobias.', "Nobody came."]
    seen = counted(monkeypatch)
    kept = Memo()
    read(texts, kept)
    assert seen == texts
    read([texts[2], "Somebody came.", texts[0]], kept)
    assert seen[3:] == ["Somebody came."]


def test_a_pack_spares_the_next_process_what_did_not_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ['"Yes," said Nell.', '"No," said Tobias.']
    read(texts, Memo(), Pack(tmp_path, "novel"))
    seen = counted(monkeypatch)
    read([*texts, "New."], Memo(), Pack(tmp_path, "novel"))
    assert seen == ["New."]


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x92\xa1x\x80", None])
def test_a_damaged_pack_is_found_anew(tmp_path: Path, damage: bytes | None) -> None:
    texts = ['"Yes," said Nell.', '"No," said Tobias.']
    first = read(texts, Memo(), Pack(tmp_path, "novel"))
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert read(texts, Memo(), Pack(tmp_path, "novel")) == first
    assert file.read_bytes() == whole


def test_a_pack_of_other_code_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(['"Yes," said Nell.'], Memo(), Pack(tmp_path, "novel"))
    monkeypatch.setattr("inkstand_prose.pack._code", lambda: "other")
    seen = counted(monkeypatch)
    read(['"Yes," said Nell.'], Memo(), Pack(tmp_path, "novel"))
    assert seen == ['"Yes," said Nell.']


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    texts = ['"Yes," said Nell.']
    assert read(texts, Memo(), Pack(tmp_path / "file" / "x", "novel")) == read(texts, Memo())
    half = ["\ud800 “Yes,” said Nell."]
    assert read(half, Memo(), Pack(tmp_path / "new", "novel")) == read(half, Memo())


def test_packs_of_many_manuscripts_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(40):
        read([f"Scene {number}."], Memo(), Pack(tmp_path, f"novel {number}"))
    assert len(list(tmp_path.iterdir())) < 20


def test_nothing_of_the_writers_text_is_run_from_a_pack(tmp_path: Path) -> None:
    reader = EnglishReader()
    reader.cache = tmp_path
    reader.read(manuscript_from_text('"Never," said Quilda Marne.'), None, lambda f, said: None)
    (file,) = tmp_path.iterdir()
    assert msgspec.msgpack.decode(file.read_bytes())


def test_a_memo_forgets_what_was_longest_unused() -> None:
    kept = Memo(most_characters=100)
    for number in range(10):
        read([f"{number}" * 30], kept)
    assert len(kept) <= 3
    text = ["x" * 300]
    assert read(text, kept) == read(text, Memo())
    assert len(kept) == 0


def test_a_reading_that_was_stopped_leaves_the_next_one_right() -> None:
    choose = random.Random(4)
    texts = [scene(choose) for _ in range(6)]
    whole = read(texts, Memo())
    calls = 0

    def count(fraction: float, said: str) -> None:
        nonlocal calls
        calls += 1

    manuscript = manuscript_from_text(texts)
    reading.read_manuscript(manuscript, "english", "1", count, Memo())
    for stop_at in range(1, calls + 1):
        kept, left = Memo(), stop_at

        def stop(fraction: float, said: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Cancelled

        with pytest.raises(Cancelled):
            reading.read_manuscript(manuscript, "english", "1", stop, kept)
        assert read(texts, kept) == whole


def test_a_nickname_that_another_scene_gives_is_found_and_lost_with_that_scene() -> None:
    named = (
        '"Where is the book for Weights to sign?" asked Tobias Orme.\n\n'
        '"I gave the one with Weights in it to Bo," said Nell Harwick.\n\n'
        '"Then it is for Weights and Bo to find," said Tobias Orme.\n\nNell Harwick left.'
    )
    gives = '"Who am I to them?" asked Nell Harwick.\n\n"You\'re Weights," said Tobias Orme.'
    kept = Memo()
    for texts in ([named], [named, gives], [named], [gives, named]):
        found = read(texts, kept)
        assert found == read(texts, Memo())
        (nell,) = (person for person in found.cast if person.name == "Nell Harwick")
        assert ("Weights" in nell.aliases) == (len(texts) > 1)
