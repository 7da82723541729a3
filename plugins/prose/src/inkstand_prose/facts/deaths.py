"""Who is said to be dead or to die, and who to be alive.

A value is "dies" where the telling itself sees it, "dead" where it looks back on it, and
"buried" for a funeral or a grave. What is feared, wished, or only like death is left out. Words
that often mean another ("the late Mr. Darcy" may be his father) are given less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.patterns import load
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import View
from inkstand_prose.lexicon import words

TRIGGERS = words("death_words")
_UNREAL = words("unreal")
_NOT_DEAD = words("not_dead")
"""After "dead" or "died" they make a figure of speech: "dead tired", "died laughing"."""
_PATTERNS = load("deaths")
_BEFORE_NAME = re.compile(r"\b(?:a|an|another|every|no|one|had|did|were|should|has|the|of)\s$")
"""Before a name: one of many of that name, or what is not so ("had Tom died")."""
_TITLED = re.compile(r"<n\d+ (?P<title>[^ >]+)")
_TITLES = words("titles_male") | words("titles_female")
"""Names with these may have "the" before them: "the Comte de Tournay was dead"."""
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NEXT = re.compile(r" (?P<one>[a-z]+)(?: (?P<two>[a-z]+))?")
_IN_TWO = re.compile(r";|--|—|, (?:and|but) (?=<n)")
_REACH = 70


def deaths(view: View) -> Iterator[Statement]:
    """Who is dead, dies, or lives, as a sentence states."""
    plain = view.plain
    if plain.rstrip().endswith("?"):
        return
    for listed in _PATTERNS.listed:
        for match in listed.pattern.finditer(plain):
            if _is_unreal(plain, match) or _is_figure(match):
                continue
            name = match["who"] or match.groupdict().get("who2")
            if name is None:
                continue
            found = statement(
                view, view.who(name), "dead", listed.label, match.span(), listed.confidence
            )
            if found is not None:
                yield found
    for match in _PATTERNS["ALIVE"].finditer(plain):
        found = statement(view, view.who(match["who"]), "alive", "alive", match.span(), 0.8)
        if found is not None and not _is_unreal(plain, match):
            yield found


def _is_unreal(plain: str, match: re.Match[str]) -> bool:
    before = _IN_TWO.split(plain[max(0, match.start() - _REACH) : match.start()])[-1]
    if match.start("who") == match.start() and _BEFORE_NAME.search(plain[: match.start()]):
        titled = _TITLED.match(match.group())
        if titled is None or titled["title"] not in _TITLES or not before.endswith("the "):
            return True
    said = _WORD.findall(before)
    if (
        said
        and said[-1] == "before"
        and match.start("who") == match.start()
        and match.group()[1] == "s"
    ):
        return True  # "before she died", whenever that will be
    if not _UNREAL.isdisjoint(said) or any(word.endswith("n't") for word in said):
        return True
    after = _WORD.findall(plain[match.end() : match.end() + 40])
    return not {"if", "would", "unless", "almost", "he'd", "she'd"}.isdisjoint(after)


def _is_figure(match: re.Match[str]) -> bool:
    if "after" not in match.re.groupindex:
        return False
    following = _NEXT.match(match.string, match.end())
    if following is None:
        return match.string.startswith("-", match.end()) and not match.string.startswith(
            "--", match.end()
        )
    return following["one"] in _NOT_DEAD or f"{following['one']}_{following['two']}" in _NOT_DEAD
