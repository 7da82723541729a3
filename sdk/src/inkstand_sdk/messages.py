"""What is asked of a model and what it answers: frozen Structs that cross every border."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "cancelled", "error"]
Strategy = Literal["greedy", "nucleus", "min-p", "typical", "mirostat", "beam", "contrastive"]


class Text(msgspec.Struct, frozen=True, omit_defaults=True, tag="text", tag_field="type"):
    """A part of a message that is text: the only kind of part today.

    `label` says on the receipt what the part is ("manuscript tail", "bible: Ada"); the message's
    role stands there if it is empty. No engine sees it.
    """

    text: str
    label: str = ""


Part = Text


class Message(msgspec.Struct, frozen=True):
    """One turn of a conversation; `content` is a sequence of tagged parts."""

    role: Role
    content: tuple[Part, ...]

    @classmethod
    def of(cls, role: Role, text: str) -> Message:
        """A message of one text part."""
        return cls(role, (Text(text),))

    def text(self) -> str:
        """The message's text parts, joined."""
        return "".join(part.text for part in self.content)


class Mirostat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mirostat sampling (Basu et al., 2021): version 1 or 2, target entropy tau, rate eta."""

    version: Annotated[
        int, Meta(ge=1, le=2, description="Mirostat sampling, in its version 1 or 2.")
    ] = 2
    tau: Annotated[
        float, Meta(gt=0, le=20, description="Mirostat: the surprise that is aimed at.")
    ] = 5.0
    eta: Annotated[float, Meta(gt=0, le=1, description="Mirostat: how fast it adapts.")] = 0.1


class Dry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The DRY repetition penalty: `multiplier * base ** (match - allowed_length)`."""

    multiplier: Annotated[
        float, Meta(ge=0, le=10, description="DRY: how strongly repeated passages are avoided.")
    ] = 0.8
    base: Annotated[
        float, Meta(ge=1, le=10, description="DRY: how fast that grows with their length.")
    ] = 1.75
    allowed_length: Annotated[
        int, Meta(ge=1, le=1000, description="DRY: the tokens that may repeat freely.")
    ] = 2


class Xtc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """XTC sampling: with `probability`, drop all but the last token above `threshold`."""

    probability: Annotated[
        float, Meta(ge=0, le=1, description="XTC: how often the likeliest tokens are left out.")
    ] = 0.5
    threshold: Annotated[
        float, Meta(ge=0, le=1, description="XTC: the probability from which they may be.")
    ] = 0.1


