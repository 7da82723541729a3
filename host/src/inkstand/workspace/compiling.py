"""A manuscript as the one document that is exported: headings, scenes and footnotes in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from inkstand.formats.document import Document, Section
from inkstand.formats.writing import footnotes
from inkstand.formats.writing.prose import Left, cleaned, markdown_of
from inkstand.workspace import frontmatter
from inkstand.workspace.encoding import decode
from inkstand.workspace.files import MARKDOWN, read
from inkstand.workspace.left_out import notes_on
from inkstand_sdk.errors import InputError
from inkstand_sdk.manuscript import Manuscript, Scene

_NO_WORDS = re.compile(r"[\s*\-_~#=⁂•·◦❦❧]*$")
_WORDLESS = re.compile(r"\W*$")
_NEVER = ("false", "no", "never", "off")
_ALWAYS = ("true", "yes", "always", "on")

Selects = Callable[[Scene], bool]


class Compiled(msgspec.Struct, frozen=True):
    """A document, the words in it, and in sentences what was left out."""

    document: Document
    words: int
    notes: tuple[str, ...]


class _Piece(msgspec.Struct, frozen=True):
    """A scene, the headings that stand before it, and text without words around it."""

    scene: Scene
    headings: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


def compiled(
    manuscript: Manuscript, folder: Path, metadata: dict[str, Any], selects: Selects
) -> Compiled:
    """The document that the scenes of a manuscript are.

    Scenes with `status: cut`, `compile: false` or `draft: true` are left out.

    Args:
        manuscript: Its scenes, as they were loaded.
        folder: Where the paths of its files begin.
        metadata: `title`, `authors`, `language`, and whatever else is known of the book.
        selects: Whether a scene is wanted.

    Raises:
        InputError: nothing is left to be exported.

    """
    left = Left()
    wanted = [scene for scene in manuscript.scenes if selects(scene)]
    kept = [
        scene
        for scene in wanted
        if not is_held_back({**scene.meta, "status": scene.status}, scene.label(), left)
    ]
    if not any(scene.words for scene in kept):
        raise InputError(
            "There is nothing to export.",
            "Every scene was left out: by what you selected, or by `status: cut`,"
            " `compile: false` or `draft: true` in front matter."
            if manuscript.scenes
            else "",
            "See what there is: inkstand status",
        )
    files = [(name, list(scenes)) for name, scenes in groupby(kept, lambda scene: scene.file)]
    whole = Counter(scene.file for scene in manuscript.scenes)
    numbered = len(files) > 1 and not any(scene.chapter or scene.title for scene in kept)
    builder = _Builder(left, one_file=len(files) == 1, numbered=numbered)
    for name, scenes in files:
        is_whole = len(scenes) == whole[name]
        pieces = list(_pieces(folder / name, scenes, left if is_whole else Left()))
        builder.add_file(pieces, markdown=Path(name).suffix.lower() in (*MARKDOWN, ""))
    if numbered:
        left["numbered"] = len(files)
    document = Document(
        title=metadata.get("title", "") or manuscript.title,
        authors=tuple(metadata.get("authors", ())),
        language=metadata.get("language", "") or manuscript.language,
        metadata={
            key: value
            for key, value in metadata.items()
            if key not in ("title", "authors", "language")
        },
        sections=tuple(builder.sections),
    )
    words = sum(scene.words for scene in kept)
    return Compiled(document, words, (*manuscript.notes, *notes_on(left)))


def is_held_back(fields: dict[str, Any], label: str, left: Left) -> bool:
    """Whether front matter says that a text is not for readers; it is counted then."""
    said = {key.strip().lower(): str(value).strip().lower() for key, value in fields.items()}
    if said.get("status") == "cut":
        left.one("cut", label)
    elif said.get("compile") in _NEVER:
        left.one("compile", label)
    elif said.get("draft") in _ALWAYS:
        left.one("draft", label)
    else:
        return False
    return True


def _pieces(path: Path, scenes: list[Scene], left: Left) -> Iterator[_Piece]:
    """The scenes of a file with what stands between them."""
    try:
        text = decode(read(path), path.name).text
    except InputError:
        # Standard input, or a file that changed a moment ago: its scenes are known.
        for scene in scenes:
            yield _Piece(scene, tuple(filter(None, (scene.part, scene.chapter, scene.title))))
        return
    at = frontmatter.parse(text, path.name).end
    between = []
    for scene in scenes:
        is_next = text.startswith(scene.text, scene.offset)
        between.append(_lines(text[at : scene.offset]) if is_next else ([], ""))
        at = scene.offset + len(scene.text)
    rest = _lines(text[at:])
    for number, scene in enumerate(scenes):
        headings = between[number][0]
        after = between[number + 1][1] if number + 1 < len(between) else rest[1]
        for heading in headings:
            if heading not in map(_bare, (scene.part, scene.chapter, scene.title)):
                left.one("heading", heading)
        before = between[0][1] if number == 0 else ""
        yield _Piece(scene, tuple(headings), before, after)
    for heading in rest[0]:
        left.one("heading", heading)


def _lines(gap: str) -> tuple[list[str], str]:
    """What stands between two scenes: the words of headings, and text that holds no word."""
    headings, wordless = [], []
    gap = re.sub(r"<!--.*?-->", "", gap, flags=re.DOTALL)
    for line in gap.splitlines():
        if _NO_WORDS.match(line):
            continue
        if _WORDLESS.match(line):
            wordless.append(line.strip("# \t"))
        else:
            headings.append(_bare(line))
    return headings, "\n\n".join(wordless)


def _bare(heading: str) -> str:
    return heading.strip().strip("#*_ \t")


class _Builder:
    """The sections so far, and the part and chapter that hold."""

    def __init__(self, left: Left, *, one_file: bool, numbered: bool) -> None:
        self.sections: list[Section] = []
        self._left = left
        self._one_file = one_file
        self._numbered = numbered
        self._part = self._chapter = ""
        self._files = 0

    def add_file(self, pieces: list[_Piece], *, markdown: bool) -> None:
        """Add the scenes of one file, whose footnotes may stand anywhere in it."""
        self._files += 1
        texts = [
            cleaned(
                f"{piece.before}\n\n{piece.scene.text}\n\n{piece.after}".strip("\n"), self._left
            )
            for piece in pieces
        ]
        taken = footnotes.taken_out(texts) if markdown else footnotes.Taken(tuple(texts), {})
        unused = dict(taken.notes)
        for number, (piece, text) in enumerate(zip(pieces, taken.texts, strict=True)):
            labels = dict.fromkeys(footnotes.REFERENCE.findall(text)) if markdown else {}
            found = [(label, taken.notes[label]) for label in labels if label in taken.notes]
            escaped = text
            for label in labels:
                if label in taken.notes:
                    unused.pop(label, None)
                else:
                    self._left.one("reference", f"[^{label}]")
                    escaped = escaped.replace(f"[^{label}]", f"\\[^{label}]")
            body = markdown_of(escaped, self._left, markdown=markdown)
            if not body:
                continue
            notes = footnotes.written(
                (label, markdown_of(note, self._left, markdown=True)) for label, note in found
            )
            self._add(piece, "\n\n".join(filter(None, (body, notes))), first=number == 0)
        for label in unused:
            self._left.one("unused", f"[^{label}]")

    def _add(self, piece: _Piece, text: str, *, first: bool) -> None:
        scene = piece.scene
        part, chapter, title = _bare(scene.part), _bare(scene.chapter), _bare(scene.title)
        if part and (part != self._part or part in piece.headings):
            self.sections.append(Section(level="part", title=_heading(scene.part)))
            self._chapter = ""
        self._part = part or self._part
        heading = self._new_chapter(piece, chapter, first=first)
        shown = _heading(scene.title) if title in piece.headings and title != chapter else ""
        if heading is None:
            self.sections.append(Section(level="scene", title=shown, text=text))
        elif shown and shown != heading:
            self.sections.append(Section(level="chapter", title=heading))
            self.sections.append(Section(level="scene", title=shown, text=text))
        else:
            self.sections.append(Section(level="chapter", title=heading, text=text))

    def _new_chapter(self, piece: _Piece, chapter: str, *, first: bool) -> str | None:
        """The heading of the chapter that begins with a scene; None if none does."""
        scene = piece.scene
        if chapter:
            if chapter == self._chapter and chapter not in piece.headings:
                return None
            self._chapter = chapter
            return _heading(scene.chapter)
        if not first:
            return None if self.sections else ""
        if self._numbered:
            return str(self._files)
        if scene.title and not self._one_file and _bare(scene.title) not in piece.headings:
            self._chapter = _bare(scene.title)
            return _heading(scene.title)
        return None if self.sections and self._chapter else ""


def _heading(words: str) -> str:
    """A heading's words as Markdown in one line."""
    return markdown_of(" ".join(words.strip("_ ").split()), Left(), markdown=True)
