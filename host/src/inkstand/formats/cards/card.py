"""Character cards, V1 to V3, in PNG, JSON and CHARX files.

Sources: Character Card V2 (malfoyslastname/character-card-spec-v2, spec_v2.md) and V3
(kwaroran/character-card-spec-v3, SPEC_V3.md). What a card says is kept as the JSON that it is,
so whatever no specification knows comes out as it came in.
"""

from __future__ import annotations

import base64
import binascii
import copy
import re
from typing import Any, Literal

import msgspec

from inkstand.formats.archives import Archive, packed
from inkstand.formats.cards import png, strict_json
from inkstand_sdk.errors import InputError, UsageError

Kind = Literal["png", "json", "charx"]
Spec = Literal["v1", "v2", "v3"]
KINDS: tuple[Kind, ...] = ("png", "json", "charx")
CARD = "card.json"
ICON = "assets/icon/images/main.png"
# The specification spells it so.
EMBEDDED = "embeded://"
_JPEG = b"\xff\xd8\xff"
_KEYWORDS = ("ccv3", "chara")
_ASSET_CHUNK = "chara-ext-asset_"
_SPECS: dict[str, tuple[str, str]] = {
    "v2": ("chara_card_v2", "2.0"),
    "v3": ("chara_card_v3", "3.0"),
}
_V1 = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
_TEXTS = (*_V1, "creator_notes", "system_prompt", "post_history_instructions", "creator",
          "character_version")  # fmt: skip
