"""Grammars in GBNF, the form that llama.cpp reads: checked before an engine sees them.

Engines trust a grammar and end the process, or never end, on a bad one. Syntax:
https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from inkstand_sdk.gbnf.check import check_grammar as check_grammar
from inkstand_sdk.gbnf.closing import closed as closed
from inkstand_sdk.gbnf.from_schema import SchemaGrammar as SchemaGrammar
from inkstand_sdk.gbnf.from_schema import schema_to_gbnf as schema_to_gbnf
from inkstand_sdk.gbnf.schemas import check_schema as check_schema
from inkstand_sdk.gbnf.schemas import dump as dump
from inkstand_sdk.gbnf.schemas import kinds as kinds
from inkstand_sdk.gbnf.schemas import missing_bounds as missing_bounds
from inkstand_sdk.gbnf.schemas import subschemas as subschemas

__all__ = [
    "SchemaGrammar", "check_grammar", "check_schema", "closed", "dump", "kinds",
    "missing_bounds", "schema_to_gbnf", "subschemas",
]  # fmt: skip
