"""The control words of RTF 1.9.1 that carry text, and what each of them means."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\\'(?P<byte>[0-9a-fA-F]{2})"
    r"|\\(?P<word>[a-zA-Z]+)(?P<number>-?\d{1,10})?[ ]?"
    r"|\\(?P<symbol>[\s\S])"
    r"|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}\r\n]+)"
    r"|[\r\n]+"
)

CHARACTERS = {
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "tab": " ",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
}
SYMBOLS = {"~": "\u00a0", "_": "\u2011", "\\": "\\", "{": "{", "}": "}"}

FORMATS = {
    "i": "Emph",
    "b": "Strong",
    "strike": "Strikeout",
    "striked": "Strikeout",
    "scaps": "SmallCaps",
    "ul": "Underline",
    "uld": "Underline",
    "uldash": "Underline",
    "uldb": "Underline",
    "ulw": "Underline",
    "ulwave": "Underline",
    "ulth": "Underline",
    "super": "Superscript",
    "sub": "Subscript",
}

# Groups that hold no text of the manuscript.
SKIPPED = frozenset(
    {
        "colortbl", "filetbl", "revtbl", "listtable", "listoverridetable", "rsidtbl", "generator",
        "themedata", "colorschememapping", "latentstyles", "datastore", "xmlnstbl", "pgptbl",
        "nonshppict", "objdata", "bkmkstart", "bkmkend", "expandedcolortbl", "mmathPr",
        "atrfstart", "atrfend", "atnref", "atndate", "atnid", "atnicn", "ftnsep", "ftnsepc",
        "aftnsep", "aftnsepc", "pntext", "panose", "falt", "userprops", "xe", "tc", "rxe",
    }
)  # fmt: skip
HEADERS = frozenset(
    {"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"}
)
INFO = {"title": "title", "author": "author", "subject": "subject", "keywords": "keywords"}
# Groups marked with `\*` that are read all the same.
STARRED = frozenset({"shppict", "annotation", "atnauthor", "fldinst", "footnote", "pict"})

CHARSETS = {
    0: "cp1252", 2: "cp1252", 77: "mac-roman", 78: "cp932", 79: "cp949", 80: "cp936", 81: "cp950",
    128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 255: "cp437",
}  # fmt: skip
CODE_PAGES = {"mac": "mac-roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}


def code_page(number: int) -> str:
    """The name of a code page, as Python calls it."""
    return {10000: "mac-roman", 65001: "utf-8", 0: "cp1252", 1361: "johab"}.get(
        number, f"cp{number}"
    )
