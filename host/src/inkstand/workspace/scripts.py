"""A screenplay in a workspace: Fountain, word for word, as the document that is exported."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from inkstand.formats.document import Document
from inkstand.formats.reading.fountain import fountain
from inkstand.formats.writing.prose import Left
from inkstand.workspace import frontmatter
from inkstand.workspace.compiling import Compiled, is_held_back
from inkstand.workspace.encoding import decode
from inkstand.workspace.files import MANUSCRIPT, prose_files, read, sound
from inkstand.workspace.left_out import notes_on
from inkstand.workspace.scenes import count_words
from inkstand_sdk.errors import InputError

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\ufeff]")


def screenplay(path: Path, metadata: dict[str, Any]) -> Compiled:
    """The screenplay of a Fountain file, or of all files of a workspace.

    Files with `status: cut`, `compile: false` or `draft: true` are left out.

    Raises:
        InputError: a file cannot be read, or there is nothing to export.

    """
    files = [path]
    if path.is_dir():
        inside = path / MANUSCRIPT
        files = prose_files(inside if inside.is_dir() else path)
    left = Left()
    texts = []
    for file in files:
        whole = decode(read(file), sound(file.name)).text
        front = frontmatter.parse(whole, sound(file.name))
        if not is_held_back(front.fields, file.stem, left):
            body = whole[front.end :].replace("\r\n", "\n").replace("\r", "\n").strip("\n")
            texts.append(_UNWRITABLE.sub("", body))
    text = "\n\n".join(filter(None, texts))
    if not count_words(text):
        raise InputError(
            f"There is nothing to export in {sound(str(path))}.", "It holds no words.", ""
        )
    read_ = fountain(text)
    title_page = metadata.get("title_page") or read_.metadata.get("title_page") or {}
    document = Document(
        kind="screenplay",
        title=metadata.get("title") or read_.title or sound(path.stem),
        authors=tuple(metadata.get("authors") or read_.authors),
        language=metadata.get("language") or read_.language,
        metadata={"title_page": title_page} if title_page else {},
        sections=read_.sections,
    )
    return Compiled(document, count_words(text), tuple(notes_on(left)))
