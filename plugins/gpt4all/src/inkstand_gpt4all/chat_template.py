"""A model's own chat template, rendered without trusting it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import Message

if TYPE_CHECKING:
    from jinja2 import Environment


class ChatTemplate:
    """Turns messages into a prompt; `bos` and `eos` are the texts of the model's own tokens."""

    def __init__(self, source: str, *, bos: str = "", eos: str = "") -> None:
        """Compile `source`; raises `ValueError` if it is no template."""
        from jinja2 import TemplateSyntaxError

        try:
            self._template = _environment().from_string(source)
        except (TemplateSyntaxError, RecursionError) as error:
            raise ValueError(str(error)) from error
        self._names = {"bos_token": bos, "eos_token": eos, "enable_thinking": False}

    def render(self, messages: Sequence[Message]) -> str:
        """The prompt for `messages`, open for the answer; raises `UsageError`."""
        from jinja2 import TemplateError

        turns = [{"role": message.role, "content": message.text()} for message in messages]
        try:
            return self._template.render(messages=turns, add_generation_prompt=True, **self._names)
        except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise UsageError(
                "The model's chat template does not take these messages.",
                f"It says: {error}",
                "Many templates want user and assistant in turns and some no system message; a raw"
                " prompt (`--raw`) goes without the template.",
            ) from error


def _environment() -> Environment:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _as_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _now
    return environment


def _as_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(message: str) -> NoReturn:
    from jinja2 import TemplateError

    raise TemplateError(message)


def _now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)