class Sampling(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the next token is drawn. A field that is None is left to the backend's default.

    A backend names the fields it honours in `BackendCapabilities.sampling`; the rest are listed
    in `Finish.unsupported`, never dropped in silence.
    """

    temperature: (
        Annotated[
            float, Meta(ge=0, le=10, description="Randomness; 0 always takes the likeliest token.")
        ]
        | None
    ) = None
    top_p: (
        Annotated[
            float, Meta(gt=0, le=1, description="Keep the likeliest tokens up to this probability.")
        ]
        | None
    ) = None
    top_k: (
        Annotated[int, Meta(ge=0, le=1_000_000, description="Keep this many tokens; 0 keeps all.")]
        | None
    ) = None
    min_p: (
        Annotated[
            float,
            Meta(ge=0, le=1, description="Drop tokens below this share of the likeliest one's."),
        ]
        | None
    ) = None
    typical_p: (
        Annotated[float, Meta(gt=0, le=1, description="Locally typical sampling; 1 is off.")] | None
    ) = None
    repeat_penalty: (
        Annotated[
            float, Meta(gt=0, le=10, description="Divides the score of recent tokens; 1 is off.")
        ]
        | None
    ) = None
    presence_penalty: (
        Annotated[float, Meta(ge=-2, le=2, description="Taken from each token already written.")]
        | None
    ) = None
    frequency_penalty: (
        Annotated[
            float, Meta(ge=-2, le=2, description="The same, once for every time it was written.")
        ]
        | None
    ) = None
    dry: Dry | None = None
    xtc: Xtc | None = None
    mirostat: Mirostat | None = None
    beams: (
        Annotated[int, Meta(ge=1, le=64, description="Beam search with this many beams; 1 is off.")]
        | None
    ) = None
    penalty_alpha: (
        Annotated[float, Meta(ge=0, le=1, description="Contrastive search: weight of the penalty.")]
        | None
    ) = None
    seed: (
        Annotated[int, Meta(ge=0, le=2**32 - 2, description="Same seed and request, same text.")]
        | None
    ) = None

    def given(self) -> dict[str, Any]:
        """The fields that are set, by name, with their values."""
        return {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not None
        }


class Adapter(msgspec.Struct, frozen=True):
    """A LoRA adapter file and the weight it is applied with."""

    path: str
    scale: float = 1.0


class Dropped(msgspec.Struct, frozen=True):
    """A block that was left out of a prompt: what it was, its tokens (0: not counted), and why."""

    label: str
    tokens: int = 0
    why: str = ""


class GenerateRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One generation: `messages` (put through the model's chat template) or a raw `prompt`.

    At most one of `schema` (JSON Schema) and `grammar` (GBNF) is given. `cache` is the policy for
    the output cache: only reproducible requests, never, or always. `preset` and `strategy` name
    sampling that the host fills in below what `sampling` says itself. `logprobs` asks for the log
    probability of each written token, with that many alternatives. `timeout` is in seconds: how
    long the engine may be silent before the request fails; None leaves it to the settings.
    `dropped` is what whoever made the prompt left out, for the receipt. `attempts` is how often
    the model may be asked for an answer that satisfies `schema`; None leaves it to the host.
    """

    messages: tuple[Message, ...] = ()
    prompt: str | None = None
    sampling: Sampling = Sampling()
    stop: tuple[str, ...] = ()
    max_tokens: Annotated[int, Meta(ge=1, le=10_000_000)] = 512
    schema: dict[str, Any] | None = None
    grammar: str | None = None
    adapters: tuple[Adapter, ...] = ()
    cache: Literal["auto", "off", "on"] = "auto"
    preset: str = ""
    strategy: Strategy | None = None
    logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    timeout: Annotated[float, Meta(gt=0, le=86_400)] | None = None
    dropped: tuple[Dropped, ...] = ()
    attempts: Annotated[int, Meta(ge=1, le=10)] | None = None
    id: str = ""

    @classmethod
    def of(
        cls,
        prompt: str,
        *,
        system: str | None = None,
        raw: bool = False,
        **fields: Any,
    ) -> GenerateRequest:
        """A request with one user turn; `raw` sends the prompt without a chat template."""
        if raw:
            return cls(prompt=prompt, **fields)
        turns = [Message.of("user", prompt)]
        if system:
            turns.insert(0, Message.of("system", system))
        return cls(messages=tuple(turns), **fields)

    def prompt_text(self) -> str:
        """The raw prompt, or the messages' texts joined by blank lines."""
        if self.prompt is not None:
            return self.prompt
        return "\n\n".join(message.text() for message in self.messages)


class TokenCount(msgspec.Struct, frozen=True):
    """A number of tokens, and whether the model's own tokenizer counted them."""

    count: int
    exact: bool


class Usage(msgspec.Struct, frozen=True):
    """What one generation cost, counted by the engine; times in milliseconds."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """How many of `prompt_tokens` the engine took from its prefix cache."""
    exact: bool = True
    prompt_ms: float = 0.0
    generate_ms: float = 0.0
    cost: float = 0.0
    """What the provider charges, in the currency of the prices that were set; 0 if unknown."""


class Finish(msgspec.Struct, frozen=True):
    """How a stream ended. `unsupported` names sampling fields that were not honoured;
    `notes` are sentences for the user (a limit that was clipped, a default that was taken).
    """

    reason: FinishReason
    usage: Usage = Usage()
    unsupported: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class PromptProgress(msgspec.Struct, frozen=True):
    """How much of the prompt the engine has evaluated, in tokens."""

    evaluated: int
    total: int


class LoadProgress(msgspec.Struct, frozen=True):
    """A model that is being loaded: its name, and the share that is done, None if unknown."""

    model: str
    share: float | None = None


class Alternative(msgspec.Struct, frozen=True):
    """A token that might have been written: its text and natural log probability."""

    text: str
    logprob: float


class TokenLogprob(msgspec.Struct, frozen=True, omit_defaults=True):
    """A written token, its natural log probability, and the likeliest tokens at its place.

    A token may be less than a whole code point: the broken bytes are then U+FFFD in `text`.
    """

    text: str
    logprob: float
    top: tuple[Alternative, ...] = ()


class Chunk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a stream: some text (whole code points), progress, or the finish.

    `tokens` is how many tokens the text stands for. The last chunk of a stream, and only that,
    carries `finish`; a backend that ends without one has it added by its worker. `logprobs` are
    those of the tokens that have become final since the last chunk; `loading` comes from the host,
    before anything else.
    """

    text: str = ""
    tokens: int = 1
    progress: PromptProgress | None = None
    finish: Finish | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    loading: LoadProgress | None = None


class Failure(msgspec.Struct, frozen=True):
    """A model that was tried before the one that answered: the error's code, and why."""

    model: str
    backend: str
    code: str
    why: str


class GenerateResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finished generation. `value` is the decoded and validated JSON if a schema was given.

    `load_ms` is 0 for a model already loaded; `first_token_ms` counts from when the request
    was made. `cached` is whether it came from the output cache; `failures` are the models that
    were tried in vain before; `repaired` is whether the JSON had to be mended to be read.
    """

    text: str
    finish: FinishReason
    model: str
    backend: str
    usage: Usage = Usage()
    value: Any = None
    unsupported: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    load_ms: float = 0.0
    first_token_ms: float = 0.0
    total_ms: float = 0.0
    tokens_per_second: float = 0.0
    retries: int = 0
    request_id: str = ""
    logprobs: tuple[TokenLogprob, ...] = ()
    cached: bool = False
    repaired: bool = False
    failures: tuple[Failure, ...] = ()


class GenerateRecord(msgspec.Struct, frozen=True):
    """A request with its result: what `inkstand_after_generate` hooks are given."""

    request: GenerateRequest
    result: GenerateResult


class Event(msgspec.Struct, frozen=True):
    """Something that happened in the host: a dotted name ("worker.started") and plain data."""

    name: str
    data: dict[str, Any] = msgspec.field(default_factory=dict)


def sampling_from(values: Mapping[str, Any]) -> Sampling:
    """A validated `Sampling` from plain values; raises `msgspec.ValidationError`."""
    return msgspec.convert(dict(values), Sampling)
