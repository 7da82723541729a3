"""Final Draft (FDX): its XML as Fountain, each type of paragraph as the element that it is."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree.ElementTree import Element

from inkstand.formats import safe_xml
from inkstand.formats.document import Document, Imported
from inkstand.formats.reading.fountain import acts
from inkstand.formats.reading.losses import told
from inkstand_sdk.errors import InputError

_SCENE_START = re.compile(r"(?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)[. ]", re.IGNORECASE)
_STYLES = (("Bold", "**"), ("Italic", "*"), ("Underline", "_"))
_SPECIAL = re.compile(r"([*_\\])")
_STARTS = tuple("@!>.~#=[")
_SINGLES = tuple("!~#=>")
_CAPITALS = re.compile(r"[^a-zß-öø-ÿ]*[A-ZÀ-ÖØ-Þ][^a-zß-öø-ÿ]*")
_CREDIT = re.compile(r"(?:written |screenplay |story )?by:?", re.IGNORECASE)
_OUTLINES = {
    "New Act": 1, "Cold Opening": 1, "Outline 1": 1, "Outline 2": 2, "Outline 3": 3, "Outline 4": 4,
}  # fmt: skip
_ACTIONS = {"Action", "General", "", "Shot", "Cast List", "End of Act", "Show/Ep. Title"}


def final_draft(data: bytes, name: str) -> Imported:
    """The screenplay of an FDX file.

    Raises:
        InputError: it is damaged, or no FDX.

    """
    root = safe_xml.parse(data, name)
    if root.tag != "FinalDraft":
        raise InputError(
            f"{name} is no Final Draft file: it begins with <{root.tag[:40]}>.",
            "Its name says so, but it is another kind of XML.",
            "Export it anew from Final Draft as .fdx.",
        )
    writer = _Writer()
    content = root.find("Content")
    for paragraph in [] if content is None else content:
        writer.paragraph(paragraph)
    page = _title_page(root.find("TitlePage"), writer)
    text = "\n\n".join(writer.elements)
    for element in root:
        if element.tag not in _KNOWN_PARTS:
            writer.lost[f"parts of the kind {element.tag}, left out"] += 1
    said = {key.lower(): " ".join(lines) for key, lines in page.items()}
    document = Document(
        kind="screenplay",
        title=re.sub(r"[*_\\]", "", said.get("title", "")).strip(),
        authors=tuple(filter(None, [said.get("author", "")])),
        metadata={"title_page": page} if page else {},
        sections=acts(text),
    )
    return Imported(document=document, format="Final Draft", notes=told(writer.lost))


# Settings of the program, which hold no text of the writer.
_KNOWN_PARTS = {
    "Content", "TitlePage", "HeaderAndFooter", "ElementSettings", "SpellCheckIgnoreLists",
    "PageLayout", "WindowState", "TextState", "ScriptNoteDefinitions", "SmartType",
    "MoresAndContinueds",
    "LockedPages", "Revisions", "SplitState", "Macros", "Actors", "SceneNumberOptions", "CastList",
    "DisplayBoards", "Writers", "UserDefinedTags", "TagData", "AltCollection", "TargetScriptLength",
    "ListItems", "Images", "Watermarking", "Preferences", "Cast", "HiddenContent", "SceneNavigator",
}  # fmt: skip


class _Writer:
    """Writes paragraphs as Fountain elements."""

    def __init__(self) -> None:
        self.elements: list[str] = []
        self.lost: Counter[str] = Counter()
        self._speaking = False

    def paragraph(self, element: Element, *, second: bool = False) -> None:
        """Add a paragraph, with those of a dual dialogue in it."""
        if element.tag != "Paragraph":
            self.lost[f"elements of the kind {element.tag}"] += 1
            return
        dual = element.find("DualDialogue")
        if dual is not None:
            speakers = 0
            for inner in dual:
                speakers += inner.get("Type") == "Character"
                self.paragraph(inner, second=speakers == 2 and inner.get("Type") == "Character")
            return
        kind, text = element.get("Type", ""), self.text(element)
        self.lost["beats of characters' arcs, left out"] += len(
            element.findall("SceneProperties/SceneArcBeats/CharacterArcBeat")
        )
        if element.get("StartsNewPage") == "Yes" and self.elements:
            self._add("===")
        self._element(kind, text, element, second=second)
        for summary in element.iterfind("SceneProperties/Summary/Paragraph"):
            if words := self.text(summary).strip():
                self._add("= " + words.replace("\n", " "))

    def _element(self, kind: str, text: str, element: Element, *, second: bool) -> None:
        bare = text.strip()
        if kind in ("Dialogue", "Parenthetical", "Lyrics", "Singing") and self._speaking:
            self._spoken(kind, bare)
        elif not bare:
            self._speaking = False
        elif kind == "Scene Heading":
            number = element.get("Number")
            heading = bare if _SCENE_START.match(bare) else f".{bare}"
            self._add(heading.replace("\n", " ") + (f" #{number}#" if number else ""))
        elif kind == "Character":
            name = bare.replace("\n", " ")
            self._add(("" if _is_a_cue(name) else "@") + name + (" ^" if second else ""))
            self._speaking = True
        elif kind == "Transition":
            plain = bare.isupper() and bare.endswith("TO:")
            self._add(bare if plain else f"> {bare}")
        elif kind in ("Lyrics", "Singing"):
            self._add("\n".join(f"~{line}" for line in bare.split("\n")))
        elif kind == "Outline Body":
            self._add("\n".join(f"= {line}" for line in bare.split("\n")))
        elif kind in _OUTLINES:
            self._add(f"{'#' * _OUTLINES[kind]} {bare}".replace("\n", " "))
        else:
            self._action(kind, bare, text, element)

    def _action(self, kind: str, bare: str, text: str, element: Element) -> None:
        if kind == "Shot":
            self.lost["shots, kept as action"] += 1
        elif kind not in _ACTIONS:
            self.lost[f"paragraphs of the type {kind}, kept as action"] += 1
        if element.get("Alignment") == "Center":
            self._add("\n".join(f"> {line.strip()} <" for line in bare.split("\n")))
            return
        first, *rest = text.rstrip().split("\n")
        doubtful = (
            (first.startswith(_STARTS) and not first.startswith("[["))
            or _SCENE_START.match(first.lstrip())
            or (_is_a_cue(first.strip()) and (rest or first.endswith("TO:")))
        )
        # A line of two blanks goes on with the paragraph where an empty one would end it.
        lines = [
            f"!{line}" if line.startswith(_SINGLES) else line if line.strip() else "  "
            for line in rest
        ]
        self._add("\n".join([f"!{first}" if doubtful else first, *lines]))

    def _spoken(self, kind: str, bare: str) -> None:
        if kind == "Parenthetical" and not bare.startswith("("):
            bare = f"({bare})"
        if kind in ("Lyrics", "Singing"):
            bare = "\n".join(f"~{line}" for line in bare.split("\n"))
        # A line of two blanks goes on with the speech where an empty one would end it.
        lines = [line if line.strip() else "  " for line in bare.split("\n")]
        self.elements[-1] += "\n" + "\n".join(lines)

    def _add(self, element: str) -> None:
        self._speaking = False
        self.elements.append(element)

    def text(self, element: Element) -> str:
        """The text of a paragraph with its styles and notes in Fountain's marks."""
        made = ""
        pending: list[str] = []
        look: tuple[str, ...] = ()
        for part in element:
            if part.tag == "Text":
                # What is of one look is often cut in pieces, each changed at another time.
                if pending and _look(part) != look:
                    made, pending = made + _marked("".join(pending), look), []
                look = _look(part)
                pending.append(self._words(part))
                continue
            made, pending = made + _marked("".join(pending), look), []
            if part.tag == "ScriptNote":
                words = "\n".join(safe_xml.text_of(each) for each in part.iter("Paragraph"))
                made += f"[[{words.strip().replace(']]', '] ]')}]]"
            elif part.tag not in ("SceneProperties", "DualDialogue", "DynamicLabel"):
                self.lost[f"elements of the kind {part.tag}"] += 1
        return made + _marked("".join(pending), look)

    def _words(self, part: Element) -> str:
        text = _SPECIAL.sub(r"\\\1", safe_xml.text_of(part).replace("\r", "\n"))
        text = text.replace("[[", "[ [")
        styles = (part.get("Style") or "").split("+")
        if "AllCaps" in styles:
            text = text.upper()
        if "Strikeout" in styles:
            self.lost["struck passages, kept as plain text"] += 1
        if part.get("RevisionID", "0") != "0":
            self.lost["marks of revisions, left out"] += 1
        return text


