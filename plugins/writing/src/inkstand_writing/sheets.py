"""Character sheets: a model's words for what the text's own sentences state of a person."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk import ToolContext
from inkstand_sdk.errors import OutputInvalid
from inkstand_writing import lexicon
from inkstand_writing.character import Character, Characters, Trait
from inkstand_writing.progress import report_writing
from inkstand_writing.prompting import FAITHFUL, Budget
from inkstand_writing.text import plain, words
from inkstand_writing.traits import ASPECTS

ANSWER_TOKENS = 450
_Line = Annotated[str, Meta(max_length=160)]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One short sentence for each aspect of a person; empty where nothing is known."""

    role: Annotated[_Line, Meta(description="Who they are: work, rank, family.")]
    appearance: Annotated[_Line, Meta(description="What they look like.")]
    manner: Annotated[_Line, Meta(description="How they behave.")]
    want: Annotated[_Line, Meta(description="What they want.")]
    fear: Annotated[_Line, Meta(description="What they fear.")]
    bond: Annotated[_Line, Meta(description="Whom they love, hate, or are tied to.")]


def with_sheets(found: Characters, ctx: ToolContext) -> Characters:
    """The same people, each aspect put in the model's words beside its quotations."""
    budget = Budget(ctx, ANSWER_TOKENS, examples=True)
    people: list[Character] = []
    failed: list[str] = []
    for number, person in enumerate(found.people):
        report_writing(ctx, number / len(found.people), f"Describing {person.name}")
        try:
            sheet = ctx.generate_as(
                Sheet, _prompt(person, budget), max_tokens=budget.answer, sampling=FAITHFUL
            )
        except OutputInvalid:
            failed.append(person.name)
            people.append(person)
            continue
        people.append(msgspec.structs.replace(person, traits=_traits(person, sheet)))
    notes = list(found.notes)
    if any(trait.text and not trait.evidence for one in people for trait in one.traits):
        notes.append("Where an aspect has no quotation, its text is the model's guess.")
    if failed:
        notes.append(
            f"The model wrote no valid sheet for {', '.join(failed)}; what the text says of them"
            " is there all the same."
        )
    return msgspec.structs.replace(found, people=tuple(people), notes=tuple(notes))


def _prompt(person: Character, budget: Budget) -> str:
    told = [
        f"- The text ({trait.aspect}): {plain(evidence.quote)}"
        for trait in person.traits
        for evidence in trait.evidence
    ]
    known = {evidence.quote for trait in person.traits for evidence in trait.evidence}
    stated = {tie.evidence.quote: tie.kind for tie in person.kin}
    stated |= {fact.evidence.quote: fact.kind for fact in person.facts}
    told += [
        f"- The text ({kind}): {plain(quote)}"
        for quote, kind in stated.items()
        if quote not in known
    ]
    said = [f'- {person.name} says: "{plain(evidence.quote)}"' for evidence in person.says]
    others = [
        f'- {remark.speaker} says: "{plain(remark.evidence.quote)}"' for remark in person.said_of
    ]
    first = [f"- First seen: {plain(person.first_seen.quote)}"] if person.first_seen else []
    head = (
        f"What a story tells of {person.name}. Fill in a sheet with the keys"
        f" {', '.join(ASPECTS)}: a short sentence for each, taken from these quotations only, and"
        " an empty string where they tell nothing."
    )
    return budget.fill(head, [*told, *first, *others, *said], f"Describe {person.name}.")


def _traits(person: Character, sheet: Sheet) -> tuple[Trait, ...]:
    evidence = {trait.aspect: trait.evidence for trait in person.traits}
    traits = (
        Trait(
            aspect=aspect,
            text=_sentence(getattr(sheet, aspect)),
            evidence=evidence.get(aspect, ()),
        )
        for aspect in ASPECTS
    )
    return tuple(trait for trait in traits if trait.text or trait.evidence)


def _sentence(text: str) -> str:
    """The text on one line; "" where it says nothing."""
    return plain(text) if set(words(text)) - lexicon.words("stopwords") else ""
