"""Given names by gender, and diminutives with the names they stand for."""

from __future__ import annotations

from inkstand_prose.lexicon import word_lines, words

FEMALE_NAMES = words("names_female")
MALE_NAMES = words("names_male")

FORMAL_NAMES: dict[str, tuple[str, ...]] = {}
"""What a diminutive may stand for: "lizzy" gives ("elizabeth",)."""
for _line in word_lines("diminutives"):
    _formal, _short = _line.split(":")
    for _name in _short.split():
        FORMAL_NAMES[_name] = (*FORMAL_NAMES.get(_name, ()), _formal)


def given_name_gender(name: str) -> str:
    """Give "female", "male" or "unknown"; names borne by both are unknown."""
    key = name.lower()
    female, male = key in FEMALE_NAMES, key in MALE_NAMES
    if female == male:
        formal = FORMAL_NAMES.get(key, ())
        females = sum(f in FEMALE_NAMES for f in formal)
        males = sum(f in MALE_NAMES for f in formal)
        if bool(females) == bool(males):
            return "unknown"
        return "female" if females else "male"
    return "female" if female else "male"


def is_given_name(name: str) -> bool:
    """Whether the tables hold the name."""
    key = name.lower()
    return key in FEMALE_NAMES or key in MALE_NAMES or key in FORMAL_NAMES
