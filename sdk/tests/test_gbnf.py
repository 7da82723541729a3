"""GBNF is checked whole: what is wrong is told with its place, what is right goes through."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand_sdk.errors import SchemaError
from inkstand_sdk.gbnf import check_grammar

SOUND = [
    'root ::= "a"',
    'root   ::=   "yes" | "no" # a comment\n\n# another\n',
    'root ::= item+\nitem ::= "- " [^\\n]+ "\\n"',
    'root ::= ("a" | "b"){2,5} [0-9]{3} x?\nx ::= .',
    'root ::= (\n  "a" |\n  "b"\n)\n',
    'root ::= "a"\n  | "b"\n',
    'root ::= "\\x41\\u00e9\\U0001F600\\"\\\\" [\\]\\[a-z-]',
    'root ::= list\nlist ::= "(" list? ")"',
    'root ::= "a" |',
]
WRONG = {
    "root ::= [z-a]": "backwards",
    "root ::= []": "empty",
    'root ::= "a"{2': "repetition",
    'root ::= "a"{1001}': "1,000",
    'root ::= ((("a"{1000}){1000}){1000})': "too large",
    'root ::= "\\q"': "escape",
    'root ::= "a" )': "not part",
    'root ::= a\na ::= b\nb ::= a "x"': "itself",
    'root ::= "a"\nroot ::= "b"': "twice",
    "root ::= " + "(" * 100 + '"a"' + ")" * 100: "deep",
    "": "no rule",
}


@pytest.mark.parametrize("grammar", SOUND)
def test_a_sound_grammar_goes_through(grammar: str) -> None:
    check_grammar(grammar)


@pytest.mark.parametrize("grammar", WRONG)
def test_a_wrong_grammar_is_refused_with_its_place(grammar: str) -> None:
    with pytest.raises(SchemaError) as caught:
        check_grammar(grammar)
    assert WRONG[grammar] in caught.value.cause
    assert caught.value.cause.startswith("Line ")


@settings(deadline=None)
@given(st.text(alphabet='ab-:=|"[]()*+?{},1 \n\\#^.x', max_size=60))
def test_any_text_is_a_grammar_or_a_schema_error(text: str) -> None:
    with contextlib.suppress(SchemaError):
        check_grammar("root ::= " + text)
