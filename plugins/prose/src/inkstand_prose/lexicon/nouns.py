"""Nouns for people who are known by what they are: "the captain", "her aunt"."""

from __future__ import annotations

from inkstand_prose.lexicon import words

MALE_NOUNS = words("nouns_male")
FEMALE_NOUNS = words("nouns_female")
NEUTRAL_NOUNS = words("nouns_neutral")
PERSON_NOUNS = MALE_NOUNS | FEMALE_NOUNS | NEUTRAL_NOUNS


def noun_gender(noun: str) -> str:
    """Give "female", "male" or "unknown" for a noun: "girl", "country-girl"."""
    noun = noun if noun in PERSON_NOUNS else noun.rpartition("-")[2]
    if noun in FEMALE_NOUNS or noun.endswith("woman"):
        return "female"
    if noun in MALE_NOUNS or (noun.endswith("man") and noun not in NEUTRAL_NOUNS):
        return "male"
    return "unknown"
