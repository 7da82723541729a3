"""Front matter: what is one, what is not, and that none of it can do harm."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace import frontmatter

NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True).filter(
    lambda name: name not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
)
# YAML folds odd line ends and refuses control characters; JSON strings may hold both.
TEXTS = st.text(max_size=40).map(lambda text: "".join(filter(str.isprintable, text)))


@given(st.dictionaries(NAMES, TEXTS, max_size=5), TEXTS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_fields_are_read_and_the_text_after_them_is_whole(
    fields: dict[str, str], prose: str, newline: str
) -> None:
    lines = ["---", *(f"{k}: {msgspec.json.encode(v).decode()}" for k, v in fields.items()), "---"]
    text = newline.join(lines) + newline + prose
    found = frontmatter.parse(text, "a.md")
    assert found.fields == fields
    assert text[found.end :] == prose


@given(st.text())
def test_whatever_stands_between_two_rules_is_read_or_left(inside: str) -> None:
    text = f"---\n{inside}\n---\nProse."
    found = frontmatter.parse(text, "a.md")
    assert 0 <= found.end <= len(text)
    msgspec.msgpack.encode(found)
    if found.end == 0:
        assert found.fields == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\nno end",
        "--- title\n---\n",
        "---\nA line of prose.\n---\nMore.",
        "---\nHe said: it's late: no.\n\"Oh.\n---\nMore.",
        "----\ntitle: x\n----\n",
        "\n---\ntitle: x\n---\n",
        "Text first.\n---\ntitle: x\n---\n",
    ],
)
def test_what_is_no_front_matter_stays_in_the_text(text: str) -> None:
    assert frontmatter.parse(text, "a.md") == frontmatter.FrontMatter({}, 0)


@pytest.mark.parametrize(
    "text", ["---\n---\nProse.", "---\n\n---\nProse.", "---\n# x\n...\nProse."]
)
def test_empty_front_matter_is_left_out(text: str) -> None:
    found = frontmatter.parse(text, "a.md")
    assert (found.fields, text[found.end :]) == ({}, "Prose.")


@pytest.mark.parametrize(
    "block",
    [
        "title: a: b",
        "title: [1, 2",
        "title: x\ntitle: y",
        "when: 2024-13-45",
        "a: &a [*a]",
        "a: !!python/object:os.system x",
        "a: *missing",
        "a: !!binary 'abc'",
        "a: .inf\n'b",
    ],
)
def test_front_matter_that_yaml_cannot_read_is_left_out_with_a_note(block: str) -> None:
    text = f"---\n{block}\n---\nProse."
    found = frontmatter.parse(text, "a.md")
    if found.end == 0:
        assert block.endswith("'b")  # not every line looks like a mapping's
        return
    assert text[found.end :] == "Prose."
    assert "a.md" in found.note


def test_values_become_plain_json() -> None:
    text = (
        "---\nwhen: 2024-05-01\nat: 2024-05-01 12:00:00\nbig: 123456789012345678901234567890\n"
        'odd: "\\ud800"\nset: !!set {a, b}\n1: one\nnested: {a: [1, 2.5, true, null]}\n---\n'
    )
    found = frontmatter.parse(text, "a.md")
    assert found.fields == {
        "when": "2024-05-01",
        "at": "2024-05-01T12:00:00",
        "big": "123456789012345678901234567890",
        "odd": "?",
        "set": ["a", "b"],
        "1": "one",
        "nested": {"a": [1, 2.5, True, None]},
    }


def test_a_document_that_unfolds_without_end_is_refused() -> None:
    levels = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for name, before in zip("bcdefgh", "abcdefg", strict=True):
        levels.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    found = frontmatter.parse("---\n" + "\n".join(levels) + "\n---\nProse.", "a.md")
    assert found.fields == {}
    assert "too many values" in found.note


def test_a_block_longer_than_64_kb_is_text() -> None:
    assert frontmatter.parse("---\n" + "a: b\n" * 20_000 + "---\nProse.", "a.md").end == 0
