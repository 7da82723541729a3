"""Changing a field of a page: what was asked for changes, and not a byte besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand.workspace.bible import front
from inkstand.workspace.bible.rewriting import rewritten
from inkstand_sdk.errors import ChangedMeanwhile, InputError

from .conftest import Book

PAGE = """---
# The lead.
name: Ada   # of all things
aliases: [Ada, "Miss L"]   # flow
"quoted": 'it''s x'

role:  # What they are
text: |
  abc

  def

# about the list
list:
- a
- b   # cc

voice:
    tics:   # t
    vocabulary: "plain"  # v
    inner: {a: 1, b: [x]}
status:
  - value: alive
    until: The Loft  # u
last: 1.50
---
Body: text
name: not this
"""


@pytest.mark.parametrize(
    ("keys", "value", "old", "new"),
    [
        (("name",), "Bea: x", "name: Ada   #", 'name: "Bea: x"   #'),
        (("name",), "2012", "name: Ada   #", 'name: "2012"   #'),
        (("aliases",), ["a", "b, c"], '[Ada, "Miss L"]   #', '[a, "b, c"]   #'),
        (("quoted",), "o'x", "'it''s x'", "'o''x'"),
        (("role",), "foil", "role:  #", "role: foil  #"),
        (("role",), {"value": "foil"}, "are\n", "are\n  value: foil\n"),
        (("text",), "one\n\ntwo\n", "  abc\n\n  def\n", "  one\n\n  two\n"),
        (("text",), "one", "|\n  abc\n\n  def\n", "one\n"),
        (("text",), None, " |\n  abc\n\n  def\n", "\n"),
        (("list",), ["x" * 50, "y" * 50], "- a\n- b ", f"- {'x' * 50}\n- {'y' * 50} "),
        (("voice", "tics"), "er", "tics:   #", "tics: er   #"),
        (("voice", "vocabulary"), 'a "b"', '"plain"', r'"a \"b\""'),
        (("voice", "inner", "a"), 2, "{a: 1,", "{a: 2,"),
        (("voice", "inner", "c"), "x, y", "[x]}", '[x], c: "x, y"}'),
        (("voice", "directness"), "high", "[x]}\n", "[x]}\n    directness: high\n"),
        (("last",), True, "1.50", "true"),
        (("fresh", "deep"), "z", "1.50\n", "1.50\nfresh:\n  deep: z\n"),
    ],
)
def test_only_the_value_changes(keys: tuple[str, ...], value: Any, old: str, new: str) -> None:
    assert PAGE.count(old) == 1
    assert rewritten(PAGE, keys, value) == PAGE.replace(old, new)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("Only text.\r\n", "---\r\nkey: [1]\r\n---\r\nOnly text.\r\n"),
        ("---\r\na: 1\r\n---\r\nx", "---\r\na: 1\r\nkey: [1]\r\n---\r\nx"),
        ("---\ra: 1\r---\rx", "---\ra: 1\rkey: [1]\r---\rx"),
        ("---\n---\nx", "---\nkey: [1]\n---\nx"),
        ("---\n# c\n---\nx", "---\n# c\nkey: [1]\n---\nx"),
        ("", "---\nkey: [1]\n---\n"),
    ],
)
def test_line_ends_are_the_pages_own(page: str, expected: str) -> None:
    assert rewritten(page, ("key",), [1]) == expected


def test_what_cannot_be_changed_alone_is_refused() -> None:
    with pytest.raises(InputError, match="no fields of its own"):
        rewritten(PAGE, ("name", "x"), 1)
    with pytest.raises(InputError, match="without changing others"):
        rewritten("---\na: &x {b: 1}\nc: *x\n---\n", ("a", "b"), 2)
    with pytest.raises(InputError, match="cannot be read"):
        rewritten("---\na: [\n---\n", ("a",), 2)


PLAIN = st.text(max_size=30) | st.integers(-9, 9999) | st.booleans() | st.none()
KEYS = st.sampled_from(["name", "role", "list", "text", "last", "voice", "fresh", "aliases"])


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            KEYS,
            st.recursive(
                PLAIN,
                lambda inner: (
                    st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
                ),
                max_leaves=6,
            ),
        ),
        max_size=4,
    )
)
def test_any_value_can_be_set_again_and_again(changes: list[tuple[str, Any]]) -> None:
    text, expected = PAGE, dict(front.read(PAGE).fields)
    for key, value in changes:
        try:
            text = rewritten(text, (key,), value)
        except InputError as error:
            assert "Change it in your editor" in error.fix  # noqa: PT017
            continue
        expected[key] = value
        assert front.read(text).fields == expected
        assert text.endswith("---\nBody: text\nname: not this\n")
        assert "# The lead." in text


def test_a_change_is_in_the_history_and_keeps_encoding_and_line_ends(book: Book) -> None:
    path = book.write("bible/characters/ada.md", "")
    path.write_bytes("\ufeff---\r\nname: Zoë  # née\r\n---\r\nText.\r\n".encode("utf-16-le"))
    desk = book.desk()
    saved = desk.bible.set(desk.bible.page("Zoë"), ("age",), 36)
    expected = "\ufeff---\r\nname: Zoë  # née\r\nage: 36\r\n---\r\nText.\r\n"
    assert path.read_bytes() == expected.encode("utf-16-le")
    assert [each.why for each in desk.history.of(saved.name)] == ["set age", "before: set age"]
    desk.close()


def test_a_page_that_changed_meanwhile_is_merged_or_left_alone(book: Book) -> None:
    path = book.write(
        "bible/characters/ada.md", "---\nname: Ada\nage: 1\nx: 1\ny: 1\nz: 1\n---\nText.\n"
    )
    desk = book.desk()
    page = desk.bible.page("Ada")
    path.write_text(path.read_text().replace("Text.", "Other text."))
    desk.bible.set(page, ("age",), 2)
    assert path.read_text() == "---\nname: Ada\nage: 2\nx: 1\ny: 1\nz: 1\n---\nOther text.\n"
    page = desk.bible.page("Ada")
    path.write_text(path.read_text().replace("age: 2", "age: 3"))
    with pytest.raises(ChangedMeanwhile):
        desk.bible.set(page, ("age",), 4)
    assert "age: 3" in path.read_text()
    desk.close()


def test_a_page_behind_a_link_out_of_the_workspace_is_not_written(
    book: Book, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("---\nname: Ada\n---\n")
    book.write("bible/characters/bea.md", "")
    (book.root / "bible/characters/ada.md").symlink_to(outside)
    desk = book.desk()
    with pytest.raises(Exception, match="does not lie in the workspace"):
        desk.bible.set(desk.bible.page("Ada"), ("age",), 1)
    assert outside.read_text() == "---\nname: Ada\n---\n"
    desk.close()
