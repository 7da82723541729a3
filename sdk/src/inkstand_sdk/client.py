"""The Python SDK for applications: `inkstand_sdk.open()` and three lines.

The host is found by its entry point in the group `inkstand.host`, so that an application
depends on this package alone and names the host in its requirements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

import msgspec

from inkstand_sdk.errors import InkstandError, NotFound, UsageError
from inkstand_sdk.messages import (
    Chunk,
    GenerateRequest,
    GenerateResult,
    Sampling,
    sampling_from,
)
from inkstand_sdk.reader import Reading
from inkstand_sdk.settings import json_schema
from inkstand_sdk.structured import Typed, is_struct

GROUP = "inkstand.host"
T = TypeVar("T")
Requests = Iterable[GenerateRequest | str | Mapping[str, Any]] | str | Path


class Generating(Protocol):
    """What the host's `generate` gives: an iterator of chunks with a result."""

    @property
    def result(self) -> GenerateResult:
        """The result, once the generation has run to its end."""
        ...

    def cancel(self) -> None:
        """Stop the engine; the stream then ends with finish "cancelled"."""
        ...

    def close(self) -> None:
        """Give up on the rest of the stream."""
        ...

    def __iter__(self) -> Iterator[Chunk]: ...

    def __next__(self) -> Chunk: ...


