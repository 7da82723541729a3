"""Cards and lorebooks to try things with, as chat programs write them."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

from inkstand.formats.cards import png

EXTENSIONS: dict[str, Any] = {
    "risuai": {"emotions": [], "n": 1.0, "tiny": 2.5e-07, "none": None, "yes": True},
    "agnai/voice": {"id": 12345678901234567890, "minus": -0.0},
    "z": "last on purpose\u2028\u00e9\U0001f600",
    "a": {"": []},
}
BOOK: dict[str, Any] = {
    "name": "The Port",
    "scan_depth": 4,
    "extensions": {"own": 1},
    "entries": [
        {
            "keys": ["ship", "1984"],
            "content": "@@depth 4\nA ship.\n",
            "extensions": {"depth": 3, "unknown": [None]},
            "enabled": True,
            "insertion_order": 7,
            "use_regex": False,
            "position": "before_char",
            "priority": 9,
            "id": 3,
        },
        {
            "keys": ["/box(es)?/"],
            "secondary_keys": ["key"],
            "selective": True,
            "content": "A box.",
            "comment": "The Box",
            "extensions": {},
            "enabled": False,
            "insertion_order": 2,
            "use_regex": True,
            "case_sensitive": True,
        },
    ],
}
V1: dict[str, Any] = {
    "name": "Ada", "description": "{{char}} counts.", "personality": "dry", "scenario": "",
    "first_mes": "Hm.", "mes_example": "", "metadata": {"tool": {"name": "old"}},
}  # fmt: skip
V2: dict[str, Any] = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        **V1,
        "creator_notes": "Notes.",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": ["Well."],
        "character_book": {
            "extensions": {},
            "entries": [
                {
                    "keys": ["a"],
                    "content": "b",
                    "enabled": True,
                    "insertion_order": 1,
                    "extensions": {},
                }
            ],
        },
        "tags": ["math"],
        "creator": "me",
        "character_version": "1",
        "extensions": EXTENSIONS,
        "unheard_of": {"x": [1, 2.50]},
    },
    "name": "Ada",
    "create_date": "2024-1-1",
}
V3: dict[str, Any] = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {
        **{key: V2["data"][key] for key in V2["data"] if key != "character_book"},
        "name": "Ada Lovelace",
        "nickname": "Ada",
        "creator_notes_multilingual": {"de": "Notizen"},
        "source": ["https://example.org/ada"],
        "group_only_greetings": [],
        "creation_date": 1700000000,
        "modification_date": 0,
        "assets": [{"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}],
        "character_book": BOOK,
    },
}
WORLD: dict[str, Any] = {
    "name": "Port",
    "custom": {"kept": [1.5]},
    "entries": {
        "4": {
            "uid": 4, "key": ["ship", "boat"], "keysecondary": ["sail"], "comment": "Ships",
            "content": "Ships sail.", "constant": False, "selective": True, "selectiveLogic": 3,
            "order": 100, "position": 4, "disable": False, "addMemo": True, "depth": 2, "role": 1,
            "excludeRecursion": True, "probability": 50, "useProbability": True, "sticky": 3,
            "group": "g", "characterFilter": {"isExclude": True, "names": ["X"], "tags": []},
            "vectorized": True, "futureField": {"n": None},
        },
        "9": {"uid": 9, "key": [], "content": "No keys.", "disable": True, "comment": ""},
    },
}  # fmt: skip


def encoded(content: object) -> str:
    """A JSON object as it lies in a picture."""
    return base64.b64encode(json.dumps(content).encode()).decode()


def picture(**texts: object) -> bytes:
    """A PNG file with these cards by keyword."""
    made: dict[str, str | None] = {keyword: encoded(card) for keyword, card in texts.items()}
    return png.with_texts(png.plain_image(4, 4), made, "x")


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with a right checksum."""
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG file with one more chunk, before its end."""
    plain = png.plain_image(4, 4)
    return plain[:-12] + chunk(kind, data) + plain[-12:]
