"""Where panes stand, in every window there can be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.tui.panes import ASSISTANT, NARROW, NAVIGATOR, SECOND, TEXT, Wanted, place

NAMES = [NAVIGATOR, TEXT, SECOND, ASSISTANT]
WANTED = st.builds(
    Wanted,
    recent=st.permutations(NAMES).map(tuple),
    hidden=st.frozensets(st.sampled_from([NAVIGATOR, ASSISTANT])),
    split=st.booleans(),
    navigator=st.one_of(st.just(0), st.integers(1, 400)),
    assistant=st.one_of(st.just(0), st.integers(1, 400)),
)


@given(total=st.integers(NARROW, 400), wanted=WANTED)
def test_panes_and_the_lines_between_them_fill_the_window(total: int, wanted: Wanted) -> None:
    placed = place(total, wanted)
    shown = placed.shown()
    columns = sum(getattr(placed, name) for name in shown)
    assert columns + len(shown) - 1 == total
    assert TEXT in shown
    assert (SECOND in shown) == wanted.split
    assert not wanted.hidden & set(shown)
    assert placed.text >= 16


@given(total=st.integers(1, NARROW - 1), wanted=WANTED)
def test_a_narrow_window_shows_one_pane(total: int, wanted: Wanted) -> None:
    placed = place(total, wanted)
    assert placed.tabs
    assert len(placed.shown()) == 1
    assert placed.shown()[0] in [name for name in wanted.recent if name != SECOND or wanted.split]


@pytest.mark.parametrize(
    ("total", "changes", "shown"),
    [
        (80, {}, [NAVIGATOR, TEXT]),
        (80, {"recent": (ASSISTANT, TEXT, NAVIGATOR)}, [TEXT, ASSISTANT]),
        (120, {}, [NAVIGATOR, TEXT, ASSISTANT]),
        (120, {"split": True}, [NAVIGATOR, TEXT, SECOND]),
        (200, {"split": True}, [NAVIGATOR, TEXT, SECOND, ASSISTANT]),
        (100, {"hidden": frozenset({NAVIGATOR, ASSISTANT})}, [TEXT]),
    ],
)
def test_the_side_pane_goes_that_was_reached_longest_ago(
    total: int, changes: dict[str, Any], shown: list[str]
) -> None:
    assert place(total, Wanted(**changes)).shown() == shown


def test_a_pane_gets_the_columns_that_were_chosen_for_it() -> None:
    placed = place(160, Wanted(navigator=40, assistant=50))
    assert (placed.navigator, placed.assistant) == (40, 50)
