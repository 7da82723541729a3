"""Manuscripts for tests, made in process from plain strings."""

from __future__ import annotations

import hashlib

from inkstand_sdk.manuscript import Manuscript, Scene


def manuscript_from_text(text: str | list[str], title: str = "") -> Manuscript:
    """A manuscript of one scene, or of one scene for each string.

    No headings or front matter are looked for: the host splits real files.
    """
    texts = [text] if isinstance(text, str) else text
    scenes = tuple(_scene(number, body) for number, body in enumerate(texts))
    return Manuscript(title=title or "Untitled", scenes=scenes)


def _scene(number: int, text: str) -> Scene:
    return Scene(
        index=number,
        id=f"text#{number + 1}",
        text=text,
        title=f"Scene {number + 1}",
        words=len(text.split()),
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    )
