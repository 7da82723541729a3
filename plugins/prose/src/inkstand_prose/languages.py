"""Other languages than English, as far as finding speech in them needs to know."""

from __future__ import annotations

import re
from typing import Literal

from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.verbs import SPEECH_VERBS

Language = Literal["en", "fr", "de", "es"]

_COMMON: dict[Language, tuple[str, ...]] = {
    "en": (" the ", " and ", " of ", " to ", " was ", " he ", " she ", " you ", " is "),
    "fr": (" le ", " la ", " les ", " et ", " que ", " est ", " une ", " pas ", " vous ", " dans "),
    "de": (
        " der ",
        " und ",
        " das ",
        " nicht ",
        " ist ",
        " sie ",
        " ich ",
        " zu ",
        " den ",
        " ein ",
    ),
    "es": (" el ", " los ", " que ", " y ", " una ", " por ", " con ", " no ", " se ", " del "),
}
NAMES: dict[Language, str] = {"en": "English", "fr": "French", "de": "German", "es": "Spanish"}
_SAMPLE = 20_000
_FEWEST = 4
_LEAD = 1.5
VERBS: dict[Language, frozenset[str]] = {
    "en": SPEECH_VERBS,
    "fr": words("speech_verbs_french"),
    "de": words("speech_verbs_german"),
    "es": words("speech_verbs_spanish"),
}
"""Verbs whose subject is the speaker of the quotation beside them."""

_FRENCH_INCISE = re.compile(
    r"(?<=[,!?…»”])\s+(?:[sm]['’]|(?:se|me|lui|leur|nous)\s)?"
    r"(?:(?P<verb>[^\W\d_]+)(?:-(?:t-)?(?:il|elle|ils|elles|je|on)\b"
    r"|\s+(?:le|la|les|un|une|mon|ma|son|sa|leur|notre|ce|cet|cette|madame|monsieur|"
    r"mademoiselle|maître|maman|papa|tante|oncle|celui-ci|celle-ci|l['’]\w+|[A-ZÀ-ÖØ-Þ]\w+)\b)"
    r"|(?:ai-je|a-t-(?:il|elle|on)|avait-(?:il|elle)|ont-(?:ils|elles))\s(?:\w+\s)?(?:dit|demandé|"
    r"répondu|crié|murmuré|ajouté|fait|repris|lancé|soufflé|expliqué|déclaré)\b"
    r"|(?:a|ont|avait|avaient)\s(?:dit|demandé|répondu|crié|murmuré|ajouté|repris)\s"
    r"(?:le|la|les|un|une|mon|ma|son|sa|l['’]\w+|[A-ZÀ-ÖØ-Þ]\w+)\b)"
)
_STOP = re.compile(r"[,.;:!?…—–»]")
_NARRATION = re.compile(
    r"\s+(?:(?:tout )?en [^\W\d_]+ant\b|d['’]une? |avec |sans |les yeux|la voix|le regard|"
    r"(?:qui|dont|où) )"
)
_THEN_HE = re.compile(r"\s*(?:Il|Elle|Ils|Elles|Puis|Et (?:il|elle))\b")
_DASH = re.compile(r"\s*[—–]\s*")
_SPANISH_INCISE = re.compile(r"\s?[—–](?=(?P<verb>[^\W\d_]+))[^—–]*(?:[—–][.,;:]?|$)")


def language_of(text: str) -> Language:
    """The language that a text's most common words are of; English where they do not tell."""
    sample = text[:_SAMPLE].lower()
    counts = {code: sum(map(sample.count, common)) for code, common in _COMMON.items()}
    best = max(counts, key=lambda code: counts[code])
    enough = counts[best] >= _FEWEST and counts[best] > _LEAD * counts["en"]
    return best if enough else "en"


def without_incises(
    text: str, start: int, end: int, language: Language, *, marked: bool
) -> list[tuple[int, int]]:
    """The parts of the speech `[start, end)` without the words that tell who speaks.

    `marked` is whether marks show where speech ends: else narration may follow after those words.
    """
    if language == "fr":
        return _without_french(text, start, end, marked=marked)
    if language == "es" and not marked:
        return _without_spanish(text, start, end)
    return [(start, end)]


def _without_french(text: str, start: int, end: int, *, marked: bool) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = start
    for incise in _FRENCH_INCISE.finditer(text, start, end):
        verb = incise["verb"]
        if incise.start() < begin or (verb is not None and verb not in VERBS["fr"]):
            continue
        if begin < incise.start():
            spans.append((begin, incise.start()))
        begin = _end_of_incise(text, incise.end(), end)
        if not marked and _THEN_HE.match(text, begin, end):
            following = _DASH.search(text, begin, end)
            begin = following.end() if following else end
    if begin < end:
        spans.append((begin, end))
    return spans


def _end_of_incise(text: str, at: int, end: int) -> int:
    """Where speech goes on after a verb and its subject, of which the latter ends at `at`."""
    while (stop := _STOP.search(text, at, end)) is not None:
        at = stop.end()
        if stop.group() != "," or not _NARRATION.match(text, at, end):
            break
    if stop is None:
        return end
    again = _DASH.match(text, at, end)
    return again.end() if again else at + len(text[at:end]) - len(text[at:end].lstrip())


def _without_spanish(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = start
    for incise in _SPANISH_INCISE.finditer(text, start, end):
        if incise["verb"] in VERBS["es"]:
            spans.append((begin, incise.start()))
            begin = incise.end()
    spans.append((begin, end))
    return [(a, b) for a, b in spans if text[a:b].strip()]
