"""The lines of a batch: what is asked, read one by one however long the file is, and the answers.

A line is one JSON object with the fields of `GenerateRequest`, those of `Sampling` beside them if
that is easier, and `id` and `model`. No line is trusted: what is wrong with one is its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Annotated, Any, BinaryIO

import msgspec
from msgspec import Meta

from inkstand_sdk.errors import ErrorInfo, InkstandError, InputError, PluginError, UsageError
from inkstand_sdk.messages import GenerateRequest, GenerateResult, Message, Sampling, Strategy
from inkstand_sdk.wrong_value import in_words

LONGEST = 8 * 2**20
"""Bytes of a line; no model's context holds more."""
DIGEST = 8
"""Bytes of a line's digest."""
Id = str | int | float | None
_FIELDS = frozenset(GenerateRequest.__struct_fields__)
_SAMPLING = frozenset(Sampling.__struct_fields__)
_KNOWN = _FIELDS | _SAMPLING | {"id", "model"}


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for every line that says nothing else.

    `fallback` are models to try after the first; `chat` puts a `prompt` through the model's chat
    template, as one user turn.
    """

    model: str = ""
    fallback: tuple[str, ...] = ()
    preset: str = ""
    strategy: Strategy | None = None
    max_tokens: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None
    chat: bool = False


class Line(msgspec.Struct, frozen=True):
    """A line of the source by its number, from 1 on; `fault` is why it could not be read whole."""

    number: int
    data: bytes
    digest: bytes
    end: int
    """How much of the source has been read after it: bytes of a file, or a number of requests."""
    fault: InkstandError | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing stands on it, so that it gets no answer."""
        return self.fault is None and not self.data.strip()


class Asked(msgspec.Struct, frozen=True):
    """What a line asks; `own_model` is whether the line itself named the model."""

    number: int
    id: Id
    model: str
    request: GenerateRequest
    own_model: bool


class Answer(msgspec.Struct, frozen=True):
    """The answer to a line: a result or an error, never both."""

    line: int
    id: Id = None
    result: GenerateResult | None = None
    error: ErrorInfo | None = None

    def encoded(self) -> bytes:
        """The answer as a line of JSON: the result's own fields, or `error`, after the number."""
        fields: dict[str, Any] = {"line": self.line}
        if self.id is not None:
            fields["id"] = self.id
        if self.result is not None:
            fields.update(msgspec.to_builtins(self.result))
        else:
            fields["error"] = msgspec.to_builtins(self.error)
        try:
            return msgspec.json.encode(fields) + b"\n"
        except (TypeError, UnicodeError, RecursionError) as error:
            # What a plugin put there; the batch must not end at this line time and again.
            fault = PluginError(f"The answer cannot be written as JSON: {error}.", "", "")
            return Answer(self.line, self.id, error=fault.to_info()).encoded()


def from_file(file: BinaryIO, name: str) -> Iterator[Line]:
    """The lines of a file of bytes, one at a time.

    Raises:
        InputError: it cannot be read, or is UTF-16, whose lines nobody can tell apart as bytes.

    """
    number, end = 0, 0
    while True:
        try:
            data = file.readline(LONGEST + 1)
            too_long = len(data) > LONGEST and not data.endswith(b"\n")
            skipped, skipped_digest = _skipped(file) if too_long else (0, b"")
        except OSError as error:
            raise InputError(
                f"{name} cannot be read: {error.strerror or error}.", "", "Check the file."
            ) from error
        if not data:
            return
        number += 1
        if number == 1:
            if data.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise InputError(
                    f"{name} is UTF-16 text.", "A batch is read as UTF-8.", "Save it as UTF-8."
                )
            end += 3 if data.startswith(b"\xef\xbb\xbf") else 0
            data = data.removeprefix(b"\xef\xbb\xbf")
        end += len(data) + skipped
        if too_long:
            digest = blake2b(data + skipped_digest, digest_size=DIGEST).digest()
            yield Line(number, b"", digest, end, _too_long(number, len(data) + skipped))
            continue
        data = data.rstrip(b"\r\n")
        yield Line(number, data, blake2b(data, digest_size=DIGEST).digest(), end)


def from_requests(requests: Iterable[GenerateRequest | str | Mapping[str, Any]]) -> Iterator[Line]:
    """Requests as lines; a text is a prompt that goes through the model's chat template."""
    for number, request in enumerate(requests, 1):
        asked = GenerateRequest.of(request) if isinstance(request, str) else request
        try:
            data = msgspec.json.encode(asked)
        except (TypeError, UnicodeError, RecursionError) as error:
            fault = InputError(f"Request {number} cannot be written as JSON: {error}.", "", "")
            yield Line(number, b"", bytes(DIGEST), number, fault)
            continue
        yield Line(number, data, blake2b(data, digest_size=DIGEST).digest(), number)


