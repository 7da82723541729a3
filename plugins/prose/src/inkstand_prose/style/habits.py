"""Habits of a scene's narration: the places that a writer may look at again.

Only what stands close together, or is striking by itself, becomes a candidate: a filter word or
an adverb here and there is nobody's fault. What is rare, and what is said of the whole, the book
decides (`remarks.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cache

from inkstand_prose.lexicon.verbs import SPEECH_VERBS
from inkstand_prose.style.marking import Candidate, EchoCandidate, Segment
from inkstand_prose.style.rhythm import runs
from inkstand_prose.style.signs import Signs
from inkstand_prose.style.tokens import ADVERB, BE, PARTICIPLE, RARE, SIGN, stem

_LOOKED_AT = ADVERB | BE | RARE | SIGN
ECHO_REACH = 60
"""A rare word that comes again within so many words is heard."""
_DELIBERATE = 8
"""One that comes again sooner is meant to be: "Dismay. Worse than dismay." """
_CLUSTERS = {"filter word": (4, 120), "passive": (4, 90), "adverb": (5, 70)}
"""How many make a cluster, and within how many words."""
_EVEN_SENTENCES, _EVEN_WORDS = 6, 4
"""A run of so many sentences of like length is monotonous, if they are not mere exclamations."""
_SAME_BEGINNINGS = 4
_TAG_REACH = 5
"""Words of narration beside a quotation in which its tag stands."""
_SUBJECTS = frozenset(["i", "he", "she", "we", "they"])
_BEFORE_NOUN = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "no",
        "every",
        "each",
        "some",
        "any",
    ]
)
_BEFORE_VERB = frozenset(
    ["just", "then", "only", "still", "also", "suddenly", "now", "never", "always", "could"]
)
_BETWEEN = frozenset(
    [
        "not",
        "been",
        "being",
        "never",
        "always",
        "now",
        "then",
        "so",
        "just",
        "thus",
        "soon",
        "all",
        "also",
    ]
)
_LOUDNESS = {
    "whispered": ["softly", "quietly", "lowly", "silently", "gently", "hushedly"],
    "murmured": ["softly", "quietly", "lowly", "gently", "indistinctly"],
    "muttered": ["softly", "quietly", "lowly", "indistinctly"],
    "shouted": ["loudly", "noisily"],
    "yelled": ["loudly", "noisily"],
    "screamed": ["loudly", "shrilly"],
    "cried": ["loudly"],
    "snapped": ["sharply", "curtly", "shortly"],
    "growled": ["gruffly", "roughly"],
    "begged": ["pleadingly"],
    "hissed": ["quietly", "sibilantly"],
}
"""Tags that say already what the adverb says."""


@cache
def signs() -> Signs:
    """All phrases that are looked for."""
    return Signs(("cliches", "machine_phrases", "filter_verbs"))


class _Place:
    """A word of the narration: which one, and where."""

    __slots__ = ("at", "end", "start", "subject")

    def __init__(self, at: int, start: int, end: int, subject: str) -> None:
        self.at, self.start, self.end, self.subject = at, start, end, subject


class Habits:
    """Gathers the candidates of one scene; asked for every part of the narration in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: list[Candidate] = []
        self._near: dict[str, deque[_Place]] = {kind: deque() for kind in _CLUSTERS}
        self._last_rare: dict[str, tuple[int, int, int, int, str]] = {}
        self._sentence_number = 0
        self._run: list[tuple[int, int, int, str]] = []
        self.echoes: list[EchoCandidate] = []
        self.passives = 0
        self.filters = 0

    def look(self, segment: Segment) -> None:
        """Look at a part of the narration."""
        self._sentence_number += 1
        for place, flags in enumerate(segment.flags):
            if not flags & _LOOKED_AT:
                continue
            if flags & SIGN:
                self._sign(segment, place)
            if flags & ADVERB:
                self._adverb(segment, place)
            if flags & BE:
                self._passive(segment, place)
            if flags & RARE:
                self._rare(segment, place)
        self._at += len(segment.words)

    def skip(self, words: int) -> None:
        """So many words of speech stand there."""
        self._at += words

    def sentence(self, segment: Segment, end: int) -> None:
        """Take in a sentence that is all narration."""
        words = segment.words
        self._run.append((len(words), segment.start, end, words[0]))

    def interrupt(self) -> None:
        """Speech stands between the sentences before and those that follow."""
        self._monotony()
        self._run = []

    def candidates(self) -> list[Candidate]:
        """Everything found, once the scene is over."""
        self._monotony()
        self._run = []
        return self._found

    def _sign(self, segment: Segment, place: int) -> None:
        words = segment.words
        for first, last, sign in signs().at(words, place):
            if sign.list == "filter_verbs":
                if _has_viewer(segment, first):
                    self.filters += 1
                    self._cluster("filter word", segment, first, last - 1)
                    return
                continue
            kind = "cliche" if sign.list == "cliches" else "machine phrase"
            start, end = segment.span(self._text, first, last)
            strength = min(1.0, 0.4 + 0.1 * (last - first))
            if self._found and self._found[-1].kind == kind and self._found[-1].end >= end:
                return
            self._found.append(Candidate(kind, start, end, sign.text, strength))
            return

    def _adverb(self, segment: Segment, place: int) -> None:
        words = segment.words
        self._cluster("adverb", segment, place, place + 1)
        if place > _TAG_REACH or not self._is_tag(segment):
            return
        for before in range(max(0, place - 3), place):
            verb = words[before]
            if verb in SPEECH_VERBS:
                double = words[place] in _LOUDNESS.get(verb, ())
                start, end = segment.span(self._text, before, place + 1)
                strength = 1.0 if double else 0.5
                self._found.append(Candidate("adverb", start, end, words[place], strength))
                return

    def _is_tag(self, segment: Segment) -> bool:
        before = self._text[max(0, segment.start - 3) : segment.start + 3]
        return any(mark in before for mark in "\"”’'»")

    def _passive(self, segment: Segment, place: int) -> None:
        words, flags = segment.words, segment.flags
        at = place + 1
        while at < len(words) and at < place + 4:
            word = words[at]
            if flags[at] & PARTICIPLE or (word.endswith("ed") and words[at + 1 : at + 2] == ["by"]):
                self.passives += 1
                self._cluster("passive", segment, place, at + 1)
                return
            if word not in _BETWEEN and not flags[at] & ADVERB:
                return
            at += 1

    def _rare(self, segment: Segment, place: int) -> None:
        written = segment.written[place]
        if written[0].isupper():
            return
        word = segment.words[place]
        root = stem(word)
        at = self._at + place
        start, end = segment.span(self._text, place, place + 1)
        last = self._last_rare.get(root)
        self._last_rare[root] = (at, self._sentence_number, start, end, word)
        if last is None or last[1] == self._sentence_number:
            return
        if not _DELIBERATE <= at - last[0] <= ECHO_REACH:
            return
        # "A lantern ... the lantern" takes a thing up again, which is how one tells of things.
        if place and segment.words[place - 1] in _BEFORE_NOUN:
            return
        self.echoes.append(EchoCandidate(root, word, last[2], last[3], start, end, at - last[0]))

    def _cluster(self, kind: str, segment: Segment, first: int, last: int) -> None:
        count, reach = _CLUSTERS[kind]
        start, end = segment.span(self._text, first, last)
        near = self._near[kind]
        near.append(_Place(self._at + first, start, end, " ".join(segment.words[first:last])))
        while near[-1].at - near[0].at > reach:
            near.popleft()
        if len(near) < count:
            return
        first_of_all, *rest = near
        distance = near[-1].at - near[0].at
        self._found.append(
            Candidate(
                kind,
                first_of_all.start,
                first_of_all.end,
                ", ".join(place.subject for place in near),
                min(1.0, 0.4 + 0.6 * (1 - distance / reach)),
                [(place.start, place.end) for place in rest],
            )
        )
        near.clear()

    def _monotony(self) -> None:
        run = self._run
        if len(run) >= _EVEN_SENTENCES:
            lengths = [length for length, _, _, _ in run]
            for first, last in runs(lengths, _EVEN_SENTENCES):
                mean = sum(lengths[first:last]) / (last - first)
                if mean >= _EVEN_WORDS:
                    strength = min(1.0, 0.1 * (last - first))
                    self._monotonous(run, first, last, f"of about {mean:.0f} words", strength)
        first = 0
        while first < len(run):
            last = first + 1
            while last < len(run) and run[last][3] == run[first][3]:
                last += 1
            if last - first >= _SAME_BEGINNINGS:
                subject = f"beginning with “{run[first][3]}”"
                self._monotonous(run, first, last, subject, min(1.0, 0.15 * (last - first)))
            first = last

    def _monotonous(
        self,
        run: Sequence[tuple[int, int, int, str]],
        first: int,
        last: int,
        subject: str,
        strength: float,
    ) -> None:
        subject = f"{last - first} sentences in a row {subject}"
        start, end = run[first][1], run[last - 1][2]
        self._found.append(Candidate("monotony", start, end, subject, strength))


def _has_viewer(segment: Segment, first: int) -> bool:
    """Whether a pronoun or name stands before, as whoever sees and feels."""
    at = first - 1
    if at >= 0 and segment.words[at] in _BEFORE_VERB:
        at -= 1
    if at < 0:
        return False
    if segment.words[at] in _SUBJECTS:
        return True
    written = segment.written[at]
    return written[0].isupper() and at > 0 and written[1:].islower()
