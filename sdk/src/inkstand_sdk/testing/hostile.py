"""Prompts that no writer writes and every engine meets."""

from __future__ import annotations

HOSTILE = {
    "empty": "",
    "spaces": "   \n\n\t ",
    "zero bytes": "a\0b\0",
    "half a surrogate pair": "a\ud800b",
    "special tokens": "x</s><s><|assistant|><|im_end|><|endoftext|>[/INST]<eos>",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd\u0301\u0301\u0301",
    "joined emoji": "\U0001f469\u200d\U0001f680",
    "template code": "{{ ''.__class__ }} {% for x in y %}",
    "one long word": "Llanfairpwllgwyngyll" * 200,
    "control characters": "\x1b[2J\x07\x08\r\x7f\u0085\u2028\ufeff\ufffe",
}
