"""Lorebooks: SillyTavern's world info, the standalone lorebooks of V3, and the books in cards.

Sources: Character Card V2 and V3 (`character_book`, `lorebook_v3`), and what SillyTavern itself
writes and reads (`newWorldInfoEntryDefinition` and `convertCharacterBook` in its world-info.js).
As with cards, the JSON is kept as it is, whatever else it holds.
"""

from __future__ import annotations

import copy
from typing import Any, Literal

import msgspec

from inkstand.formats.cards import png, strict_json
from inkstand.formats.cards.card import read_card
from inkstand_sdk.errors import InputError

Form = Literal["world_info", "lorebook_v3"]
FORMS: tuple[Form, ...] = ("world_info", "lorebook_v3")
SPEC: Literal["lorebook_v3"] = "lorebook_v3"
_MOST_ENTRIES = 20_000
# A field of world info, the field of V3's `extensions` that says the same, and its default.
_IN_EXTENSIONS: tuple[tuple[str, str, Any], ...] = (
    ("excludeRecursion", "exclude_recursion", False),
    ("preventRecursion", "prevent_recursion", False),
    ("delayUntilRecursion", "delay_until_recursion", False),
    ("displayIndex", "display_index", None),
    ("probability", "probability", 100),
    ("useProbability", "useProbability", True),
    ("depth", "depth", 4),
    ("selectiveLogic", "selectiveLogic", 0),
    ("outletName", "outlet_name", ""),
    ("group", "group", ""),
    ("groupOverride", "group_override", False),
    ("groupWeight", "group_weight", 100),
    ("scanDepth", "scan_depth", None),
    ("caseSensitive", "case_sensitive", None),
    ("matchWholeWords", "match_whole_words", None),
    ("useGroupScoring", "use_group_scoring", None),
    ("automationId", "automation_id", ""),
    ("role", "role", 0),
    ("vectorized", "vectorized", False),
    ("sticky", "sticky", None),
    ("cooldown", "cooldown", None),
    ("delay", "delay", None),
    ("matchPersonaDescription", "match_persona_description", False),
    ("matchCharacterDescription", "match_character_description", False),
    ("matchCharacterPersonality", "match_character_personality", False),
    ("matchCharacterDepthPrompt", "match_character_depth_prompt", False),
    ("matchScenario", "match_scenario", False),
    ("matchCreatorNotes", "match_creator_notes", False),
    ("triggers", "triggers", []),
    ("ignoreBudget", "ignore_budget", False),
)
_DIRECT = ("uid", "key", "keysecondary", "comment", "content", "constant", "selective", "order",
           "position", "disable", "addMemo", "extensions")  # fmt: skip
_BOOK = ("name", "description", "scan_depth", "token_budget", "recursive_scanning", "extensions")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry, in words: `id` is its own within the book."""

    id: str
    title: str
    keys: tuple[str, ...] = ()
    secondary_keys: tuple[str, ...] = ()
    content: str = ""


class Lorebook(msgspec.Struct, frozen=True, kw_only=True):
    """A lorebook: the JSON object as it stood in the file, in its form."""

    content: dict[str, Any]
    form: Form
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the book calls itself; "" if it does not."""
        name = self._inner.get("name")
        return name if isinstance(name, str) else ""

    @property
    def _inner(self) -> dict[str, Any]:
        inner: dict[str, Any] = self.content
        return inner if self.form == "world_info" else inner["data"]

    def entries(self) -> list[Entry]:
        """The entries, in their order."""
        return [_entry(key, raw, self.form) for key, raw in self.raw_entries()]

    def raw_entries(self) -> list[tuple[str, dict[str, Any]]]:
        """The entries' own objects, with the id of each."""
        found = self._inner["entries"]
        if isinstance(found, dict):
            return list(found.items())
        return [(str(place), raw) for place, raw in enumerate(found)]


def read_lorebook(data: bytes, name: str) -> Lorebook:
    """The lorebook that a file holds: world info, a V3 lorebook, or a card with a book in it.

    Raises:
        InputError: there is none in it, or it is damaged, or larger than one can be.

    """
    if data.startswith((png.SIGNATURE, b"PK\x03\x04", b"\xff\xd8\xff")):
        return _of_card(read_card(data, name).data, name)
    content = strict_json.loads(data, name)
    if not isinstance(content, dict):
        raise _none(name, "its JSON is no object")
    inner = content.get("data")
    has_book = isinstance(inner, dict) and "character_book" in inner
    if has_book or str(content.get("spec", "")).startswith("chara_card"):
        return _of_card(read_card(data, name).data, name)
    if content.get("spec") == SPEC:
        return _checked(content, SPEC, name)
    if "lorebookVersion" in content:
        raise _none(name, "it is one of NovelAI; SillyTavern converts those")
    if content.get("kind") == "memory":
        raise _none(name, "it is one of Agnai; SillyTavern converts those")
    if isinstance(content.get("entries"), list) and "spec" not in content:
        # A character's book by itself, as some programs export it.
        first: Any = next(iter(content["entries"]), {})
        if isinstance(first, dict) and "key" not in first:
            return _checked({"spec": SPEC, "data": content}, SPEC, name)
    return _checked(content, "world_info", name)


