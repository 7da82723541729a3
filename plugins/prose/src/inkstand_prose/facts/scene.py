"""What one scene states, found around the words that can state it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from inkstand_prose.book import Book, SceneParts
from inkstand_prose.facts import ages, carried, circumstances, deaths, kin, looks, marks
from inkstand_prose.facts.answers import answers
from inkstand_prose.facts.coreference import references
from inkstand_prose.facts.fragments import fragments
from inkstand_prose.facts.stated import Statement, Tie
from inkstand_prose.facts.viewpoint import Viewpoint, viewpoint
from inkstand_prose.facts.views import SceneViews, View
from inkstand_prose.speakers import Decision
from inkstand_prose.ticking import ticking

_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)*")
_PRONOUN_ROLES = frozenset(["subject", "object", "own", "self"])
_THIRD = frozenset("hsHS")
_LEAST_TOLD = 0.3
"""Confidence below which a pronoun is told to nobody."""

_LONGEST = 5_000
"""In the plain form: what is longer is no sentence, and slow to look through for each word."""

_WORDS_BETWEEN, _SHORT, _FRAGMENT = 3, 24, 160
"""Sentences that may stand before a fragment, their length, and that of a fragment itself."""

_Key = TypeVar("_Key")
_Said = TypeVar("_Said", Statement, Tie)
_Find = Callable[[View], Iterator[Statement]]
_Beside = tuple[View | None, View | None]
_STATEMENTS: tuple[tuple[frozenset[str], _Find], ...] = (
    (ages.TRIGGERS, ages.ages),
    (deaths.TRIGGERS, deaths.deaths),
    (kin.TRIGGERS, kin.lacks),
    (circumstances.TRIGGERS, circumstances.circumstances),
)
_TIES, _TIMES, _LOOKS = (1 << (len(_STATEMENTS) + more) for more in range(3))
_ALONE = 1 << 0 | 1 << 2
"""Ages and lacks: what a sentence may say that names nobody."""
_BY_WORD: dict[str, int] = {}
"""What to look for around a word, a bit for each."""
_Wanted = tuple[View, int, _Beside | None]
"""A view, what to look for in it, and for looks the views before it and after it."""
for _bit, _telling in (
    *((1 << number, triggers) for number, (triggers, _) in enumerate(_STATEMENTS)),
    (_TIES, kin.TRIGGERS),
    (_TIMES, marks.TRIGGERS),
    (_LOOKS, looks.TRIGGERS),
):
    for _word in _telling:
        _BY_WORD[_word] = _BY_WORD.get(_word, 0) | _bit


class Pronoun(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A pronoun of the third person, and whom it means."""

    start: int
    end: int
    person: int
    confidence: float


class SceneFacts(msgspec.Struct, frozen=True, array_like=True):
    """What a scene states; people are numbers in the cast, places count its text."""

    statements: list[Statement]
    ties: list[Tie]
    pronouns: list[Pronoun]
    times: list[marks.Time]
    places: list[marks.Place]
    viewpoint: Viewpoint


def of_scene(
    book: Book,
    number: int,
    decisions: Sequence[Decision],
    sentences: Sequence[tuple[int, int]],
    tick: Callable[[], None] = lambda: None,
) -> SceneFacts:
    """The facts of scene `number`, whose speakers are decided and whose sentences are found.

    Nothing but that scene, its decisions and its people's genders is looked at. `tick` is called
    now and then, and raises to stop.
    """
    scene = book.scenes[number]
    found = list(ticking(references(book, scene, decisions, sentences), tick))
    quotes = [(q.outer_start, q.start, q.end, q.outer_end) for q in scene.quotes]
    wanted, dated = _triggers(scene, SceneViews(scene.text, sentences, quotes, found), tick)
    statements, ties = _statements(ticking(wanted, tick))
    return SceneFacts(
        [*statements, *answers(scene, found, decisions)],
        ties,
        [
            Pronoun(r.start, r.end, r.person, r.confidence)
            for r in found
            if r.person >= 0
            and r.confidence >= _LEAST_TOLD
            and r.role in _PRONOUN_ROLES
            and scene.text[r.start] in _THIRD
        ],
        marks.times(scene.text, dated),
        list(marks.places(scene.text, {r.start for r in found if r.role == "name"})),
        viewpoint(book, scene, found),
    )


