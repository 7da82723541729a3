"""Remarks: of all that could be said, what a writer should hear.

Each kind has its share of the book's length, and the most striking of a kind come first: a
writer who sees two thousand remarks sees none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice

from inkstand_prose.style import tables
from inkstand_prose.style.marking import Candidate, EchoCandidate
from inkstand_prose.style.phrases import Phrases, repeated
from inkstand_prose.style.places import Places, TextOfScene
from inkstand_prose.style.taken import Taken
from inkstand_prose.style.tally import Tally
from inkstand_sdk.span import Span
from inkstand_sdk.style import Remark

MOST = {
    "echo": 2.0,
    "repeated phrase": 1.5,
    "cliche": 2.0,
    "filter word": 1.5,
    "adverb": 1.5,
    "passive": 0.8,
    "monotony": 1.0,
    "machine phrase": 2.5,
}
"""At most so many of a kind in 10,000 words."""
FEWEST = 3
"""A short text may have this many of a kind."""
_MOST_ECHOING = 6
"""A word that the book has more often is one of its things, whose return nobody wonders at."""
_FARTHEST_ECHO = 60
_PLACES = 12
_MOST_REPEATED = 60
"""Each is sought through the whole book."""


Found = tuple[float, int, int, int, int, Candidate | EchoCandidate | Remark]
"""What could be remarked, to be sorted: the more striking the less, scene, start, end, and its
number among its kind.
"""


def possible(
    scenes: Sequence[TextOfScene],
    phrases: Phrases,
    names: Set[str],
    tally: Tally,
    tick: Callable[[], None] = lambda: None,
) -> dict[str, list[Found]]:
    """All that could be remarked, by kind, most striking first; `tick` raises to stop."""
    found: dict[str, list[Found]] = defaultdict(list)
    stems, tags = tally.stems, tally.tags
    for number, scene in enumerate(scenes):
        tick()
        for candidate in scene.style.candidates:
            kind = found[candidate.kind]
            rank = -round(_strength(candidate, tags), 2)
            kind.append((rank, number, candidate.start, candidate.end, len(kind), candidate))
        kind = found["echo"]
        for echo in scene.style.echoes:
            uses = stems[echo.root]
            if uses <= _MOST_ECHOING and echo.word not in names:
                rank = -_strength_of_echo(echo, uses)
                kind.append((rank, number, echo.again_start, echo.again_end, len(kind), echo))
    for remark in _repeated(scenes, phrases, names, tick):
        kind = found["repeated phrase"]
        kind.append((-remark.strength, *_place(remark.span), len(kind), remark))
    return {kind: sorted(each) for kind, each in found.items() if each}


def chosen(
    scenes: Sequence[TextOfScene], found: Mapping[str, Sequence[Found]], tally: Tally, words: int
) -> tuple[Remark, ...]:
    """The most striking of each kind, in the book's order."""
    kept: list[Remark] = []
    for kind, each in found.items():
        most = max(FEWEST, round(MOST[kind] * words / 10_000))
        for _, number, _, _, _, item in islice(_without_overlaps(each), most):
            text = scenes[number].text
            if isinstance(item, Candidate):
                kept.append(_remark(number, text, item, tally.tags))
            elif isinstance(item, EchoCandidate):
                kept.append(_echo(number, text, item, tally.stems[item.root]))
            else:
                kept.append(item)
    return tuple(sorted(kept, key=lambda remark: (*_place(remark.span), remark.kind)))


def _place(span: Span) -> tuple[int, int, int]:
    return span.scene, span.start, span.end


def _without_overlaps(ranked: Iterable[Found]) -> Iterator[Found]:
    """What is of one kind, without those whose place a better one has."""
    taken: dict[int, Taken] = defaultdict(Taken)
    for found in ranked:
        _, number, begin, last, _, _ = found
        if not taken[number].meets(begin, last):
            taken[number].take(begin, last)
            yield found


def _remark(number: int, text: str, found: Candidate, tags: Counter[str]) -> Remark:
    return Remark(
        kind=found.kind,
        span=Span(number, found.start, found.end),
        text=text[found.start : found.end],
        note=_note(found, tags),
        also=tuple(Span(number, start, end) for start, end in found.also),
        strength=round(_strength(found, tags), 2),
    )


def _strength(found: Candidate, tags: Counter[str]) -> float:
    if found.kind == "adverb" and not found.also and found.strength < 1:
        return min(0.9, 0.3 + 0.1 * tags[found.subject])
    return found.strength


def _note(found: Candidate, tags: Counter[str]) -> str:
    if found.kind == "adverb" and not found.also:
        if found.strength == 1.0:
            return "The verb says already what the adverb says."
        times = tags[found.subject]
        often = (
            f" “{found.subject}” tells how something is said {times} times." if times > 2 else ""
        )
        return f"The line itself could tell how it is said.{often}"
    count = len(found.also) + 1
    return {
        "adverb": f"{count} adverbs close together: {found.subject}.",
        "passive": f"{count} verbs in the passive close together: {found.subject}.",
        "filter word": f"{count} times close together we are told of the sensing, not of what is"
        f" sensed: {found.subject}.",
        "monotony": f"{found.subject[:1].upper()}{found.subject[1:]}.",
        "cliche": "Worn by use.",
        "machine phrase": "Language models write this far more often than people do.",
    }[found.kind]


def _echo(number: int, text: str, echo: EchoCandidate, uses: int) -> Remark:
    total = {0: "nowhere else", 1: "once elsewhere"}.get(uses - 2, f"{uses - 2} times elsewhere")
    return Remark(
        kind="echo",
        span=Span(number, echo.again_start, echo.again_end),
        text=text[echo.again_start : echo.again_end],
        note=f"A rare word, here again after {echo.distance} words; the book has it {total}.",
        also=(Span(number, echo.start, echo.end),),
        strength=_strength_of_echo(echo, uses),
    )


def _strength_of_echo(echo: EchoCandidate, uses: int) -> float:
    rare = tables.ranks().get(echo.word, 12_000) / 12_000
    near = 1 - echo.distance / _FARTHEST_ECHO
    return round(max(0.05, min(1.0, 0.5 * near + 0.3 * rare + 0.2 * (uses == 2))), 2)


def _repeated(
    scenes: Sequence[TextOfScene], phrases: Phrases, names: Set[str], tick: Callable[[], None]
) -> Iterator[Remark]:
    most = min(_MOST_REPEATED, max(FEWEST, round(3 * phrases.words / 10_000)))
    given = 0
    taken: dict[int, Taken] = defaultdict(Taken)
    sought = Places(scenes)
    for row, count, score in repeated(phrases, names, tick):
        tick()
        places = sought.of(row)
        if len(places) < 2 or not _far_apart(places):
            continue
        first, *rest = places
        # A long passage that comes again has many phrases: one of them says it.
        if taken[first.scene].meets(first.start, first.end):
            continue
        for place in places:
            taken[place.scene].take(place.start, place.end)
        yield Remark(
            kind="repeated phrase",
            span=first,
            text=scenes[first.scene].text[first.start : first.end],
            note=f"{count} times in the narration.",
            also=tuple(rest[: _PLACES - 1]),
            strength=round(min(1.0, score / 200), 2),
        )
        given += 1
        if given == most:
            break
    sought.leave()


def _far_apart(places: Sequence[Span]) -> bool:
    """Whether a phrase comes again elsewhere: close together it is a figure of speech."""
    first, last = places[0], places[-1]
    return first.scene != last.scene or last.start - first.start > 6_000
