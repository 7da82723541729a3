"""Bounds on years: what agrees is taken, and what does not is given out with its circle."""

from __future__ import annotations

from inkstand_writing.continuity.birth_years import Bound, Years


def age(person: str, place: str, years: float, source: int) -> list[Bound]:
    return [Bound(person, place, years + 1, source), Bound(place, person, -years, source)]


def test_bounds_that_agree_are_taken() -> None:
    years = Years()
    assert years.add([Bound("then", "now", 10.0), Bound("now", "then", 0.0)]) is None
    assert years.add(age("Nell", "then", 30, 1)) is None
    assert years.add(age("Nell", "now", 38, 2)) is None


def test_an_age_that_outgrows_the_time_is_given_out_with_the_other() -> None:
    years = Years()
    years.add([Bound("then", "now", 10.0), Bound("now", "then", 0.0)])
    years.add(age("Nell", "then", 30, 1))
    found = years.add(age("Nell", "now", 55, 2))
    assert found is not None
    assert set(found) == {-1, 1, 2}


def test_what_was_refused_is_left_aside() -> None:
    years = Years()
    years.add(age("Nell", "now", 30, 1))
    assert years.add(age("Nell", "now", 50, 2)) is not None
    assert years.add(age("Nell", "now", 30, 3)) is None


def test_a_circle_goes_through_other_people() -> None:
    years = Years()
    years.add(age("Nell", "now", 30, 1))
    years.add(age("Tobias", "now", 40, 2))
    assert years.add([Bound("Tobias", "Nell", 12.0, 3)]) is None, "Nell is born within twelve years"
    found = years.add([Bound("Tobias", "Nell", -1.5, 4)])
    assert found is not None
    assert set(found) == {1, 2, 4}


def test_of_bounds_between_two_years_the_tightest_counts_whichever_came_first() -> None:
    years = Years()
    years.add([Bound("Tobias", "Nell", 3.0, 1)])
    years.add([Bound("Tobias", "Nell", 8.0, 2)])
    assert years.add([Bound("Nell", "Tobias", -5.0, 3)]) == (1, 3)
    years.add([Bound("Tobias", "Nell", 1.0, 4)])
    assert years.add([Bound("Nell", "Tobias", -2.0, 5)]) == (4, 5)
