"""A toy that writes: deterministic, seeded, without end, and with a tokenizer that it keeps to."""

from __future__ import annotations

import json
import math
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

_TOKEN = re.compile(r"\s?\w{1,6}|\s|[^\w\s]")
_WORDS = (
    " the", " sea", " was", " old", " and", " a", " lamp", " gave", " its", " light", ",", ".",
    " Ann", " said", " caf\u00e9", " \u201cno\u201d", " na", "\u00efve", " they", " went", " home",
    " \U0001f680", " late", " by", " night", " he", " who", " saw", " it", "\n", "\u2028",
)  # fmt: skip


class Token(str):  # noqa: SLOT000 - a few of them live for a moment
    """A written token that knows its log probability and the tokens that were as likely or more."""

    logprob: float
    ranked: Sequence[tuple[str, float]]

    def __new__(cls, text: str, logprob: float, ranked: Sequence[tuple[str, float]]) -> Token:
        """The token of that text."""
        token = super().__new__(cls, text)
        token.logprob = logprob
        token.ranked = ranked
        return token

    def told(self, alternatives: int) -> dict[str, Any]:
        """What OpenAI's chats and Ollama say of it."""
        others = self.ranked[:alternatives]
        return {
            **_named(self, self.logprob), "top_logprobs": [_named(*other) for other in others]
        }  # fmt: skip


def tokens_of(text: str) -> list[str]:
    """The toy's tokens of a text."""
    return _TOKEN.findall(text)


def words(prompt: str, temperature: float, seed: int | None) -> Iterator[Token]:
    """Tokens that go on from `prompt` for ever; at temperature 0 the seed does not matter."""
    state = prompt[-40:]
    draw = random.Random(seed)
    while True:
        likely = zlib.crc32(state.encode("utf-8", "replace"))
        far = draw.randrange(1 + int(temperature * len(_WORDS))) if temperature > 0 else 0
        ranked = [(_WORDS[(likely + rank) % len(_WORDS)], _score(rank)) for rank in range(20)]
        word = Token(_WORDS[(likely + far) % len(_WORDS)], _score(far % len(_WORDS)), ranked)
        yield word
        state = (state + word)[-40:]


def document(schema: dict[str, Any], seed: int | None) -> Iterator[Token]:
    """The tokens of a JSON text that satisfies a simple schema."""
    text = json.dumps(_value(schema, schema, random.Random(seed)), ensure_ascii=False)
    for token in tokens_of(text):
        yield Token(token, 0.0, [(token, 0.0)])


def _score(rank: int) -> float:
    """Each word is half as likely as the one before it."""
    return -math.log(2) * (rank + 1)


def _named(text: str, logprob: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}


def _value(schema: dict[str, Any], root: dict[str, Any], draw: random.Random) -> Any:
    if "$ref" in schema:
        part: Any = root
        for name in schema["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        return _value(part, root, draw)
    if "anyOf" in schema:
        return _value(draw.choice(schema["anyOf"]), root, draw)
    if "enum" in schema:
        return draw.choice(schema["enum"])
    kind = schema.get("type", "object")
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: _value(part, root, draw) for name, part in parts.items()}
    if kind == "array":
        count = draw.randint(schema.get("minItems", 0), schema.get("maxItems", 3))
        return [_value(schema["items"], root, draw) for _ in range(count)]
    if kind in ("integer", "number"):
        return draw.randint(schema.get("minimum", 0), schema.get("maximum", 99))
    plain: dict[str, Any] = {"boolean": draw.random() < 0.5, "null": None}
    return plain.get(kind, "some text")
