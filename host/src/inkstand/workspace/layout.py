"""A document as the files of a workspace: what each holds, how it begins, its name."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Literal

import msgspec

from inkstand.formats.document import SCENE_BREAK, Document, Section
from inkstand.formats.reading.fountain import scenes as screenplay_scenes
from inkstand.workspace.cutting import scenes_of

Split = Literal["chapter", "scene", "none"]
_LONGEST_NAME = 48
_NAMELESS = ("untitled", "opening")
_PLAIN = re.compile(r"[A-Za-z][\w ,'()/-]*[\w)]|[A-Za-z]")
_WORDS = {"yes", "no", "true", "false", "on", "off", "null", "y", "n"}
_MARKUP = re.compile(r"\[\^[^\]]*\]|<!--.*?-->|\]\{\.\w+\}|\\(?=\W)|[*~`\[\]]")


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is to be: its name without a folder, its text, and what it is to be called."""

    name: str
    text: str
    title: str = ""


def usual_split(document: Document) -> Split:
    """Scenes that have a title, or more that is known of them, get files of their own."""
    for section in document.sections:
        if section.level == "scene" and (section.title or section.fields):
            return "scene"
    return "chapter"


def files(document: Document, split: Split, *, first: int = 1) -> list[Planned]:
    """The files of a document's manuscript, numbered from `first` on."""
    groups = _groups(document, split)
    has_parts = any(section.level == "part" for section in document.sections)
    width = max(2, len(str(first + len(groups) - 1)))
    made = []
    for number, group in enumerate(groups, first):
        title = next((plain_words(each.title) for each in group if each.level != "part"), "")
        title = title or plain_words(group[0].title)
        if not title:
            title = (
                plain_words(document.title) if len(groups) == 1 else _NAMELESS[int(number == first)]
            )
        made.append(
            Planned(
                name=f"{number:0{width}d}-{slug(title) or _NAMELESS[0]}.md",
                text=_file_text(group, document, has_parts=has_parts),
                title=title,
            )
        )
    return made


def asides(document: Document) -> list[Planned]:
    """The files of the texts beside the manuscript."""
    made = []
    for number, section in enumerate(document.asides, 1):
        title = plain_words(section.title)
        body = "\n\n".join(
            filter(None, [f"# {section.title}" if section.title else "", section.text])
        )
        text = front_matter(section.fields) + body + "\n"
        made.append(
            Planned(name=f"{number:02d}-{slug(title) or 'untitled'}.md", text=text, title=title)
        )
    return made


def _groups(document: Document, split: Split) -> list[list[Section]]:
    """Sections by the file that they go into; a part goes with what follows it."""
    if split == "none":
        return [list(document.sections)] if document.sections else []
    sections: list[Section] = []
    for section in document.sections:
        if split != "scene":
            sections.append(section)
        elif document.kind == "screenplay":
            sections += _cut_screenplay(section)
        else:
            sections += scenes_of(section)
    groups: list[list[Section]] = []
    chapter = part = ""
    for section in sections:
        if section.level == "part":
            part, chapter = section.title, ""
        elif section.level == "chapter":
            chapter = section.title
        is_first = not groups
        only_headings = not is_first and all(not each.text for each in groups[-1])
        opens = section.level != "scene" or split == "scene"
        if is_first or (opens and not (only_headings and _goes_below(groups[-1][-1], section))):
            if section.level == "scene" and document.kind == "prose":
                # A file by itself does not show in which chapter it is.
                told = {
                    "chapter": plain_words(chapter),
                    "part": plain_words(part),
                    **section.fields,
                }
                fields = {key: value for key, value in told.items() if value not in ("", None)}
                section = msgspec.structs.replace(section, fields=fields)  # noqa: PLW2901
            groups.append([section])
        else:
            groups[-1].append(section)
    return groups


_RANK = {"part": 0, "chapter": 1, "scene": 2}


def _goes_below(upper: Section, section: Section) -> bool:
    return _RANK[section.level] > _RANK[upper.level]


def _cut_screenplay(section: Section) -> list[Section]:
    pieces = list(screenplay_scenes(section.text))
    if pieces and not pieces[0].title:
        return [msgspec.structs.replace(section, text=pieces[0].text), *pieces[1:]]
    return [msgspec.structs.replace(section, text=""), *pieces] if section.title else pieces


def _file_text(group: list[Section], document: Document, *, has_parts: bool) -> str:
    if document.kind == "screenplay":
        pieces = []
        for section in group:
            mark = "# " if section.level == "chapter" else ""
            pieces += [f"{mark}{section.title}"] if section.title else []
            pieces += [section.text] if section.text else []
        return "\n\n".join(pieces) + "\n"
    last = group[-1] if all(not each.text for each in group[:-1]) else group[0]
    fields = dict(last.fields)
    if withheld := [section.fields["cloud"] for section in group if "cloud" in section.fields]:
        fields.setdefault("cloud", withheld[0])
    ranks = {"part": 1, "chapter": 1 + has_parts, "scene": 2 + has_parts}
    # A scene's title is in front matter if the scene has the file for itself.
    if last.level == "scene" and last.title:
        fields = {"title": plain_words(last.title), **fields}
    pieces = []
    for section in group:
        if section.title and not (section is last and section.level == "scene"):
            pieces.append(f"{'#' * ranks[section.level]} {section.title}")
        elif pieces and section.level == "scene" and not pieces[-1].startswith("#"):
            pieces.append(SCENE_BREAK)
        if section is not last and section.fields:
            pieces += [
                f"<!-- {k}: {_comment(v)} -->" for k, v in section.fields.items() if k != "cloud"
            ]
        pieces += [section.text] if section.text else []
    return front_matter(fields) + "\n\n".join(pieces) + "\n"


def _comment(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split()).replace("--", "- -")


def plain_words(title: str) -> str:
    """A heading without its markup."""
    return " ".join(_MARKUP.sub("", title).split())


def slug(title: str) -> str:
    """A title as part of a file's name: letters and digits of any script, and hyphens."""
    normal = unicodedata.normalize("NFC", title).lower()
    kept = "".join(
        each if unicodedata.category(each)[0] in "LNM" else "" if each in "'’" else "-"
        for each in normal
    )
    short = re.sub(r"-+", "-", kept).strip("-")[:_LONGEST_NAME].rstrip("-")
    while len(short.encode()) > 3 * _LONGEST_NAME:
        short = short[:-1]
    return short


def front_matter(fields: dict[str, Any]) -> str:
    """YAML front matter with a blank line after it; "" if there is nothing to say."""
    if not fields:
        return ""
    lines = [f"{_key(key)}: {_value(value)}".rstrip() for key, value in fields.items()]
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_][\w-]*", key) else _quoted(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and value.isascii():
            return value
        if "\n" in value and value == value.strip() and _is_printable(value):
            return "|-\n" + "\n".join(f"  {line}".rstrip() for line in value.split("\n"))
        return _quoted(value)
    return _quoted(value)


def _quoted(value: Any) -> str:
    """As JSON, which is YAML too."""
    made = json.dumps(value, ensure_ascii=False, default=str)
    return made if _is_printable(made) else json.dumps(value, default=str)


def _is_printable(text: str) -> bool:
    return all(each.isprintable() or each == "\n" for each in text)
