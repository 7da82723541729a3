"""Outputs as lines by their shape alone, and streams as Markdown within bounds."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inkstand.tui.assistant.instructing import request_for
from inkstand.tui.assistant.markdown import pieces
from inkstand.tui.assistant.run_page import placed
from inkstand.tui.assistant.shapes import Line, Shaper, folded_at_first
from inkstand.tui.assistant.streamed import Blocks
from inkstand.tui.assistant.where import Where

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def plain(lines: list[Line]) -> list[str]:
    return [line.content.plain for line in lines]


def test_flat_objects_are_a_table_where_it_fits_and_records_where_it_does_not() -> None:
    rows = [{"name": "Ada", "words": 1200}, {"name": "Tomas", "words": 80}]
    assert plain(Shaper(40).lines({"people": rows})) == [
        "People · 2",
        "Name   Words",
        "Ada    1,200",
        "Tomas     80",
    ]
    many = [{"name": "Ada", **{f"column_{n}": n for n in range(8)}}] * 2
    lines = Shaper(30).lines({"people": many})
    assert [line.key for line in lines if line.key] == [("people", 0), ("people", 1)]


def test_a_quotation_is_a_link_to_its_passage() -> None:
    evidence = {"quote": "She  went.", "label": "The Loft", "scene": 3, "start": 5, "end": 15}
    (_, line) = Shaper(40).lines({"source": evidence})
    assert line.content.plain == "“She went.”  → The Loft"
    assert line.link is not None
    assert (line.link.scene, line.link.start, line.link.quote) == (3, 5, "She  went.")


def test_findings_are_told_one_by_one_with_their_passages() -> None:
    passage = {"quote": "grey eyes", "label": "One", "file": "1.md", "scene": 0, "start": 1}
    finding = {
        "id": "e1",
        "kind": "eye_color",
        "summary": "Her eyes change.",
        "confidence": 0.9,
        "passages": [passage, passage],
    }
    lines = Shaper(40).lines({"findings": [finding]})
    assert plain(lines)[:2] == ["1  Her eyes change.", "eye color · 90% sure"]
    assert len([line for line in lines if line.link]) == 2
    assert plain(Shaper(40).lines({"findings": []})) == ["Nothing was found."]


def test_cards_of_a_long_result_are_folded_at_first() -> None:
    cards = [{"name": f"P{n}", "about": "x. " * 30, "more": ["a.", "b."]} for n in range(40)]
    lines = Shaper(40).lines({"people": cards})
    folded = folded_at_first(lines)
    assert len(folded) == 40
    shown = [line for line in lines if not any(key in folded for key in line.under)]
    assert len(shown) == 41


@given(st.dictionaries(st.text(max_size=8), _JSON, max_size=5), st.integers(20, 120))
def test_any_output_can_be_shown(output: dict[str, Any], width: int) -> None:
    for line in Shaper(width).lines(output):
        assert line.indent >= 0


@given(st.lists(st.text(max_size=60), max_size=30))
def test_a_stream_in_any_pieces_is_the_text_that_came(parts: list[str]) -> None:
    at_once, in_parts = Blocks(), Blocks()
    at_once.feed("".join(parts))
    for part in parts:
        in_parts.feed(part)
    kept = "".join((*in_parts.done, in_parts.last))
    assert "".join(kept.split()) == "".join("".join((*at_once.done, at_once.last)).split())


def test_a_stream_of_an_hour_is_kept_within_bounds() -> None:
    blocks = Blocks()
    for _ in range(20_000):
        blocks.feed("She counted the boats twice, and nothing had come home. " * 2)
        blocks.feed("\n\n")
    assert sum(map(len, blocks.done)) <= 400_000
    assert len(blocks.done) <= 2_000
    for _ in range(2_000):
        blocks.feed("onelongwordwithoutanyspace" * 10)
    assert len(blocks.last) <= 4_000 + 260


@given(st.text(max_size=200))
def test_whatever_a_model_writes_can_be_drawn(text: str) -> None:
    for piece in pieces(text):
        assert piece.indent >= 0


def test_markdown_is_drawn_as_it_is_meant() -> None:
    (heading,) = pieces("## A *fine* day")
    assert heading.content.plain == "A fine day"
    one, two = pieces("1. first\n2. second")
    assert (one.mark, two.mark) == ("1. ", "2. ")
    (prose,) = pieces("“Well,” he said.\nShe *left*.")
    assert prose.content.plain == "“Well,” he said.\nShe left."


def test_a_prompt_tells_the_scene_before_the_cursor_as_far_as_it_fits() -> None:
    text = "Front.\n\n" + "A paragraph of the scene. " * 200 + "\n\nThe end is here."
    where = Where(text=text, cursor=len(text), selection=(len(text),) * 2, offset=8, end=len(text))
    short = request_for("What next?", where, 512)
    assert "Front" not in short.prompt_text()
    assert "The end is here." in short.prompt_text()
    assert len(short.prompt_text()) < 2_000
    bare = request_for("What next?", where, 512, 0.0)
    assert "The end is here." not in bare.prompt_text()
    assert "What next?" in bare.prompt_text()


def test_an_answer_goes_behind_the_paragraph_and_a_rewriting_keeps_its_margins() -> None:
    text = "One here.\n\nTwo here.\n"
    assert placed(text, (3, 3), 3, "New.") == ((9, 9), "\n\nNew.")
    assert placed(text, (0, 11), 0, "New.") == ((0, 11), "New.\n\n")
    assert placed("", (0, 0), 0, "New.") == ((0, 0), "New.\n")
