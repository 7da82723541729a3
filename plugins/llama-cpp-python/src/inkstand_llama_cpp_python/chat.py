"""Messages as tokens: the model's chat template, and nothing of a user's text read as control.

A template turns messages into one text, in which the control tokens are written out. Words of a
user that look like one must stay words: they are marked before the template sees them, and the
marks are tokenized apart.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from inkstand_llama_cpp_python.model import NativeModel
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import Message
from inkstand_sdk.plain_chat import plain_prompt

UNREADABLE = "The model's chat template cannot be read: {error}."


class ChatForm:
    """How messages are put to a model; `note` says why its template is not used, if it has one."""

    def __init__(self, model: NativeModel) -> None:
        self._model = model
        self._template: Any = None
        self._special: re.Pattern[str] | None = None
        self.note = ""
        text = model.header.chat_template
        if text.strip():
            self._template = self._read(text)

    @property
    def has_template(self) -> bool:
        """Whether the model brought a form of its own."""
        return self._template is not None

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """The prompt for `messages`.

        Raises:
            UsageError: the template does not take them.

        """
        model = self._model
        if self._template is None:
            text = plain_prompt(messages)
            return [*model.beginning, *model.tokens(text, special=False)]
        marks: dict[str, str] = {}
        text = self._rendered([self._marked(message, marks) for message in messages])
        begin = model.token_text("bos")
        if model.beginning and begin:
            text = text.removeprefix(begin)
        tokens = list(model.beginning)
        # Splitting at a group keeps the marks: they are every other part.
        parts = re.split(f"({'|'.join(marks)})", text) if marks else [text]
        for part in parts:
            if part in marks:
                tokens += model.tokens(marks[part], special=False)
            elif part:
                tokens += model.tokens(part, special=True)
        return tokens

    def _read(self, template: str) -> Any:
        import jinja2
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        model = self._model
        try:
            return Jinja2ChatFormatter(
                template, eos_token=model.token_text("eos"), bos_token=model.token_text("bos")
            )
        except (jinja2.TemplateError, RecursionError) as error:
            self.note = UNREADABLE.format(error=str(error).rstrip("."))
            return None

    def _marked(self, message: Message, marks: dict[str, str]) -> dict[str, str]:
        if self._special is None:
            texts = self._model.special_texts()
            self._special = re.compile("|".join(map(re.escape, texts)) if texts else r"(?!)")

        def mark(found: re.Match[str]) -> str:
            name = f"\ue000{secrets.token_hex(8)}\ue001"
            marks[name] = found.group()
            return name

        return {"role": message.role, "content": self._special.sub(mark, message.text())}

    def _rendered(self, messages: list[dict[str, str]]) -> str:
        try:
            return self._render(messages)
        except UsageError:
            # Some templates know no system turn; what it says then opens the first user turn.
            if [message["role"] for message in messages[:2]] != ["system", "user"]:
                raise
            system, user, *rest = messages
            joined = {"role": "user", "content": f"{system['content']}\n\n{user['content']}"}
            return self._render([joined, *rest])

    def _render(self, messages: list[dict[str, str]]) -> str:
        try:
            return str(self._template(messages=messages, enable_thinking=False).prompt)
        # A template is a program that came with the model, so any error may come out of it.
        except Exception as error:
            raise UsageError(
                "The model's chat template does not take these messages.",
                f"It says: {error}",
                "Many templates want user and assistant in turns; a raw prompt (`--raw`) goes"
                " without the template.",
            ) from error
