"""Findings as lines of lists: by kind with how sure they are, and each one's passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from inkstand.tui.choices import Choice

if TYPE_CHECKING:
    from inkstand_sdk.findings import Finding, Passage

NONE = "No check is installed.\n\nInstall a plugin that has one: inkstand plugins list"
NEVER = (
    "The book was not checked yet.\n\n"
    "r looks for what does not agree in it: ages, kin, names, days, who is where.\n"
    "o chooses what to look for. Nothing leaves this machine, and nothing is changed."
)
FOUND_NOTHING = (
    "Nothing was found.\n\n"
    "o chooses what to look for: by default only what is right often enough to rely on."
)


def rows(
    findings: Sequence[Finding], ignored: Mapping[str, str], *, with_ignored: bool
) -> list[Choice]:
    """The findings by kind, the surest kind first; below them those that are ignored, if wanted."""
    found: list[Choice] = []
    for kind, of_kind in by_kind(each for each in findings if each.id not in ignored).items():
        if found:
            found.append(Choice("", Content("")))
        count = (f"  {len(of_kind)}", "$foreground 60%")
        found.append(Choice("", Content.assemble((kind_name(kind), "bold $primary"), count)))
        found += [_finding(each) for each in of_kind]
    if with_ignored and ignored:
        known = {each.id: each.summary for each in findings}
        if found:
            found.append(Choice("", Content("")))
        found.append(Choice("", Content.styled(f"Ignored  {len(ignored)}", "bold $foreground 60%")))
        found += [
            Choice(id, Content.styled(known.get(id) or note or id, "$foreground 60%"))
            for id, note in ignored.items()
        ]
    return found


def by_kind(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by kind: the kind with the surest one first, and within it the surest first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.kind, []).append(finding)
    for group in groups.values():
        group.sort(key=lambda each: -each.confidence)
    return dict(sorted(groups.items(), key=lambda item: -item[1][0].confidence))


def kind_name(kind: str) -> str:
    """A kind as people write it: "eye_color" is "Eye color"."""
    return kind.replace("_", " ").strip().capitalize() or "Other"


def _finding(finding: Finding) -> Choice:
    return Choice(
        finding.id,
        Content.assemble(finding.summary, (f"  {finding.confidence:.0%}", "$foreground 60%")),
    )


def passage_rows(finding: Finding) -> list[Choice]:
    """The passages of a finding, each quoted whole, with its scene and line."""
    found: list[Choice] = []
    for number, passage in enumerate(finding.passages):
        if found:
            found.append(Choice("", Content("")))
        quote = " ".join(passage.quote.split())
        found.append(
            Choice(
                f"passage {number}",
                Content.assemble((where(passage), "$accent"), "\n", (quoted(quote), "italic")),
            )
        )
    return found


def where(passage: Passage) -> str:
    """The scene and the line of a passage; of a page of the bible, its file."""
    label = passage.label or passage.file
    return f"{label} · line {passage.line}" if passage.line else label


def quoted(quote: str) -> str:
    """Words in quotation marks, unless there are some in them."""
    return quote if any(mark in quote for mark in '“”"«»') else f"“{quote}”"