def _look(part: Element) -> tuple[str, ...]:
    styles = (part.get("Style") or "").split("+")
    return tuple(mark for style, mark in _STYLES if style in styles)


def _marked(text: str, marks: tuple[str, ...]) -> str:
    bare = text.strip()
    if not bare or not marks:
        return text
    body = bare
    for mark in marks:
        body = "\n".join(
            f"{line[: len(line) - len(line.lstrip())]}{mark}{line.strip()}{mark}"
            if line.strip()
            else line
            for line in body.split("\n")
        )
    return text[: len(text) - len(text.lstrip())] + body + text[len(text.rstrip()) :]


def _is_a_cue(name: str) -> bool:
    """Whether Fountain takes a line for a character's name by itself."""
    before = name.partition("(")[0]
    return bool(_CAPITALS.fullmatch(before)) and not name.startswith(_STARTS)


def _title_page(element: Element | None, writer: _Writer) -> dict[str, list[str]]:
    """The title page: the first line is the title, what follows "by" the author.

    Final Draft keeps it as plain centered lines; those that say nothing of themselves become
    the contact if they stand left, and notes if not.
    """
    page: dict[str, list[str]] = {}
    if element is None:
        return page
    expect = "Title"
    paragraphs = element.findall("Content/Paragraph")
    has_credit = any(_CREDIT.fullmatch(" ".join(safe_xml.text_of(p).split())) for p in paragraphs)
    for paragraph in paragraphs:
        words = " ".join(writer.text(paragraph).split())
        if not words:
            continue
        lower = words.lower()
        centered = paragraph.get("Alignment") == "Center"
        if expect == "Title" and (centered or not page):
            page["Title"], expect = [words], "Credit"
        elif centered and _CREDIT.fullmatch(words):
            page["Credit"], expect = [words], "Author"
        elif centered and expect == "Credit" and has_credit:
            page["Title"].append(words)
        elif centered and expect == "Author":
            page["Author"], expect = [words], ""
        elif centered and lower.startswith("based on"):
            page.setdefault("Source", []).append(words)
        elif re.match(r"(?:draft|date|revised|\d{1,2}[./]\d{1,2}[./])", lower):
            page.setdefault("Draft date", []).append(words)
        else:
            page.setdefault("Notes" if centered else "Contact", []).append(words)
    return page