_LISTS = ("alternate_greetings", "tags")


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A character card.

    `content` is the JSON object as it stood in the file, `spec` which of the specifications it
    follows. `image` is the picture it lay in; `members` are the other files of a CHARX archive.
    """

    content: dict[str, Any]
    spec: Spec
    kind: Kind = "json"
    image: bytes = b""
    members: dict[str, bytes] = {}
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """The fields of the card."""
        inner: dict[str, Any] = self.content if self.spec == "v1" else self.content["data"]
        return inner

    def text(self, field: str) -> str:
        """A field that is a text; "" if it is none."""
        value = self.data.get(field)
        return value if isinstance(value, str) else ""


def read_card(data: bytes, name: str) -> Card:
    """The card that a file holds; what kind of file it is, its bytes say.

    Args:
        data: The file's bytes.
        name: What to call it in errors.

    Raises:
        InputError: there is no card in it, or it is damaged, or larger than a card can be.

    """
    if data.startswith(png.SIGNATURE):
        return _from_png(data, name)
    if data.startswith(b"PK\x03\x04") or (data.startswith(_JPEG) and b"PK\x03\x04" in data):
        return _from_charx(data, name)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise InputError(
            f"{name} is no character card.",
            "Cards are PNG pictures with a character in them, JSON files, or .charx archives.",
            "Name such a file.",
        )
    return card_of(strict_json.loads(data, name), name)


def card_of(content: Any, name: str) -> Card:
    """The card that a JSON object is.

    Raises:
        InputError: it is none.

    """
    if not isinstance(content, dict):
        raise _no_card(name, "its JSON is no object")
    spec = content.get("spec")
    if spec is None and "data" not in content:
        if not isinstance(content.get("name"), str) or not set(content) & set(_V1[1:]):
            raise _no_card(name, "it has neither a `spec` nor the fields of a character")
        return Card(content=content, spec="v1")
    if not isinstance(content.get("data"), dict):
        raise _no_card(name, "its `data` is no object")
    if spec == "lorebook_v3":
        raise InputError(
            f"{name} is a lorebook, not a character.",
            "",
            f"Write: inkstand bible import-lorebook {name}",
        )
    if not isinstance(content["data"].get("name"), str):
        raise _no_card(name, "its character has no name")
    notes = []
    if spec not in ("chara_card_v2", "chara_card_v3"):
        notes.append(f"It follows a specification that Inkstand does not know: {str(spec)[:40]}.")
    elif _is_newer(content):
        notes.append("It is newer than version 3.0; what is new in it is kept, and not shown.")
    odd = [key for key in _TEXTS if not isinstance(content["data"].get(key, ""), str)]
    if odd:
        notes.append(f"These fields are no texts, and are only kept: {', '.join(odd)}.")
    is_v2 = spec == "chara_card_v2"
    return Card(content=content, spec="v2" if is_v2 else "v3", notes=tuple(notes))


def _is_newer(content: dict[str, Any]) -> bool:
    try:
        return float(content.get("spec_version", 0)) > 3.0
    except (TypeError, ValueError):
        return False
    except OverflowError:
        return True


def _from_png(data: bytes, name: str) -> Card:
    found = png.chunks(data, name)
    by_keyword: dict[str, list[png.Chunk]] = {}
    for chunk in found:
        by_keyword.setdefault(chunk.keyword.lower(), []).append(chunk)
    notes: list[str] = []
    failure: InputError | None = None
    for keyword in _KEYWORDS:
        for chunk in by_keyword.get(keyword, ()):
            try:
                content = strict_json.loads(_decoded(png.text_of(chunk, name), name), name)
                card = card_of(content, name)
            except InputError as error:
                failure = failure or error
                notes.append(f"Its {keyword} text could not be read: {error.what}")
                continue
            return msgspec.structs.replace(
                card, kind="png", image=data, notes=(*card.notes, *notes)
            )
    if failure is not None:
        raise failure
    raise InputError(
        f"There is no character in {name}.",
        "It is a picture without a `chara` or `ccv3` text; websites often strip those.",
        "Download the original file of the card.",
    )


def _decoded(text: str, name: str) -> bytes:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        # Some programs leave the base64 out.
        return _as_bytes(text)
    try:
        # Some write the alphabet of URLs, break lines, or end with a zero byte.
        plain = "".join(text.rstrip("\0").split()).replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _no_card(name, "its text is not base64") from error


def _as_bytes(text: str) -> bytes:
    """UTF-8 of a text: a tEXt chunk is read as Latin-1, and some hold UTF-8 all the same."""
    try:
        data = text.encode("latin-1")
        data.decode("utf-8")
    except UnicodeError:
        return text.encode("utf-8")
    return data


def _from_charx(data: bytes, name: str) -> Card:
    if len(data) > png.LARGEST * 4:
        raise InputError(f"{name} is larger than 256 MB.", "No card is.", "Use a smaller one.")
    archive = Archive(data, name)
    if CARD not in archive.members:
        raise _no_card(name, f"the archive has no {CARD}")
    card = card_of(strict_json.loads(archive.read(CARD), name), name)
    members = {each: archive.read(each) for each in archive.members if each != CARD}
    notes = card.notes
    if data.startswith(_JPEG):
        notes += ("The JPEG picture before the archive is not part of the card, and stays behind.",)
    image = next((members[path] for path in _icons(card.data) if path in members), b"")
    return msgspec.structs.replace(
        card,
        kind="charx",
        members=members,
        notes=notes,
        image=image if image.startswith(png.SIGNATURE) else b"",
    )


def _icons(data: dict[str, Any]) -> list[str]:
    """The paths of a card's own icons, the main one first."""
    assets = data.get("assets")
    icons = [
        each
        for each in (assets if isinstance(assets, list) else [])
        if isinstance(each, dict) and each.get("type") == "icon"
    ]
    icons.sort(key=lambda each: each.get("name") != "main")
    paths = [str(each.get("uri", "")) for each in icons]
    return [
        path.partition("://")[2] for path in paths if path.startswith(("embeded://", "embedded://"))
    ]


def write_card(card: Card, kind: Kind, image: bytes = b"") -> tuple[bytes, tuple[str, ...]]:
    """A file of a card, and sentences for the user about what that kind of file cannot carry.

    A PNG file gets the card twice, as V2 for older programs and as V3.

    Args:
        card: The card.
        kind: The kind of file.
        image: A PNG file to put it in; without one, its own picture, or a plain one.

    Raises:
        InputError: the picture is no PNG file.

    """
    if kind == "json":
        return strict_json.dumps(_as_read(card), indent=2) + b"\n", _left_out(card, picture=True)
    if kind == "png":
        texts: dict[str, str | None] = {
            keyword: base64.b64encode(strict_json.dumps(as_spec(card, spec))).decode("ascii")
            for keyword, spec in (("chara", "v2"), ("ccv3", "v3"))
        }
        picture = image or card.image or png.plain_image()
        return png.with_texts(picture, texts, "The picture"), _left_out(card, picture=False)
    if kind == "charx":
        return _charx(card, image), ()
    raise UsageError(f"There is no kind of card {kind!r}.", "", f"The kinds: {', '.join(KINDS)}.")


