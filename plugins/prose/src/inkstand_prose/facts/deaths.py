"""Who is said to be dead or to die, and who to be alive.

A value is "dies" where the telling itself sees it, "dead" where it looks back on it, and
"buried" for a funeral or a grave. What is feared, wished, or only like death is left out. Words
that often mean another ("the late Mr. Darcy" may be his father) are given less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from inkstand_prose.facts.patterns import Listed, load
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.subjects import Subject, subject
from inkstand_prose.facts.views import View, tokens
from inkstand_prose.lexicon import words
from inkstand_sdk.facts import AttributeKind

TRIGGERS = words("death_words")
_UNREAL = words("unreal")
_HEARSAY = words("hearsay")
"""Words for what is only told: a death that is told of by a letter is one, a rumor is none."""
_SOURCES = words("sure_sources")
_NOT_DEAD = words("not_dead")
"""After "dead" or "died" they make a figure of speech: "dead tired", "died laughing"."""
_ALIVE = load("deaths")["ALIVE"]
_LITERAL = re.compile(r"(?P<all>[a-z]+(?:-[a-z]+)*)(?P<maybe>\?)?")


class _Keyed(msgspec.Struct, frozen=True):
    """A pattern, and words of which a sentence must have one for it to match."""

    listed: Listed
    keys: frozenset[str]


def _keyed(name: str) -> tuple[_Keyed, ...]:
    """The patterns of a file. That a sentence has none of a pattern's words is found far sooner
    than that the pattern does not match.
    """
    found = []
    for listed in load(name).listed:
        literals = set()
        for match in _LITERAL.finditer(listed.pattern.pattern):
            literals.add(match["all"])
            if match["maybe"]:
                literals.add(match["all"][:-1])
        found.append(_Keyed(listed, TRIGGERS & literals))
    return tuple(found)


_DYING = _keyed("dying")
_OF_OTHERS = _keyed("deaths")
_BEFORE_NAME = re.compile(
    r"\b(?:a|an|another|every|no|one|had|did|were|should|has|of|this"
    r"|the(?: old| new| real| former)?)\s$"
)
"""Before a name: one of many of that name, or what is not so ("had Tom died")."""
_TITLED = re.compile(r"<n\d+ (?P<title>[^ >]+)")
_TITLES = words("titles_male") | words("titles_female")
"""Names with these may have "the" before them: "the Comte de Tournay was dead"."""
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
_NEXT = re.compile(r" (?P<one>[a-z]+)(?: (?P<two>[a-z]+))?")
_IN_TWO = re.compile(r";|--|—|, (?:and|but|so) ")
_AFTER_NOT = re.compile(r"\b(?:since|because|when|after|for)\b")
"""What follows them is so, whatever is not: "she had not slept since he died"."""
_MAY = re.compile(
    r"\b(?:in|of|last|that|this|since|by|early|late|till|until|from|every|next|on) may\b"
)
_UNDOUBTED = re.compile(
    r"\b(?:no one|nobody|none|never|nothing|no|not|cannot|without|beyond|past|little|[a-z]+n't)\b"
    r"[^.;:]{0,36}?\b(?:doubt(?:ed|s|ing)?|den(?:y|ied)|question(?:ed)?|disputed?|mistaking)\b"
)
"""What nobody doubts is so."""
_LEADING = re.compile(r"(?:^|[;:] )(?:having|being|after|[a-z]+ing)\b[^,;:<]*, $")
"""A phrase before a clause: "having lingered until Sunday, Ada died"."""
_RUMOR = re.compile(
    r"\b(?:they|people|folks?|some|others|every(?:body|one)|some(?:body|one)|it (?:was|is))"
    r" (?:all |had )?$"
)
_APART = re.compile(r"[,—]| and | but ")
_OWN = re.compile(r"<[pr]\d+[^>]*>")
_IN_FICTION = re.compile(
    r"\bin (?:the|an?|his|her|this|that) (?:[a-z]+ )?(?:play|poem|novel|story|tale|game"
    r"|opera|ballad|film)\b"
)
_TO_SOME = re.compile(r"(?:^|[,;] )(?:to|for) <[^>]*>,? $")
_BEFORE_DEATH = re.compile(
    r"\b(?:years?|months?|weeks?|days?|nights?|summer|winter|hours?|morning|evening) $"
)
"""Before "before she died": the death is then a time that is known."""
_REACH = 70
_LATE = 0.78
"""What "the late Ada" is trusted; "the late Mr. Bell" may be the father of the one we know."""
_NEGATIONS = frozenset(["not", "never", "cannot", "hardly", "scarcely", "nor"])
_IFS = frozenset(["if", "unless", "lest", "whether", "suppose", "supposing"])
_ALONE = 0.93
"""What a pronoun is trusted where the sentence names nobody else."""
_OTHERS = 0.7
"""What it is trusted where "his" is not the subject's."""
_AFTERWARDS = frozenset(
    ["would", "almost", "he'd", "she'd", "supposed", "thought", "presumed", "pretended"]
)
_UNDONE = frozenset(
    ["if", "unless", "lie", "false", "untrue", "mistaken", "rumor", "rumour", "alive", "perhaps"]
)
_NEW_CLAUSE = re.compile(r"[,;—]|--| (?:that|which|who|where|when|because|and|but|so|they|<[ns]\d)")
_LATER = 40
_RUMORED, _TOLD, _TOLD_SURELY = 0.7, 0.84, 0.93
"""What a death is trusted that everybody tells, somebody, or a letter or a doctor."""


