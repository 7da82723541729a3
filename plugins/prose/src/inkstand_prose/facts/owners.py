"""Whose the eyes or the hair are of which a sentence tells, and how surely."""

from __future__ import annotations

from inkstand_prose.facts.colored import EYE_NOUNS, HAIR_NOUNS, REACH
from inkstand_prose.facts.phrases import COVERED, DETERMINERS, FEATURES, HAVE, Noun, before_noun
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.views import Token
from inkstand_prose.lexicon import words

_GIVES = frozenset(["given", "gave", "gives", "lent", "left"])
_MOVES = words("eye_moves")
"""What somebody does with eyes, and nobody with another's."""
_PARTS = words("hair_parts")
_RECALLED = frozenset(["remembered", "noticed", "recalled"])
"""Who met Ada "remembered the eyes": hers."""
_OTHERS = words("others")
"""Words that bring somebody else into a sentence: "saw", "woman", "their"."""
_LOOKS = words("looks")
_FIXED = frozenset(["fixed", "fixing", "regarded", "regarding", "surveyed", "surveying"])
"""Whoever does it to another does it "with cold blue eyes" of their own."""
_BEFORE_LOOK = frozenset([",", "and", "who", "had", "was", "only", "just", "then", "still", "now"])
_BREAKS = frozenset([";", ":", "—", '"', "."])
_SAID = frozenset(["to", "said", "known", "supposed", "have"])
"""Between a person and what they have: "was said to have"."""
_STARES = frozenset(["met", "gave", "returned", "answered", "favored", "favoured"])
_GAVE = frozenset(["gave", "bent", "sent", "threw", "shot", "leveled", "levelled", "directed"])
_FINITE = frozenset(
    ["was", "were", "is", "are", "had", "has", "looked", "met", "stared", "gazed", "followed"]
)
_SOMEBODY = frozenset(["another", "other", "others", "one", "someone", "somebody", "each", "girl"])
"""Before a pronoun they may be those whom it means."""
_MIRRORS = frozenset(["mirror", "glass", "reflection", "looking-glass"])
_EARLY = 3
"""Before so many words a person is what a sentence is about."""
_ONLY_NAME = 3
_KNOWN = words("known_by")
"""What somebody does to another whose hair they then name: "knew Ada by the red hair"."""
_LIKENED = frozenset(["like", "than", "unlike"])
_OF_ITS_SUBJECT = 0.94
_BESIDES = frozenset(["than", "like", "to", "at", "from", "for", "by", "and", "of"])
"""Before a person they make another the one who is described: "older than Ada, with"."""


def owner_before(found: list[Token], noun: Noun, at: int) -> tuple[Reference, float] | None:
    """Whose the noun is, by what stands before its phrase, and how surely."""
    if noun.stop < 0:
        return ahead(found, at) if noun.colors else None
    stop = found[noun.stop]
    if _another_between(found, noun.stop, at):
        return _inherits(found, noun)
    if found[at].text in EYE_NOUNS and (looking := _looking(found, noun, at)) is not None:
        return looking
    if stop.who is not None:
        if stop.owns and (heir := _heir(found, noun.stop)) is not None:
            return heir
        return (stop.who, 1.0) if stop.owns else _given(found, noun.stop)
    if stop.text == "whose":
        return _carrier(found, noun.stop)
    if stop.text in {"the", "a", "one", "two", "those"} and noun.stop:
        known = _known_by(found, noun.stop) or _given(found, noun.stop - 1)
        if known is not None:
            return known
        past = _past_another(found, noun.stop)
        if past != noun.stop:
            return _having(found, past - 1)
        before = found[noun.stop - 1].text
        if before in HAVE or before in _MOVES:
            noun = Noun(noun.colors, noun.at, noun.stop - 1)
            stop = found[noun.stop]
    if stop.text == ",":
        return _aside(found, noun.stop, at)
    if stop.text == "of" and not _is_part(found, noun.stop):
        return None
    if stop.text in {"with", "of"}:
        return _carrier(found, noun.stop)
    if stop.text in HAVE or stop.text in _MOVES:
        return _having(found, noun.stop)
    if stop.text in EYE_NOUNS | HAIR_NOUNS | FEATURES:
        return owner_before(found, before_noun(found, noun.stop, "hair"), noun.stop)
    return None


