"""A `GenerateRequest` as the text and numbers that the library takes, checked first."""

from __future__ import annotations

import msgspec

from inkstand_gpt4all.chat_template import ChatTemplate
from inkstand_gpt4all.sampling import EngineSampling, engine_sampling
from inkstand_sdk.asked import check_request
from inkstand_sdk.errors import InputError, SchemaError, UsageError
from inkstand_sdk.messages import GenerateRequest
from inkstand_sdk.plain_chat import PLAIN_STOP, plain_prompt

_ANOTHER = "Take a backend that can, such as llamacpp: `inkstand backends list`."


class EngineRequest(msgspec.Struct, frozen=True):
    """The prompt's text, how many tokens may follow, how they are drawn and where to stop."""

    prompt: str
    max_tokens: int
    sampling: EngineSampling
    stop: tuple[str, ...] = ()


def engine_request(request: GenerateRequest, template: ChatTemplate | None) -> EngineRequest:
    """The library's request; `template` is the model's own.

    Raises `UsageError`, `InputError` or `SchemaError` for what the library cannot do.
    """
    check_request(request)
    if request.schema is not None or request.grammar is not None:
        raise SchemaError("GPT4All cannot hold a model to a schema or a grammar.", "", _ANOTHER)
    if request.adapters:
        raise UsageError("GPT4All does not apply LoRA adapters.", "", _ANOTHER)
    stop = request.stop
    if request.prompt is not None:
        prompt = request.prompt
    elif template is not None:
        prompt = template.render(request.messages)
    else:
        prompt = plain_prompt(request.messages)
        stop = (*stop, *PLAIN_STOP)
    if "\0" in prompt:
        raise InputError(
            "The prompt has a zero byte in it.",
            "GPT4All would take it for the prompt's end.",
            "Leave it out.",
        )
    return EngineRequest(prompt, request.max_tokens, engine_sampling(request.sampling), stop)
