"""Doings: where people say or do something in the narration's own time, as only the living do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache, cached_property

from inkstand_sdk import Person, Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.narration import pasts, presents

_SURE_LINE = 0.9
_USUAL_FORM = 0.3
"""A bare surname that several people have is whose it is so often called by it, or nobody's."""
_OWNS = re.compile(r"['’]s\b")
_NEXT_WORD = re.compile(
    r"(?:,?\s+and\s+[A-Z]\w+)?,?\s+(?:(?:\w+ly|then|now|only|just|still|also|first|soon|at\s+once|at"
    r"\s+last|himself|herself|too|both)\s+)?(?:(?P<is>was|is|were|who)\s+(?:(?:\w+ly|still|just|already)"
    r"\s+)?)?(?P<verb>[a-z]+)\b"
)
_STILL = lexicon.words("still")
"""What may be told of the dead, or of no moment."""
_BUSY = lexicon.words("busy")


class Doings:
    """The signs of life of everybody, each looked for when it is asked for."""

    def __init__(self, facts: BookFacts) -> None:
        self._facts = facts
        self._found: dict[str, tuple[Span, ...]] = {}
        self._bearers = Counter(
            surname for person in facts.reading.cast for surname in {_last(person.name)}
        )

    def of(self, name: str) -> tuple[Span, ...]:
        """Places where somebody surely speaks, or is the subject of an action, in order."""
        if name not in self._found:
            person = self._facts.cast[name]
            acts = [span for span in person.spans if self._acts(span)]
            sure = [
                span
                for span in {*self._lines.get(name, ()), *acts}
                if self._is_sure(person, self._facts.text(span))
            ]
            self._found[name] = tuple(sorted(sure, key=lambda s: (s.scene, s.start)))
        return self._found[name]

    def _is_sure(self, person: Person, called: str) -> bool:
        """Whether a name is not as likely that of somebody else of the family."""
        if called.lower().startswith("the ") and not person.name.startswith("The "):
            return False  # "the captain" is many a man
        if " " in called or self._bearers[called] < 2 or _last(person.name) != called:
            return True
        return self._facts.calls(person.name)[called] >= _USUAL_FORM * len(person.spans)

    @cached_property
    def _lines(self) -> dict[str, list[Span]]:
        lines: dict[str, list[Span]] = defaultdict(list)
        for quotation in self._facts.reading.quotations:
            if quotation.kind != "explicit" or quotation.confidence < _SURE_LINE:
                continue
            if quotation.speaker is None or quotation.cue is None:
                continue
            cue = quotation.cue
            text = self._facts.scenes[cue.scene].text
            if _OWNS.search(text, cue.start, cue.end + 2):
                continue  # "cried Ada's cook"
            lines[quotation.speaker].append(quotation.cue)
        return lines

    def _acts(self, span: Span) -> bool:
        text = self._facts.scenes[span.scene].text
        following = _NEXT_WORD.match(text, span.end, span.end + 60)
        if following is None:
            return False
        verb = following["verb"]
        if following["is"] in {"was", "is", "were"}:
            alive = verb in _BUSY
        else:
            alive = verb in _acts() or (verb in presents() - _STILL and self._is_present(span))
        return alive and not self._facts.is_spoken(span)

    def _is_present(self, span: Span) -> bool:
        return self._facts.scene(span.scene).tense == "present"


def _last(name: str) -> str:
    return name.rpartition(" ")[2]


@cache
def _acts() -> frozenset[str]:
    """What only the living do, in the past."""
    return lexicon.words("acts") | (pasts() - _STILL)
