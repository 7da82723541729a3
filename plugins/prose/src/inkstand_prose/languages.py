"""Other languages than English, as far as finding speech in them needs to know."""

from __future__ import annotations

import re
from typing import Literal

from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.verbs import SPEECH_VERBS

Language = Literal["en", "fr", "de", "es", "it"]

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
    "it": (" il ", " che ", " di ", " non ", " è ", " per ", " della ", " si ", " un ", " era "),
}
NAMES: dict[Language, str] = {
    "en": "English",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "it": "Italian",
}
_SAMPLE = 20_000
_FEWEST = 4
_LEAD = 1.5
VERBS: dict[Language, frozenset[str]] = {
    "en": SPEECH_VERBS,
    "fr": words("speech_verbs_french"),
    "de": words("speech_verbs_german"),
    "es": words("speech_verbs_spanish"),
    "it": words("speech_verbs_italian"),
}
"""Verbs whose subject is the speaker of the quotation beside them."""

_FRENCH_INCISE = re.compile(
    r"(?:(?<=[,!?…»”])|(?<=\.\.\.))\s+(?:[sm]['’]|(?:se|me|lui|leur|nous)\s)?"
    r"(?:(?P<verb>(?!(?:ai|a|ont|avait)-)[^\W\d_]+)(?:-(?:t-)?(?:il|elle|ils|elles|je|on)\b"
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
    r"(?:qui(?! (?:te|vous) | t['’])|dont|où) )"
)
_APPOSITION = re.compile(r"(?:une? [^\W\d_]+[, .]|(?:qui|dont|et (?:il|elle)) )")
"""What a dash after those words sets off, where it is narration: "cria un garde — un vieux"."""
_GERMAN_INCISE = re.compile(
    r"(?<=[,!?…])\s+(?P<verb>[^\W\d_]+)\s(?:sich\s)?(?:er|sie|es|ich|wir|man|der|die|das|ein|eine|"
    r"mein|meine|sein|seine|ihr|ihre|unser|unsere|Herr|Frau|Fräulein|Vater|Mutter|[A-ZÄÖÜ]\w+)\b"
)
_GERMAN_NARRATION = re.compile(
    r"\s+(?:ohne|während|als|indem|wobei|nachdem|mit (?:einer|einem|leiser|lauter)|"
    r"(?:der|die|das) (?:sich|ihn|ihm|ihr|es) )"
)
_THEN_HE = re.compile(
    r"\s*(?:(?:Il|Elle|Ils|Elles) (?!(?:ne |n['’]|se |s['’])?(?:fait|est|a|y|va|faut|ont|sont|vont|"
    r"peut|doit|sait|veut)\b)|(?:Puis|Et (?:il|elle))\b)"
)
_DASH = re.compile(r"\s*[—–]\s*")
_SPANISH_INCISE = re.compile(r"\s?[—–](?=(?P<verb>[^\W\d_]+))[^—–]*(?:[—–][.,;:]?|$)")
_SPANISH_NARRATION = re.compile(r"(?<=[.!?…])\s[—–](?=[A-ZÁÉÍÓÚÑ])[^—–]*(?:[—–][.,;:]?|$)")
_ITALIAN_INCISE = re.compile(
    r",?\s*[—–]\s?(?:(?:mi|gli|le|ci|si)\s)?(?=(?P<verb>[^\W\d_]+))[^—–]*(?:[—–]\s?|$)"
)


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
    if marked or language == "en":
        return [(start, end)]
    if language == "de":
        return _without_german(text, start, end)
    incise = _ITALIAN_INCISE if language == "it" else _SPANISH_INCISE
    return _without_dashed(text, start, end, incise, VERBS[language])


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
    apart = False
    while (stop := _STOP.search(text, at, end)) is not None:
        at = stop.end()
        if stop.group() in "—–" and _APPOSITION.match(text, _past_blanks(text, at, end), end):
            apart = True
        elif stop.group() != "," or not (apart or _NARRATION.match(text, at, end)):
            break
    if stop is None:
        return end
    again = _DASH.match(text, at, end)
    return again.end() if again else _past_blanks(text, at, end)


def _past_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _without_german(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = start
    for incise in _GERMAN_INCISE.finditer(text, start, end):
        if incise.start() < begin or incise["verb"] not in VERBS["de"]:
            continue
        spans.append((begin, incise.start()))
        at = incise.end()
        while (stop := _STOP.search(text, at, end)) is not None:
            at = stop.end()
            if stop.group() != "," or not _GERMAN_NARRATION.match(text, at, end):
                break
        if stop is None:
            return spans
        begin = _past_blanks(text, at, end)
    if begin < end:
        spans.append((begin, end))
    return spans


def _without_dashed(
    text: str, start: int, end: int, incise: re.Pattern[str], verbs: frozenset[str]
) -> list[tuple[int, int]]:
    """Speech without the verbs of speech, and what belongs to them, that dashes set off."""
    spans: list[tuple[int, int]] = []
    begin = at = start
    while (found := incise.search(text, at, end)) is not None:
        if found["verb"] in verbs or (
            incise is _SPANISH_INCISE and _SPANISH_NARRATION.match(text, found.start(), end)
        ):
            spans.append((begin, found.start()))
            begin = at = found.end()
        else:
            at = found.start("verb")
    spans.append((begin, end))
    return [(a, b) for a, b in spans if text[a:b].strip()]
