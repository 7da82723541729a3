"""The timeline's lines, whatever stands in its page; and how moments are written."""

from __future__ import annotations

import datetime as dt

import pytest

from inkstand.tui.bible.book_text import BookText
from inkstand.tui.bible.timeline_rows import Event, choices, events_of
from inkstand.tui.moments import shown
from inkstand_sdk.manuscript import Manuscript, Scene
from inkstand_sdk.reader import Reading, SceneReading
from inkstand_sdk.tool import BibleEntry

SCENES = tuple(
    Scene(index=n, id=f"{n}.md#1", text="It rained.", title=title, file=f"{n}.md", when="Monday")
    for n, title in enumerate(("One", "Two"))
)
TEXT = BookText(
    Manuscript(title="B", scenes=SCENES),
    Reading(language="en", reader="t", version="1", scenes=(SceneReading(), SceneReading())),
)


def page(events: object) -> BibleEntry:
    return BibleEntry(kind="timeline", name="timeline", fields={"events": events})


def test_events_stand_before_the_book_in_their_scene_and_behind_the_last_one() -> None:
    listed = [
        {"what": "The flood", "when": 1953},
        {"what": "He comes", "scene": "one"},
        {"what": "Somewhere else, meanwhile", "people": ["Ada"]},
        {"what": "She goes", "scene": 2},
    ]
    found = events_of(page(listed), TEXT)
    assert [event.scene for event in found] == [None, 0, None, 1]
    keys = [choice.key for choice in choices(found, TEXT) if choice.key]
    assert keys == ["event 0", "scene 0", "event 1", "event 2", "scene 1", "event 3"]


@pytest.mark.parametrize(
    "events",
    [None, "a text", 3, [None, 3, "x", {}, {"when": 1}, {"what": None}], {"what": "x"}],
)
def test_what_is_no_event_is_left_out(events: object) -> None:
    assert events_of(page(events), TEXT) == []


def test_odd_values_of_an_event_cost_nothing_but_themselves() -> None:
    odd = {"what": 5, "when": [1], "scene": [1], "people": "Ada"}
    assert events_of(page([odd]), TEXT) == [Event("5", "", None)]
    assert events_of(None, TEXT) == []


@pytest.mark.parametrize("scene", [0, -1, 99, "nowhere", 2.5, True])
def test_a_scene_that_is_not_there_is_none(scene: object) -> None:
    found = events_of(page([{"what": "x", "scene": scene}]), TEXT)
    assert found[0].scene in (None, 0 if scene is True else None)


def test_moments_are_the_shorter_the_nearer() -> None:
    zone = dt.datetime.now().astimezone().tzinfo
    now = dt.datetime(2026, 11, 21, 18, 0, tzinfo=zone)

    def told(moment: dt.datetime) -> str:
        return shown(moment.astimezone(dt.UTC).isoformat(), now)

    assert told(now.replace(hour=9, minute=5)) == "09:05"
    assert told(now - dt.timedelta(days=1)) == "yesterday 18:00"
    assert told(dt.datetime(2026, 3, 2, 7, 30, tzinfo=zone)).endswith("07:30")
    assert "2024" in told(dt.datetime(2024, 3, 2, 7, 30, tzinfo=zone))
    assert shown("no time") == "no time"
