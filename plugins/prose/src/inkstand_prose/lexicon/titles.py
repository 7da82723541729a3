"""Titles that stand before a name, and what they tell of the person."""

from __future__ import annotations

from functools import lru_cache

from inkstand_prose.lexicon import words

MALE_TITLES = words("titles_male")
FEMALE_TITLES = words("titles_female")
NEUTRAL_TITLES = words("titles_neutral")
TITLES = MALE_TITLES | FEMALE_TITLES | NEUTRAL_TITLES

PLAIN_TITLES = frozenset(
    ["mr", "mister", "mrs", "miss", "ms", "master", "messrs", "comrade", "citoyen", "citoyenne"]
)
"""Titles that any member of a family may bear; all others are a rank of one person."""

KIN_TITLES = words("titles_kin")

SAME_TITLE = {
    "mister": "mr",
    "massa": "master",
    "mars": "master",
    "mas'r": "master",
    "mas’r": "master",
    "marse": "master",
    "brer": "brother",
    "doctor": "dr",
    "cap'n": "captain",
    "cap’n": "captain",
    "prof": "professor",
    "capt": "captain",
    "col": "colonel",
    "maj": "major",
    "gen": "general",
    "lieut": "lieutenant",
    "lt": "lieutenant",
    "sgt": "sergeant",
    "serjeant": "sergeant",
    "rev": "reverend",
    "gov": "governor",
    "cmdr": "commander",
    "aunty": "aunt",
    "auntie": "aunt",
    "madam": "madame",
    "mme": "madame",
    "m": "monsieur",
    "mlle": "mademoiselle",
    "ms": "miss",
    "mis": "mrs",
    "st": "saint",
}

ABBREVIATIONS = words("abbreviations")
"""Words that a full stop may follow without ending the sentence."""


@lru_cache(maxsize=4096)
def title_key(word: str) -> str:
    """The one spelling of a title: "Capt." and "Captain" give "captain"; "" for other words."""
    key = word.rstrip(".").lower()
    if key not in TITLES:
        return ""
    return SAME_TITLE.get(key, key)


def title_gender(title: str) -> str:
    """Give "female", "male" or "unknown" for a title key."""
    if title in FEMALE_TITLES:
        return "female"
    if title in MALE_TITLES:
        return "male"
    return "unknown"