def deaths(view: View) -> Iterator[Statement]:
    """Who is dead, dies, or lives, as a sentence states."""
    plain = view.plain
    if plain.rstrip().endswith("?"):
        return
    held = frozenset(_WORD.findall(plain))
    yield from _subjects(view, held)
    for keyed in _OF_OTHERS:
        if keyed.keys.isdisjoint(held):
            continue
        listed = keyed.listed
        for match in listed.pattern.finditer(plain):
            if _is_figure(match) or _follows_before(match):
                continue
            name = match["who"] or match.groupdict().get("who2") or match["who3"]
            trust = listed.confidence * _reality(plain, match.start(), match.end())
            if match.start("who") == match.start() and not _owns(name):
                trust *= _is_real_name(plain, match.start())
            if " late " in match.group() and not _is_titled(name):
                trust = max(trust, _LATE if trust else 0.0)
            found = _stated(view, view.who(name), listed.label, match.span(), trust)
            if found is not None:
                yield found
    for match in _ALIVE.finditer(plain):
        trust = 0.8 * _reality(plain, match.start(), match.end())
        found = _stated(view, view.who(match["who"]), "alive", match.span(), trust)
        if found is not None:
            yield found


def _subjects(view: View, held: frozenset[str]) -> Iterator[Statement]:
    """Deaths that are told of the subject of a clause."""
    plain = view.plain
    found = None
    for keyed in _DYING:
        if keyed.keys.isdisjoint(held):
            continue
        listed = keyed.listed
        for match in listed.pattern.finditer(plain):
            if _is_figure(match):
                continue
            found = tokens(view) if found is None else found
            who = subject(found, match.start())
            if who is None or (match.start() == who.start and not match.group().startswith("'")):
                continue
            trust = listed.confidence * who.trust * _reality(plain, who.start, match.end())
            trust *= _is_real_name(plain, who.start) * _is_affirmed(plain, who, match)
            trust *= _OTHERS if _is_of_another(view, who, match) else 1.0
            one = _stated(view, who.who, listed.label, (who.start, match.end()), trust)
            if one is not None:
                yield one


def _is_affirmed(plain: str, who: Subject, match: re.Match[str]) -> bool:
    """Whether nothing between subject and predicate takes it back: "Ada has not yet died"."""
    between = (
        plain[plain.index(">", who.start) : match.start()] if match.start() > who.start else ""
    )
    return _UNREAL.isdisjoint(_WORD.findall(_APART.split(between)[-1]))


def _is_of_another(view: View, who: Subject, match: re.Match[str]) -> bool:
    """Whether "his" in "lost his life" is somebody else's than the subject's."""
    own = _OWN.search(match.group())
    return own is not None and view.who(own.group()).person not in {who.who.person, -1}


