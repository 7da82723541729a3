"""What the tests of writing share: manuscripts, and their exports read back."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from inkstand.exporting import Exported, export
from inkstand.formats.document import SCENE_BREAK, Document
from inkstand.formats.writing.flow import Flow, flow_of, runs_of
from inkstand.workspace import manuscript
from inkstand.workspace.project import Workspace

SETTINGS = """
title = "The Weir & the <Salt> Road"
author = "Zoë O'Neil"
language = "en-GB"
contact = ["Zoë O'Neil", "1 & 2 Quay Street", "zoe@example.org"]
"""
CHAPTER = """---
title: working title
status: draft
pov: Una
---

# The Weir

1984. It was a bright cold day.
\tIndented with a tab, as novels are.
    Indented with *four* spaces.

- Bonjour, dit-il.

She said <i>nothing</i>.<br>Stop![^1] Wait ...[^two] — “double” ‘single’ "straight" 'too' --

#

<script>alert(1)</script> <Can you hear me?> 5 < 6 & 7 > 3; 2 * 3 * 4 and snake_case_name.

[Aside]: he said so. #hashtag C:\\path\\new $x$ @cite {{x}} <!-- hidden -->

* * *

A second scene. [[check this]] ~~struck~~ and ***both*** and [under]{.underline}.

Roses are red\\
violets are blue

> Dear Una,
>
> come at once. **M**

1. milk
2. eggs

Last words.

[^1]: The *first* note.

    Its second paragraph.
[^two]: Another “note”.
"""
SECOND = """# The Salt Road

עברית שלום. العربية. 漢字かな。 e\u0301 👩\u200d👩\u200d👧 😀

## Una

Same note, other file.[^1]

[^1]: Of the second file.

## Una

A chapter that is called like the one before.
"""


def make_book(folder: Path, **files: str) -> Path:
    """A workspace with these files in `manuscript/`, or the two above."""
    inside = folder / "manuscript"
    inside.mkdir(parents=True)
    (folder / "inkstand.toml").write_text(SETTINGS, encoding="utf-8")
    for name, text in (files or {"01": CHAPTER, "02": SECOND}).items():
        (inside / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def exported(path: Path, out: str | Path, to: str, **how: Any) -> Exported:
    """Export a file or folder."""
    workspace = Workspace.at(path, path.parent / "data")
    return export(path, str(out), to, workspace, lambda at: manuscript.load(at, workspace), **how)[
        0
    ]


def flows(document: Document) -> list[Flow]:
    """The texts of all sections, taken apart."""
    return [flow_of(section.text) for section in document.sections]


def words(document: Document) -> Counter[str]:
    """How often each word stands in a document, its headings and footnotes included."""
    lines = ["".join(run.text for run in runs_of(each.title)) for each in document.sections]
    for flow in flows(document):
        lines += [f"{each.mark} {each.text}" for each in flow.paragraphs]
        for note in flow.notes.values():
            lines += [each.text for each in flow_of(note).paragraphs]
    return Counter(re.findall(r"\w+", " ".join(lines)))


def emphasized(document: Document) -> Counter[tuple[str, bool, bool]]:
    """The words that are bold or italic, with which of both."""
    return Counter(
        (word, run.bold, run.italic)
        for flow in flows(document)
        for paragraph in flow.paragraphs
        for run in paragraph.runs
        if run.bold or run.italic
        for word in run.text.split()
    )


def breaks(document: Document) -> int:
    """How many scene breaks a document has."""
    scenes = sum(each.level == "scene" and not each.title for each in document.sections)
    return scenes + sum(each.text.count(f"\n{SCENE_BREAK}\n") for each in document.sections)


def notes(document: Document) -> int:
    """How many footnotes a document has."""
    return sum(len(flow.notes) for flow in flows(document))
