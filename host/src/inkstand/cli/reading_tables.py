"""A reading for a person: a few tables by default, and each part of it in full."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from inkstand.cli.output import for_terminal, print_table

if TYPE_CHECKING:
    from inkstand_sdk.manuscript import Manuscript
    from inkstand_sdk.reader import Reading, SceneReading, Span
    from inkstand_sdk.style import Style, Use

_FEW_PEOPLE, _FEW_SCENES, _FEW_REMARKS = 25, 60, 3
_WIDEST = 60
_LEVELS = "▁▂▃▄▅▆▇█"
_PLAIN_LEVELS = "12345678"


def print_reading(manuscript: Manuscript, reading: Reading, parts: Iterable[str]) -> None:
    """Print the parts that are named, or an overview if none is."""
    tables = _Tables(manuscript, reading)
    tables.head()
    chosen = tuple(parts)
    for part in chosen or ("cast", "scenes", "overview"):
        tables.parts[part](not chosen)


class _Tables:
    def __init__(self, manuscript: Manuscript, reading: Reading) -> None:
        self.manuscript, self.reading = manuscript, reading
        self.parts: dict[str, Callable[[bool], None]] = {
            "cast": self.cast,
            "facts": self.facts,
            "scenes": self.scenes,
            "curves": self.curves,
            "style": self.style,
            "voices": self.voices,
            "remarks": self.remarks,
            "overview": self.overview,
        }

    def head(self) -> None:
        """One line on the whole."""
        words = self.manuscript.words()
        spoken = sum(scene.spoken_words for scene in self.reading.scenes)
        scenes = len(self.manuscript.scenes)
        print(
            f"{for_terminal(self.manuscript.title)}: {words:,} words in {scenes:,}"
            f" scene{'' if scenes == 1 else 's'}, {spoken / max(1, words):.0%} of them spoken,"
            f" {len(self.reading.quotations):,} quotations."
        )
        told = _most(self.reading.scenes, "narration"), _most(self.reading.scenes, "tense")
        if "unknown" not in told:
            print(f"Told in the {told[0]} person, mostly in the {told[1]} tense.")

    def cast(self, short: bool) -> None:
        """People, with what is said of them."""
        known = self._known()
        people = self.reading.cast[:_FEW_PEOPLE] if short else self.reading.cast
        print()
        print_table(
            ["Person", "Also", "Mentions", "Lines", "First in", "Known"],
            [
                [
                    person.name,
                    ", ".join(person.aliases[:4]),
                    f"{person.mentions:,}",
                    f"{person.quotations:,}",
                    self._label(person.spans[0]) if person.spans else "",
                    ("tells the story; " if person.narrator else "")
                    + _shortened("; ".join(known[person.name])),
                ]
                for person in people
            ],
            empty="No people were found.",
        )
        if len(people) < len(self.reading.cast):
            print(f"... and {len(self.reading.cast) - len(people):,} more; --part cast has them.")

    def _known(self) -> dict[str, list[str]]:
        """For each person, the values stated most often, and whose kin they are."""
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for each in self.reading.attributes:
            counts[each.person, each.kind][each.value] += 1
        known: dict[str, list[str]] = defaultdict(list)
        for (person, kind), values in counts.items():
            said = f"{values.most_common(1)[0][0]}"
            known[person].append(_AS_SAID.get(kind, "{}").format(said))
        for tie in self.reading.relations:
            # `other` is the kind of `person`, so it is of `other` that this is known.
            said = f"{tie.person}'s {tie.kind}"
            if said not in known[tie.other]:
                known[tie.other].append(said)
        return known

    def facts(self, short: bool) -> None:
        """What is stated of people, and between them, with the words."""
        del short
        print()
        print_table(
            ["Person", "What", "Stated", "Where", "Words"],
            [
                [each.person, each.kind, each.value, self._where(each.span), self._words(each.span)]
                for each in sorted(self.reading.attributes, key=lambda a: (a.person, a.kind))
            ],
            empty="Nothing was found to be stated of anybody.",
        )
        print()
        print_table(
            ["Person", "Is", "Of", "Where", "Words"],
            [
                [tie.other, tie.kind, tie.person, self._where(tie.span), self._words(tie.span)]
                for tie in sorted(self.reading.relations, key=lambda r: (r.person, r.kind))
            ],
            empty="Nobody was found to be related.",
        )

    def scenes(self, short: bool) -> None:
        """Where and when each scene is, who sees it and who is there."""
        pairs = list(zip(self.manuscript.scenes, self.reading.scenes, strict=True))
        print()
        print_table(
            ["Scene", "Words", "Spoken", "When", "Where", "Seen by", "Tense", "People"],
            [
                [
                    scene.label(),
                    f"{scene.words:,}",
                    f"{read.spoken_words / max(1, scene.words):.0%}",
                    _several(mark.value for mark in read.times),
                    _several(mark.place for mark in read.places),
                    read.pov or "",
                    read.tense if read.tense != "unknown" else "",
                    ", ".join(read.people[: 6 if short else None]),
                ]
                for scene, read in (pairs[:_FEW_SCENES] if short else pairs)
            ],
        )
        if short and len(pairs) > _FEW_SCENES:
            print(f"... and {len(pairs) - _FEW_SCENES:,} more scenes; --part scenes has them.")

    def curves(self, short: bool) -> None:
        """Pace, tension and sentiment of each scene, a step for every 500 words."""
        del short
        print()
        print_table(
            ["Scene", "Pace", "Tension", "Sentiment"],
            [
                [
                    scene.label(),
                    bars(stretch.pace for stretch in read.stretches),
                    bars(stretch.tension for stretch in read.stretches),
                    bars((stretch.sentiment + 1) / 2 for stretch in read.stretches),
                ]
                for scene, read in zip(self.manuscript.scenes, self.reading.scenes, strict=True)
            ],
        )

    def style(self, short: bool) -> None:
        """The fingerprint of the narration."""
        del short
        print()
        print_table(["Narration", "", ""], list(_figures(self.reading.style)))
        for title, uses in (
            ("Leans on", self.reading.style.phrases),
            ("Opens sentences with", self.reading.style.openings),
        ):
            if uses:
                print(f"{title}: {_uses(uses, 12)}")

    def voices(self, short: bool) -> None:
        """How each person speaks, against the others."""
        del short
        print()
        print_table(
            ["Voice", "Lines", "Words", "Sentence", "Says more than others", "Talks like"],
            [
                [
                    voice.person,
                    f"{voice.lines:,}",
                    f"{voice.style.words:,}",
                    f"{voice.style.sentences.mean:.1f}",
                    ", ".join(use.text for use in (*voice.words[:6], *voice.phrases[:3])),
                    min(voice.distances, key=lambda name: voice.distances[name], default=""),
                ]
                for voice in self.reading.voices
            ],
            empty="Nobody surely says enough to have a voice.",
        )

    def remarks(self, short: bool) -> None:
        """Places to look at again, by kind."""
        by_kind = defaultdict(list)
        for remark in self.reading.remarks:
            by_kind[remark.kind].append(remark)
        if short:
            self._remark_counts()
            return
        for kind in sorted(by_kind):
            print()
            print_table(
                [kind.capitalize(), "Where", ""],
                [
                    [_shortened(remark.text), self._where(remark.span), remark.note]
                    for remark in sorted(by_kind[kind], key=lambda r: -r.strength)
                ],
            )
        if not by_kind:
            print("\nThere is nothing that asks to be looked at again.")

    def _remark_counts(self) -> None:
        best: dict[str, list[str]] = defaultdict(list)
        for remark in sorted(self.reading.remarks, key=lambda r: -r.strength):
            if remark.text not in best[remark.kind]:
                best[remark.kind].append(remark.text)
        counts = self.reading.style.remarks or Counter(r.kind for r in self.reading.remarks)
        print()
        print_table(
            ["Worth another look", "Places", "For example"],
            [
                [kind, f"{count:,}", _shortened("; ".join(best[kind][:_FEW_REMARKS]))]
                for kind, count in sorted(counts.items(), key=lambda each: -each[1])
                if count
            ],
        )

    def overview(self, short: bool) -> None:
        """What else there is, in a few lines."""
        style = self.reading.style
        if style.words:
            print()
            print(
                f"Narration: sentences of {style.sentences.mean:.1f} words each, reading ease"
                f" {style.readability.flesch:.0f}. Leans on: {_uses(style.phrases, 6) or '-'}."
            )
        self.remarks(short)
        print()
        print(
            f"More: --part {', '.join(p for p in self.parts if p not in _SHOWN)}; --json has all."
        )

    def _label(self, span: Span) -> str:
        return self.manuscript.scenes[span.scene].label()

    def _where(self, span: Span) -> str:
        scene = self.manuscript.scenes[span.scene]
        return f"{scene.label()}, line {scene.line + scene.text.count(chr(10), 0, span.start)}"

    def _words(self, span: Span) -> str:
        text = self.manuscript.scenes[span.scene].text[span.start : span.end]
        return _shortened(" ".join(text.split()))


_SHOWN = ("cast", "scenes", "overview")
_AS_SAID = {
    "age": "aged {}",
    "born": "born {}",
    "eyes": "{} eyes",
    "hair": "{} hair",
    "home": "lives at {}",
    "possession": "has {}",
    "dead": "dead",
    "alive": "alive",
}


def bars(values: Iterable[float]) -> str:
    """A little chart: a block for each value from 0 to 1."""
    levels = _LEVELS if (sys.stdout.encoding or "").lower().startswith("utf") else _PLAIN_LEVELS
    last = len(levels) - 1
    return "".join(levels[round(min(1.0, max(0.0, value)) * last)] for value in values)


def _figures(style: Style) -> Iterator[list[str]]:
    marks = ", ".join(f"{name} {rate:.0f}" for name, rate in style.marks.items() if rate >= 1)
    tone = sorted(
        (
            (share, name)
            for name in ("formal", "casual", "professional", "emphatic")
            if (share := getattr(style.tone, name))
        ),
        reverse=True,
    )
    yield ["Words", f"{style.words:,}", f"{style.dialogue:.0%} of the text is dialogue"]
    yield [
        "Vocabulary",
        f"{style.richness.mattr:.2f}",
        f"different words in a hundred; {style.frequency.rarer:.0%} not among the 5,000 commonest",
    ]
    for name, rhythm in (("Sentences", style.sentences), ("Paragraphs", style.paragraphs)):
        half = f"half of them {rhythm.first_quartile:.0f} to {rhythm.third_quartile:.0f}"
        yield [name, f"{rhythm.mean:.1f}", f"words each; {half}, the longest {rhythm.longest:,}"]
    yield [
        "Reading ease",
        f"{style.readability.flesch:.0f}",
        f"Flesch; grade {style.readability.kincaid:.1f}",
    ]
    yield ["Transitions", f"{style.transitions:.0%}", "of the sentences begin with one"]
    yield ["Adverbs", f"{style.adverbs:.1f}", "in -ly, per 1,000 words"]
    yield ["Passives", f"{style.passives:.1f}", "per 1,000 words"]
    yield ["Filter words", f"{style.filter_words:.1f}", "per 1,000 words"]
    yield ["Contractions", f"{style.contractions:.1f}", "per 1,000 words"]
    yield ["Marks", "", f"{marks} per 1,000 words" if marks else "none"]
    yield ["Tone", "", ", ".join(f"{name} {share:.0%}" for share, name in tone)]


def _most(scenes: Iterable[SceneReading], field: str) -> str:
    """What most words are told in."""
    counts: Counter[str] = Counter()
    for scene in scenes:
        counts[getattr(scene, field)] += scene.words
    return counts.most_common(1)[0][0] if counts else "unknown"


def _uses(uses: Iterable[Use], most: int) -> str:
    return ", ".join(f"{use.text} ({use.count:,})" for use in list(uses)[:most])


def _several(values: Iterable[str]) -> str:
    """The commonest two."""
    return ", ".join(value for value, _ in Counter(values).most_common(2))


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
