"""A JSON Schema as a grammar for the engine's constrained decoding (llguidance).

Two facts shape this module. llguidance lets white space and the digits of a number run on for
ever unless told otherwise; and it writes unconstrained text, without an error, when it cannot
read a schema. So a schema is checked first, whether its grammar took hold is asked once
(`Engine.constrains`), and what it does not enforce is named.

A third: where a tokenizer puts a blank before every text, llguidance forces that blank too, finds
that it breaks the grammar, and gives up or ends the process. Such a model, as all of Llama 2's and
Mistral's kin, is held to GBNF.
"""

from __future__ import annotations

import copy
import json
import math
from typing import Any

from inkstand_sdk.errors import SchemaError
from inkstand_sdk.gbnf import (
    SchemaGrammar,
    check_schema,
    closed,
    dump,
    kinds,
    missing_bounds,
    schema_to_gbnf,
    subschemas,
)
from inkstand_sdk.gguf import GgufHeader

# Keywords that the engine passes over; the result is still checked against them afterwards.
NOT_ENFORCED = frozenset(
    {
        "not", "if", "then", "else", "uniqueItems", "contains", "minContains", "maxContains",
        "propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedItems",
        "unevaluatedProperties",
    }
)  # fmt: skip
_DECIMALS = 1e-6
_SENTENCEPIECE = "llama"  # as llama.cpp calls that kind of tokenizer


def puts_blank_first(header: GgufHeader) -> bool:
    """Whether the model's tokenizer begins every text with a blank."""
    # What llama.cpp takes for granted where the file does not say.
    usual = header.tokenizer == _SENTENCEPIECE
    return bool(header.metadata.get("tokenizer.ggml.add_space_prefix", usual))


def constraint(schema: dict[str, Any], *, gbnf: bool) -> SchemaGrammar:
    """The grammar for `schema`, in GBNF or llguidance's form; raises `SchemaError`."""
    if gbnf:
        return schema_to_gbnf(schema)
    check_schema(schema)
    return SchemaGrammar(schema_grammar(schema), tuple(not_enforced(schema)))


def schema_grammar(schema: dict[str, Any], *, prefix: str = "") -> str:
    """The engine's grammar for `schema`, whose text begins with the literal `prefix`."""
    constrained = copy.deepcopy(closed(schema))
    for part in subschemas(constrained):
        _end_digits(part)
    constrained["x-guidance"] = {
        "whitespace_flexible": False,
        "lenient": True,
        "coerce_one_of": True,
    }
    literal = f"{json.dumps(prefix)} " if prefix else ""
    return f"%llguidance {{}}\nstart: {literal}%json {dump(constrained)}"


def _end_digits(part: dict[str, Any]) -> None:
    """Give a number in `part` bounds, and as many decimals as prose or a slider needs."""
    if "number" not in kinds(part) or {"enum", "const", "multipleOf"} & part.keys():
        return
    lowest = max(part.get("minimum", -math.inf), part.get("exclusiveMinimum", -math.inf))
    highest = min(part.get("maximum", math.inf), part.get("exclusiveMaximum", math.inf))
    if highest - lowest > 1000 * _DECIMALS:
        part |= {"multipleOf": _DECIMALS, **missing_bounds(part)}


def not_enforced(schema: Any) -> list[str]:
    """The keywords in `schema` that the engine passes over, sorted."""
    return sorted({key for part in subschemas(schema) for key in part} & NOT_ENFORCED)


def cannot_constrain() -> SchemaError:
    """The error for a schema that the engine's grammar compiler refuses."""
    return SchemaError(
        "The engine cannot hold a model to this schema.",
        "A reference leads nowhere, or a pattern or number in it is of a kind that the grammar"
        " compiler does not know.",
        "Simplify the schema: types, enums, bounds, arrays, objects and $defs always work.",
    )
