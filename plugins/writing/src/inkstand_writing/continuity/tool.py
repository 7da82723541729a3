"""The continuity tool: what a manuscript says in one place and takes back in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import Tool, ToolContext
from inkstand_sdk.capabilities import ToolCapabilities
from inkstand_sdk.findings import Finding
from inkstand_writing.continuity.checks import CLAIMED, KINDS, Check, Kind
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.identity import id_of
from inkstand_writing.continuity.suspicion import Suspicion


class ContinuityInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to look for."""

    kinds: Annotated[
        tuple[Kind, ...],
        Meta(description="What to look for; without any, what is right often enough to rely on."),
    ] = ()
    confidence: Annotated[
        float, Meta(ge=0, le=1, description="Leave out what is less sure than this.")
    ] = 0.5
    limit: Annotated[
        int, Meta(ge=0, description="Show at most so many, the surest; 0 shows all.")
    ] = 0


class KindCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many findings of a kind there are."""

    kind: Annotated[str, Meta(description="The kind.")]
    found: Annotated[int, Meta(ge=0, description="How many there are, without ignored ones.")]


class Continuity(msgspec.Struct, frozen=True, kw_only=True):
    """What does not agree in a manuscript."""

    findings: Annotated[tuple[Finding, ...], Meta(description="What was found, the surest first.")]
    counts: Annotated[tuple[KindCount, ...], Meta(description="How many of each kind.")]
    ignored: Annotated[
        int, Meta(ge=0, description="How many were left out because the writer ignores them.")
    ]
    checked: Annotated[tuple[str, ...], Meta(description="The kinds that were looked for.")]
    words: Annotated[int, Meta(ge=0, description="How many words were looked through.")]
    notes: Annotated[tuple[str, ...], Meta(description="What to know about this.")] = ()


class ContinuityTool(Tool):
    """Find what contradicts itself, with both passages: eyes, ages, kin, names, the dead."""

    name: ClassVar[str] = "continuity"
    title: ClassVar[str] = "Check continuity"
    Input: ClassVar[type[msgspec.Struct]] = ContinuityInput
    Output: ClassVar[type[msgspec.Struct]] = Continuity
    capabilities: ClassVar[ToolCapabilities] = ToolCapabilities(engines=("analysis",))

    def run(self, input: Any, ctx: ToolContext) -> Continuity:
        """The findings of `ctx.manuscript`, those left out that the writer ignores."""
        facts = BookFacts.of(ctx)
        ctx.progress(None, "Checking")
        wanted = tuple(kind for kind in KINDS if kind in (input.kinds or CLAIMED))
        every = [
            finding
            for finding in findings_of(facts, wanted)
            if finding.confidence >= input.confidence
        ]
        ignored = ctx.ignored
        kept = [finding for finding in every if finding.id not in ignored]
        counts = Counter(finding.kind for finding in kept)
        shown = kept[: input.limit] if input.limit else kept
        notes = [*facts.manuscript.notes, *facts.reading.notes, *_notes(facts)]
        if len(shown) < len(kept):
            notes.append(f"{len(kept) - len(shown)} more were found: raise the limit to see them.")
        return Continuity(
            findings=tuple(shown),
            counts=tuple(
                KindCount(kind=kind, found=counts[kind]) for kind in wanted if counts[kind]
            ),
            ignored=len(every) - len(kept),
            checked=wanted,
            words=facts.words,
            notes=tuple(dict.fromkeys(notes)),
        )


def findings_of(facts: BookFacts, kinds: tuple[Kind, ...]) -> list[Finding]:
    """All findings of some kinds: the surest first, then as the text has them."""
    found: dict[str, tuple[Finding, tuple[int, int]]] = {}
    for kind in kinds:
        for suspicion in Check(kind).find(facts):
            facts.tick()
            finding = _finding(facts, suspicion)
            last = finding.passages[-1]
            known = found.get(finding.id)
            if known is None or known[0].confidence < finding.confidence:
                found[finding.id] = finding, (last.scene, last.start)
    ranked = sorted(found.values(), key=lambda each: (-round(each[0].confidence, 1), each[1]))
    return [finding for finding, _ in ranked]


def _finding(facts: BookFacts, suspicion: Suspicion) -> Finding:
    passages = tuple(facts.passage(evidence) for evidence in suspicion.evidence)
    return Finding(
        id=id_of(suspicion.kind, suspicion.people, passages),
        kind=suspicion.kind,
        summary=suspicion.summary,
        passages=passages,
        confidence=round(suspicion.confidence, 2),
        people=suspicion.people,
    )


def _notes(facts: BookFacts) -> Iterator[str]:
    if facts.manuscript.language != "en":
        yield "The checks know English; of another language they find next to nothing."