def asked(line: Line, defaults: Defaults) -> Asked | Answer:
    """What a line asks, or the answer that says why nobody can tell."""
    id_: Id = None
    try:
        if line.fault is not None:
            raise line.fault
        fields = _object(line)
        id_ = _id(fields)
        return _request(line, fields, defaults, id_)
    except InkstandError as error:
        return Answer(line.number, id_, error=error.to_info())


def _skipped(file: BinaryIO) -> tuple[int, bytes]:
    """Read on to the end of a line that is too long: how many bytes that was, and their digest."""
    count, digest = 0, blake2b(digest_size=DIGEST)
    while data := file.readline(2**16):
        count += len(data)
        digest.update(data)
        if data.endswith(b"\n"):
            break
    return count, digest.digest()


def _too_long(number: int, size: int) -> InputError:
    return InputError(
        f"Line {number} is too long: {size / 1e6:.1f} MB.",
        f"A request has at most {LONGEST // 2**20} MB; a line end may be missing.",
        "Write one JSON object a line.",
    )


def _object(line: Line) -> dict[str, Any]:
    try:
        fields = msgspec.json.decode(line.data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InputError(
            f"Line {line.number} is not JSON: {error}.",
            "Each line is one JSON object, in UTF-8.",
            'For example: {"prompt": "Describe a ferry at dawn.", "max_tokens": 40}',
        ) from error
    if not isinstance(fields, dict):
        raise InputError(
            f"Line {line.number} is not a JSON object.",
            "",
            'For example: {"prompt": "Describe a ferry at dawn.", "max_tokens": 40}',
        )
    return fields


def _id(fields: dict[str, Any]) -> Id:
    id_ = fields.pop("id", None)
    if isinstance(id_, bool) or not isinstance(id_, str | int | float | None):
        raise InputError("The id is neither text nor a number.", "", "Give it as text.")
    return id_ if id_ != "" else None


def _request(line: Line, fields: dict[str, Any], defaults: Defaults, id_: Id) -> Asked:
    for name in fields:
        if name not in _KNOWN:
            raise _unknown(line, name)
    model = fields.pop("model", "")
    if not isinstance(model, str):
        raise InputError(f"Line {line.number}: the model's name is not text.", "", "Name it.")
    beside = {name: fields.pop(name) for name in _SAMPLING & fields.keys()}
    if beside and isinstance(fields.setdefault("sampling", {}), dict):
        fields["sampling"] = {**fields["sampling"], **beside}
    if isinstance(messages := fields.get("messages"), list):
        fields["messages"] = list(map(_message, messages))
    if defaults.max_tokens is not None:
        fields.setdefault("max_tokens", defaults.max_tokens)
    try:
        request = msgspec.convert(fields, GenerateRequest)
    except (msgspec.ValidationError, RecursionError) as error:
        raise InputError(
            f"Line {line.number} is not a request: {in_words(error)}.",
            "A field is of the wrong kind, or out of bounds.",
            "See GenerateRequest in the documentation, under Messages.",
        ) from error
    if not request.prompt_text().strip():
        raise InputError(
            f"Line {line.number} has no prompt, or an empty one.",
            "There is nothing to answer.",
            'For example: {"prompt": "Describe a ferry at dawn.", "max_tokens": 40}',
        )
    if defaults.chat and request.prompt is not None and not request.messages:
        turn = (Message.of("user", request.prompt),)
        request = msgspec.structs.replace(request, prompt=None, messages=turn)
    request = msgspec.structs.replace(
        request,
        preset=request.preset or defaults.preset,
        strategy=request.strategy or defaults.strategy,
    )
    return Asked(line.number, id_, model or defaults.model, request, bool(model))


def _message(message: Any) -> Any:
    """A message whose content is one text, as other programs write them, in our form."""
    if isinstance(message, dict) and isinstance(content := message.get("content"), str):
        return {**message, "content": [{"type": "text", "text": content}]}
    return message


def _unknown(line: Line, name: str) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, _KNOWN, n=1)
    return UsageError(
        f"Line {line.number}: a request has no field {name!r}.",
        f"Did you mean {near[0]}?" if near else "",
        "See GenerateRequest in the documentation, under Messages.",
    )