def _of_card(data: dict[str, Any], name: str) -> Lorebook:
    book = data.get("character_book")
    if not isinstance(book, dict):
        raise _none(name, "it is a character card without a lorebook")
    return _checked({"spec": SPEC, "data": copy.deepcopy(book)}, SPEC, name)


def _checked(content: dict[str, Any], form: Form, name: str) -> Lorebook:
    inner = content.get("data") if form == SPEC else content
    entries = inner.get("entries") if isinstance(inner, dict) else None
    if not isinstance(entries, dict | list):
        raise _none(name, "it has no `entries`")
    if len(entries) > _MOST_ENTRIES:
        raise _none(name, f"it has more than {_MOST_ENTRIES:,} entries")
    for each in entries.values() if isinstance(entries, dict) else entries:
        if not isinstance(each, dict):
            raise _none(name, "one of its entries is no object")
        if not isinstance(each.get("content", ""), str):
            raise _none(name, "the content of an entry is no text")
    return Lorebook(content=content, form=form)


def _entry(key: str, raw: dict[str, Any], form: Form) -> Entry:
    first, second = ("key", "keysecondary") if form == "world_info" else ("keys", "secondary_keys")
    keys = _words(raw.get(first))
    title = next(
        (raw[field].strip() for field in ("name", "comment")
         if isinstance(raw.get(field), str) and raw[field].strip()),
        ", ".join(keys[:3]) or f"Entry {key}",
    )  # fmt: skip
    return Entry(
        id=key,
        title=title,
        keys=keys,
        secondary_keys=_words(raw.get(second)),
        content=raw.get("content", ""),
    )


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def changed(book: Lorebook, entries: list[Entry]) -> Lorebook:
    """The book with these entries: what they say is put in the place of what it said.

    An entry whose id is new is added, one that is not among them is left out; fields that an
    `Entry` does not have stay as they were.
    """
    content = copy.deepcopy(book.content)
    inner = content if book.form == "world_info" else content["data"]
    before = dict(book.raw_entries())
    raws: dict[str, dict[str, Any]] = {}
    for entry in entries:
        raw = copy.deepcopy(before.get(entry.id))
        if raw is None:
            raw = _new(entry, len(raws), book.form)
        elif _entry(entry.id, raw, book.form) != entry:
            _put(raw, entry, book.form)
        raws[entry.id if entry.id in before else _free(before, raws)] = raw
    inner["entries"] = raws if isinstance(inner["entries"], dict) else list(raws.values())
    return Lorebook(content=content, form=book.form)


def empty(name: str) -> Lorebook:
    """A book of world info without an entry."""
    return Lorebook(content={"name": name, "entries": {}}, form="world_info")


def _free(before: dict[str, Any], raws: dict[str, Any]) -> str:
    return next(str(n) for n in range(10**9) if str(n) not in before and str(n) not in raws)


def _put(raw: dict[str, Any], entry: Entry, form: Form) -> None:
    first, second = ("key", "keysecondary") if form == "world_info" else ("keys", "secondary_keys")
    before = _entry(entry.id, raw, form)
    if before.keys != entry.keys:
        raw[first] = list(entry.keys)
    if before.secondary_keys != entry.secondary_keys:
        raw[second] = list(entry.secondary_keys)
    if before.content != entry.content:
        raw["content"] = entry.content
    if before.title != entry.title:
        raw["name" if isinstance(raw.get("name"), str) and raw["name"] else "comment"] = entry.title


def _new(entry: Entry, place: int, form: Form) -> dict[str, Any]:
    made = {
        "keys": list(entry.keys),
        "secondary_keys": list(entry.secondary_keys),
        "content": entry.content,
        "comment": entry.title,
        "enabled": True,
        "insertion_order": 100 + place,
        "selective": bool(entry.secondary_keys),
        "constant": False,
        "use_regex": False,
        "position": "before_char",
        "extensions": {},
    }
    return made if form == SPEC else _world_entry(made, place)


def write_lorebook(book: Lorebook, form: Form | None = None) -> bytes:
    """A JSON file of a lorebook, in its own form or another."""
    if form is None or form == book.form:
        content = book.content
    else:
        content = _as_v3(book) if form == SPEC else _as_world_info(book)
    return strict_json.dumps(content, indent=2) + b"\n"


