"""Fountain and Final Draft: a screenplay as it is, and prose as action."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from inkstand.formats.document import Document
from inkstand.formats.writing.final_draft import final_draft
from inkstand.formats.writing.flow import Paragraph, Run, flow_of, runs_of
from inkstand.formats.writing.fountain_elements import elements
from inkstand.formats.writing.joined import depth_of, has_parts
from inkstand.formats.writing.options import Format, Written

_SPECIAL = re.compile(r"[*_\\]")
_SCENE_START = re.compile(r"(?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)[. ]", re.IGNORECASE)
_MARKS = (".", "@", ">", "~", "#", "=", "!")
_BREAK = r"> \* \* \* <"


def write(document: Document, target: Format) -> Written:
    """The Fountain or FDX of a document."""
    lost: Counter[str] = Counter()
    if document.kind == "screenplay":
        text = "\n\n".join(_of_screenplay(document))
    else:
        text = "\n\n".join(_of_prose(document, lost))
    page = title_page(document)
    if target == "fountain":
        head = "\n".join(_page_lines(page))
        whole = f"{head}\n\n{text}\n" if head else f"{text}\n"
        return Written(whole.encode("utf-8"), tuple(_notes(lost)))
    data = final_draft(elements(text, lost), page)
    return Written(data, tuple(_notes(lost)))


def title_page(document: Document) -> dict[str, list[str]]:
    """The title page: the one that the screenplay has, else title and authors."""
    page = document.metadata.get("title_page")
    if isinstance(page, dict) and page:
        return {
            str(key): [str(line) for line in (lines if isinstance(lines, list) else [lines])]
            for key, lines in page.items()
        }
    made: dict[str, list[str]] = {}
    if document.title:
        made["Title"] = [document.title]
    if document.authors:
        made |= {"Credit": ["by"], "Author": [" & ".join(document.authors)]}
    for key in ("date", "contact", "rights"):
        if value := document.metadata.get(key):
            name = {"date": "Draft date", "contact": "Contact", "rights": "Copyright"}[key]
            made[name] = value if isinstance(value, list) else str(value).splitlines()
    return made


def _page_lines(page: dict[str, list[str]]) -> Iterator[str]:
    for key, lines in page.items():
        if len(lines) == 1:
            yield f"{key}: {lines[0]}"
        else:
            yield f"{key}:"
            yield from (f"    {line}" for line in lines)


def _of_screenplay(document: Document) -> Iterator[str]:
    for section in document.sections:
        if section.title:
            yield section.title if section.level == "scene" else f"# {section.title}"
        if section.text:
            yield section.text


def _of_prose(document: Document, lost: Counter[str]) -> Iterator[str]:
    parts = has_parts(document)
    follows_text = False
    for section in document.sections:
        if section.title:
            title = "".join(run.text for run in runs_of(section.title))
            yield f"{'#' * max(1, depth_of(section, parts=parts))} {title}"
        elif section.level == "scene" and follows_text:
            yield _BREAK
        flow = flow_of(section.text)
        for paragraph in flow.paragraphs:
            text = _marked(paragraph, flow.notes, lost)
            yield f"!{text}" if _looks_otherwise(text) else text
        follows_text = bool(section.text) or (follows_text and not section.title)


def _marked(paragraph: Paragraph, notes: dict[str, str], lost: Counter[str]) -> str:
    out = [f"{paragraph.mark} "] if paragraph.mark else []
    if paragraph.kind in ("quote", "verse", "code"):
        lost[paragraph.kind] += 1
    for run in paragraph.runs:
        if run.note:
            lost["footnote"] += 1
            said = flow_of(notes.get(run.note, "")).paragraphs
            out.append(f" [[{' '.join(each.text for each in said)}]]")
        else:
            lost["strike"] += run.strike
            out += [
                _run(run, line) if line != "\n" else "\n" for line in re.split("(\n)", run.text)
            ]
    return "".join(out)


def _run(run: Run, line: str) -> str:
    bare = line.strip()
    if not bare:
        return line
    mark = "*" * (run.italic + 2 * run.bold)
    escaped = _SPECIAL.sub(r"\\\g<0>", bare).replace("[[", "[ [").replace("/*", "/ *")
    words = f"{mark}{escaped}{mark[::-1]}"
    return line.replace(bare, f"_{words}_" if run.underline else words, 1)


def _looks_otherwise(text: str) -> bool:
    """Whether Fountain would take a paragraph for something else than action."""
    return text.startswith(_MARKS) or _SCENE_START.match(text) is not None or text == text.upper()


def _notes(lost: Counter[str]) -> Iterator[str]:
    said = {
        "footnote": "{} footnotes stand as notes in [[ ]]: screenplays have none.",
        "quote": "{} quoted paragraphs stand as action.",
        "verse": "{} passages of verse stand as action.",
        "code": "{} passages of code stand as action.",
        "strike": "{} struck passages stand as plain text.",
        "boneyard": "{} passages in /* */ were left out.",
    }
    for kind, sentence in said.items():
        if lost[kind]:
            yield sentence.format(f"{lost[kind]:,}")
