"""How values are shown to people: quotations in their marks, notes one by one."""

from __future__ import annotations

from typing import Any

import pytest

from inkstand.cli.render import Line, rendered


def shown(output: dict[str, Any]) -> list[str]:
    return [item.text for item in rendered(output) if isinstance(item, Line) and item.text]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("She weighed it twice.", "“She weighed it twice.”"),
        ("Salt. Then she does the sum.", "“Salt. Then she does the sum.”"),
        ("“Salt,” said Ray.", "“Salt,” said Ray."),
        ("Two,” said Ray slowly. “And a bit.", "“Two,” said Ray slowly. “And a bit.”"),
        ("Salt,” said Ray.", "“Salt,” said Ray."),
        ("Ray said, “Salt", "Ray said, “Salt”"),
        ('Two," said Ray. "And a bit.', '"Two," said Ray. "And a bit."'),
        ("Well,’ said Ray, ‘that’s luck.", "‘Well,’ said Ray, ‘that’s luck.’"),
        ("The dogs’ salt isn’t dry.", "“The dogs’ salt isn’t dry.”"),
        ("Ray cried, ‘Salt!’ twice.", "“Ray cried, ‘Salt!’ twice.”"),
        ("«Salz», sagte Ray.", "«Salz», sagte Ray."),
        ('"Two," said Ray.', '"Two," said Ray.'),
    ],
)
def test_a_quotation_has_its_outer_marks(quote: str, expected: str) -> None:
    text = shown({"people": [{"name": "Ray", "said": [{"quote": quote}]}]})[-1]
    assert text == expected


def test_sentences_are_not_run_together_with_commas() -> None:
    lines = shown({"notes": ["Some lines were left out.", "The dialogue was cut off."]})
    assert lines[-2:] == ["• Some lines were left out.", "• The dialogue was cut off."]
    assert shown({"notes": ["One thing."], "words": ["salt", "lorry"]})[1:] == [
        "One thing.",
        "Words",
        "salt, lorry",
    ]