def _as_world_info(book: Lorebook) -> dict[str, Any]:
    inner = copy.deepcopy(book.content["data"])
    entries: dict[str, Any] = {}
    for place, (_, raw) in enumerate(book.raw_entries()):
        made = _world_entry(copy.deepcopy(raw), place)
        own = str(made["uid"])
        entries[own if own not in entries else _free(entries, {})] = made
    # SillyTavern keeps the book that it was made from beside it, and so do we.
    rest = {key: inner[key] for key in inner if key != "entries"}
    return {**rest, "entries": entries, "originalData": copy.deepcopy(book.content["data"])}


def _world_entry(raw: dict[str, Any], place: int) -> dict[str, Any]:
    extensions = raw.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    after = 0 if raw.get("position") == "before_char" else 1
    made: dict[str, Any] = {
        "uid": raw["id"] if isinstance(raw.get("id"), int | str) else place,
        "key": raw.get("keys", []),
        "keysecondary": raw.get("secondary_keys") or [],
        "comment": raw.get("comment") or raw.get("name") or "",
        "content": raw.get("content", ""),
        "constant": raw.get("constant") or False,
        "selective": raw.get("selective") or False,
        "order": raw.get("insertion_order", 100),
        "position": extensions.get("position", after),
        "disable": not raw.get("enabled", True),
        "addMemo": bool(raw.get("comment") or raw.get("name")),
    }
    for world, other, default in _IN_EXTENSIONS:
        made[world] = copy.deepcopy(extensions.get(other, default))
    if made["displayIndex"] is None:
        made["displayIndex"] = place
    if made["caseSensitive"] is None and isinstance(raw.get("case_sensitive"), bool):
        made["caseSensitive"] = raw["case_sensitive"]
    if "characterFilter" in extensions:
        made["characterFilter"] = copy.deepcopy(extensions["characterFilter"])
    return {**made, "extensions": extensions}


def _as_v3(book: Lorebook) -> dict[str, Any]:
    content = copy.deepcopy(book.content)
    originals = _originals(content.get("originalData"))
    entries = [
        _like_original(_v3_entry(copy.deepcopy(raw), key), originals)
        for key, raw in book.raw_entries()
    ]
    data = {key: content[key] for key in _BOOK if key in content}
    extensions = data.get("extensions")
    # What V3 has no field for lies in the extensions, as it asks.
    others = {
        key: content[key] for key in content if key not in (*_BOOK, "entries", "originalData")
    }
    data["extensions"] = {**(extensions if isinstance(extensions, dict) else {}), **others}
    return {"spec": SPEC, "data": {**data, "entries": entries}}


def _originals(book: Any) -> dict[str, dict[str, Any]]:
    """The entries of the book that world info was made from, by what became their uid."""
    entries = book.get("entries") if isinstance(book, dict) else None
    return {
        str(each["id"] if isinstance(each.get("id"), int | str) else place): each
        for place, each in enumerate(entries if isinstance(entries, list) else [])
        if isinstance(each, dict)
    }


def _like_original(made: dict[str, Any], originals: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """An entry with what it said in V3 before, and world info has no field for."""
    before = originals.get(str(made["id"]))
    if before is None:
        return made
    known = {**made, "use_regex": before.get("use_regex", False)}
    if known["comment"] == (before.get("comment") or before.get("name") or ""):
        known["comment"] = before.get("comment", "")
    return {**copy.deepcopy(before), **known}


def _v3_entry(raw: dict[str, Any], key: str) -> dict[str, Any]:
    own = raw.get("extensions")
    extensions: dict[str, Any] = dict(own) if isinstance(own, dict) else {}
    for world, other, _ in _IN_EXTENSIONS:
        if world in raw:
            extensions[other] = raw[world]
    known = {*_DIRECT, *(world for world, _, _ in _IN_EXTENSIONS)}
    extensions |= {field: raw[field] for field in raw if field not in known}
    if "position" in raw:
        extensions["position"] = raw["position"]
    made: dict[str, Any] = {
        "keys": list(_words(raw.get("key"))),
        "secondary_keys": list(_words(raw.get("keysecondary"))),
        "content": raw.get("content", ""),
        "comment": raw.get("comment", ""),
        "enabled": not raw.get("disable", False),
        "insertion_order": raw.get("order", 100),
        "selective": bool(raw.get("selective", False)),
        "constant": bool(raw.get("constant", False)),
        "use_regex": False,
        "position": "after_char" if raw.get("position") == 1 else "before_char",
        "id": raw.get("uid", int(key) if key.isdecimal() and len(key) < 10 else key),
        "extensions": extensions,
    }
    if isinstance(raw.get("caseSensitive"), bool):
        made["case_sensitive"] = raw["caseSensitive"]
    return made


def _none(name: str, reason: str) -> InputError:
    return InputError(
        f"There is no lorebook in {name}: {reason}.",
        "Lorebooks are JSON files with `entries`, or lie in character cards.",
        "Export it anew from the program that it is from.",
    )
