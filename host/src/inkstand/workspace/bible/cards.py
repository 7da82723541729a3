"""Character cards and pages: a card becomes a page, and the page a card again.

The card's own file is kept beside the page, as it came (`ada.card.png` beside `ada.md`). What the
page says goes over it when the card is exported; whatever no page has a field for, and a page that
nobody touched, come out as they came in.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import msgspec

from inkstand.formats.cards.card import KINDS, Card, Kind, card_of, read_card, write_card
from inkstand.formats.cards.png import SIGNATURE
from inkstand.workspace.bible.bible import Bible, BiblePage, aliases, texts
from inkstand.workspace.bible.outside import read_outside, write_outside
from inkstand.workspace.bible.rewriting import made
from inkstand.workspace.files import sound
from inkstand_sdk.errors import InputError, UsageError
from inkstand_sdk.tool import BibleEntry

_CHARACTER = re.compile(r"\{\{char\}\}|<char>|<bot>", re.IGNORECASE)
_KEPT = (
    "scenario", "first_mes", "mes_example", "alternate_greetings", "group_only_greetings",
    "system_prompt", "post_history_instructions", "creator_notes", "assets",
)  # fmt: skip
# Fields of a page that has no card yet, in the order in which a description tells them.
_TOLD = ("role", "age", "appearance", "ghost", "wound", "want", "need", "lie", "secrets")


class ImportedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card that became a page: the names of the page's file and of the card's beside it."""

    name: str
    file: str
    card: str
    notes: tuple[str, ...] = ()


class ExportedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card that was written, and what that kind of file could not carry."""

    name: str
    file: str
    notes: tuple[str, ...] = ()


class _Told(msgspec.Struct, frozen=True):
    """What a page says of the fields that it shares with a card."""

    name: str
    nickname: str
    personality: str
    description: str


def import_card(bible: Bible, source: Path) -> ImportedCard:
    """Make a page of a card's file, which is kept beside it.

    Raises:
        InputError: the file holds no card, is damaged, or was made to do harm.
        UsageError: there is a page of that name.

    """
    data = read_outside(source)
    card = read_card(data, sound(source.name))
    told = _told(card)
    if not told.name:
        raise InputError(
            f"The character in {sound(source.name)} has no name.",
            "The card's `name` is empty.",
            "Give it one in the program that it is from.",
        )
    fields = {"name": told.name, "aliases": told.nickname, "manner": told.personality}
    text = made(fields, told.description)
    beside = _beside(bible.see_free("character", told.name), card.kind)
    with bible.saver.alone():
        bible.saver.put(beside, data, by="human", why=f"imported {sound(source.name)}")
        saved = bible.new("character", told.name, text=text)
    return ImportedCard(
        name=told.name,
        file=saved.name,
        card=bible.workspace.name_of(beside),
        notes=(*card.notes, *_what_is_kept(card)),
    )


def export_card(
    bible: Bible, name: str, out: Path, *, image: Path | None = None, force: bool = False
) -> ExportedCard:
    """Write a page as a card; the ending of `out` says in which kind of file.

    Args:
        bible: The bible.
        name: The page's name, an alias or its file.
        out: The file to write.
        image: A PNG picture to put the card in; that of the card which the page came from, or a
            plain one, without.
        force: Replace a file that is there.

    Raises:
        UsageError: there is such a file, or its ending is no card's.
        InputError: the picture or the card beside the page is damaged.

    """
    kind = _kind_of(out)
    page = bible.page(name, "character")
    entry = bible.find(name, "character")
    picture = b"" if image is None else _picture(image)
    card = card_for(page, entry)
    if page.shared is False and entry.fields.get("cloud") == "never":
        note: tuple[str, ...] = ("The page is marked `cloud: never`; the card is not.",)
    else:
        note = ()
    data, notes = write_card(card, kind, picture)
    write_outside(out, data, force=force)
    return ExportedCard(name=entry.name, file=str(out), notes=(*note, *card.notes, *notes))


def card_for(page: BiblePage, entry: BibleEntry) -> Card:
    """The card that a page is: the one beside it, with what the page says now.

    Raises:
        InputError: the card beside it is damaged.

    """
    beside = next(
        (_beside(page.path, kind) for kind in KINDS if _beside(page.path, kind).is_file()), None
    )
    if beside is None:
        return _new_card(entry)
    card = read_card(read_outside(beside), sound(beside.name))
    before, now = _told(card), _told_by(entry)
    content = copy.deepcopy(card.content)
    data = content if card.spec == "v1" else content["data"]
    for field in ("name", "personality", "description"):
        old, new = getattr(before, field), getattr(now, field)
        if new != old:
            # Some programs write these fields a second time, for readers of V1.
            if content is not data and content.get(field) == data.get(field):
                content[field] = new
            data[field] = new
    if before.nickname and before.nickname not in aliases(entry):
        data["nickname"] = now.nickname
    return msgspec.structs.replace(card, content=content)


def _told(card: Card) -> _Told:
    # A file with a zero byte in it is no text file to any editor.
    name = " ".join(card.text("name").replace("\0", "").split())
    nickname = " ".join(card.text("nickname").replace("\0", "").split())
    called = nickname or name

    def field(key: str) -> str:
        # Where chat programs put the name, the page has it.
        return _CHARACTER.sub(lambda _: called, card.text(key)).replace("\0", "").strip()

    return _Told(
        name, nickname if nickname != name else "", field("personality"), field("description")
    )


def _told_by(entry: BibleEntry) -> _Told:
    return _Told(
        entry.name,
        next(iter(aliases(entry)), ""),
        _joined(entry.fields.get("manner")),
        entry.text,
    )


def _joined(value: object) -> str:
    return "; ".join(texts(value)).strip()


def _new_card(entry: BibleEntry) -> Card:
    told = _told_by(entry)
    lines = [
        f"{key.capitalize()}: {said}" for key in _TOLD if (said := _joined(entry.fields.get(key)))
    ]
    voice = entry.fields.get("voice")
    spoken = [
        f"{key.replace('_', ' ')}: {said}"
        for key, value in (voice.items() if isinstance(voice, dict) else ())
        if (said := _joined(value) or str(value))
    ]
    if spoken:
        lines.append(f"Voice: {'; '.join(spoken)}")
    data: dict[str, Any] = {
        "name": told.name,
        "description": "\n\n".join(part for part in (told.description, "\n".join(lines)) if part),
        "personality": told.personality,
        **dict.fromkeys(("scenario", "first_mes", "mes_example", "creator_notes"), ""),
        **dict.fromkeys(("system_prompt", "post_history_instructions", "creator"), ""),
        "character_version": "",
        "tags": [],
        "alternate_greetings": [],
        "group_only_greetings": [],
        "extensions": {},
    }
    return card_of({"spec": "chara_card_v3", "spec_version": "3.0", "data": data}, entry.name)


def _what_is_kept(card: Card) -> list[str]:
    """Sentences about what the page does not show."""
    kept = [key for key in _KEPT if card.data.get(key)]
    notes = []
    if kept:
        notes.append(f"Kept in the card's file beside the page: {', '.join(kept)}.")
    if card.members:
        notes.append(f"{len(card.members)} other files of the archive are kept in it.")
    book = card.data.get("character_book")
    entries = book.get("entries") if isinstance(book, dict) else None
    if isinstance(entries, list) and entries:
        notes.append(
            f"It has a lorebook of {len(entries)} entries. To make pages of those as well, write:"
            " inkstand bible import-lorebook with the same file."
        )
    return notes


def _beside(page: Path, kind: Kind) -> Path:
    return page.with_name(f"{page.stem}.card.{kind}")


def _kind_of(out: Path) -> Kind:
    ending = out.suffix.lower().removeprefix(".")
    if ending not in KINDS:
        raise UsageError(
            f"{sound(out.name)} does not end as a card does.",
            f"Cards end in {', '.join(f'.{kind}' for kind in KINDS)}.",
            "For example: ada.png",
        )
    return ending


def _picture(path: Path) -> bytes:
    data = read_outside(path)
    if not data.startswith(SIGNATURE):
        raise InputError(
            f"{sound(path.name)} is no PNG picture.",
            "Cards can only be put into PNG files.",
            "Save the picture as PNG.",
        )
    return data
