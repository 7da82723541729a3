"""A second plugin of the same distribution, which takes part in the same hook."""

from __future__ import annotations

import msgspec

from inkstand_sdk import GenerateRequest, hookimpl


@hookimpl
def inkstand_before_generate(request: GenerateRequest) -> GenerateRequest:
    return msgspec.structs.replace(request, prompt=f"{request.prompt_text()}!")
