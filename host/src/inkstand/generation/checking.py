"""A value against a JSON Schema, in a bounded number of steps or a bounded time.

`$ref` beside allOf and anyOf can ask for more steps than there are atoms, so the steps of a check
are counted. A pattern that backtracks without end is one step, and holds the interpreter: what may
meet one is checked in a process of its own, which is ended when its time is over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import msgspec

from inkstand.generation import aside
from inkstand_sdk.errors import SchemaError

# jsonschema (60 ms) is only loaded for requests that carry a schema.

_MOST_STEPS = 400_000
_LEFT: ContextVar[list[int]] = ContextVar("steps left")


class TooMuch(Exception):
    """The check was given up: it takes too many steps, or too long."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a value, and at which place in it."""

    message: str
    where: str


def faults_here(value: Any, schema: Any) -> Fault | None:
    """The first fault of `value`; None if it satisfies `schema`.

    Args:
        value: What msgspec decoded.
        schema: A valid one, whose patterns are known to be harmless.

    Raises:
        TooMuch: it takes too many steps.
        SchemaError: the schema refers to what is not there, or to itself without end.

    """
    from referencing import Registry

    # An empty registry: nothing is ever fetched.
    return _first(_validator()(schema, registry=Registry()), value)


def fault_of_form(schema: Any) -> Fault | None:
    """What keeps `schema` from being a JSON Schema; None if it is one. Raises `TooMuch`."""
    validator = _validator()
    return _first(validator(validator.META_SCHEMA), schema)


def _first(validator: Any, value: Any) -> Fault | None:
    from referencing.exceptions import Unresolvable

    before = _LEFT.set([_MOST_STEPS])
    try:
        fault = next(validator.iter_errors(value), None)
    except (Unresolvable, RecursionError, OverflowError) as error:
        raise SchemaError(
            f"The schema cannot be applied: {error}.",
            "It refers to a part that is not there, or to itself without end.",
            "Check its $ref entries.",
        ) from error
    finally:
        _LEFT.reset(before)
    if fault is None:
        return None
    where = "/".join(str(step) for step in fault.absolute_path) or "the top level"
    return Fault(_short(fault.message), where)


def faults_aside(value: Any, schema: Any) -> Fault | None:
    """The same in a process of its own, for schemas with patterns; raises as `faults_here` does."""
    try:
        answer = aside.done("check", [value, schema])
    except TimeoutError as error:
        raise TooMuch(f"It took longer than {aside.SECONDS} seconds.") from error
    if "steps" in answer:
        raise TooMuch(answer["steps"])
    if "schema" in answer:
        raise SchemaError(*answer["schema"])
    return msgspec.convert(answer["fault"], Fault | None)


def check(payload: str) -> dict[str, Any]:
    """What the process of its own answers to `faults_aside`."""
    value, schema = json.loads(payload)
    try:
        return {"fault": msgspec.to_builtins(faults_here(value, schema))}
    except TooMuch as error:
        return {"steps": str(error)}
    except SchemaError as error:
        return {"schema": [error.what, error.cause, error.fix]}


@lru_cache(1)
def _validator() -> Any:
    """The validator of draft 2020-12, with a count of its steps."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    keywords = Draft202012Validator.VALIDATORS
    counted = {name: _counted(run) for name, run in keywords.items()}
    return extend(Draft202012Validator, counted)  # type: ignore[no-untyped-call]


def _counted(keyword: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    def run(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        left = _LEFT.get()
        left[0] -= 1
        if left[0] < 0:
            raise TooMuch(f"It takes more than {_MOST_STEPS:,} steps.")
        yield from keyword(validator, value, instance, schema) or ()

    return run


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:140]} ... {message[-140:]}"
