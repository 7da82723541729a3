"""The main people of a book, found simply: this shares nothing with the Reader it will judge."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import msgspec

_NAME = re.compile(r"(?<!['’])\b[A-Z][a-zà-öø-ÿ]{2,}(?:-[A-Z][a-z]+)?\b")
_SAID = (
    r"said|cried|asked|replied|answered|exclaimed|returned|continued|added|whispered|muttered"
    r"|remarked|observed|shouted|murmured|repeated|laughed|called"
)
_SPEAKS = re.compile(rf"\b(?:{_SAID}) (?:(?:Mr|Mrs|Miss|Dr)\.? )?([A-Z][a-z]+)\b")
_SPOKE = re.compile(rf"\b([A-Z][a-z]+) (?:{_SAID}|smiled|nodded|sighed|thought|looked|turned)\b")
_BEFORE = re.compile(r"(?:([A-Z][a-z]+)\.? |([a-z,;] ))$")
_PRONOUN = re.compile(r"\b(he|him|his|himself|she|her|hers|herself)\b")
_TITLES = {"Mr": "male", "Sir": "male", "Mrs": "female", "Miss": "female", "Lady": "female"}
_NO_NAMES = frozenset(
    [
        "The",
        "And",
        "But",
        "She",
        "His",
        "Her",
        "You",
        "Your",
        "They",
        "Then",
        "There",
        "This",
        "That",
        "What",
        "When",
        "Where",
        "Who",
        "Why",
        "How",
        "Not",
        "For",
        "Yes",
        "Oh",
        "Well",
        "Now",
        "Here",
        "Let",
        "Come",
        "Mr",
        "Mrs",
        "Miss",
        "Sir",
        "Lady",
        "Lord",
        "Madam",
        "Madame",
        "Monsieur",
        "Captain",
        "Colonel",
        "Doctor",
        "Dr",
        "Aunt",
        "Uncle",
        "Father",
        "Mother",
        "Brother",
        "Sister",
        "Papa",
        "Mamma",
        "Mama",
        "Cousin",
        "God",
        "Heaven",
        "Christ",
        "Jesus",
        "Bible",
        "Major",
        "General",
        "Judge",
        "Master",
        "Mistress",
        "Professor",
        "King",
        "Queen",
        "Prince",
        "Princess",
        "Duke",
        "Count",
        "Countess",
        "Duchess",
        "Baron",
        "Marquis",
        "Abbot",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Christmas",
        "Easter",
        "English",
        "French",
        "German",
        "Italian",
        "American",
        "Indian",
        "Spanish",
        "Irish",
        "London",
        "Paris",
        "England",
        "France",
        "Europe",
        "America",
        "God",
        "Providence",
        "Nature",
        "Love",
        "Death",
        "Chapter",
        "Book",
        "Letter",
        "Mam",
        "Dad",
        "Daddy",
        "Grandma",
        "Grandpa",
        "Nurse",
        "Cook",
        "Squire",
        "Reverend",
        "Rev",
        "Saint",
        "St",
        "Street",
        "House",
        "Hall",
        "Park",
        "Poor",
        "Young",
        "Old",
        "Dear",
        "Little",
        "Good",
        "Great",
        "Mademoiselle",
        "Signor",
        "Signora",
        "Don",
        "Aunty",
        "Auntie",
        "Granny",
        "Comtesse",
        "Comte",
        "Vicar",
        "Archdeacon",
        "Chevalier",
        "Monsignor",
        "Ireland",
        "York",
        "Zulu",
        "Abbess",
        "Marquise",
        "Earl",
        "Gentleman",
        "Lieutenant",
        "Sergeant",
        "Deacon",
        "Bishop",
        "Parson",
        "Governor",
        "President",
        "Inspector",
    ]
)
_MOST, _FEWEST, _MINOR = 8, 20, 200


class Somebody(msgspec.Struct, frozen=True):
    """A person of the book: the word that names them, how narration calls them, and more.

    `others` are names that stand directly beside theirs, and may be their own.
    """

    word: str
    name: str
    gender: str
    uses: int
    others: frozenset[str] = frozenset()


class People(msgspec.Struct, frozen=True):
    """The main people, those named a little, and all words that seem to name anybody."""

    main: tuple[Somebody, ...]
    minor: tuple[Somebody, ...]
    words: frozenset[str]


def find_people(text: str) -> People:
    """The people of an English novel, most named first. Deterministic."""
    flat = text.replace("\n", " ")
    common = Counter(re.findall(r"\b[a-z]{3,}\b", flat))
    evidence = Counter(m[1] for pattern in (_SPEAKS, _SPOKE) for m in pattern.finditer(flat))
    uses: Counter[str] = Counter()
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    cues: dict[str, Counter[str]] = defaultdict(Counter)
    for match in _NAME.finditer(flat):
        word = match[0]
        if word in _NO_NAMES:
            continue
        before = _BEFORE.search(flat, max(0, match.start() - 16), match.start())
        uses[word] += 1
        if before and before[1]:
            (titles if before[1] in _NO_NAMES else beside)[word][before[1]] += 1
        elif before:
            titles[word][""] += 1
        after = _PRONOUN.search(flat, match.end(), match.end() + 60)
        if after and not _NAME.search(flat, match.end(), after.start()):
            cues[word]["male" if after[1] in {"he", "him", "his", "himself"} else "female"] += 1
    pointed = frozenset(
        title for title in _TITLES if flat.count(f"{title}. ") > flat.count(f"{title} ")
    )
    found = []
    for word, count in uses.most_common():
        if count < 5 or evidence[word] < max(2, count // 100) or common[word.lower()] >= count:
            continue
        somebody = _somebody(word, count, titles[word], cues[word], beside, uses, pointed)
        if somebody:
            found.append(somebody)
    main = [one for one in found if one.uses >= _FEWEST][:_MOST]
    minor = [one for one in found[3:] if one.uses <= _MINOR]
    return People(tuple(main), tuple(minor), frozenset(w for w in uses if evidence[w]))


def _somebody(
    word: str,
    count: int,
    titles: Counter[str],
    cues: Counter[str],
    beside: dict[str, Counter[str]],
    uses: Counter[str],
    pointed: frozenset[str],
) -> Somebody | None:
    before = sum(beside[word].values())
    after = sum(named[word] for named in beside.values())
    if before > 0.4 * count or after > 0.4 * count:
        return None
    titled = {title: number for title, number in titles.items() if title in _TITLES}
    formal = sum(titled.values())
    gender, name = "", word
    if formal > 0.3 * count:
        title, most = max(titled.items(), key=lambda item: item[1])
        if most < 0.7 * formal or most < 0.5 * count:
            return None
        # The book's own way: "Mr. Power" or "Mr Power".
        point = "." if title in pointed else ""
        gender, name = _TITLES[title], f"{title}{point} {word}"
    elif sum(titles[t] for t in titles if t and t not in _TITLES) > 0.4 * count:
        return None
    if not gender:
        (best, votes), total = max(cues.items(), key=lambda c: c[1], default=("", 0)), cues.total()
        if total < 5 or votes < 0.7 * total:
            return None
        gender = best
    others = {w for w, n in beside[word].items() if n and w in uses}
    others |= {w for w, named in beside.items() if named[word]}
    return Somebody(word, name, gender, count, frozenset(others))
