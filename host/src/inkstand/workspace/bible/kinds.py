"""The kinds of pages: in which folder each lies, what its file is called, what a new one says."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

import msgspec

from inkstand_sdk.bible import KINDS, Page, Voice
from inkstand_sdk.errors import UsageError

FOLDER = "bible"
FOLDERS = {
    "character": "characters",
    "place": "places",
    "thing": "things",
    "thread": "threads",
    "lore": "lore",
}
SINGLE = {"timeline": "timeline.md", "style": "style.md"}
"""Kinds of which there is one page."""
NOTE = "note"
"""The kind of a page that lies in `bible/` itself."""
_KIND_OF_FOLDER = {folder: kind for kind, folder in FOLDERS.items()}
_KIND_OF_FILE = {file: kind for kind, file in SINGLE.items()}
_SAFE = "._()+-"
_DROPPED = re.compile(r"['’]")
_DOTS = re.compile(r"\.{2,}")
_YAML_1_1 = {"yes", "no", "on", "off", "y", "n"}
"""Words that other programs take for true or false."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_LONGEST = 150


def kind_of(name: str) -> str:
    """The kind of a page by its path within the bible: that of its folder."""
    path = PurePosixPath(name)
    if len(path.parts) == 1:
        return _KIND_OF_FILE.get(path.name.lower(), NOTE)
    folder = path.parts[0].lower()
    return _KIND_OF_FOLDER.get(folder, path.parts[0])


def kind_named(word: str) -> str:
    """The kind that a user's word means, in the singular or the plural.

    Raises:
        UsageError: it is none.

    """
    word = word.strip().lower()
    kind = _KIND_OF_FOLDER.get(word, word)
    if kind not in KINDS:
        raise UsageError(
            f"There is no kind of page {word!r}.",
            f"The kinds are: {', '.join(KINDS)}.",
            'For example: inkstand bible new character "Ada Lovelace"',
        )
    return kind


def unlinked(name: str) -> str:
    """A name as it is, or the target of the link that Obsidian and its like make of one."""
    if name.startswith("[[") and name.endswith("]]"):
        return name[2:-2].partition("|")[0].strip()
    return name


def same(name: str) -> str:
    """A name as it is compared: case and the way in which accents are written do not count."""
    return " ".join(unicodedata.normalize("NFC", unlinked(name)).casefold().split())


def file_of(kind: str, name: str) -> Path:
    """The path within the bible of a new page; the file's name is safe on every system.

    Raises:
        UsageError: nothing of the name can be a file's name.

    """
    if kind in SINGLE:
        return Path(SINGLE[kind])
    plain = _DROPPED.sub("", unicodedata.normalize("NFC", name))
    kept = "".join(each if _is_safe(each) else " " for each in plain)
    stem = "-".join(_DOTS.sub(" ", kept).split()).strip(".-").lower()
    # Some people of chat programs are called by an emoji alone.
    stem = stem or "".join(each for each in plain if unicodedata.category(each) == "So")
    if _RESERVED.match(stem):
        stem = f"{stem}-"
    while len(stem.encode("utf-8")) > _LONGEST:
        stem = stem[:-1]
    if not stem:
        raise UsageError(
            f"{name!r} cannot be the name of a page.",
            "No letter or digit is in it.",
            "Give it a name with letters.",
        )
    return Path(FOLDERS.get(kind, kind)) / f"{stem}.md"


def _is_safe(character: str) -> bool:
    # Letters, the marks that some scripts set on them, and digits.
    return character in _SAFE or unicodedata.category(character)[0] in "LMN"


def templates() -> dict[str, str]:
    """The pages of a new bible: paths from the workspace's root on, with `/`, and their texts."""
    return {f"{FOLDER}/{file}": template(kind, kind.capitalize()) for kind, file in SINGLE.items()}


def template(kind: str, name: str) -> str:
    """The text of a new page: every field with a comment that says what belongs there."""
    # Keys without a value say nothing, so an unfilled page is a sound one.
    lines = [] if kind in SINGLE else [f"name: {quoted(name)}"]
    for field, said in described(KINDS.get(kind, Page)):
        if field in ("name", "cloud", "extends") or (kind in SINGLE and field in _NOT_SINGLE):
            continue
        lines.append(f"{field}:  # {said}")
        if field == "voice":
            lines += [f"  {inner}:  # {about}" for inner, about in described(Voice)]
    return "\n".join(["---", *lines, "---", ""])


_NOT_SINGLE = ("aliases", "status")


def described(struct: type[msgspec.Struct]) -> list[tuple[str, str]]:
    """The fields of a Struct and what each is, in the order in which they are declared."""
    from msgspec.inspect import Metadata, StructType, type_info

    info = type_info(struct)
    if not isinstance(info, StructType):
        raise TypeError(struct)
    return [
        (field.encode_name, (field.type.extra_json_schema or {}).get("description", ""))
        if isinstance(field.type, Metadata)
        else (field.encode_name, "")
        for field in info.fields
    ]


def quoted(text: str) -> str:
    """Text as a YAML scalar on one line: bare where that reads back as the same text."""
    from inkstand.workspace.bible.front import composed
    from inkstand_sdk.errors import InputError

    try:
        node = composed(f"key: {text}\n")
    except InputError:
        return double_quoted(text)
    pairs = node.value if node is not None else []
    bare = (
        len(pairs) == 1
        and pairs[0][1].id == "scalar"
        and pairs[0][1].tag.endswith(":str")
        and pairs[0][1].style is None
        and pairs[0][1].value == text
    )
    return text if bare and text.lower() not in _YAML_1_1 else double_quoted(text)


def double_quoted(text: str) -> str:
    """Text as a YAML scalar in double quotes, on one line."""
    import json

    # YAML, unlike JSON, wants everything escaped that does not print.
    return "".join(
        each if each.isprintable() else f"\\U{ord(each):08X}"
        for each in json.dumps(text, ensure_ascii=False)
    )
