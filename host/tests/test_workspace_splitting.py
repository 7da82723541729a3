"""Headings, rules and code in Markdown, and what folders and front matter say of a book."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.workspace import manuscript
from inkstand.workspace.scenes import split
from inkstand_sdk.manuscript import Scene


def scenes_of(text: str) -> list[Scene]:
    return split(text, 0, file="a.md", fields={}, first=0, markdown=True)


def shape(text: str) -> list[tuple[str, str, str, str]]:
    return [(s.part, s.chapter, s.title, s.text) for s in scenes_of(text)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_underlined_headings_are_headings_whatever_ends_the_lines(newline: str) -> None:
    text = "Part One\n===\n\nChapter 1\n---\n\nAda came.\n\nChapter 2\n---\nBo left.\n"
    assert shape(text.replace("\n", newline)) == [
        ("Part One", "Chapter 1", "", "Ada came."),
        ("Part One", "Chapter 2", "", "Bo left."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Ada came.\n---\nBo left.\n",
        "Ada came home late\nand wet.\n---\nBo left.\n",
        "Ada came.\n\n---\n\nBo left.\n",
        "“Come in!”\n---\nBo left.\n",
        "Ada came.\n~~~\nBo left.\n",
    ],
)
def test_a_rule_below_a_paragraph_is_a_scene_break(text: str) -> None:
    first, second = scenes_of(text)
    assert second.text == "Bo left."
    assert (second.chapter, second.part) == ("", "")
    assert first.text in text


def test_signs_in_code_and_comments_are_no_headings_and_no_breaks() -> None:
    text = (
        "# One\n\nAda typed:\n\n```\n# not a heading\n***\n---\n```\n\n"
        "    # nor is this\n\n<!--\n# nor this\n-->\n\nShe left.\n\n# Two\n\nBo.\n"
    )
    first, second = scenes_of(text)
    assert (first.chapter, second.chapter) == ("One", "Two")
    assert "# not a heading\n***" in first.text
    assert first.text.endswith("She left.")


def test_a_fence_that_is_never_closed_hides_nothing() -> None:
    assert [s.chapter for s in scenes_of("# One\n\n```\nAda.\n\n# Two\n\nBo.\n")] == ["One", "Two"]


def test_words_of_headings_say_what_their_level_is() -> None:
    assert shape("# Chapter 1\n\n## Dawn\n\nAda.\n\n## Dusk\n\nBo.\n") == [
        ("", "Chapter 1", "Dawn", "Ada."),
        ("", "Chapter 1", "Dusk", "Bo."),
    ]
    assert shape("# My Book\n\n## Part One\n\n### Chapter 1\n\nAda.\n") == [
        ("Part One", "Chapter 1", "", "Ada.")
    ]


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_md", ".md").replace("_", " ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_folders_are_parts_and_chapters_where_the_text_says_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        manuscript__01_The_Tide__01_md="Ada.",
        manuscript__02_The_Ebb__Chapter_3__01_md="Bo.",
        manuscript__02_The_Ebb__Chapter_4__01_md="# Said Here\n\nCy.",
        manuscript__Chapter_9__01_md="Di.",
    )
    found = manuscript.load(tmp_path)
    assert [(s.part, s.chapter) for s in found.scenes] == [
        ("The Tide", ""),
        ("The Ebb", "Chapter 3"),
        ("The Ebb", "Said Here"),
        ("", "Chapter 9"),
    ]


def test_a_part_goes_on_in_the_files_after_its_heading(tmp_path: Path) -> None:
    write(
        tmp_path,
        one_md="# Part One\n\n## Chapter 1\n\nAda.",
        two_md="# Chapter 2\n\nBo.",
        zzz_md="---\npart: Part Two\nchapter: Chapter 3\n---\nCy.",
    )
    assert [(s.part, s.chapter) for s in manuscript.load(tmp_path).scenes] == [
        ("Part One", "Chapter 1"),
        ("Part One", "Chapter 2"),
        ("Part Two", "Chapter 3"),
    ]


def test_settings_mark_scenes_for_tools_as_front_matter_does(tmp_path: Path) -> None:
    write(tmp_path, manuscript__one_md="Ada.", manuscript__secret__two_md="Bo.")
    (tmp_path / "inkstand.toml").write_text('[cloud]\nnever = ["manuscript/Secret"]')
    assert [s.cloud for s in manuscript.load(tmp_path).scenes] == [True, False]
