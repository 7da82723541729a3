"""What a writer may set for an OpenAI-compatible endpoint. Keys are not among it: see `keys`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk.engine_settings import ContextLength

OPENAI = "https://api.openai.com/v1"
Amount = Annotated[float, Meta(ge=0, le=1e6)]


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model costs per million tokens, in whatever currency you count in."""

    model: Annotated[str, Meta(min_length=1, description="The model's name, as it is asked for.")]
    input: Annotated[Amount, Meta(description="Per million tokens of the prompt.")]
    output: Annotated[Amount, Meta(description="Per million tokens that are written.")]
    cached_input: Annotated[
        Amount | None, Meta(description="Per million prompt tokens that were cached.")
    ] = None


class OpenAISettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the OpenAI backend."""

    base_url: Annotated[
        str,
        Meta(
            pattern=r"^https?://\S+$",
            description="The endpoint, with its /v1; on this machine it works offline too.",
        ),
    ] = OPENAI
    key_name: Annotated[
        str, Meta(description="The key's name in the keyring, under the service inkstand.")
    ] = "openai"
    key_env: Annotated[
        str, Meta(description="The environment variable with the key, if the keyring has none.")
    ] = "OPENAI_API_KEY"
    context_length: ContextLength = 0
    timeout: Annotated[
        float, Meta(gt=0, le=86_400, description="Seconds without a word before giving up.")
    ] = 600.0
    max_retries: Annotated[
        int,
        Meta(ge=0, le=20, description="Tries again when the server is busy (429) or fails (5xx)."),
    ] = 4
    max_wait: Annotated[
        float,
        Meta(ge=0, le=3600, description="The longest wait before a try, in seconds."),
    ] = 120.0
    concurrency: Annotated[int, Meta(ge=1, le=256, description="Requests sent at once.")] = 8
    prices: Annotated[
        tuple[Price, ...], Meta(description="What models cost, for the cost of each text.")
    ] = ()
    headers: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+:\s*[^\r\n]*$")], ...],
        Meta(description="Further headers, as 'Name: value'. No keys: settings are plain text."),
    ] = ()
