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
    r"(?:(?!and\b|or\b|of\b|to\b|with\b|in\b|for\b|the\b|a\b|an\b|from\b|at\b|on\b|by\b|was\b|had\b|"
    r"is\b|has\b|that\b|who\b|as\b|than\b|like\b|when\b|but\b|not\b|step\b|foster\b|half[- ](?:brother|sister)|adopted\b)"
    r"[a-z]+(?:-[a-z]+)*,? ){0,3}"
)
_APPOSED, _CALLED = 0.81, 0.55
_BE = r"(?:was|is|were|am|are|'s|'m|had been|has been|being|became|becomes)"
_STEP = re.compile(r"\b(?:like a|as a|a sort of|almost|half[- ](?=b|s)|step|foster|in law|adopted|reverend)\b")

_PATTERNS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), confidence)
    for pattern, confidence in (
        # his sister Ada; Ray's brother, Colin,
        (rf"(?P<of>{OWN}) {_ADJECTIVES}{_KIN} (?P<one>{NAME})(?! and <)", 0.97),
        (
            rf"(?P<of>{OWN}) {_ADJECTIVES}{_KIN}, (?:called |named )?(?P<one>{NAME})"
            r"(?=,|\.|;|$|'s)(?!,? and\b|, <n)",
            _APPOSED,
        ),
        # Ada, his sister; Colin, who was Ray's brother
        (
            rf"(?P<one>{NAME})(?:, |,? (?:who|that) {_BE} )(?P<of>{OWN}) {_ADJECTIVES}{_KIN}"
            r"(?=\s*(?:[,.;:!?)—]|$|\"\")|\s+(?:and|who|had|was|is|came|kept|lived|said|when|in|at|on|from|with|but)\b)"
            r"(?!'s|,? (?:and )?<)",
            0.85,
        ),
        # Colin was Ray's brother; he is my uncle
        (
            rf"(?P<one>{WHO})(?:,? {_BE}|'s|'m) (?:not only |indeed |really |also |only |now )?(?P<of>{OWN}) "
            rf"{_ADJECTIVES}{_KIN}(?!'s|-)(?= *(?:[,.;:!?)—-]|$|\"\")| (?:and|who|by|but|in|on|as|when|from|to|at|too|now|then)\b)",
            0.95,
        ),
        # Ada was the sister of Tom; Ada, the mother of Tom
        (
            rf"(?P<one>{WHO})(?:,| {_BE})(?: (?:the|a|an|no other than the|only))? {_ADJECTIVES}{_KIN} "
            r"(?:of (?:the )?|to (?=<n))(?P<of><[no]\d+[^>]*>)(?!'s|')",
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
_LIKENED = re.compile(r"\b(?:like|as though|as if|pretend\w*|suppose|imagin\w+)\b|\?$")
_NAMING = 0.96
"""Names put after what somebody is ("his sister Ada") are true even in a question or a wish."""
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
_UNRELATED = re.compile(
    rf"(?:no (?:drop of )?blood (?:\w+ )*between|no (?:kin|relations?|relatives?) (?:of|to)|not (?:at all )?"
    rf"related to|unrelated to|no relationship between|no kinship between) (?P<of><[no]\d+[^>]*>)"
    rf"(?: (?:and|nor) (?P<one><[no]\d+[^>]*>))?"
)
_COMPOSED = {
    ("parent", "sibling"): ("uncle", "aunt"),
    ("parent", "parent"): ("grandfather", "grandmother"),
    ("parent", "child"): ("brother", "sister"),
    ("sibling", "child"): ("nephew", "niece"),
    ("child", "child"): ("grandson", "granddaughter"),
    ("uncle", "child"): ("cousin", "cousin"),
}
"""What somebody's kin's kin is to them, a man and a woman."""
_STEPS = {
    **dict.fromkeys(["mother", "father"], "parent"),
    **dict.fromkeys(["brother", "sister", "twin"], "sibling"),
    **dict.fromkeys(["son", "daughter"], "child"),
    **dict.fromkeys(["uncle", "aunt"], "uncle"),
}
_WOMEN = frozenset(["mother", "sister", "daughter"])
_STEP_WORD = "|".join(_STEPS)
_KIN_OF_KIN = re.compile(
    rf"(?P<one>{WHO})(?:,| {_BE}|'s|'m|, who {_BE}) (?P<of>{OWN}) (?P<first>{_STEP_WORD})'s {_ADJECTIVES}"
    rf"(?P<second>{_STEP_WORD})(?!'s|-)\b"
    rf"|(?P<of2>{OWN}) (?P<first2>{_STEP_WORD})'s {_ADJECTIVES}(?P<second2>{_STEP_WORD}),? (?P<one2>{NAME})"
)
_ELDER = re.compile(
    rf"(?P<one>{WHO}),? (?:who )?{_BE} (?:[a-z-]+ (?:years? |months? )?){{0,3}}(?P<way>older|elder|younger) than"
    rf" (?P<of><[no]\d+[^>]*>)(?!')"
    rf"|(?P<one2>{WHO}),? (?:who )?{_BE} (?:[a-z-]+ (?:years? |months? )?){{0,3}}(?P<of2>{OWN}) "
    r"(?P<way2>elder|senior|junior)\b(?! (?:brother|sister|son|daughter|partner|clerk|cousin|officer))"
)
_ONLY_CHILD = re.compile(
    rf"(?P<who>{WHO}),? (?:who )?{_BE} (?:an|(?:the|<p\d+[^>]*>) \w* ?) ?only child\b"
)
_HAS_NO = re.compile(
    rf"(?P<who>{WHO})(?:(?:'d| had| has| have|'s)(?: [a-z]+){{0,3}}? (?:no|neither)|(?: had| has|'s|'d)? (?:never|not) (?:had|has|known) (?:any|a))"
    r" (?:living )?(?P<kin>brothers?|sisters?|children|child|siblings)\b(?:,? (?:and|or|nor)(?: no)? "
    r"(?P<also>brothers?|sisters?|children)\b)?(?! (?:in|but|who|like|of (?:his|her|the)))"
)
_LACKS = {
    "brother": "no brother",
    "brothers": "no brother",
    "sister": "no sister",
    "sisters": "no sister",
    "children": "no child",
    "child": "no child",
    "siblings": "only child",
}
_SUPPOSED = re.compile(r"\b(?:if|as though|as if|wish\w*|would|might|when|since)\b")
_SUBJECT_BEFORE = re.compile(r"(?P<who><[ns]\d+[^>]*>)[^<]{0,20}$")


def ties(view: View) -> Iterator[Tie]:
    """What a sentence states people to be to each other."""
    plain = view.plain
    for pattern, sure in _PATTERNS:
        for match in pattern.finditer(plain):
            confidence = sure
            if _is_doubtful(plain, match, _LIKENED if confidence > _NAMING else _MAY_BE):
                continue
            if confidence == _APPOSED and view.quote >= 0:
                confidence = _CALLED  # "My brother, Tom, is here" may be said to Tom
            kind = _PLAIN[match["kin"]]
            yield from _tie(view, match, match["of"], match["one"], kind, confidence)
    yield from _unrelated(view)
    yield from _kin_of_kin(view)
    yield from _elders(view)
    for match in _BOTH.finditer(plain):
        if not _is_doubtful(plain, match, _MAY_BE):
            kind, _, back = _PAIRS[match["kin"]].partition("|")
            yield from _tie(view, match, match["one"], match["of"], kind, 0.95)
            yield from _tie(view, match, match["of"], match["one"], back or kind, 0.95)
    for match in _MARRIED.finditer(plain):
        if not _is_doubtful(plain, match, _MAY_BE):
            yield from _tie(view, match, match["one"], match["of"], "spouse", 0.85)


def _kin_of_kin(view: View) -> Iterator[Tie]:
    """"Harriet was his mother's sister": his aunt."""
    for match in _KIN_OF_KIN.finditer(view.plain):
        side = "" if match["one"] else "2"
        second = match[f"second{side}"]
        kinds = _COMPOSED.get((_STEPS[match[f"first{side}"]], _STEPS[second]))
        if kinds is not None and not _is_doubtful(view.plain, match):
            kind = kinds[second in _WOMEN]
            yield from _tie(view, match, match[f"of{side}"], match[f"one{side}"], kind, 0.9)


def _elders(view: View) -> Iterator[Tie]:
    for match in _ELDER.finditer(view.plain):
        side = "" if match["one"] else "2"
        kind = "younger" if match[f"way{side}"] in {"younger", "junior"} else "elder"
        if not _is_doubtful(view.plain, match):
            yield from _tie(view, match, match[f"of{side}"], match[f"one{side}"], kind, 0.9)


def _unrelated(view: View) -> Iterator[Tie]:
    for match in _UNRELATED.finditer(view.plain):
        one = match["one"]
        if one is None:
            before = _SUBJECT_BEFORE.search(view.plain, 0, match.start())
            one = before["who"] if before is not None else None
        if one is not None:
            yield from _tie(view, match, match["of"], one, "unrelated", 0.9)


def lacks(view: View) -> Iterator[Statement]:
    """Who is said to be an only child, or to have no brother, sister or child."""
    plain = view.plain
    for match in _HAS_NO.finditer(plain):
        for name in ("kin", "also"):
            word = _LACKS.get(match[name] or "")
            found = word and statement(
                view, view.who(match["who"]), "other", word, match.span(), 0.9
            )
            if found and not _SUPPOSED.search(plain[: match.start()]):
                yield found
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