def renumbered(facts: SceneFacts, number: Mapping[int, int]) -> SceneFacts:
    """The same facts with other numbers for the people; -1 stays -1."""
    replace = msgspec.structs.replace
    return SceneFacts(
        [replace(one, person=number[one.person]) for one in facts.statements],
        [replace(t, person=number[t.person], other=number[t.other]) for t in facts.ties],
        [replace(one, person=number[one.person]) for one in facts.pronouns],
        facts.times,
        facts.places,
        replace(facts.viewpoint, pov=number.get(facts.viewpoint.pov, -1)),
    )


def _triggers(
    scene: SceneParts, views: SceneViews, tick: Callable[[], None]
) -> tuple[list[_Wanted], list[int]]:
    """The views that hold words which may state something, and where words for times are."""
    wanted: dict[int, _Wanted] = {}
    dated = []
    for match in ticking(_WORD.finditer(scene.text), tick):
        bits = _BY_WORD.get(match.group().lower(), 0)
        if not bits:
            continue
        if bits & _TIMES:
            dated.append(match.start())
        if bits != _TIMES:
            view = views.at(match.start())
            _, known, beside = wanted.get(id(view), (view, 0, None))
            alone = bits & _ALONE and len(view.plain) <= _FRAGMENT
            alone = alone and not any(one.person >= 0 for one in view.references)
            if alone and not bits & _LOOKS:
                beside = _last_of_somebody(views, match.start()), None
            elif bits & _LOOKS and beside is None:
                beside = views.before(match.start()), views.after(match.start())
            wanted[id(view)] = (view, bits | known, beside)
    return list(wanted.values()), dated


def _last_of_somebody(views: SceneViews, place: int) -> View | None:
    """The view before, or one more before it where that is only a word or two: "Name. Age: 41."."""
    before = views.before(place)
    for _ in range(_WORDS_BETWEEN):
        if before is None or before.references or len(before.plain) > _SHORT:
            break
        before = views.before(before.places[0][1])
    return before


def _statements(wanted: Iterable[_Wanted]) -> tuple[list[Statement], list[Tie]]:
    statements: dict[tuple[int, str, str, int], Statement] = {}
    ties: dict[tuple[int, int, str, int], Tie] = {}
    for view, bits, beside in wanted:
        if len(view.plain) > _LONGEST:
            continue
        if beside is not None and bits & _LOOKS:
            for said in _looks(view, *beside):
                _keep(statements, (said.person, said.kind, said.value, id(view)), said)
        if not any(reference.person >= 0 for reference in view.references):
            before = beside[0] if beside is not None and bits & _ALONE else None
            if before is not None and len(before.plain) <= _LONGEST:
                for said in fragments(view, before):
                    _keep(statements, (said.person, said.kind, said.value, id(view)), said)
            continue
        for bit, (_, find) in enumerate(_STATEMENTS):
            if bits & (1 << bit):
                for said in find(view):
                    _keep(statements, (said.person, said.kind, said.value, id(view)), said)
        if bits & _TIES:
            for tie in kin.ties(view):
                _keep(ties, (tie.person, tie.other, tie.kind, id(view)), tie)
    return (
        sorted(statements.values(), key=lambda s: (s.start, s.end, s.kind, s.value)),
        sorted(ties.values(), key=lambda t: (t.start, t.end, t.kind)),
    )


def _looks(view: View, before: View | None, following: View | None) -> Iterator[Statement]:
    is_near = before is not None and len(before.plain) <= _LONGEST
    yield from looks.looks(view, before if is_near else None)
    if following is not None and len(following.plain) <= _LONGEST:
        yield from carried.sequels(view, following)


def _keep(found: dict[_Key, _Said], key: _Key, one: _Said) -> None:
    known = found.get(key)
    if known is None or known.confidence < one.confidence:
        found[key] = one
