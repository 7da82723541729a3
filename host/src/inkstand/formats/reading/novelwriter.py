"""novelWriter projects: `nwProject.nwx` and the documents in `content/`, versions 1 and 2.

https://docs.novelwriter.io: the project's XML says the order, and texts are Markdown with tags
(`@pov:`), comments (`%`) and shortcodes (`[i]`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from inkstand.formats import safe_xml
from inkstand.formats.document import SCENE_BREAK, Document, Imported, Level, Section
from inkstand.formats.reading.escapes import line_starts
from inkstand.formats.reading.folders import ProjectFolder
from inkstand.formats.reading.inlines import comment
from inkstand.formats.reading.losses import listed, told
from inkstand_sdk.errors import InputError

PROJECT = "nwProject.nwx"
_HEADING = re.compile(r"(?P<marks>#{1,4})(?P<kind>!?)[ ](?P<title>.*)")
_TAG = re.compile(r"@(?P<key>\w+):\s*(?P<value>.*)")
_SYNOPSIS = re.compile(
    r"%\s*(?:synopsis|short(?: description)?|summary):\s*(?P<text>.*)", re.IGNORECASE
)
_FOOTNOTE = re.compile(r"%\s*footnote\.(?P<key>[\w-]+):\s*(?P<text>.*)", re.IGNORECASE)
_SPACE = re.compile(r"\[(?:new ?page|vspace(?::\d+)?)\]", re.IGNORECASE)
_ALIGNED = re.compile(r"(?P<left>>{0,2})\s?(?P<text>.*?)\s?(?P<right><{0,2})")
_ITALIC = re.compile(r"(?<![\w\\])_(?=\S)(.{1,2000}?)(?<=[^\s\\])_(?!\w)")
_SHORTCODES = {
    "[i]": "*", "[/i]": "*", "[b]": "**", "[/b]": "**", "[s]": "~~", "[/s]": "~~",
    "[u]": "[", "[/u]": "]{.underline}", "[sup]": "^", "[/sup]": "^", "[sub]": "~", "[/sub]": "~",
    "[m]": "", "[/m]": "",
}  # fmt: skip
_CODE = re.compile(r"\[/?(?:i|b|s|u|m|sup|sub)\]", re.IGNORECASE)
_KEYS = {"location": "place", "time": "when", "timeline": "when", "char": "characters"}
_LEVELS: tuple[Level, ...] = ("part", "chapter", "scene")


def novelwriter(folder: Path, check: Callable[[], None] = lambda: None) -> Imported:
    """The project in a folder.

    Raises:
        InputError: it has no project file, or that is damaged.

    """
    files = ProjectFolder(folder)
    data = files.find(PROJECT)
    if data is None:
        raise InputError(
            f"{folder.name} is no novelWriter project: it holds no {PROJECT}.",
            "It may be a part of one, or a copy that is not complete.",
            f"Give the folder that holds {PROJECT}.",
        )
    root = safe_xml.parse(data, PROJECT)
    project = root.find("project")
    facts = root if project is None else project
    statuses = {e.get("key", ""): safe_xml.text_of(e) for e in root.iterfind("settings/status/*")}
    reader = _Reader()
    sections: list[Section] = []
    asides: list[Section] = []
    gone: list[str] = []
    for item in root.iterfind("content/item"):
        check()
        name, kind = _said(item, "name").strip(), _said(item, "type")
        if kind != "FILE":
            continue
        text = _text(files, item)
        if _said(item, "class") in ("TRASH", "ARCHIVE"):
            gone.append(name)
            continue
        made = list(reader.sections(text))
        status = statuses.get(_attribute(item, "status"), "")
        if status and status != "New" and made:
            fields = {"status": status, **made[0].fields}
            made[0] = Section(
                level=made[0].level, title=made[0].title, text=made[0].text, fields=fields
            )
        is_active = _attribute(item, "active") != "False" and _said(item, "exported") != "False"
        is_note = _said(item, "layout") == "NOTE" or _said(item, "class") != "NOVEL"
        if is_note or not is_active:
            asides.append(_joined(made, name))
        else:
            sections += made
    notes = [listed("Left out with the trash and the archive", gone)] if gone else []
    if asides:
        titles = (each.title for each in asides)
        notes.append(listed("Kept as notes beside the manuscript", titles))
    author = safe_xml.text_of(facts.find("author")).strip()
    document = Document(
        title=(
            safe_xml.text_of(facts.find("title")).strip()
            or safe_xml.text_of(facts.find("name")).strip()
            or folder.name
        ),
        authors=(author,) if author else (),
        language=safe_xml.text_of(facts.find("language")).strip().replace("_", "-"),
        sections=tuple(sections),
        asides=tuple(each for each in asides if each.text),
    )
    return Imported(document=document, format="novelWriter", notes=(*notes, *told(reader.lost)))


def _said(item: Element, key: str) -> str:
    """What an item says of itself: an attribute since file version 1.5, an element before."""
    return item.get(key) or safe_xml.text_of(item.find(key))


def _attribute(item: Element, key: str) -> str:
    name = item.find("name")
    return ("" if name is None else name.get(key, "")) or safe_xml.text_of(item.find(key))


def _text(files: ProjectFolder, item: Element) -> str:
    handle = item.get("handle", "")
    if not re.fullmatch(r"[0-9a-fA-F]{1,32}", handle):
        return ""
    data = files.find(f"content/{handle}.nwd")
    if data is None:
        raise InputError(
            f"The text of {_said(item, 'name') or handle!r} is missing: content/{handle}.nwd.",
            "The project is not complete, or was damaged.",
            "Open it in novelWriter, which finds lost files; or take a backup.",
        )
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _joined(sections: list[Section], name: str) -> Section:
    """A note as one section: its headings are its own affair."""
    texts = []
    for each in sections:
        texts += [f"## {each.title}"] if each.title and each.title != name else []
        texts += [each.text] if each.text else []
    fields: dict[str, Any] = {}
    for each in sections:
        fields = {**each.fields, **fields}
    return Section(level="scene", title=name, text="\n\n".join(texts), fields=fields)


class _Reader:
    """Turns novelWriter's Markdown into ours."""

    def __init__(self) -> None:
        self.lost: Counter[str] = Counter()

    def sections(self, text: str) -> Iterator[Section]:
        """The sections of one document."""
        lines: list[str] = []
        level: Level = "scene"
        title = ""
        for line in text.split("\n"):
            match = _HEADING.fullmatch(line.rstrip())
            if line.startswith("%%~"):
                continue
            if match is None or len(match["marks"]) == 4:
                lines.append(line)
                continue
            if title or any(each.strip() for each in lines):
                yield self._section(level, title, lines)
            lines, level = [], _LEVELS[len(match["marks"]) - 1]
            title = self._inline(match["title"].strip())
        if title or any(each.strip() for each in lines):
            yield self._section(level, title, lines)

    def _section(self, level: Level, title: str, lines: list[str]) -> Section:
        fields: dict[str, Any] = {}
        paragraphs: list[list[str]] = [[]]
        footnotes: list[str] = []
        for line in lines:
            bare = line.strip()
            if not bare:
                paragraphs.append([])
            elif match := _SYNOPSIS.fullmatch(bare):
                fields["synopsis"] = match["text"]
            elif match := _FOOTNOTE.fullmatch(bare):
                footnotes.append(f"[^{match['key']}]: {self._inline(match['text'])}")
            elif match := _TAG.fullmatch(bare):
                self._keep(fields, match["key"].lower(), match["value"].strip())
            elif bare.startswith("%"):
                paragraphs += [[comment(bare.lstrip("%~ "))], []]
            elif _SPACE.fullmatch(bare):
                self.lost["page breaks or spaces, left out"] += 1
                paragraphs.append([])
            else:
                paragraphs[-1].append(self._line(bare))
        texts = ["\\\n".join(each) for each in paragraphs if each]
        return Section(
            level=level, title=title, text="\n\n".join([*texts, *footnotes]), fields=fields
        )

    def _keep(self, fields: dict[str, Any], key: str, value: str) -> None:
        key = _KEYS.get(key, key)
        values = [each.strip() for each in value.split(",") if each.strip()]
        if key in fields:
            before = fields[key] if isinstance(fields[key], list) else [fields[key]]
            fields[key] = [*before, *values]
        elif values:
            fields[key] = values[0] if len(values) == 1 and key != "characters" else values

    def _line(self, line: str) -> str:
        match = _ALIGNED.fullmatch(line)
        if match and (match["left"] or match["right"]):
            self.lost["aligned or indented paragraphs, kept as plain ones"] += 1
            line = match["text"]
        if line in ("***", "* * *", "---"):
            return SCENE_BREAK
        if line.startswith("#### "):
            return line
        return line_starts(self._inline(line))

    def _inline(self, text: str) -> str:
        text = _ITALIC.sub(r"*\1*", text)
        text = re.sub(r"\[footnote:([\w-]+)\]", r"[^\1]", text, flags=re.IGNORECASE)
        text = re.sub(r"\[br\]", "\\\\\n", text, flags=re.IGNORECASE)
        return _CODE.sub(lambda match: _SHORTCODES[match[0].lower()], text)
