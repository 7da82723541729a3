"""A document as plain text: a paragraph a line, with `_underscores_` around what is emphasized."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from inkstand.formats.document import SCENE_BREAK, Document
from inkstand.formats.writing.flow import Flow, Paragraph, Run, flow_of, runs_of
from inkstand.formats.writing.options import Written

_LOST = {
    "underline": "Underlining and struck-out text are not marked in plain text.",
    "strike": "Underlining and struck-out text are not marked in plain text.",
}


def write(document: Document) -> Written:
    """The text, its footnotes numbered and at the end."""
    if document.kind == "screenplay":
        from inkstand.formats.writing.fountain_prose import as_prose

        document = as_prose(document)
    writer = _Writer()
    head = [document.title, *(f"by {author}" for author in document.authors)]
    pieces = ["\n".join(line for line in head if line), *writer.sections(document)]
    if writer.notes:
        pieces += [SCENE_BREAK, *writer.notes]
    text = "\n\n".join(piece for piece in pieces if piece)
    return Written(f"{text}\n".encode(), tuple(sorted(writer.lost)))


class _Writer:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.lost: set[str] = set()
        self._levels: Counter[str] = Counter()

    def sections(self, document: Document) -> Iterator[str]:
        follows_text = False
        for section in document.sections:
            if section.title:
                # Two blank lines more before a heading set it off.
                yield f"\n\n{self._marked(runs_of(section.title), plain=True)}"
            elif section.level == "scene" and follows_text:
                yield SCENE_BREAK
            flow = flow_of(section.text)
            labels: dict[str, int] = {}
            for paragraph in flow.paragraphs:
                yield self._paragraph(paragraph, flow, labels)
            follows_text = bool(section.text) or (follows_text and not section.title)

    def _paragraph(self, paragraph: Paragraph, flow: Flow, labels: dict[str, int]) -> str:
        for run in paragraph.runs:
            if run.note and run.note not in labels and run.note in flow.notes:
                # Its place is taken before its own text, which may have footnotes, is written.
                self.notes.append("")
                labels[run.note] = len(self.notes)
                inner = flow_of(flow.notes[run.note])
                said = "\n\n".join(self._marked(each.runs) for each in inner.paragraphs)
                self.notes[labels[run.note] - 1] = f"[{labels[run.note]}] {said}"
        text = self._marked(paragraph.runs, labels)
        if paragraph.kind in {"quote", "verse"}:
            return "\n".join(f"    {line}" for line in text.split("\n"))
        return f"{paragraph.mark} {text}" if paragraph.mark else text

    def _marked(
        self, runs: tuple[Run, ...], labels: dict[str, int] | None = None, *, plain: bool = False
    ) -> str:
        out = []
        for run in runs:
            if run.note:
                number = (labels or {}).get(run.note)
                out.append(f"[{number}]" if number else f"[^{run.note}]")
                continue
            self.lost |= {_LOST[look] for look in _LOST if getattr(run, look)}
            mark = "" if plain else "*" if run.bold else "_" if run.italic else ""
            bare = run.text.strip()
            out.append(
                run.text.replace(bare, f"{mark}{bare}{mark}", 1) if bare and mark else run.text
            )
        return "".join(out)
