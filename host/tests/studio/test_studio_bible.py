"""`ctx.bible`: tools are given the pages of the workspace that their text lies in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio

PAGE = "---\nname: Ada\n---\nShe counts.\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for name, text in (
        ("inkstand.toml", ""),
        ("manuscript/one.md", "Ada came."),
        ("bible/characters/ada.md", PAGE),
        ("bible/broken.md", "---\na: [\n---\nStill a text.\n"),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def pages(studio: Studio, **options: Any) -> Any:
    return studio.run_tool("script", {"do": "bible"}, **options).result().output["items"]


def test_a_tool_is_given_the_bible_around_its_text(studio: Studio, book: Path) -> None:
    expected = ["character Ada: She counts.", "note broken: Still a text."]
    assert pages(studio, manuscript=book) == expected
    assert pages(studio, manuscript=book / "manuscript" / "one.md") == expected
    studio.path = book / "manuscript"
    assert pages(studio, manuscript=studio.manuscript(studio.path)) == expected


def test_a_text_from_nowhere_has_the_bible_of_the_project_that_one_is_in(
    studio: Studio, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = studio.manuscript_of(b"Some text.")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bible").mkdir()
    (tmp_path / "bible" / "x.md").write_text("Not a project.")
    assert pages(studio, manuscript=text) == []
    monkeypatch.chdir(book)
    assert len(pages(studio, manuscript=text)) == 2
