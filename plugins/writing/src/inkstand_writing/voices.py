"""How people talk: their lines, what is measured of them, and the words that are theirs.

Words are characteristic by the log-odds ratio with a Dirichlet prior from everyone's words
(Monroe, Colaresi and Quinn, 2008), which does not fall for rare words as plain ratios do.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from inkstand_sdk import Quotation, Reading
from inkstand_sdk.reader import COMMITTED
from inkstand_writing.book import Book
from inkstand_writing.evidence import Evidence, quote
from inkstand_writing.text import words

RICHNESS_WINDOW = 100
"""Words in a window when the richness of a vocabulary is measured: texts of any length compare."""
PRIOR = 0.1
"""The prior's weight for each occurrence of a word in all the speech together."""
CERTAIN = 1.3
"""From this z-score on a word is called characteristic (9 chances in 10)."""
LIKELY = 0.8
"""The same for how lines begin, of which there are far fewer."""
LONGEST_QUOTED = 500
"""A line of more characters than this is quoted in part."""
NEXT_LINE = 600
"""Two quotations further apart than this many characters are not one exchange."""

_CONTRACTION = re.compile(
    r"\w(?:n['’]t|['’](?:ll|re|ve|d|m|em))\b"
    r"|\b(?:it|that|he|she|there|what|who|where|let|here)['’]s\b|['’]tis\b",
    re.IGNORECASE,
)
_BROKEN_OFF = re.compile(r"(?:--+|—|–|\.\.\.|…)[\s,.!?\"”’']*$")
_LETTERS = re.compile(r"[^\W\d_]")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What one person says in one go; `quotations` are its parts in the reading's order."""

    speaker: str
    quotations: tuple[Quotation, ...]
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The parts, joined."""
        return " ".join(quotation.text for quotation in self.quotations)

    def evidence(self, book: Book) -> Evidence:
        """The line with the words of narration that interrupt it; only its longest part where
        together they are too long to quote.
        """
        first, last = self.quotations[0].span, self.quotations[-1].span
        if last.end - first.start <= LONGEST_QUOTED:
            return quote(book.manuscript, first.scene, first.start, last.end)
        longest = max(self.quotations, key=lambda quotation: len(quotation.text)).span
        return quote(book.manuscript, longest.scene, longest.start, longest.end)


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What can be counted of a person's talk; shares are 0 to 1."""

    lines: int
    words: int
    words_per_line: float
    contractions: float
    questions: float
    exclamations: float
    broken_off: float
    richness: float


def spoken_lines(reading: Reading) -> tuple[Line, ...]:
    """All lines whose speaker is known well enough, in order."""
    lines: list[Line] = []
    for quotation in reading.quotations:
        if not _LETTERS.search(quotation.text):
            continue
        speaker = quotation.speaker
        if speaker is None or quotation.confidence < COMMITTED:
            continue
        said = words(quotation.text)
        if quotation.continues and lines and _carries_on(lines[-1], quotation):
            before = lines[-1]
            lines[-1] = Line(
                speaker=speaker,
                quotations=(*before.quotations, quotation),
                words=before.words + said,
            )
        else:
            lines.append(Line(speaker=speaker, quotations=(quotation,), words=said))
    return tuple(lines)


def _carries_on(line: Line, quotation: Quotation) -> bool:
    last = line.quotations[-1]
    return line.speaker == quotation.speaker and last.span.scene == quotation.span.scene


