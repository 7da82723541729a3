"""What a text says of a page: of people by the Reading, of the rest by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.config import Config
from inkstand.desk import Desk, Desks
from inkstand_sdk.errors import InputError
from inkstand_sdk.facts import Attribute, Relation
from inkstand_sdk.manuscript import Manuscript, Scene
from inkstand_sdk.reader import Person, Quotation, Reading
from inkstand_sdk.span import Span
from inkstand_sdk.tool import BibleEntry

TEXT = "Ada's eyes were grey at the old\nmill. “Go,” said Ada. Bo went to the Old Mill’s door."
OTHER = "Nobody was at the windmill."


def scene(index: int, text: str, title: str) -> Scene:
    return Scene(index=index, id=f"{index}.md#1", text=text, title=title, file=f"{index}.md")


BOOK = Manuscript(title="B", scenes=(scene(0, TEXT, "One"), scene(1, OTHER, "Two")))


def span(words: str) -> Span:
    at = TEXT.index(words)
    return Span(0, at, at + len(words))


READING = Reading(
    language="en",
    reader="test",
    version="1",
    cast=(
        Person(name="Ada Lovelace", aliases=("Ada",), mentions=2, scenes=(0,),
               spans=(span("Ada"), Span(0, TEXT.rindex("Ada"), TEXT.rindex("Ada") + 3))),
        Person(name="Bo", mentions=1, scenes=(0,), spans=(span("Bo"),)),
    ),
    attributes=(
        Attribute(person="Ada Lovelace", kind="eyes", value="grey", span=span("eyes were grey")),
    ),
    relations=(Relation(person="Bo", other="Ada Lovelace", kind="sister", span=span("said Ada")),),
    quotations=(
        Quotation(span=span("Go,"), text="Go,", speaker="Ada Lovelace", confidence=0.9,
                  addressees=("Bo",)),
        Quotation(span=span("Go,"), text="Go,", speaker="Bo", confidence=0.2,
                  addressees=("Ada Lovelace",)),
    ),
)  # fmt: skip


def entry(kind: str, name: str, **fields: object) -> BibleEntry:
    return BibleEntry(kind=kind, name=name, fields=fields)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "book"
    root.mkdir()
    (root / "one.md").write_text("# One\n\nIt rained. It rained on Ada.\n\nIt rained.\n", "utf-8")
    return Desks(tmp_path / "data", Config, lambda _note: None).at(root)


def test_a_person_is_told_with_quotations_word_for_word(desk: Desk) -> None:
    found = desk.bible.evidence(entry("character", "ada"), BOOK, READING)
    assert found.person is not None
    assert found.person.name == "Ada Lovelace"
    assert [(said.kind, said.claim, said.quote) for said in found.said] == [
        ("fact", "eyes: grey", "eyes were grey"),
        ("relation", "sister of Bo", "said Ada"),
        ("mention", "Ada", "Ada's eyes were grey at the old mill. “Go,” said Ada. Bo went"),
        ("line", "to Bo", "Go,"),
    ]
    for said in found.said:
        assert said.quote in " ".join(TEXT.split())
    # The line that is only guessed at counts for nobody.
    assert found.partners == (("Bo", 1),)


def test_a_place_is_found_by_its_names_over_line_ends_but_not_in_other_words(desk: Desk) -> None:
    found = desk.bible.evidence(entry("place", "The mill", aliases=["old mill"]), BOOK, READING)
    assert (found.mentions, found.scenes) == (2, (0,))
    assert desk.bible.evidence(entry("place", "wind"), BOOK, READING).mentions == 0


def test_a_thread_leads_to_the_scenes_that_it_names(desk: Desk) -> None:
    thread = entry("thread", "T", setup=["One", "Nowhere"], payoff=2)
    found = desk.bible.evidence(thread, BOOK, READING)
    assert [(said.claim, said.span.scene) for said in found.said] == [("setup", 0), ("payoff", 1)]


def test_somebody_whom_the_text_does_not_name_has_no_evidence(desk: Desk) -> None:
    found = desk.bible.evidence(entry("character", "Zoë"), BOOK, READING)
    assert (found.person, found.said, found.mentions) == (None, (), 0)


def test_a_part_of_a_name_that_two_share_means_neither(desk: Desk) -> None:
    cast = tuple(Person(name=name) for name in ("Ada Byron", "Ada King"))
    reading = Reading(language="en", reader="t", version="1", cast=cast)
    assert desk.bible.evidence(entry("character", "Ada Lovelace"), BOOK, reading).person is None


def test_words_are_found_where_they_stand_now_the_nearest_ones(desk: Desk) -> None:
    text = (desk.workspace.root / "one.md").read_text("utf-8")
    places = [at for at in range(len(text)) if text.startswith("It rained", at)]
    assert desk.locate("one.md", "It rained", near=0).start == places[0]
    assert desk.locate("one.md", "It rained", near=places[2] - 2).start == places[2]
    assert desk.locate("one.md", "It rained", line=5).start == places[2]


def test_words_that_are_gone_lead_to_their_line(desk: Desk) -> None:
    found = desk.locate("one.md", "It snowed", line=3)
    text = (desk.workspace.root / "one.md").read_text("utf-8")
    assert (found.is_there, found.start, found.end) == (False, text.index("It"), text.index("It"))


def test_a_file_that_is_gone_is_an_error(desk: Desk) -> None:
    with pytest.raises(InputError):
        desk.locate("two.md", "It rained")


def found_by(desk: Desk) -> list[str]:
    return [finding.summary for run in desk.checked.runs() for finding in run.findings]


FINDING = {"id": "x-1", "kind": "x", "summary": "It does not agree.", "passages": []}


def test_what_a_check_found_is_known_after_a_restart(desk: Desk, tmp_path: Path) -> None:
    text = desk.checked.text_at(desk.workspace.root)
    desk.checked.keep("check", {"findings": [FINDING]}, text=text, values={"limit": 3})
    again = Desks(tmp_path / "data", Config, lambda _note: None).at(desk.workspace.root)
    assert found_by(again) == ["It does not agree."]
    run = again.checked.runs()[0]
    assert (run.values, run.text) == ({"limit": 3}, again.checked.text_at(desk.workspace.root))


def test_a_changed_scene_is_another_text(desk: Desk) -> None:
    before = desk.checked.text_at(desk.workspace.root)
    path = desk.workspace.root / "one.md"
    path.write_text(path.read_text("utf-8") + "More.\n", "utf-8")
    assert desk.checked.text_at(desk.workspace.root) != before


def test_findings_of_another_form_are_refused_with_the_name_of_the_tool(desk: Desk) -> None:
    with pytest.raises(InputError, match="odd"):
        desk.checked.keep("odd", {"findings": [{"what": 1}]})
    assert not desk.checked.runs()


def test_a_damaged_memory_is_an_empty_one_and_a_place_that_cannot_be_written_costs_nothing(
    desk: Desk,
) -> None:
    state = desk.workspace.state
    state.mkdir(parents=True, exist_ok=True)
    (state / "checked.json").write_text("{", "utf-8")
    assert desk.checked.runs() == []
    (state / "checked.json").unlink()
    (state / "checked.json").mkdir()
    desk.checked.keep("check", {"findings": [FINDING]})
    assert found_by(desk) == ["It does not agree."]
