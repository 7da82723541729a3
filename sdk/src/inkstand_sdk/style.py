"""How a manuscript is written: its narration, its voices, and what its writer may look at again.

Lengths count words, rates are per 1,000 words, and shares run from 0 to 1, unless said otherwise.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from inkstand_sdk.span import Span

RemarkKind = Literal[
    "echo",
    "repeated phrase",
    "cliche",
    "filter word",
    "adverb",
    "passive",
    "monotony",
    "machine phrase",
]


class Remark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place that a writer may look at again.

    `kind` is a `RemarkKind`; other readers may have more of them. `span` covers the words and
    `text` are they; `also` are the other places, where there are any. `note` is a sentence for
    the writer. `strength` is how striking it is, 0 to 1, against others of its kind.
    """

    kind: str
    span: Span
    text: str
    note: str = ""
    also: tuple[Span, ...] = ()
    strength: float = 0.5


class Richness(msgspec.Struct, frozen=True, kw_only=True):
    """How varied a vocabulary is, by measures that do not grow with the length of the text.

    All are 0 where there are too few words to tell.
    """

    mattr: float = 0.0
    """Different words per word, the mean over all stretches of 100 words: the moving-average
    type-token ratio (Covington and McFall, 2010)."""
    mtld: float = 0.0
    """How many words it takes on average until no more than 0.72 of them are different: the
    measure of textual lexical diversity (McCarthy and Jarvis, 2010)."""
    hdd: float = 0.0
    """Different words to be expected in 42 drawn from the text, per word drawn: HD-D (McCarthy
    and Jarvis, 2007)."""
    yule_k: float = 0.0
    """How much the text repeats itself; less is richer (Yule, 1944)."""
    hapax: float = 0.0
    """Share of words that stand only once, the mean over stretches of 500 words (after Honoré,
    1979, with stretches of one length, so that the text's does not tell)."""


class Frequency(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of words by how common they are in English fiction: the hundred commonest, the rest
    of the first thousand, of the first five thousand, and all others, names among them.
    """

    first_100: float = 0.0
    first_1000: float = 0.0
    first_5000: float = 0.0
    rarer: float = 0.0


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """The lengths of sentences or paragraphs, in words, and how they follow on one another."""

    count: int = 0
    mean: float = 0.0
    median: float = 0.0
    spread: float = 0.0
    """The standard deviation."""
    first_quartile: float = 0.0
    third_quartile: float = 0.0
    longest: int = 0
    contrast: float = 0.0
    """How different neighbors are: their difference by their mean, averaged over all pairs, 0
    to 2 (the normalized pairwise variability index of Grabe and Low, 2002)."""
    even: float = 0.0
    """Share of them in runs of four or more of like length."""


class Use(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A word or phrase, how often it stands there, and how much that is out of the ordinary.

    `score` is the log-likelihood ratio against English fiction (Dunning, 1993), or where people
    are told apart the z-score of the log-odds with an informative Dirichlet prior (Monroe,
    Colaresi and Quinn, 2008).
    """

    text: str
    count: int
    score: float = 0.0


class Readability(msgspec.Struct, frozen=True, kw_only=True):
    """How hard prose is to read, judged by its surface."""

    flesch: float = 0.0
    """Reading ease: 90 is very easy, 60 plain, 30 hard (Flesch, 1948)."""
    kincaid: float = 0.0
    """The years of school that it takes (Kincaid, Fishburne, Rogers and Chissom, 1975)."""
    ari: float = 0.0
    """The same from letters instead of syllables, which are counted by rule: the automated
    readability index (Senter and Smith, 1967)."""


class Tone(msgspec.Struct, frozen=True, kw_only=True):
    """What the words and marks lean to. Each share is that tone's part of all the signs of tone,
    every sign weighed by how common it is in English fiction: in an ordinary novel all four are
    0.25; without any sign all are 0. `evidence` has the commonest signs of each tone by its name.
    """

    formal: float = 0.0
    casual: float = 0.0
    professional: float = 0.0
    emphatic: float = 0.0
    evidence: dict[str, tuple[Use, ...]] = {}


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """The fingerprint of a stretch of prose, or of one person's speech."""

    words: int = 0
    richness: Richness = Richness()
    frequency: Frequency = Frequency()
    sentences: Rhythm = Rhythm()
    """Of sentences without direct speech; of a voice, of the sentences spoken."""
    paragraphs: Rhythm = Rhythm()
    """Of all paragraphs; of a voice, of its lines."""
    word_length: float = 0.0
    """Letters in a word, the mean."""
    transitions: float = 0.0
    """Share of sentences that begin with a word or phrase that leads over: then, but, at last."""
    openings: tuple[Use, ...] = ()
    """How sentences begin most often: their first words."""
    marks: dict[str, float] = {}
    """Rates of "comma", "period", "semicolon", "colon", "dash", "ellipsis", "question",
    "exclamation", "parenthesis" and "emphasis" (words set off by stars, underscores or
    capitals)."""
    function_words: dict[str, float] = {}
    """Rates of a fixed list of words that every text needs and nobody chooses with care: what
    tells writers apart (Mosteller and Wallace, 1964; Burrows, 2002)."""
    phrases: tuple[Use, ...] = ()
    """Phrases of two to four words that are leaned on, most striking first."""
    contractions: float = 0.0
    """Their rate."""
    adverbs: float = 0.0
    """The rate of adverbs that end in -ly."""
    passives: float = 0.0
    """The rate of verbs in the passive voice."""
    filter_words: float = 0.0
    """The rate of words that put a character between the reader and the scene: she saw, he felt."""
    dialogue: float = 0.0
    """Share of the text that is direct speech; of a voice, its share of the speech that the
    Reader stands by."""
    readability: Readability = Readability()
    tone: Tone = Tone()
    remarks: dict[str, int] = {}
    """How many remarks of each kind could be made; the reading has the most striking of them."""


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """How one person speaks: the fingerprint of the lines that the Reader stands by."""

    person: str
    lines: int
    style: Style
    words: tuple[Use, ...] = ()
    """Words that are theirs more than the others', most telling first."""
    phrases: tuple[Use, ...] = ()
    """The same for phrases of two and three words."""
    distances: dict[str, float] = {}
    """How far it is from other people's talk, by name: Burrows's Delta between the rates of
    function words (Burrows, 2002). Only between voices of 1,000 words and more."""


class Stretch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Some 500 words of a scene, `[start, end)` in code points, and how the story goes there.

    `pace` and `tension` are 0 to 1 against the rest of the book, 0.5 being its mean;
    `sentiment` is -1 (dark) to 1 (bright).
    """

    start: int
    end: int
    words: int
    pace: float
    tension: float
    sentiment: float
