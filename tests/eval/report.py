"""The tables of `docs/explanation/accuracy.md`, in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.eval.crossed import Crossed
from tests.eval.litbank import Result
from tests.eval.scoring import KINDS, REASONS, Addressed, Score, Tally


def crossed_tables(results: Sequence[Crossed]) -> Iterator[str]:
    """Figures on novels that were left out: by kind, by novel, by confidence, by reason."""
    yield (
        "| How the speaker is told | Lines | Right | Naive | Stands by"
        " | Right where it stands by it |"
    )
    yield "|---|--:|--:|--:|--:|--:|"
    whole, naive_whole = Tally(), Tally()
    for kind in KINDS:
        tally, naive = _of_kind(results, kind), Tally()
        for result in results:
            naive.add(result.naive.kinds[kind])
        whole.add(tally)
        naive_whole.add(naive)
        yield _compared(kind.capitalize(), tally, naive)
    yield _compared("**All**", whole, naive_whole)
    yield ""
    yield from _novels(results)
    yield ""
    yield from _reliability([result.score for result in results])
    yield ""
    yield from _reasons([result.score for result in results])
    yield ""
    addressed = Addressed()
    for result in results:
        addressed.add(result.score.addressed)
    yield (
        f"Of {addressed.annotated:,} people whom the annotators say a line is spoken to, the "
        f"Reader names {addressed.recall:.1%}; of those that it names for these lines, "
        f"{addressed.precision:.1%} are right."
    )


def _of_kind(results: Sequence[Crossed], kind: str) -> Tally:
    tally = Tally()
    for result in results:
        tally.add(result.score.kinds[kind])
    return tally


def _compared(name: str, tally: Tally, naive: Tally) -> str:
    return (
        f"| {name} | {tally.lines:,} | {tally.accuracy:.1%} | {naive.accuracy:.1%}"
        f" | {tally.coverage:.1%} | {tally.precision:.1%} |"
    )


def _novels(results: Sequence[Crossed]) -> Iterator[str]:
    yield (
        "| Novel | Lines | Right | Explicit | Anaphoric | Implicit | Naive | Stands by"
        " | Right where it stands by it | Speech F1 | Top ten found | Split |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for result in results:
        scored, total = result.score, result.score.total()
        kinds = " | ".join(f"{scored.kinds[kind].accuracy:.1%}" for kind in KINDS)
        yield (
            f"| {spaced(result.name)} | {total.lines:,} | {total.accuracy:.1%} | {kinds}"
            f" | {result.naive.total().accuracy:.1%} | {total.coverage:.1%}"
            f" | {total.precision:.1%} | {scored.speech_f1:.3f} | {scored.found:.0%}"
            f" | {scored.split:.0%} |"
        )
    count = len(results)
    means = [
        sum(values) / count
        for values in zip(
            *((r.score.speech_f1, r.score.found, r.score.split) for r in results), strict=True
        )
    ]
    naive = sum(r.naive.speech_f1 for r in results) / count
    yield (
        f"| *Mean of novels* | | | | | | | | | {means[0]:.3f} (naive {naive:.3f})"
        f" | {means[1]:.1%} | {means[2]:.1%} |"
    )


def _reliability(scores: Sequence[Score]) -> Iterator[str]:
    yield "| Stated confidence | Lines | Mean of the range | Right |"
    yield "|---|--:|--:|--:|"
    for at in range(len(scores[0].bins)):
        tally = Tally()
        for score in scores:
            tally.add(score.bins[at])
        if tally.lines:
            yield (
                f"| {at / 10:.1f} to {(at + 1) / 10:.1f} | {tally.lines:,}"
                f" | {at / 10 + 0.05:.2f} | {tally.accuracy:.1%} |"
            )


def _reasons(scores: Sequence[Score]) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for score in scores:
        counts.update(score.reasons)
    lines = sum(score.total().lines for score in scores)
    yield "| Why a line is wrong | Lines | Of all lines |"
    yield "|---|--:|--:|"
    for reason, count in counts.most_common():
        yield f"| {REASONS[reason]} | {count:,} | {count / lines:.1%} |"


def litbank_table(result: Result) -> Iterator[str]:
    """The figures on the openings."""
    tally = result.tally
    yield (
        "| Openings with speech | Lines | Right | Stands by | Right where it stands by it"
        " | Speech F1 |"
    )
    yield "|--:|--:|--:|--:|--:|--:|"
    yield (
        f"| {result.openings} | {tally.lines:,} | {tally.accuracy:.1%} | {tally.coverage:.1%}"
        f" | {tally.precision:.1%} | {result.speech_f1 / max(1, result.openings):.3f} |"
    )


def spaced(name: str) -> str:
    """A folder's name as a title: a space before each capital, and small words small."""
    words = "".join(f" {c}" if c.isupper() and at else c for at, c in enumerate(name)).split()
    small = {"Of", "And"}
    return " ".join(word.lower() if word in small else word for word in words)
