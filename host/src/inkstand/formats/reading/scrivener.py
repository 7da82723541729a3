"""Scrivener projects, versions 1 to 3 of macOS and Windows, without Scrivener.

The binder (`NAME.scrivx`, XML) says what there is and in which order. Texts are RTF in
`Files/Data/UUID/content.rtf` (version 3) or `Files/Docs/ID.rtf` (before).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from inkstand.formats import safe_xml
from inkstand.formats.document import Document, Imported, Section
from inkstand.formats.reading.blocks import Flow
from inkstand.formats.reading.folders import ProjectFolder
from inkstand.formats.reading.inlines import comment, plain
from inkstand.formats.reading.losses import listed, told
from inkstand.formats.reading.rtf import note_blocks, rtf
from inkstand_sdk.errors import InputError

_SAFE_ID = re.compile(r"[\w-]{1,80}")
_STYLE_TAG = re.compile(rb"<!?\$Scr_\w+::\d+>")
_INLINE = (
    (re.compile(rb"\\?\{\\+Scrv_fn="), rb"{\\footnote "),
    (
        re.compile(rb"\\?\{\\+Scrv_annot\s*\\+color=\\?\{[^{}]*\}\s*\\+text="),
        rb"{\\*\\annotation ",
    ),
    (re.compile(rb"\\+end_Scrv_(?:fn|annot)\\?\}"), rb"}"),
)
_CONTAINERS = {"DraftFolder", "ResearchFolder", "TrashFolder", "Root"}
_FOLDERS = {"Folder", "DraftFolder"}
_TEXTS = {"Text", "Folder", "DraftFolder", "Root"}
_DEEPEST = 100


class _Item(msgspec.Struct, frozen=True):
    """An item of the binder."""

    id: str
    kind: str
    title: str
    compiled: bool
    fields: dict[str, Any]
    children: tuple[_Item, ...]

    def below(self) -> Iterator[_Item]:
        for child in self.children:
            yield child
            yield from child.below()


def scrivener(folder: Path, check: Callable[[], None] = lambda: None) -> Imported:
    """The project in a `.scriv` folder.

    Raises:
        InputError: it has no binder, or that is damaged.

    """
    binders = sorted(folder.glob("*.scrivx")) or sorted(folder.glob("binder.scrivproj"))
    if not binders:
        raise InputError(
            f"{folder.name} is no Scrivener project: it holds no .scrivx file.",
            "It may be a part of one, or a copy that is not complete.",
            "Give the folder whose name ends in .scriv.",
        )
    files = ProjectFolder(folder)
    data = files.find(binders[0].name) or b""
    root = safe_xml.parse(data, binders[0].name)
    binder = root.find("Binder")
    if binder is None:
        raise InputError(
            f"{binders[0].name} holds no binder.",
            "It is damaged, or not Scrivener's.",
            "Open the project in Scrivener, and save it anew.",
        )
    names = _names(root)
    items = [_item(each, names, 0) for each in binder.iterfind("BinderItem")]
    return _Project(files, items, check).imported(folder.stem)


class _Project:
    """A project while its texts are read."""

    def __init__(self, files: ProjectFolder, items: list[_Item], check: Callable[[], None]) -> None:
        self._files = files
        self._items = items
        self._check = check
        self._lost: Counter[str] = Counter()
        self._notes: list[str] = []
        self._excluded: list[_Item] = []

    def imported(self, name: str) -> Imported:
        draft = next((each for each in self._items if each.kind == "DraftFolder"), None)
        sections = [] if draft is None else list(self._sections(draft))
        asides = [self._section(item, "scene") for item in self._excluded]
        for top in self._items:
            if top.kind == "TrashFolder":
                gone = [each.title or "untitled" for each in top.below()]
                self._notes += [listed("Left out with the trash", gone)] if gone else []
            elif top is not draft:
                for item in (top, *top.below()):
                    asides += self._aside(item)
        if self._excluded:
            titles = (each.title or "untitled" for each in self._excluded)
            what = 'Not marked "include in compile", so kept as notes beside the manuscript'
            self._notes.append(listed(what, titles))
        document = Document(
            title=name, sections=tuple(sections), asides=tuple(s for s in asides if s.text)
        )
        return Imported(
            document=document, format="Scrivener", notes=(*self._notes, *told(self._lost))
        )

    def _sections(self, draft: _Item) -> Iterator[Section]:
        for item in draft.children:
            yield from self._of(item, 0, inside=False)

    def _of(self, item: _Item, depth: int, *, inside: bool) -> Iterator[Section]:
        """An item and those below it; `inside` a chapter, texts are scenes."""
        self._check()
        if item.kind == "Folder":
            has_folders = any(child.kind == "Folder" for child in item.children)
            level = "part" if has_folders and not inside else "chapter"
            inside = inside or level == "chapter"
            yield self._section(item, level)
        elif item.kind == "Text":
            if item.compiled:
                yield self._section(item, "scene" if inside else "chapter")
            else:
                self._excluded.append(item)
        else:
            self._lost[f"items of the kind {item.kind} in the draft, left out"] += 1
        for child in item.children:
            yield from self._of(child, depth + 1, inside=inside)

    def _aside(self, item: _Item) -> list[Section]:
        if item.kind in _TEXTS:
            return [self._section(item, "scene")]
        if item.kind not in _CONTAINERS:
            self._lost[f"items of the kind {item.kind} among the research, left out"] += 1
        return []

    def _section(self, item: _Item, level: Any) -> Section:
        fields = dict(item.fields)
        for key, names in (
            ("synopsis", ("Data/{}/synopsis.txt", "Docs/{}_synopsis.txt")),
            ("notes", ("Data/{}/notes.rtf", "Docs/{}_notes.rtf")),
        ):
            if words := self._beside(item, names):
                fields[key] = words
        if item.kind in _FOLDERS and not item.compiled:
            fields["compile"] = False
        text = self._text(item)
        return Section(level=level, title=item.title, text=text, fields=fields)

    def _found(self, item: _Item, names: tuple[str, ...]) -> tuple[str, bytes]:
        if _SAFE_ID.fullmatch(item.id):
            for name in names:
                path = f"Files/{name.format(item.id)}"
                if data := self._files.find(path):
                    return path, data
        return "", b""

    def _beside(self, item: _Item, names: tuple[str, ...]) -> str:
        path, data = self._found(item, names)
        if path.endswith(".rtf"):
            return self._flow(data, path, {}).text
        return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip()

    def _text(self, item: _Item) -> str:
        path, data = self._found(
            item, ("Data/{}/content.rtf", "Docs/{}.rtf", "Data/{}/content.txt", "Docs/{}.txt")
        )
        if not data:
            return ""
        if path.endswith(".txt"):
            return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip()
        _, said = self._found(item, ("Data/{}/content.comments", "Docs/{}.comments"))
        comments = self._comments(said, path) if said else {}
        return self._flow(data, path, comments).text

    def _flow(self, data: bytes, path: str, comments: dict[str, tuple[bool, bytes]]) -> Flow:
        data = _STYLE_TAG.sub(b"", data)
        for pattern, instead in _INLINE:
            data = pattern.sub(instead, data)
        if not data.strip():
            return Flow("", {}, Counter())

        def linked(target: str, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
            """Linked comments and footnotes stand behind what they are about."""
            key = target.removeprefix("scrivcmt://")
            if key not in comments:
                if not target or target.startswith("scriv"):
                    return nodes
                return [{"t": "Link", "c": [["", [], []], nodes, [target, ""]]}]
            is_footnote, words = comments[key]
            inner = note_blocks(words, path)
            if is_footnote:
                return [*nodes, {"t": "Note", "c": inner}]
            return [*nodes, {"t": "RawInline", "c": ["html", comment(plain(inner))]}]

        flow = rtf(data, path, self._check, linked)
        self._lost += flow.lost
        self._notes += [f"{path}: {note}" for note in flow.notes if "cut off" in note]
        return flow

    def _comments(self, data: bytes, path: str) -> dict[str, tuple[bool, bytes]]:
        found = {}
        for each in safe_xml.parse(data, f"{path} (comments)").iter("Comment"):
            words = safe_xml.text_of(each).strip().encode("latin-1", "xmlcharrefreplace")
            found[each.get("ID", "")] = (each.get("Footnote") == "Yes", words)
        return found


def _item(element: Element, names: dict[str, dict[str, str]], depth: int) -> _Item:
    if depth > _DEEPEST:
        raise InputError(
            "The binder is not read: it is nested too deeply.",
            f"Its items lie more than {_DEEPEST} deep in each other.",
            "Open the project in Scrivener, and save it anew.",
        )
    data = element.find("MetaData")
    fields: dict[str, Any] = {}
    if data is not None:
        for key, tag in (("label", "LabelID"), ("status", "StatusID")):
            name = names[key].get(safe_xml.text_of(data.find(tag)).strip(), "")
            if name and not name.lower().startswith("no "):
                fields[key] = name
    compiled = data is None or safe_xml.text_of(data.find("IncludeInCompile")).strip() != "No"
    if data is not None and data.find("IncludeInCompile") is None:
        compiled = element.get("Type") != "Text"
    return _Item(
        id=element.get("UUID") or element.get("ID") or "",
        kind=element.get("Type", "Text"),
        title=" ".join(safe_xml.text_of(element.find("Title")).split()),
        compiled=compiled,
        fields=fields,
        children=tuple(
            _item(each, names, depth + 1) for each in element.iterfind("Children/BinderItem")
        ),
    )


def _names(root: Element) -> dict[str, dict[str, str]]:
    """The names of labels and of statuses by their numbers."""
    return {
        "label": {e.get("ID", ""): safe_xml.text_of(e).strip() for e in root.iter("Label")},
        "status": {e.get("ID", ""): safe_xml.text_of(e).strip() for e in root.iter("Status")},
    }