def as_spec(card: Card, spec: str) -> dict[str, Any]:
    """The JSON object of a card by that specification, with the fields that it asks for."""
    if card.spec == spec and isinstance(card.content.get("spec"), str):
        return card.content
    outer = {} if card.spec == "v1" else {key: card.content[key] for key in card.content}
    name, version = _SPECS[spec]
    outer |= {"spec": name, "spec_version": version}
    data = copy.deepcopy(card.data)
    for key in _TEXTS:
        data.setdefault(key, "")
    for key in _LISTS:
        data.setdefault(key, [])
    data.setdefault("extensions", {})
    if spec == "v3":
        data.setdefault("group_only_greetings", [])
        book = data.get("character_book")
        for entry in book.get("entries", []) if isinstance(book, dict) else []:
            if isinstance(entry, dict):
                entry.setdefault("extensions", {})
                entry.setdefault("use_regex", False)
    return {**{key: outer[key] for key in outer if key != "data"}, "data": data}


def _as_read(card: Card) -> dict[str, Any]:
    return as_spec(card, "v2") if card.spec == "v1" else card.content


def _left_out(card: Card, *, picture: bool) -> tuple[str, ...]:
    """What of a card lies beside its JSON and so stays behind."""
    icons = set() if picture or not card.image else set(_icons(card.data)[:1])
    lost = [path for path in card.members if path not in icons]
    notes = []
    if lost:
        listed = ", ".join(lost[:8]) + (", ..." if len(lost) > 8 else "")
        notes.append(f"Only a .charx file can carry the card's other files: {listed}.")
    if picture and card.kind == "png" and _asset_chunks(card.image):
        notes.append("A JSON file has no assets; those in the picture were left out.")
    if picture and card.image and card.kind == "png":
        notes.append("A JSON file has no picture; the card's own was left out.")
    return tuple(notes)


def _charx(card: Card, image: bytes) -> bytes:
    content = copy.deepcopy(as_spec(card, "v3"))
    members = {**card.members, **_embedded(card, content["data"])}
    picture = image or (card.image if card.kind == "png" else b"")
    if picture:
        gone = [*_KEYWORDS, *(each.keyword for each in _asset_chunks(picture))]
        members[ICON] = png.with_texts(picture, dict.fromkeys(gone), "The picture")
        assets = content["data"].get("assets")
        others = [
            each
            for each in (assets if isinstance(assets, list) else [])
            if not (
                isinstance(each, dict) and (each.get("type"), each.get("name")) == ("icon", "main")
            )
        ]
        icon = {"type": "icon", "uri": EMBEDDED + ICON, "name": "main", "ext": "png"}
        content["data"]["assets"] = [icon, *others]
    return packed({CARD: strict_json.dumps(content, indent=2), **members})


def _asset_chunks(picture: bytes) -> list[png.Chunk]:
    found = png.chunks(picture, "The picture")
    return [each for each in found if each.keyword.lower().startswith(_ASSET_CHUNK)]


def _embedded(card: Card, data: dict[str, Any]) -> dict[str, bytes]:
    """The assets that a PNG card has in chunks, as members, and `data` made to name those."""
    assets = data.get("assets")
    if card.kind != "png" or not card.image or not isinstance(assets, list):
        return {}
    chunks = {
        each.keyword[len(_ASSET_CHUNK) :].removeprefix(":"): each
        for each in _asset_chunks(card.image)
    }
    members: dict[str, bytes] = {}
    for each in assets:
        uri = each.get("uri") if isinstance(each, dict) else None
        path = uri.removeprefix("__asset:") if isinstance(uri, str) else ""
        if path == uri or path not in chunks:
            continue
        kind, ending = (
            re.sub(r"[^A-Za-z0-9_-]+", "_", str(each.get(key, ""))) or "other"
            for key in ("type", "ext")
        )
        member = f"assets/{kind}/other/{len(members)}.{ending}"
        members[member] = _decoded(png.text_of(chunks[path], "the card"), "the card")
        each["uri"] = EMBEDDED + member
    return members


def _no_card(name: str, reason: str) -> InputError:
    return InputError(
        f"There is no character card in {name}: {reason}.",
        "It may be of another kind, or damaged.",
        "Get the original file of the card.",
    )
