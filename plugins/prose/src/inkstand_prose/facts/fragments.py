"""Ages and lacks of kin in sentences without a verb or anybody in them: "Age: 41.", "No brothers."

They are said of the one person whom the sentence before names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from inkstand_prose.facts.age_phrases import phrases
from inkstand_prose.facts.clauses import BE, only_named
from inkstand_prose.facts.kin_lacks import LACKED, singular
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import Token, View, tokens

_VERBS = BE | frozenset(
    ["had", "has", "have", "did", "there", "it", "they", "later", "ago", "after"]
)
_SINGLE = frozenset(["still", "never", "already", "not", "single", "unmarried", "alone"])
_TRUST = 0.85
_LONGEST = 16


def fragments(view: View, before: View) -> Iterator[Statement]:
    """What a sentence that names nobody says of whom `before` names."""
    found = tokens(view)
    said = [token.text for token in found]
    if len(found) > _LONGEST or not found or said[-1] == "?" or _VERBS & {*said}:
        return
    owner = _owner(tokens(before))
    if owner is None:
        return
    told = _lack(said) or _age(found, said)
    if told:
        kind, value = ("age", told) if told[-1].isdigit() else ("other", told)
        place = found[0].start, found[-1].end
        one = statement(view, owner, "age" if kind == "age" else "other", value, place, _TRUST)
        if one is not None:
            yield one


def _owner(before: Sequence[Token]) -> Reference | None:
    """Whom a sentence is about: the one whom it names and does not name as an owner only."""
    named = only_named(before)
    subjects = [t for t in before if t.letter == "n" and not t.owns]
    if named is None or not subjects:
        return None
    if any(
        token.who.person not in {-1, named.person} or token.letter == "d"
        for token in before
        if token.who
    ):
        return None
    return structs.replace(named, confidence=max(named.confidence, 0.8))


def _lack(said: Sequence[str]) -> str:
    if said[:1] == ["no"] and len(said) > 1:
        words = [word for word in said[1:] if word.isalpha() and word not in {"or", "and", "no"}]
        kinds = [LACKED.get(singular(word), "") for word in words]
        return kinds[0] if kinds and all(kinds) else ""
    plain = [word for word in said if word.isalpha()]
    return "only child" if plain[-2:] == ["only", "child"] and len(plain) < 5 else ""


def _age(found: Sequence[Token], said: Sequence[str]) -> str:
    for phrase in phrases(found):
        after = [*said[phrase.last : phrase.last + 2], "", ""]
        apart = after[0] == "and" and after[1] in _SINGLE
        if (
            phrase.first < 4
            and (phrase.sure or apart)
            and phrase.frame in {"first", "beside", "at"}
        ):
            return phrase.years
    return ""