def by_speaker(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Each speaker's lines; who says most comes first."""
    spoken: dict[str, list[Line]] = {}
    for line in lines:
        spoken.setdefault(line.speaker, []).append(line)
    return dict(sorted(spoken.items(), key=lambda item: -len(item[1])))


def measure(lines: Sequence[Line]) -> Measures:
    """The measures of one person's lines; there must be one."""
    said = [word for line in lines for word in line.words]
    texts = [line.text for line in lines]
    return Measures(
        lines=len(lines),
        words=len(said),
        words_per_line=round(len(said) / len(lines), 1),
        contractions=_share(sum(len(_CONTRACTION.findall(text)) for text in texts), len(said)),
        questions=_share(sum("?" in text for text in texts), len(lines)),
        exclamations=_share(sum("!" in text for text in texts), len(lines)),
        broken_off=_share(sum(bool(_BROKEN_OFF.search(text)) for text in texts), len(lines)),
        richness=_richness(said),
    )


def _share(part: int, whole: int) -> float:
    return round(min(1.0, part / whole), 3) if whole else 0.0


def _richness(said: Sequence[str]) -> float:
    """Different words per word, as the mean over windows (MATTR; Covington and McFall, 2010)."""
    if not said:
        return 0.0
    if len(said) <= RICHNESS_WINDOW:
        return round(len(set(said)) / len(said), 3)
    step = RICHNESS_WINDOW // 2
    shares = [
        len(set(said[start : start + RICHNESS_WINDOW])) / RICHNESS_WINDOW
        for start in range(0, len(said) - RICHNESS_WINDOW + 1, step)
    ]
    return round(sum(shares) / len(shares), 3)


class Distinction:
    """For each speaker, how much more a thing said is theirs than everyone else's.

    The things are counted: words, say, or how lines begin.
    """

    def __init__(self, own: Mapping[str, Counter[str]]) -> None:
        self._own = own
        self._all: Counter[str] = Counter()
        for counts in own.values():
            self._all.update(counts)
        self._total = self._all.total()

    def score(self, speaker: str, thing: str) -> float:
        """The z-score of the log-odds of `thing` with `speaker` against all others."""
        own = self._own[speaker]
        prior = PRIOR * self._all[thing] + 0.01
        prior_total = PRIOR * self._total + 1
        mine = own[thing] + prior
        theirs = self._all[thing] - own[thing] + prior
        my_total = own.total() + prior_total
        their_total = self._total - own.total() + prior_total
        odds = math.log(mine / (my_total - mine)) - math.log(theirs / (their_total - theirs))
        return odds / math.sqrt(1 / mine + 1 / theirs)

    def best(
        self, speaker: str, limit: int, certain: float, without: frozenset[str] = frozenset()
    ) -> tuple[str, ...]:
        """What is most the speaker's own, said twice or more, with at least that z-score."""
        if len(self._own) < 2 or speaker not in self._own:
            return ()
        scored = sorted(
            (-self.score(speaker, thing), thing)
            for thing, count in self._own[speaker].items()
            if count > 1 and thing not in without
        )
        return tuple(thing for score, thing in scored[:limit] if -score >= certain)

    def character(self, line: Line) -> float:
        """How much a line's words are like its speaker's: the mean of its best scores."""
        if len(self._own) < 2:
            return 0.0
        best = sorted((self.score(line.speaker, word) for word in set(line.words)), reverse=True)
        return sum(best[:4]) / 4


def words_of(spoken: Mapping[str, Sequence[Line]]) -> Distinction:
    """The words that tell speakers apart."""
    return Distinction(
        {
            speaker: Counter(word for line in lines for word in line.words)
            for speaker, lines in spoken.items()
        }
    )


def openings_of(spoken: Mapping[str, Sequence[Line]]) -> Distinction:
    """The beginnings of lines, two words each, that tell speakers apart."""
    return Distinction(
        {
            speaker: Counter(" ".join(line.words[:2]) for line in lines if len(line.words) > 2)
            for speaker, lines in spoken.items()
        }
    )


def typical_lines(lines: Sequence[Line], distinction: Distinction, limit: int) -> list[Line]:
    """Lines that show how somebody talks: of a good length, in their own words, from all over
    the book, in order.
    """
    if limit == 0 or not lines:
        return []
    third = max(1, -(-len(lines) // limit))
    chosen = [
        max(stretch, key=lambda line: _typical(line, distinction))
        for stretch in (lines[start : start + third] for start in range(0, len(lines), third))
    ]
    return chosen[:limit]


def _typical(line: Line, distinction: Distinction) -> float:
    count = len(line.words)
    fit = count / 10 if count < 6 else min(1.0, 35 / count)
    sure = 1.0 if line.quotations[0].kind == "explicit" else 0.8
    return (0.5 + max(0.0, distinction.character(line))) * fit * sure


def exchanges(lines: Sequence[Line]) -> Counter[tuple[str, str]]:
    """How often two people's lines follow on each other; pairs are in alphabetical order."""
    counts: Counter[tuple[str, str]] = Counter()
    for line, following in pairwise(lines):
        if line.speaker != following.speaker and follows(line, following):
            one, other = sorted((line.speaker, following.speaker))
            counts[one, other] += 1
    return counts


def follows(line: Line, following: Line) -> bool:
    """Whether a line is so soon after another that it can be the answer."""
    before, after = line.quotations[-1].span, following.quotations[0].span
    return before.scene == after.scene and after.start - before.end <= NEXT_LINE
