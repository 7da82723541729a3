"""A free prompt as a request: what the writer asks, with as much of the scene as fits."""

from __future__ import annotations

from inkstand.tui.assistant.where import Where
from inkstand_sdk.messages import GenerateRequest, Message, Text

_ANSWER = (
    "You are at a novelist's side. Below is the end of what they have written so far. Do what they"
    " ask, briefly. If they ask for prose, write only the prose: no remark, no heading."
)
_REWRITE = (
    "You edit a novelist's passage as they ask. Answer with the new passage alone: no remark, no"
    " quotation marks around it. Keep the tense, the point of view and the voice unless told"
    " otherwise."
)
_PER_TOKEN = 3
"""Characters that a token of prose has at least, as a rule."""
_MOST_STORY = 24_000
_LEAST_ANSWER, _MOST_ANSWER = 64, 1_024
_BESIDE = 160
"""Tokens for the rules and the chat template."""


def request_for(wish: str, where: Where, limit: int, share: float = 1.0) -> GenerateRequest:
    """What to send for a wish.

    Args:
        wish: What the writer typed.
        where: The place: a selection is to be rewritten, else the scene before the cursor is told.
        limit: Tokens that the model's context holds; 0 if that is not known.
        share: How much of the story that would fit is told; less after a prompt was too long.

    """
    selected = where.selected
    answer = _answer(selected, limit)
    room = _MOST_STORY
    if limit:
        room = (limit - answer - _BESIDE) * _PER_TOKEN - len(wish) - len(selected)
    story = _tail(where, int(max(0, min(room, _MOST_STORY)) * share))
    user = [Text(f"{story}\n\n", "manuscript tail")] if story else []
    if selected:
        user.append(Text(f"The passage:\n{selected}\n\n", "selection"))
    user.append(Text(wish.strip(), "wish"))
    rules = _REWRITE if selected else _ANSWER
    return GenerateRequest(
        messages=(Message("system", (Text(rules, "rules"),)), Message("user", tuple(user))),
        max_tokens=answer,
    )


def _answer(selected: str, limit: int) -> int:
    """Tokens for the answer: what a rewritten passage may take, or a fair answer."""
    wanted = len(selected) // 2 + _LEAST_ANSWER if selected else _MOST_ANSWER // 2
    most = max(_LEAST_ANSWER, limit // 3) if limit else _MOST_ANSWER
    return max(_LEAST_ANSWER, min(wanted, most, _MOST_ANSWER))


def _tail(where: Where, room: int) -> str:
    """The end of the scene before the cursor or the selection, from a paragraph's beginning on."""
    start, end = where.selection
    until = min(start, end) if start != end else where.cursor
    story = where.text[where.offset : max(until, where.offset)].strip()
    if len(story) <= room:
        return story
    if room <= 0:
        return ""
    tail = story[-room:]
    begin = tail.find("\n\n")
    return tail[begin + 2 :] if 0 <= begin < len(tail) // 2 else tail.partition(" ")[2]
