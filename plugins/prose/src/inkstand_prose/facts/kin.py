"""Who is what to whom: kinship, marriage, service, friendship, as sentences state it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.coreference import Reference
from inkstand_prose.facts.stated import Statement, Tie, statement
from inkstand_prose.facts.views import NAME, OWN, WHO, View
from inkstand_prose.lexicon import word_lines

_PLAIN: dict[str, str] = {}
for _line in word_lines("relations"):
    _kind, _, _words = _line.partition(":")
    _PLAIN.update((_word.replace("_", " "), _kind) for _word in (_kind, *_words.split()))

_WORDS = frozenset(word.rpartition(" ")[2] for word in _PLAIN)
TRIGGERS = _WORDS | frozenset(
    ["brothers", "sisters", "cousins", "twins", "siblings", "married", "wed", "wedded", "marry", "only", "in-law", "brother-in-law", "sister-in-law", "mother-in-law", "father-in-law", "related", "blood"]
)
_ALTERNATIVES = "|".join(
    sorted((re.escape(word) for word in _PLAIN), key=lambda word: (-len(word), word))
)
_KIN = rf"(?P<kin>{_ALTERNATIVES})(?!-)"
_ADJECTIVES = (
    r"(?:(?:eldest|oldest|youngest|elder|older|younger|little|big|dear|dearest|poor|good|only|own|"
    r"old|young|late|dead|first|second|maiden|widowed|married|unmarried|beloved|favorite|favourite|"
    r"great|kind|pretty|beautiful|lovely|excellent|worthy|long-lost|surviving|faithful|new|"
    r"twin|baby|kid|middle|rich|wealthy|sick|invalid|crippled|wicked|sweet|unhappy|"
    r"natural|lawful|wedded|handsome|tall|clever|[a-z]+-year-old|then),? )*"
)
_BE = r"(?:was|is|were|am|are|'s|'m|had been|has been|being|became|becomes)"
_STEP = re.compile(r"\b(?:like a|as a|a sort of|almost|half|step|foster|in law|adopted|reverend)\b")

_PATTERNS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), confidence)
    for pattern, confidence in (
        # his sister Ada; Ray's brother, Colin,
        (rf"(?P<of>{OWN}) {_ADJECTIVES}{_KIN} (?P<one>{NAME})(?! and <)", 0.97),
        (
            rf"(?P<of>{OWN}) {_ADJECTIVES}{_KIN}, (?:called |named )?(?P<one>{NAME})"
            r"(?=,|\.|;|$|'s)(?!,? and\b|, <n)",
            0.6,
        ),
        # Ada, his sister; Colin, who was Ray's brother
        (
            rf"(?P<one>{NAME}),? (?:who {_BE} |that {_BE} )?(?P<of>{OWN}) {_ADJECTIVES}{_KIN}"
            r"(?=\s*(?:[,.;:!?)—]|$|\"\")|\s+(?:and|who|had|was|is|came|kept|lived|said|when|in|at|on|from|with|but)\b)"
            r"(?!'s|,? and <)",
            0.85,
        ),
        # Colin was Ray's brother; he is my uncle
        (
            rf"(?P<one>{WHO}),? {_BE} (?:not only |indeed |really |also |only |now )?(?P<of>{OWN}) "
            rf"{_ADJECTIVES}{_KIN}(?!'s|-)(?= *(?:[,.;:!?)—-]|$|\"\")| (?:and|who|by|but|in|on|as|when|from|to|at|too|now|then)\b)",
            0.95,
        ),
        # Ada was the sister of Tom; Ada, the mother of Tom
        (
            rf"(?P<one>{WHO})(?:,| {_BE})(?: (?:the|a|an|no other than the|only))? {_ADJECTIVES}{_KIN} "
            r"(?:of|to) (?:the )?(?P<of><[no]\d+[^>]*>)(?!'s|')",
            0.95,
        ),
        # a cousin of Ray's
        (
            rf"(?P<one>{WHO})(?:,| {_BE}) (?:a|an|the|some) {_ADJECTIVES}{_KIN} of (?P<of>{OWN})(?! )",
            0.95,
        ),
        # Ray had a sister, Ada; Tom has a brother called Colin
        (
            rf"(?P<of>{WHO}) (?:had|has|'s got|got) (?:a|an|one) {_ADJECTIVES}{_KIN},? (?:called |named |whose name was |by name )?"
            rf"(?P<one>{NAME})",
            0.9,
        ),
        # his sister's name was Ada; Ray's brother was called Colin; Ray's brother is Colin
        (
            rf"(?P<of>{OWN}) {_ADJECTIVES}{_KIN}(?:'s name)? (?:was|is)(?: called| named)? (?P<one>{NAME})"
            r"(?=[,.;:!?]|$| and| who)",
            0.9,
        ),
        (rf"(?P<one>{NAME})(?: {_BE}|,) (?P<kin>twin) to (?P<of>{NAME})", 0.95),
        # Ada is brother to Tom
        (rf"(?P<one>{WHO}) {_BE} (?:a )?{_KIN} to (?P<of><[n]\d+[^>]*>)(?!'s|')", 0.8),
        # she called Ada her sister; took Ada for his wife: left out
    )
)
_BOTH = re.compile(
    rf"(?P<one>{NAME}) and (?P<of>{NAME}),? (?:who )?(?:(?:{_BE}) )(?:both |first |second |only |twin |half-|step)*"
    r"(?P<kin>brothers|sisters|cousins|twins|siblings|brother and sister|sister and brother|"
    r"husband and wife|man and wife|father and son|mother and daughter|father and daughter|mother and son|"
    r"married|engaged|friends|uncle and nephew|aunt and niece)\b(?! (?:in (?:arms|spirit|christ)|to|of|at heart|now to))"
)
_MARRIED = re.compile(
    rf"(?P<one>{WHO})(?: had| has| having)? (?:married|wedded|wed) (?P<of><[no]\d+[^>]*>)(?!'s|')"
)
_MAY_BE = re.compile(
    r"\b(?:if|would|might|may|should|could|not|never|n't|like|as though|as if|suppose|pretend(?:ed)?|"
    r"perhaps|wish(?:ed)?|imagin\w+|mistook|taken for|took for|almost|call(?:ed|s)? (?:me|him|her)|"
    r"were|thought|whether|promised|no|nor|neither|hope[ds]?|want\w*|marry|until|going to|"
    r"refus\w+|instead|rather|will|shall|must|when|either|or)\b|n't\b|\?$"
)
_PAIRS = {
    "brothers": "brother",
    "sisters": "sister",
    "cousins": "cousin",
    "twins": "twin",
    "siblings": "sibling",
    "brother and sister": "sibling",
    "sister and brother": "sibling",
    "husband and wife": "spouse",
    "man and wife": "spouse",
    "married": "spouse",
    "engaged": "betrothed",
    "friends": "friend",
    "father and son": "son|father",
    "mother and daughter": "daughter|mother",
    "father and daughter": "daughter|father",
    "mother and son": "son|mother",
    "uncle and nephew": "nephew|uncle",
    "aunt and niece": "niece|aunt",
}
_ONLY_CHILD = re.compile(
    rf"(?P<who>{WHO}),? (?:who )?{_BE} (?:an|(?:the|<p\d+[^>]*>) \w* ?) ?only child\b"
)
_HAS_KIN = re.compile(
    rf"(?P<who>{WHO}) (?:had|has|'d|have)(?: \w+)? (?P<no>no|neither|never had an?y?)"
    r" (?P<kin>brothers?|sisters?|children|child|siblings|son|daughter|cousins?|uncles?|aunts?|family)"
    r"(?: (?:and|or|nor) (?P<also>brothers?|sisters?|no \w+))?"
)


def ties(view: View) -> Iterator[Tie]:
    """What a sentence states people to be to each other."""
    plain = view.plain
    for pattern, confidence in _PATTERNS:
        for match in pattern.finditer(plain):
            if _is_doubtful(plain, match):
                continue
            kind = _PLAIN[match["kin"]]
            yield from _tie(view, match, match["of"], match["one"], kind, confidence)
    for match in _BOTH.finditer(plain):
        if not _is_doubtful(plain, match, _MAY_BE):
            kind, _, back = _PAIRS[match["kin"]].partition("|")
            yield from _tie(view, match, match["one"], match["of"], kind, 0.95)
            yield from _tie(view, match, match["of"], match["one"], back or kind, 0.95)
    for match in _MARRIED.finditer(plain):
        if not _is_doubtful(plain, match, _MAY_BE):
            yield from _tie(view, match, match["one"], match["of"], "spouse", 0.85)


def lacks(view: View) -> Iterator[Statement]:
    """Who is said to be an only child, or to have no brother or sister."""
    plain = view.plain
    for match in _ONLY_CHILD.finditer(plain):
        if not _is_doubtful(plain, match):
            found = statement(
                view, view.who(match["who"]), "other", "only child", match.span(), 0.95
            )
            if found is not None:
                yield found


def _is_doubtful(plain: str, match: re.Match[str], pattern: re.Pattern[str] = _MAY_BE) -> bool:
    before = re.split(r"[,;:.—]", plain[: match.start()])[-1]
    return bool(
        pattern.search(before)
        or _STEP.search(before[-20:] + _NO_BRACKETS.sub(" ", match.group()))
        or (plain.rstrip().endswith("?"))
    )


_NO_BRACKETS = re.compile(r"<[^>]*>")


def _tie(
    view: View, match: re.Match[str], of: str, one: str, kind: str, confidence: float
) -> Iterator[Tie]:
    owner: Reference = view.who(of)
    other: Reference = view.who(one)
    person, trust = owner.person, owner.confidence
    if person == other.person and owner.role == "own":
        # "Giles, who was his nephew": nobody is his own.
        person, trust = owner.next_best, 0.6 * trust
    if person < 0 or other.person < 0 or person == other.person:
        return
    yield Tie(
        person,
        other.person,
        kind,
        view.place(match.start()),
        view.place(match.end()),
        round(confidence * trust * other.confidence, 3),
        view.quote,
    )