class Value:
    """A tool's output: its fields as attributes, nested ones too; `value` is the plain data."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value

    def __getattr__(self, name: str) -> Any:
        if name == "value":  # not set yet: a copy under way
            raise AttributeError(name)
        try:
            return _shown(self.value[name])
        except KeyError:
            raise AttributeError(
                f"the output has no field {name!r}; it has {', '.join(self.value)}"
            ) from None

    def __getitem__(self, name: str) -> Any:
        return _shown(self.value[name])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.value]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Value({self.value!r})"


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return Value(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value


class Tools:
    """The installed tools as functions: `tools.summarizer(sentences=3)`."""

    def __init__(self, host: Any) -> None:
        self._host = host

    def names(self) -> list[str]:
        """The tools that can be used."""
        return [tool.name for tool in self._host.tools()]

    def run(
        self,
        name: str,
        /,
        *,
        path: str | Path | None = None,
        engine: str = "auto",
        model: str = "",
        on_event: Callable[[Any], None] | None = None,
        **values: Any,
    ) -> Value:
        """Run a tool and wait for its output.

        Args:
            name: The tool.
            path: The file or folder to work on; the one given to `open` by default.
            engine: "auto", "analysis" or "model".
            model: `[backend:]id` or a path; with "auto" it chooses the model engine.
            on_event: Called with each `Progress` and `Write` event.
            values: The tool's input.

        Raises:
            InkstandError: whatever ended the run.

        """
        job = self.start(name, path=path, engine=engine, model=model, **values)
        try:
            for event in job.events():
                if on_event is not None:
                    on_event(event)
        except BaseException:
            job.cancel()
            raise
        return Value(job.result().output)

    def start(
        self,
        name: str,
        /,
        *,
        path: str | Path | None = None,
        engine: str = "auto",
        model: str = "",
        **values: Any,
    ) -> Any:
        """Start a tool and give its job: `events()`, `cancel()`, and `result()` with `.output`."""
        return self._host.run_tool(name, values, manuscript=path, engine=engine, model=model)

    def called(self, attribute: str) -> str:
        """The name of the tool that an attribute means: `-` cannot stand in one, `_` can.

        Raises:
            AttributeError: there is no such tool.

        """
        tool = attribute.replace("_", "-") if attribute not in self.names() else attribute
        try:
            self._host.tool(tool)
        except NotFound as error:
            raise AttributeError(str(error)) from error
        return tool

    def __getattr__(self, name: str) -> Callable[..., Value]:
        if name.startswith("_"):
            raise AttributeError(name)
        tool = self.called(name)

        def call(**values: Any) -> Value:
            return self.run(tool, **values)

        call.__name__ = name
        return call

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.names()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())


class Client:
    """An open Inkstand. Close it, or use it as a context manager: that stops its workers."""

    def __init__(self, host: Any) -> None:
        self._host = host
        self.tools = Tools(host)

    @property
    def plugins(self) -> Sequence[Any]:
        """Every installed plugin with its state; a broken one with its cause."""
        rows: Sequence[Any] = self._host.plugins.rows()
        return rows

    @property
    def backends(self) -> Sequence[Any]:
        """The installed engines, with what their probe found."""
        backends: Sequence[Any] = self._host.backends()
        return backends

    @property
    def models(self) -> Sequence[Any]:
        """The models on this machine, each with the backends that can load it."""
        models: Sequence[Any] = self._host.models()
        return models

    def generate(
        self,
        request: GenerateRequest | str,
        *,
        model: str = "",
        fallback: Sequence[str] = (),
        **fields: Any,
    ) -> Generating:
        """Begin to write: iterate over the chunks, then ask for `.result`.

        Args:
            request: A request, or the text of a prompt.
            model: `[backend:]id` or a path; the default model if empty.
            fallback: Models to try, in this order, where that one cannot answer.
            fields: Fields of `GenerateRequest`, and `system`, for a prompt; fields of `Sampling`
                such as `temperature` and `seed` may be given directly. `schema` may be a Struct,
                beside a request too: the result's `value` is then an instance of it.

        Raises:
            InkstandError: the request is not valid, or there is no such model.

        """
        if is_struct(struct := fields.get("schema")):
            fields["schema"] = json_schema(struct)
            if isinstance(request, GenerateRequest):
                request = msgspec.structs.replace(request, schema=fields.pop("schema"))
        if isinstance(request, str):
            request = _request(request, fields)
        elif fields:
            raise UsageError(
                f"{', '.join(fields)} cannot be given beside a request.",
                "The request has fields of its own.",
                "Set them there, or give the text of a prompt.",
            )
        generating: Generating = self._host.generate(request, model=model, fallback=fallback)
        return Typed(generating, struct) if is_struct(struct) else generating

    def embed(
        self, texts: Sequence[str], *, embedder: str = "", model: str = ""
    ) -> list[list[float]]:
        """One vector for each text, in order, all of one length.

        Args:
            texts: None of them empty.
            embedder: Its name; the one of the settings, or the only one, if empty.
            model: The embedding model, by name or path; the one of the settings if empty.

        Raises:
            InkstandError: there is no such embedder or model, or a text does not fit.

        """
        vectors: list[list[float]] = self._host.embed(texts, embedder=embedder, model=model)
        return vectors

    def generate_many(
        self,
        requests: Requests,
        *,
        on_progress: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> list[GenerateResult | InkstandError]:
        """Answer many requests, every place of the model taken, and give the answers in order.

        Args:
            requests: Requests, texts of prompts, or plain fields of a request, which may name a
                `model`; or the path of a file with one request of JSON a line.
            on_progress: Told now and then how many are `done` and `failed`.
            options: `model`, `fallback`, `preset`, `strategy` and `max_tokens` for those that say
                nothing else.

        Raises:
            InkstandError: the model of all of them cannot be used; the fault of one request is
                its answer.

        """
        job = self.start_many(requests, **options)
        try:
            return answers_of(job, on_progress)
        finally:
            job.cancel()  # which does nothing to a job that is over

    def start_many(self, requests: Requests, out: str | Path | None = None, **options: Any) -> Any:
        """Start `generate_many` and give its job: `events()`, `cancel()`, and `result()`.

        With `out` the answers go to that file, one of JSON a line, and the same call goes on with
        what was stopped or killed; `mode` may be "resume" or "force". Without it they are events.
        """
        return self._host.generate_many(requests, out, **options)

    def read(self, path: str | Path | None = None) -> Reading:
        """What a manuscript says: its people, its quotations and who speaks them."""
        reading: Reading = self._host.read(path)
        return reading

    def close(self) -> None:
        """Stop every worker. It may be called twice."""
        self._host.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def answers_of(
    job: Any, on_progress: Callable[[Any], None] | None
) -> list[GenerateResult | InkstandError]:
    """The answers that a job of many requests gives as its events, once it is over."""
    answers: list[GenerateResult | InkstandError] = []
    for event in job.events():
        if hasattr(event, "line"):
            answers.append(event.result or InkstandError.from_info(event.error))
        elif on_progress is not None:
            on_progress(event)
    job.result()
    return answers


def _request(prompt: str, fields: dict[str, Any]) -> GenerateRequest:
    """A request for a prompt; `Sampling`'s fields may stand among its own."""
    sampling = {name: fields[name] for name in Sampling.__struct_fields__ if name in fields}
    rest = {name: value for name, value in fields.items() if name not in sampling}
    known = {"system", "raw", *GenerateRequest.__struct_fields__} - {"messages", "prompt"}
    for name in rest:
        if name not in known:
            near = get_close_matches(name, [*known, *Sampling.__struct_fields__], n=1)
            raise UsageError(
                f"A request has no field {name!r}.",
                f"Did you mean {near[0]}?" if near else "",
                "See GenerateRequest and Sampling in inkstand_sdk.",
            )
    if sampling:
        try:
            rest["sampling"] = sampling_from(sampling)
        except msgspec.ValidationError as error:
            raise UsageError(f"The request is not valid: {error}.", "", "") from error
    return GenerateRequest.of(prompt, **rest)


def open(path: str | Path | None = None, *, offline: bool | None = None) -> Client:
    """Open Inkstand, to work on the manuscript at `path` if one is given.

    Args:
        path: A file or folder; what tools work on unless they are told otherwise.
        offline: Refuse whatever needs the network; None leaves it to the settings.

    Raises:
        NotFound: the application itself, the package `inkstand`, is not installed.

    """
    found = list(entry_points(group=GROUP))
    if not found:
        raise NotFound(
            "Inkstand itself is not installed in this environment.",
            "inkstand-sdk is only the contract; the host is a package of its own.",
            "pip install inkstand inkstand-llamacpp inkstand-pocket inkstand-prose"
            " inkstand-writing",
        )
    return Client(found[0].load()(path, offline=offline))
