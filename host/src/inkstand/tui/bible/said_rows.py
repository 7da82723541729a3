"""What the text says of a page, as a list whose lines lead to the passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from inkstand.tui.choices import Choice

if TYPE_CHECKING:
    from inkstand.tui.bible.book_text import BookText
    from inkstand.workspace.bible.evidence import Evidence, Said
    from inkstand.workspace.bible.shapes import Finding

_MOST_LINES = 200
_LESS_SURE = 0.7
_ONE_VALUE = ("eyes", "hair", "born")
"""What a person has one of."""


def summary(evidence: Evidence, text: BookText) -> str:
    """In a few words, how much the text says."""
    parts = []
    total = len(text.manuscript.scenes)
    if evidence.mentions:
        scenes = len(evidence.scenes)
        times = f"{evidence.mentions:,} mention{'' if evidence.mentions == 1 else 's'}"
        parts.append(f"{times} in {scenes:,} of {total:,} scenes")
    if evidence.person is not None and evidence.person.quotations:
        lines = evidence.person.quotations
        parts.append(f"{lines:,} line{'' if lines == 1 else 's'}")
    if evidence.partners:
        said = ", ".join(f"{name} {count:,}" for name, count in evidence.partners[:3])
        parts.append(f"speaks with {said}")
    return " · ".join(parts) or "The text does not name it."


def choices(evidence: Evidence, text: BookText, wrong: Sequence[Finding]) -> list[Choice]:
    """The lines: what is wrong with the page first, then what the text says, by kind.

    The key of a line is "wrong" or "said" with its place among them.
    """
    found = wrong_rows(wrong)
    clashing = _clashing(evidence.said)
    titles = {
        "fact": "Facts",
        "relation": "Kin",
        "scene": "Scenes that it names",
        "mention": "Where",
        "line": "Lines",
    }
    for kind, title in titles.items():
        of_kind = [(n, said) for n, said in enumerate(evidence.said) if said.kind == kind]
        if not of_kind:
            continue
        if found:
            found.append(Choice("", Content("")))
        found.append(_heading(f"{title}  {len(of_kind):,}" if kind == "line" else title))
        for place, said in of_kind[:_MOST_LINES]:
            found.append(Choice(f"said {place}", _said(said, text, is_clash=place in clashing)))
        if len(of_kind) > _MOST_LINES:
            left = len(of_kind) - _MOST_LINES
            found.append(Choice("", Content.styled(f"and {left:,} more", "$foreground 60%")))
    return found


def wrong_rows(wrong: Sequence[Finding]) -> list[Choice]:
    """What is wrong with the page, faults and hints."""
    if not wrong:
        return []
    is_bad = any(each.severity == "fault" for each in wrong)
    title = _heading("Wrong in the page", "$text-error") if is_bad else _heading("To look at")
    return [title, *(_wrong(place, each) for place, each in enumerate(wrong))]


def _heading(words: str, style: str = "$primary") -> Choice:
    return Choice("", Content.styled(words, f"bold {style}"))


def _wrong(place: int, finding: Finding) -> Choice:
    style = "$text-error" if finding.severity == "fault" else "$foreground 60%"
    what = finding.what[:1].upper() + finding.what[1:]
    return Choice(
        f"wrong {place}",
        Content.assemble(
            (f"line {finding.line}  ", style), f"{what}. ", (finding.fix, "$foreground 60%")
        ),
    )


def _said(said: Said, text: BookText, *, is_clash: bool) -> Content:
    label = text.manuscript.scenes[said.span.scene].label()
    quote = " ".join(said.quote.split())
    if said.kind == "mention":
        count = f"  {said.count}" if said.count > 1 else ""
        return Content.assemble((label, "$accent"), (count, "$foreground 60%"), "\n", quote)
    if said.kind == "line":
        to = f" {said.claim}" if said.claim else ""
        return Content.assemble((quote, "italic"), (f"  {label}{to}", "$foreground 60%"))
    head: list[tuple[str, str] | str] = [("⚠ ", "$warning")] if is_clash else []
    head.append((said.claim, "bold"))
    notes = [label]
    if said.by:
        notes.append(f"says {said.by}")
    if said.confidence < _LESS_SURE:
        notes.append("perhaps")
    tail = (f"  {' · '.join(notes)}", "$foreground 60%")
    return Content.assemble(*head, "\n", (quote, "italic"), tail)


def _clashing(said: Sequence[Said]) -> set[int]:
    """The places of facts of which a person has one, and the text says several."""
    values: dict[str, set[str]] = {}
    for each in said:
        kind, _, value = each.claim.partition(": ")
        if each.kind == "fact":
            values.setdefault(kind, set()).add(value)
    several = {kind for kind, known in values.items() if len(known) > 1 and kind in _ONE_VALUE}
    return {
        place
        for place, each in enumerate(said)
        if each.kind == "fact" and each.claim.partition(": ")[0] in several
    }