def _stated(
    view: View, who: Reference, value: str, place: tuple[int, int], trust: float
) -> Statement | None:
    if not trust:
        return None
    kind: AttributeKind = "alive" if value == "alive" else "dead"
    found = statement(view, who, kind, value, place, trust)
    if found is not None and found.confidence < trust * _ALONE and _is_alone(view, who):
        found = msgspec.structs.replace(found, confidence=round(trust * _ALONE, 3))
    return found


def _is_alone(view: View, who: Reference) -> bool:
    """Whether a pronoun means the only one whom the sentence names before it."""
    named = {one.person for one in view.references if one.role in {"name", "description"}}
    return (
        who.role in {"subject", "object"}
        and named == {who.person}
        and any(
            one.role == "name" and not one.possessive and one.start < who.start
            for one in view.references
        )
    )


def _owns(words: str) -> bool:
    """Whether words for somebody say whose something is: "his", "Ada's"."""
    return words.startswith("<p") or words.endswith(("'", "'s"))


def _is_titled(words: str) -> bool:
    """Whether a name begins with a title, and may be that of several of a family."""
    titled = _TITLED.match(words)
    return titled is not None and _is_title(titled["title"])


def _is_title(word: str) -> bool:
    return word in _TITLES or word.rstrip(".") in _TITLES


def _is_real_name(plain: str, at: int) -> bool:
    """Whether a person's name at `at` is no one of many, and not "had Tom died"."""
    before = plain[:at]
    if not _BEFORE_NAME.search(before):
        return True
    titled = _TITLED.match(plain, at)
    return titled is not None and _is_title(titled["title"]) and before.endswith("the ")


def _reality(plain: str, start: int, end: int) -> float:
    """1 for what is told as a fact, less for what is told by others, 0 for what may not be so."""
    reach = _UNDOUBTED.sub(" ", _MAY.sub(" ", plain[max(0, start - _REACH) : start]))
    before = _LEADING.sub(" ", _IN_TWO.split(reach)[-1])
    said = _WORD.findall(before)
    if said and said[-1] == "before" and not _is_past(before) and " had " not in plain[end:]:
        return 0.0  # "before she died", whenever that will be
    denied = set(_WORD.findall(_AFTER_NOT.split(before)[-1]))
    if not denied.isdisjoint(_NEGATIONS) or any(word.endswith("n't") for word in denied):
        return 0.0
    if not (_UNREAL - _NEGATIONS).isdisjoint(said) or not _IFS.isdisjoint(_WORD.findall(reach)):
        return 0.0
    following = plain[end : end + _LATER]
    after = _WORD.findall(following)
    same = _WORD.findall(_NEW_CLAUSE.split(following)[0])
    if (
        not _UNDONE.isdisjoint(after)
        or not _AFTERWARDS.isdisjoint(same)
        or _TO_SOME.search(reach)
        or _IN_FICTION.search(plain)
    ):
        return 0.0
    heard = [word for word in said if word in _HEARSAY]
    if not heard:
        return 1.0
    if _RUMOR.search(before[: before.rindex(heard[-1])]):
        return _RUMORED
    is_sure = not _SOURCES.isdisjoint(said) or f"{heard[-1]} of " in before
    return _TOLD_SURELY if is_sure else _TOLD


def _is_past(before: str) -> bool:
    """Whether what comes before "before he died" is over: "a week before", "had lived before"."""
    return "had " in before or bool(_BEFORE_DEATH.search(before[: before.rindex("before")]))


def _follows_before(match: re.Match[str]) -> bool:
    """Whether it is "before Ada's death", whenever that will be."""
    plain, at = match.string, match.start("who")
    return match.start() == at and plain.endswith("before ", 0, at) and " had " not in plain


def _is_figure(match: re.Match[str]) -> bool:
    if "after" not in match.re.groupindex:
        return False
    following = _NEXT.match(match.string, match.end())
    if following is None:
        return match.string.startswith("-", match.end()) and not match.string.startswith(
            "--", match.end()
        )
    return following["one"] in _NOT_DEAD or f"{following['one']}_{following['two']}" in _NOT_DEAD
