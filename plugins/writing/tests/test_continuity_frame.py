"""The frame of the continuity checks: ids, quotes, order, ignoring."""

from __future__ import annotations

from typing import Any

import pytest

from inkstand_sdk import Manuscript, Span
from inkstand_sdk.errors import InputError, UsageError
from inkstand_sdk.findings import Passage
from inkstand_sdk.manuscript import Scene
from inkstand_sdk.testing.tools import run_tool
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.continuity.facts import LONGEST_QUOTE, BookFacts
from inkstand_writing.continuity.identity import id_of
from inkstand_writing.continuity.suspicion import Page
from inkstand_writing.continuity.tool import ContinuityTool

DAYS = "It was a Tuesday, and Ada was up early.\n\nThe next day, which was a Saturday, Ada slept."
AGAIN = "It was a Monday. Ada wrote.\n\nTwo days later, on the Friday, Ada wrote again."


def passage(quote: str) -> Passage:
    return Passage(quote=quote, label="One")


def test_both_passages_are_quoted_word_for_word_with_scene_and_line(tell: Any) -> None:
    story = tell([f"Nothing.\r\n\r\n{DAYS}"], {"Ada": ("female", ("Ada",))}, [])
    scene = story.manuscript.scenes[0]
    placed = Scene(index=0, id="a", text=scene.text, title="The Ferry", file="one.md", line=7)
    given = {**story.given(), "manuscript": Manuscript(title="A", scenes=(placed,))}
    (finding,) = run_tool(ContinuityTool, {"kinds": ["days"]}, **given).output.findings
    assert [(each.label, each.file, each.line) for each in finding.passages] == [
        ("The Ferry", "one.md", 9),
        ("The Ferry", "one.md", 11),
    ]
    for each in finding.passages:
        assert scene.text[each.start : each.end] == each.quote
    assert finding.id.startswith("days-")


def test_an_id_stays_when_the_scene_moves_and_changes_with_its_passages(tell: Any) -> None:
    def ids(*texts: str) -> list[str]:
        story = tell(texts, {"Ada": ("female", ("Ada",))}, [])
        run = run_tool(ContinuityTool, {"kinds": ["days"]}, **story.given())
        return [finding.id for finding in run.output.findings]

    (first,) = ids(DAYS)
    assert ids("It rained all day.", DAYS.replace("\n\n", "\n\nAda sang.\n\n")) == [first]
    assert ids(DAYS.replace("early", "late")) != [first]
    assert ids(DAYS, DAYS) == [first], "the same slip twice is one thing to mend"


def test_an_id_does_not_depend_on_typography_or_order() -> None:
    one, other = passage("“Ada’s  *grey*\neyes”"), passage("Brown eyes.")
    assert id_of("eye_color", ("Ada",), (one, other)) == id_of(
        "eye_color", ("Ada",), (other, passage("Ada's grey eyes"))
    )
    assert id_of("age", ("Ada",), (one, other)) != id_of("eye_color", ("Ada",), (one, other))
    assert id_of("age", (), (one, other)) != id_of("age", ("Ada",), (one, other))


def test_ignored_findings_are_left_out_and_counted(tell: Any) -> None:
    story = tell([DAYS, AGAIN], {"Ada": ("female", ("Ada",))}, [])
    found = run_tool(ContinuityTool, {}, **story.given()).output
    assert len(found.findings) == 2
    ids = frozenset({found.findings[0].id, "days-00000000"})
    rest = run_tool(ContinuityTool, {}, **story.given(), ignored=ids).output
    assert [each.id for each in rest.findings] == [found.findings[1].id]
    assert (rest.ignored, [(each.kind, each.found) for each in rest.counts]) == (1, [("days", 1)])


def test_a_limit_shows_the_surest_and_says_how_many_more_there_are(tell: Any) -> None:
    story = tell([DAYS, AGAIN], {"Ada": ("female", ("Ada",))}, [])
    found = run_tool(ContinuityTool, {"limit": 1}, **story.given()).output
    assert len(found.findings) == 1
    assert found.counts[0].found == 2
    assert any("1 more" in note for note in found.notes)
    sure = run_tool(ContinuityTool, {"confidence": 1.0}, **story.given()).output
    assert sure.findings == ()


def test_a_long_sentence_is_quoted_in_part_and_the_words_that_matter_are_in_it(tell: Any) -> None:
    text = f"{'They walked on and on, ' * 60}it was Tuesday, {'and they walked, ' * 60}to the end."
    story = tell([text], {}, [])
    facts = BookFacts(story.manuscript, story.reading)
    start = text.index("Tuesday")
    found = facts.passage(Span(0, start, start + 7))
    assert "Tuesday" in found.quote
    assert len(found.quote) <= LONGEST_QUOTE + 2
    assert found.quote == text[found.start : found.end]


def test_a_page_of_the_bible_is_quoted_with_its_field_and_file(tell: Any) -> None:
    story = tell(["Ada slept."], {"Ada": ("female", ("Ada",))}, [])
    page = BibleEntry(kind="character", name="Ada", file="bible/ada.md", fields={"age": 30})
    facts = BookFacts(story.manuscript, story.reading, (page,))
    assert facts.pages == {"Ada": (0,)}
    found = facts.passage(Page(entry=0, field="age", quote="30"))
    assert (found.quote, found.file, found.scene) == ("age: 30", "bible/ada.md", -1)


def test_without_text_there_is_a_clear_error_and_without_a_reading_there_is_nothing(
    tell: Any, empty_story: Any
) -> None:
    with pytest.raises(InputError, match="no text to check"):
        run_tool(ContinuityTool, {}, **empty_story.given())
    with pytest.raises(UsageError):
        run_tool(ContinuityTool, {"kinds": ["typos"]}, **tell([DAYS], {}, []).given())
    plain = tell([DAYS], {}, []).reading
    story = tell(["Das Haus war leer. " * 30], {}, [], language="de")
    given = {**story.given(), "reading": type(plain)(language="de", reader="", version="")}
    assert run_tool(ContinuityTool, {}, **given).output.findings == ()


def test_a_user_may_stop_it(story: Any) -> None:
    from inkstand_sdk.errors import Cancelled

    with pytest.raises(Cancelled):
        run_tool(ContinuityTool, {}, **story.given(), cancelled=lambda: True)
