"""The page that documents the fields says of each what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from inkstand.workspace.bible.kinds import FOLDERS, SINGLE, described
from inkstand_sdk.bible import KINDS, Page, TimelineEvent, Voice

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "bible.md"


def tables() -> dict[str, list[tuple[str, str]]]:
    """The tables below each heading: rows of field and description."""
    found: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith(("### ", "`voice`", "Each of the `events`")):
            heading = line
        elif row := re.fullmatch(r"\| `(\w+)` \| (.+) \|", line):
            found.setdefault(heading, []).append((row[1], row[2]))
    return found


def rows(struct: type[msgspec.Struct]) -> list[tuple[str, str]]:
    common = [] if struct is Page or not issubclass(struct, Page) else described(Page)
    return [each for each in described(struct) if each not in common]


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_field_of_a_kind_is_documented(kind: str) -> None:
    where = SINGLE.get(kind) or f"{FOLDERS[kind]}/"
    assert tables()[f"### {kind.capitalize()}: `bible/{where}`"] == rows(KINDS[kind])


def test_the_common_fields_and_those_within_others_are_documented() -> None:
    found = tables()
    assert found["### Every page"] == rows(Page)
    assert found["`voice` has fields of its own:"] == rows(Voice)
    assert found["Each of the `events` is:"] == rows(TimelineEvent)


def test_every_field_has_a_description() -> None:
    structs: list[type[msgspec.Struct]] = [*KINDS.values(), Voice, TimelineEvent]
    for struct in structs:
        assert all(said for _, said in described(struct))
