"""The templates of planted errors, of two sides that have nothing in common."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

Side = Literal["development", "held_out"]
SIDES: tuple[Side, ...] = ("development", "held_out")
FOLDER = Path(__file__).parent
KINDS = (
    "eye_color",
    "hair_color",
    "age",
    "dead_speak",
    "name_spelling",
    "kinship",
    "two_places",
    "lost_thing",
    "days",
    "pov_slip",
    "tense_slip",
    "promise",
    "knowledge",
    "names_alike",
)


class Template(msgspec.Struct, frozen=True):
    """One way to make an error: one or two statements that are put in, or an alteration of the
    book's own words at `places` places (0: everywhere). `near` statements stand close together.
    """

    id: str
    kind: str
    statements: tuple[str, ...] = ()
    near: bool = False
    alteration: str = ""
    places: int = 0


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pairs: tuple[tuple[str, str], ...] = ()
    near: tuple[tuple[str, str], ...] = ()
    singles: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()


@cache
def load_templates(side: Side) -> tuple[Template, ...]:
    """All templates of one side, from every file of its name."""
    found: list[Template] = []
    for path in sorted(FOLDER.glob(f"{side}*.toml")):
        kinds = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, _Kind])
        for kind, given in kinds.items():
            statements = [(pair, False) for pair in given.pairs]
            statements += [(pair, True) for pair in given.near]
            both: list[tuple[tuple[str, ...], bool]] = [*statements]
            both += [((single,), False) for single in given.singles]
            for number, (texts, near) in enumerate(both, 1):
                found.append(Template(f"{side}/{kind}/{number}", kind, texts, near))
            for edit in given.edits:
                alteration, _, places = edit.partition(":")
                count = int(places) if places.isdigit() else 0
                unit = "" if places.isdigit() or places == "all" else f"_{places}"
                found.append(
                    Template(
                        f"{side}/{kind}/{edit}",
                        kind,
                        alteration=alteration + unit,
                        places=count,
                    )
                )
    return tuple(found)
