"""A `GenerateRequest` as tokens, checked first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from inkstand_mlx.adapters import adapter_folder
from inkstand_sdk.asked import check_request
from inkstand_sdk.errors import InputError, PromptTooLong, SchemaError, UsageError
from inkstand_sdk.messages import GenerateRequest, Sampling
from inkstand_sdk.plain_chat import PLAIN_STOP, plain_prompt


class EngineRequest(msgspec.Struct, frozen=True):
    """The prompt's tokens, how many may follow, how they are drawn and where to stop.

    `logprobs` is how many alternatives are told beside each token's log probability, None for
    neither.
    """

    prompt: tuple[int, ...]
    max_tokens: int
    sampling: Sampling
    adapter: tuple[Path, float] | None = None
    stop: tuple[str, ...] = ()
    logprobs: int | None = None


def refuse_what_mlx_cannot(request: GenerateRequest) -> None:
    """Raise `UsageError`, `InputError` or `SchemaError` for what cannot be done."""
    check_request(request)
    if request.schema is not None or request.grammar is not None:
        raise SchemaError(
            "MLX cannot hold a model to a schema or a grammar.",
            "",
            "Take a backend that can, such as llamacpp: `inkstand backends list`.",
        )


def engine_request(
    request: GenerateRequest, tokenizer: Any, *, vocabulary: int, context_length: int
) -> EngineRequest:
    """The tokens and limits for `request`; raises `PromptTooLong` and whatever is wrong with it."""
    stop = request.stop
    if request.prompt is not None:
        prompt = tokenizer.encode(request.prompt)
    elif tokenizer.has_chat_template:
        prompt = _through_template(request, tokenizer)
    else:
        prompt = tokenizer.encode(plain_prompt(request.messages))
        stop = (*stop, *PLAIN_STOP)
    if not prompt:
        raise UsageError(
            "There is nothing to go on from.", "The prompt has no tokens.", "Give some text."
        )
    if max(prompt) >= vocabulary:
        raise InputError(
            "The model does not know a token of this prompt.",
            f"Its tokenizer gives {max(prompt):,}, and the model has {vocabulary:,}.",
            "The tokenizer belongs to another model: get the folder again.",
        )
    if len(prompt) >= context_length:
        raise PromptTooLong.of(len(prompt), context_length)
    return EngineRequest(
        tuple(prompt),
        min(request.max_tokens, context_length - len(prompt)),
        request.sampling,
        adapter_folder(request.adapters),
        stop,
        request.logprobs,
    )


def _through_template(request: GenerateRequest, tokenizer: Any) -> list[int]:
    turns = [{"role": message.role, "content": message.text()} for message in request.messages]
    try:
        prompt: list[int] = tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, enable_thinking=False
        )
    # A template is a program of the model's author: it may raise anything.
    except Exception as error:
        raise UsageError(
            "The model's chat template does not take these messages.",
            f"It says: {error}",
            "Many templates want user and assistant in turns and some no system message; a raw"
            " prompt (`--raw`) goes without the template.",
        ) from error
    return prompt
