"""What an export leaves out or shows otherwise, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from inkstand.formats.writing.prose import Left

_SAID = {
    "cut": ("scene with `status: cut` was left out", "scenes with `status: cut` were left out"),
    "compile": (
        "scene with `compile: false` was left out",
        "scenes with `compile: false` were left out",
    ),
    "draft": ("scene with `draft: true` was left out", "scenes with `draft: true` were left out"),
    "comment": ("comment was left out", "comments were left out"),
    "note": ("note in [[ ]] was left out", "notes in [[ ]] were left out"),
    "control": ("control character was left out", "control characters were left out"),
    "heading": (
        "heading has no text below it and was left out",
        "headings have no text below them and were left out",
    ),
    "unused": (
        "footnote is referred to nowhere and was left out",
        "footnotes are referred to nowhere and were left out",
    ),
    "reference": (
        "reference has no footnote and stands in the text as it is",
        "references have no footnote and stand in the text as they are",
    ),
    "tag": (
        "HTML tag stands in the text as it was typed",
        "HTML tags stand in the text as they were typed",
    ),
    "lines": (
        "scene has no blank lines; each of its lines was taken for a paragraph",
        "scenes have no blank lines; each of their lines was taken for a paragraph",
    ),
    "numbered": ("", "files have no headings; their chapters were numbered"),
}
_LONGEST = 60


def notes_on(left: Left) -> Iterator[str]:
    """A sentence for each kind of thing, with the first of its kind."""
    for kind, (one, many) in _SAID.items():
        number = left[kind]
        if not number:
            continue
        first = " ".join(left.first.get(kind, "").split())
        shown = f"{first[:_LONGEST]}…" if len(first) > _LONGEST else first
        said = f"{number:,} {one if number == 1 else many}"
        if not shown.isprintable():
            shown = repr(shown)
        if not shown:
            yield f"{said}."
        else:
            yield f"{said}: {shown}." if number == 1 else f"{said}; the first is {shown}."
