"""The plain chat form for models that bring no chat template of their own."""

from __future__ import annotations

from collections.abc import Sequence

from inkstand_sdk.messages import Message

_HEADINGS = {"user": "User:", "assistant": "Assistant:"}
PLAIN_STOP = ("\nUser:",)
NOTE = (
    "This model has no chat template, so messages are sent as plain text with 'User:' and"
    " 'Assistant:' headings. A raw prompt that it can continue will often work better."
)


def plain_prompt(messages: Sequence[Message]) -> str:
    """The messages under headings, open for the assistant to go on."""
    parts = []
    for message in messages:
        heading = _HEADINGS.get(message.role)
        parts.append(f"{heading}\n{message.text()}" if heading else message.text())
    if messages[-1].role != "assistant":
        parts.append(f"{_HEADINGS['assistant']}\n")
    return "\n\n".join(parts)
