"""A fingerprint told in sentences. What is called short or rich is so for fiction of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inkstand_sdk.style import Frequency, Rhythm, Style, Use, Voice

_MARKS = {
    "comma": "commas",
    "semicolon": "semicolons",
    "colon": "colons",
    "dash": "dashes",
    "ellipsis": "ellipses",
    "question": "question marks",
    "exclamation": "exclamation marks",
    "parenthesis": "parentheses",
    "emphasis": "emphasized words",
}
_USUAL_MARKS = {
    "semicolon": 3.0,
    "colon": 2.0,
    "dash": 8.0,
    "ellipsis": 2.0,
    "exclamation": 4.0,
    "parenthesis": 2.0,
    "emphasis": 3.0,
}
"""Rates in 1,000 words from which a mark is worth naming."""
TOO_FEW_WORDS = 50
_ENOUGH_WORDS = 300
"""Fewer words have no rhythm and no vocabulary to speak of."""
_TONES = ("formal", "casual", "professional", "emphatic")
_AUDIBLE, _FAR = 8.0, 1.6
"""A habit is heard from this rate on, and sets somebody apart from this many times the others'."""
_ENOUGH_SIGNS = 6
_LEANING = 0.35
"""Where four tones share alike each has 0.25."""


def in_words(style: Style) -> tuple[str, ...]:
    """The fingerprint in sentences, what strikes first comes first."""
    if not style.words:
        return ("There is nothing to measure.",)
    return tuple(_sentences(style))


def _sentences(style: Style) -> Iterator[str]:
    if style.words < TOO_FEW_WORDS:
        yield f"{style.words:,} words of narration are too few to tell a style from."
        return
    if style.words < _ENOUGH_WORDS:
        yield f"Only {style.words:,} words: take all of this with salt."
    if style.sentences.count:
        yield _rhythm(style.sentences)
    yield _openings(style)
    yield _vocabulary(style)
    yield _marks(style)
    if style.contractions >= 1:
        yield f"Contractions: {style.contractions:.0f} in 1,000 words."
    if style.frequency == Frequency():
        # A language that the Reader has no word lists for.
        return
    yield (
        f"In 1,000 words {style.adverbs:.0f} adverbs in -ly, {style.passives:.0f} passives and"
        f" {style.filter_words:.1f} filter words."
    )
    yield _tone(style)
    yield (
        f"Reading ease {style.readability.flesch:.0f} of 100"
        f" ({_ease(style.readability.flesch)}), years of school:"
        f" {max(1, style.readability.kincaid):.0f}."
    )


def _rhythm(rhythm: Rhythm) -> str:
    length = "short" if rhythm.mean < 10 else "long" if rhythm.mean > 20 else "of middling length"
    if rhythm.contrast > 0.75:
        change = "and change much from one to the next"
    elif rhythm.contrast < 0.55:
        change = "and are much like their neighbors"
    else:
        change = "and change from one to the next"
    even = f"; {rhythm.even:.0%} stand in runs of like length" if rhythm.even >= 0.05 else ""
    return (
        f"Sentences are {length} {change}: {rhythm.mean:.1f} words on average, half of them"
        f" between {rhythm.first_quartile:.0f} and {rhythm.third_quartile:.0f}, the longest"
        f" {rhythm.longest}{even}."
    )


def _openings(style: Style) -> str:
    most = listed(style.openings[:4])
    leading = ""
    if style.transitions:
        leading = f"; {style.transitions:.0%} lead over from the one before (then, but, at last)"
    return f"They begin most often with {most}{leading}." if most else "They have no openings."


def _vocabulary(style: Style) -> str:
    mattr = style.richness.mattr
    rich = "rich" if mattr >= 0.73 else "plain" if mattr < 0.66 else "neither rich nor plain"
    rarer = ""
    if style.frequency != Frequency():
        share = f"{style.frequency.rarer:.0%}"
        rarer = f", and {share} are rarer than the 5,000 commonest of English fiction"
    return f"The vocabulary is {rich}: of 100 words {100 * mattr:.0f} are different{rarer}."


def _marks(style: Style) -> str:
    named = [
        f"{style.marks[mark]:.0f} {_MARKS[mark]}"
        for mark, usual in _USUAL_MARKS.items()
        if style.marks.get(mark, 0.0) >= usual
    ]
    commas = style.marks.get("comma", 0.0)
    return f"Marks in 1,000 words: {', '.join([f'{commas:.0f} commas', *named])}."


def _tone(style: Style) -> str:
    tone = style.tone
    leaning = [
        name
        for name in _TONES
        if getattr(tone, name) >= _LEANING
        and sum(use.count for use in tone.evidence.get(name, ())) >= _ENOUGH_SIGNS
    ]
    if not leaning:
        return "In tone it leans nowhere."
    evidence = [use for name in leaning for use in tone.evidence.get(name, ())[:4]]
    return f"In tone it leans to the {' and '.join(leaning)}: {listed(evidence)}."


def voice_in_words(voice: Voice, others: Sequence[Voice]) -> tuple[str, ...]:
    """How somebody speaks, beside the other people of the book."""
    style = voice.style
    told = [_rhythm(style.sentences)]
    if style.words < _ENOUGH_WORDS:
        told.insert(0, f"Only {style.words:,} words: take all of this with salt.")
    told += _set_apart(voice, [other for other in others if other.person != voice.person])
    return tuple(told)


def _set_apart(voice: Voice, others: Sequence[Voice]) -> Iterator[str]:
    """What somebody does far more, or far less, than the others together."""
    words = sum(other.style.words for other in others)
    if not words:
        return
    more, less = [], []
    for name, rate in _habits(voice.style).items():
        usual = sum(_habits(other.style)[name] * other.style.words for other in others) / words
        if max(rate, usual) < _AUDIBLE:
            continue
        told = f"{name} ({rate:.0f} in 1,000 words, the others {usual:.0f})"
        if rate >= _FAR * usual:
            more.append(told)
        elif rate * _FAR <= usual:
            less.append(told)
    if more:
        yield f"More than the others: {', '.join(more)}."
    if less:
        yield f"Less than the others: {', '.join(less)}."


def _habits(style: Style) -> dict[str, float]:
    marks = style.marks
    return {
        "contractions": style.contractions,
        "questions": marks.get("question", 0.0),
        "exclamations": marks.get("exclamation", 0.0),
        "dashes": marks.get("dash", 0.0),
        "ellipses": marks.get("ellipsis", 0.0),
        "“I”": style.function_words.get("i", 0.0),
        "“you”": style.function_words.get("you", 0.0),
        "“we”": style.function_words.get("we", 0.0),
        "“not” and “never”": style.function_words.get("not", 0.0)
        + style.function_words.get("never", 0.0),
    }


def _ease(flesch: float) -> str:
    if flesch >= 80:
        return "easy"
    if flesch >= 60:
        return "plain"
    return "demanding" if flesch >= 40 else "hard"


def listed(uses: Sequence[Use]) -> str:
    """Words or phrases with how often they come."""
    return ", ".join(f"“{use.text}” ({use.count})" for use in uses)