def _given(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """As in "Nature had given Ada blue eyes"."""
    token = found[at]
    given = at > 0 and found[at - 1].text in _GIVES and not token.owns
    return (token.who, 0.9) if given and token.who is not None else None


def _heir(found: list[Token], owner: int) -> tuple[Reference, float] | None:
    """As in "Ada has my own brown eyes": she has them as well, and is named."""
    if owner < 2 or found[owner - 1].text not in {"had", "has"}:
        return None
    token = found[owner - 2]
    return (token.who, 0.9) if token.who is not None and token.letter == "n" else None


def _known_by(found: list[Token], determiner: int) -> tuple[Reference, float] | None:
    """As in "He recognized Ada from afar by the red hair"."""
    if found[determiner].text != "the" or found[determiner - 1].text not in {"by", "of", "for"}:
        return None
    for place in range(determiner - 2, max(0, determiner - 8), -1):
        token = found[place]
        if token.who is not None:
            verbs = {one.text for one in found[max(0, place - 3) : place]}
            known = token.letter in {"n", "o"} and not token.owns and verbs & _KNOWN
            return (token.who, 0.88) if known else None
    return None


def _past_another(found: list[Token], determiner: int) -> int:
    """Where "on him" begins in "Ada turned on him a pair of blue eyes", or the determiner."""
    at = determiner
    if at > 2 and found[at - 1].who is not None and found[at - 2].text in {"on", "upon", "to"}:
        return at - 2 if found[at - 3].text in _MOVES | _GAVE else at
    return at


def _looking(found: list[Token], noun: Noun, at: int) -> tuple[Reference, float] | None:
    """Whose they are who looks with them: "Ada looked at him out of brown eyes"."""
    place = noun.stop
    if place and found[place].text in {"a", "one"}:
        place -= 1
    out = place and found[place].text == "of" and found[place - 1].text == "out"
    if not out and found[place].text not in {"with", "from", "through"}:
        return None
    first = max(-1, place - REACH - 2)
    looks = _LOOKS | _STARES if found[at].text in {"gaze", "stare"} else _LOOKS
    look = next((n for n in range(place - 1, first, -1) if found[n].text in looks), -1)
    between = found[look + 1 : place]
    others = [token for token in between if token.who is None or token.letter == "d"]
    if found[place].text == "with" and look >= 0 and found[look].text in _FIXED:
        others = []
    said = {word for token in others for word in token.text.strip("<>").split()}
    if look < 0 or said & (_OTHERS | _BREAKS):
        return None  # "looked at the girl with blue eyes": hers
    for before in range(look - 1, max(-1, look - 6), -1):
        token = found[before]
        if token.who is not None:
            return None if token.owns or token.letter not in "nsd" else (token.who, 0.92)
        if not (token.text in _BEFORE_LOOK or token.text.endswith(("ly", "ed"))):
            return None
    return None


def _another_between(found: list[Token], owner: int, at: int) -> bool:
    """Whether they are those of somebody's mother, horse or doll: "his sister's eyes"."""
    return any(token.who is None and token.text.endswith("'s") for token in found[owner:at])


def _inherits(found: list[Token], noun: Noun) -> tuple[Reference, float] | None:
    """As in "She had her mother's grey eyes": she has them as well."""
    place = noun.stop
    while place > 0 and (found[place].owns or found[place].text not in HAVE):
        place -= 1
    return _having(found, place) if found[place].text in HAVE - {"of", "with"} else None


def _carrier(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """Who is "with blue eyes" or "of the brown eyes": the nearest person before."""
    for place in range(at - 1, max(-1, at - REACH), -1):
        token = found[place]
        if token.who is not None and not token.owns:
            if token.letter == "o":
                return None
            if token.who.person < 0 and (meant := _in_apposition(found, place)) is not None:
                return meant, 0.85
            if place and found[place - 1].text in _BESIDES:
                return None
            near = place == at - 1 or (place == at - 2 and found[at - 1].text == ",")
            return token.who, (0.95 if near else 0.7)
        if token.owns or token.text in {";", ":", '"', "and", "but", "to", "at"}:
            return None
    return None


def _in_apposition(found: list[Token], at: int) -> Reference | None:
    """Who "a man" is in "He remembered Tom clearly, a man with sandy hair"."""
    if at < 2 or found[at - 1].text != "," or " a " not in found[at].text:
        return None
    before = found[at - 2] if not found[at - 2].text.endswith("ly") else found[at - 3]
    named = before.letter == "n" and not before.owns
    return before.who if named else None


def _is_part(found: list[Token], of: int) -> bool:
    """Whether "of" joins hair to a lock of it, or to the one whose it is: not "a glimpse of"."""
    before = found[of - 1] if of else None
    return before is not None and (before.who is not None or before.text in _PARTS)


def _having(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """Who "had" them: the subject of the verb at `at`."""
    for place in range(at - 1, max(-1, at - 6), -1):
        token = found[place]
        if token.who is not None:
            if token.owns or token.letter == "o":
                return None
            return token.who, 0.95
        if token.text in {
            "who",
            ",",
            "'",
            "ve",
            "have",
            "has",
            "had",
            "also",
            "still",
            "both",
            "always",
            "really",
        }:
            continue
        if token.text.endswith("ly"):
            continue
        if token.text in {"was", "is", "were"} or token.text in _SAID:
            continue
        return None
    return None


def owner_after(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """Whose the noun is, by what stands after: "of Ada", "that Ada turned on him"."""
    if at + 2 >= len(found):
        return None
    if found[at + 1].text == "of":
        token = found[at + 2]
        if token.who is not None and token.letter in "ndp":
            return token.who, 0.95
    if found[at + 1].text in COVERED and found[at + 2].owns:
        token = found[at + 2]
        return (token.who, 0.9) if token.who is not None else None
    subject = at + 2 if found[at + 1].text in {"that", "which"} else at + 1
    if subject + 1 < len(found):
        token, verb = found[subject], found[subject + 1].text
        if token.who is not None and token.letter in "nsd" and not token.owns:
            had = verb in {"have", "has", "had"}
            if had or verb in _MOVES or verb in _GAVE:
                return token.who, 0.95
    return None


def ahead(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """As in "Blue eyes wide, Ada stared at him": the subject that comes after."""
    commas = [n for n in range(at + 1, min(len(found) - 1, at + 10)) if found[n].text == ","]
    comma = next((n for n in commas if found[n + 1].who is not None), 0)
    between = found[at + 1 : comma]
    if not comma:
        return None
    if any(token.who is not None and token.letter != "p" for token in between):
        return None
    if any(token.text in _FINITE for token in between):
        return None
    token = found[comma + 1]
    if token.who is None or token.letter not in "nsd" or token.owns:
        return None
    return token.who, 0.9


def _aside(found: list[Token], comma: int, at: int) -> tuple[Reference, float] | None:
    """As in "Ada stared at him, blue eyes wide": the subject of the sentence."""
    following = found[at + 1].text if at + 1 < len(found) else "."
    if found[at].text not in EYE_NOUNS or following in _FINITE or following in HAVE:
        return None
    people = [token for token in found[:comma] if token.who is not None]
    if not people or people[0].letter not in "ns" or people[0].owns or people[0].who is None:
        return None
    if any(token.letter in "nd" and token.who is not people[0].who for token in people[1:]):
        return None
    return people[0].who, 0.85


def sureness(found: list[Token], who: Reference, last: list[Token] | None = None) -> float:
    """What to multiply the trust in a pronoun by, where its own sentence tells more or less.

    More where the subject of its clause is the same person, named; less where somebody else may
    be meant: "one of them in her black hair".
    """
    owner = next((n for n, token in enumerate(found) if token.who is who), -1)
    if owner < 0 or found[owner].letter not in "ps" or who.person < 0:
        return 1.0
    if any(
        token.letter == "n" and _is(token, who) and n and found[n - 1].text in _LIKENED
        for n, token in enumerate(found)
    ):
        return 0.0  # "her hair was bobbed, like Ada's"
    before = found[:owner]
    if any(_is(token, who) for token in before):
        return _by_subject(before, who)
    if _is_fronted(found, owner, who):
        return max(1.0, _OF_ITS_SUBJECT / max(who.confidence, 0.1))
    subject = _subject_of(last or [])
    if owner <= 1 and subject is not None and subject.person == who.person:
        return max(1.0, 0.9 * subject.confidence / max(who.confidence, 0.1))
    if any(token.text in _SOMEBODY for token in before) or _is_beside(before):
        return 0.5
    if any(token.who is not None and token.letter in "ond" for token in before):
        return 0.85
    return 1.0


def _is(token: Token, who: Reference) -> bool:
    return token.who is not None and token.who.person == who.person


def _is_fronted(found: list[Token], owner: int, who: Reference) -> bool:
    """Whether the subject comes after: "Lowering her blue eyes, Ada sewed on"."""
    if any(token.who is not None for token in found[:owner]):
        return False
    end = min(len(found) - 1, owner + 12)
    comma = next((n for n in range(owner, end) if found[n].text == ","), -1)
    return comma > 0 and _is(found[comma + 1], who) and found[comma + 1].letter == "n"


def _subject_of(last: list[Token]) -> Reference | None:
    """The person whom a sentence is about, if it names nobody else."""
    people = [token for token in last if token.who is not None]
    if not people or people[0].letter not in "ns" or people[0].owns or people[0].who is None:
        return None
    first = people[0].who
    others = any(t.who is not None and t.who.person != first.person for t in people[1:])
    return None if others or last.index(people[0]) > _EARLY else first


def of_last(found: list[Token], last: list[Token], at: int) -> tuple[Reference, float] | None:
    """As in "Ada looked up. The eyes were grey.", where the sentence itself names nobody."""
    subject = _subject_of(last)
    if subject is None or any(token.who is not None for token in found):
        return None
    if any(token.text in _OTHERS for token in found[:at]):
        return None
    only_name = len(last) <= _ONLY_NAME and last[0].letter == "n"
    definite = any(token.text in {"the", "those"} for token in found[max(0, at - 4) : at])
    mirror = any(token.text in _MIRRORS for token in last)
    if not (definite or only_name or mirror):
        return None
    return subject, 0.85


def _by_subject(before: list[Token], who: Reference) -> float:
    """As in "Ada blinked her green eyes": hers, if nobody else was named since."""
    subject = next(n for n in range(len(before) - 1, -1, -1) if _is(before[n], who))
    token, between = before[subject], before[subject + 1 :]
    if any(one.text in _SOMEBODY for one in between):
        return 0.5
    if any(one.letter in {"n", "d"} for one in between):
        return 0.85
    if token.who is None or token.letter not in "ns" or token.owns:
        return 1.0
    if any(one.letter in {"s", "o"} for one in between):
        return 1.0
    sure = _OF_ITS_SUBJECT * token.who.confidence
    return max(1.0, sure / who.confidence) if who.confidence else 1.0


def addressed(found: list[Token], who: Reference) -> tuple[Reference, float] | None:
    """Who "you" is where the sentence calls them: "What blue eyes you have, Ada!"."""
    owner = next((token for token in found if token.who is who), None)
    if owner is None or not owner.text.endswith((" you>", " your>")):
        return None
    for place, token in enumerate(found):
        if token.letter != "n" or token.owns or token.who is None or token.who.person < 0:
            continue
        before = found[place - 1].text if place else ","
        after = found[place + 1].text if place + 1 < len(found) else "."
        opens = place == 0 and after == ","
        if opens or (before == "," and not after[0].isalpha() and after[0] != "<"):
            return token.who, 0.92
    return None


def _is_beside(before: list[Token]) -> bool:
    """Whether somebody else stands right before: "the headmaster, with his", "Ada, who"."""
    words_before = [token.text for token in before[-3:]]
    if len(before) < 3 or words_before[-1] not in {"with", "and", "for"}:
        return False
    token = before[-3] if words_before[-2] == "," else before[-2]
    return token.letter in {"n", "d", "o"}


def only_first(found: list[Token], noun: Noun, at: int) -> tuple[Reference, float] | None:
    """Whose "the brown eyes" are, in a sentence that has but one person, who comes first."""
    people = {token.who.person for token in found if token.who is not None}
    first = next((token for token in found[: noun.at] if token.who is not None), None)
    if len(people) != 1 or first is None or first.who is None or first.who.person < 0:
        return None
    recalled = noun.stop > 0 and found[noun.stop - 1].text in _RECALLED
    others = any(token.text in _OTHERS for token in found[:at])
    if others and not recalled:
        return None
    if any(token.text.endswith((" i>", " my>", " me>", "'s")) for token in found[noun.stop : at]):
        return None
    first_person = any(token.text.endswith((" i>", " my>", " me>")) for token in found[:at])
    told = noun.stop >= 0 and found[noun.stop].text in DETERMINERS
    return None if first_person else (first.who, 0.8 if told else 0.72)
