"""Run as a program: set a Typst source as PDF, in a process that can be ended at any moment.

`python -m inkstand.formats.writing.typeset FOLDER` reads `source.typ` and `document.json` there and
writes `out.pdf`, and `unseen.txt` if some characters are in no font of this machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

_SAYS_NO_GLYPH = ("could not be displayed", "not be displayed", "missing glyph", "notdef")


def main(folder: Path) -> int:
    """Set the source that lies in a folder."""
    import typst

    source, out = folder / "source.typ", folder / "out.pdf"
    inputs = {"document": (folder / "document.json").read_text(encoding="utf-8")}
    try:
        typst.compile(source, out, root=folder, sys_inputs=inputs, pdf_standards="a-2u")
    except typst.TypstError as error:
        said = "\n".join([str(error), *getattr(error, "hints", [])])
        if not any(sign in said.lower() for sign in _SAYS_NO_GLYPH):
            sys.stderr.write(said)
            return 1
        # The standard asks for a glyph for each character; without it there is a box instead.
        (folder / "unseen.txt").write_text(said, encoding="utf-8")
        typst.compile(source, out, root=folder, sys_inputs=inputs)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
