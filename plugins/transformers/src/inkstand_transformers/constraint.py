"""Holding a row to a JSON Schema or a grammar (llguidance): which tokens may come next.

llguidance lets white space run on for ever unless told otherwise, and an object that may have
further properties gets them from a small model until its tokens run out; so both are closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inkstand_sdk.errors import EngineError, SchemaError
from inkstand_sdk.gbnf import check_grammar, check_schema, closed, dump, subschemas

if TYPE_CHECKING:
    import torch

_NOT_ENFORCED = frozenset(
    {
        "not", "if", "then", "else", "uniqueItems", "contains", "minContains", "maxContains",
        "propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedItems",
        "unevaluatedProperties",
    }
)  # fmt: skip


class Constrainer:
    """Makes constraints for one model's tokenizer."""

    def __init__(self, tokenizer: Any, vocabulary: int, ends: frozenset[int]) -> None:
        """`vocabulary` is the number of logits; `ends` are the tokens that end a text."""
        from copy import deepcopy

        import llguidance

        backend = deepcopy(tokenizer.backend_tokenizer)
        backend.no_padding()
        backend.no_truncation()
        self._tokenizer = llguidance.LLTokenizer(
            backend.to_str(),
            n_vocab=max(vocabulary, backend.get_vocab_size()),
            eos_token=sorted(ends) or None,
        )

    def for_schema(self, schema: dict[str, Any]) -> Constraint:
        """A constraint to `schema`; raises `SchemaError` if it is none or cannot be kept."""
        import llguidance

        check_schema(schema)
        options: Any = {
            "whitespace_flexible": False,
            "lenient": True,
            "coerce_one_of": True,
        }
        grammar = llguidance.LLMatcher.grammar_from_json_schema(
            dump(closed(schema)), overrides=options
        )
        return self._constraint(
            grammar,
            SchemaError(
                "The engine cannot hold a model to this schema.",
                "A reference leads nowhere, or a pattern or number in it is of a kind that the"
                " grammar compiler does not know.",
                "Simplify the schema: types, enums, bounds, arrays, objects and $defs always work.",
            ),
        )

    def for_grammar(self, grammar: str) -> Constraint:
        """A constraint to a GBNF grammar; raises `SchemaError` if it is none."""
        import llguidance
        from llguidance.gbnf_to_lark import gbnf_to_lark

        check_grammar(grammar)
        refused = SchemaError(
            "The engine cannot follow this grammar.", "", "Simplify it, or use a JSON Schema."
        )
        try:
            lark = gbnf_to_lark(grammar)
        except Exception as error:  # the converter raises plain exceptions of many kinds
            refused.cause = f"It says: {error}"
            raise refused from error
        return self._constraint(llguidance.LLMatcher.grammar_from_lark(lark), refused)

    def _constraint(self, grammar: str, refused: SchemaError) -> Constraint:
        import llguidance

        matcher = llguidance.LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            refused.detail = matcher.get_error()
            raise refused
        return Constraint(matcher)


class Constraint:
    """Where one row stands in its grammar."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def fork(self) -> Constraint:
        """Another one that stands where this one does."""
        return Constraint(self._matcher.deep_copy())

    def masked(self, logits: torch.Tensor) -> torch.Tensor:
        """`logits` with minus infinity for the tokens that may not come next."""
        import numpy as np
        import torch

        mask = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.unpackbits(mask, bitorder="little")[: len(logits)].astype(bool)
        if not allowed.any():
            raise EngineError(
                "The grammar leads to where no token can follow.",
                "The model's vocabulary lacks what the schema or grammar asks for.",
                "Simplify the schema, or use another model.",
            )
        forbidden = torch.from_numpy(~allowed)
        if len(forbidden) < len(logits):
            forbidden = torch.nn.functional.pad(
                forbidden, (0, len(logits) - len(forbidden)), value=True
            )
        return logits.masked_fill(forbidden, float("-inf"))

    def took(self, token: int) -> bool:
        """Go on by `token`; whether the text is complete and nothing can follow."""
        if not self._matcher.consume_token(token):
            said = self._matcher.get_error()
            raise EngineError(
                "The grammar leads to where no token can follow.",
                f"The model's vocabulary may lack a character of it: {said[:200]}",
                "Simplify the schema or grammar, or use another model.",
                detail=said,
            )
        return bool(self._matcher.is_stopped())


def not_enforced(schema: Any) -> tuple[str, ...]:
    """The keywords in `schema` that hold no model while it writes, sorted."""
    return tuple(sorted({key for part in subschemas(schema) for key in part} & _NOT_ENFORCED))
