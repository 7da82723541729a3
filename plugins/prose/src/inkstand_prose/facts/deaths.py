"""Who is said to be dead or to die, and who to be alive.

A value is "dies" where the telling itself sees it, "dead" where it looks back on it, and
"buried" for a funeral or a grave. What is feared, wished, or only like death is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.coreference import Reference
from inkstand_prose.facts.numbers import NUMBER
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import NAME, OWN, View

TRIGGERS = frozenset(
    ["died", "dies", "dead", "death", "killed", "buried", "bury", "funeral", "drowned", "deceased", "murdered", "perished", "passed", "hanged", "hung", "grave", "tomb", "corpse", "body", "coffin", "late", "expired", "breathed", "shot", "slain", "strangled", "poisoned", "breath", "widow", "widower", "lost", "alive", "executed", "beheaded", "mourning", "ghost", "ashes", "stabbed", "lifeless", "cremated"]
)

_SUBJECT = r"(?P<who><[ns]\d+[^>]*>)"
_TO_DEATH = (
    r"(?:killed|murdered|drowned|hanged|slain|shot dead|beheaded|executed|strangled|poisoned|"
    r"stabbed to death|shot through the (?:head|heart)|burned to death|burnt to death|run over and killed|"
    r"found dead|laid to rest|cremated|crushed to death|lost at sea|done to death|no more)"
)
_OPTIONAL = r"(?: (?:had|has|have|himself|herself|also|already|then|at last|suddenly|quietly|peacefully|had already|had long since|had since|soon|finally|[a-z]+ly)){0,3}"
_NOT_DEAD = (
    r"(?! (?:tired|asleep|drunk|weary|set|certain|sure|to (?:the world|me|you|us|him|her|all|"
    r"every|any|shame|everything)|on (?:his|her|my|your|<)|white|pale|calm|silent|against|serious|"
    r"in love|beat|faint|keen|right|wrong|broke|easy|slow|straight|level|quiet|still|of (?:shame|"
    r"laughing|boredom|curiosity)|with (?:fatigue|sleep|shame|fright|weariness|laughter|fear)|"
    r"weight|silence|sleep|faint|game|spit|ringer|letter|end|from (?:the neck|fatigue)|or alive|"
    r"and alive|out|lucky|stop|heat|center|centre|man walking|and gone to the world)\b)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str, float], ...] = tuple(
    (re.compile(pattern), value, confidence)
    for pattern, value, confidence in (
        (
            rf"{_SUBJECT},? (?:who )?(?:had|has|having)(?: \w+){{0,2}} (?:died|perished|passed away|"
            r"passed on|breathed <p\d+[^>]*> last|drawn <p\d+[^>]*> last breath|given up the ghost)"
            r"(?! (?:of (?:shame|laughing|boredom)|a thousand|down|to me))",
            "dead",
            0.9,
        ),
        (
            rf"{_SUBJECT}{_OPTIONAL} (?:died|perished|passed away|breathed <p\d+[^>]*> last|"
            r"drew <p\d+[^>]*> last breath|gave up the ghost|expired)(?= ?(?:[,.;:!?—-]|$)| (?!of (?:"
            r"shame|laughing|boredom|curiosity)|a (?:thousand|hundred)|away|down|out|to me)"
            r"[a-z<\d])",
            "dies",
            0.85,
        ),
        (
            rf"{_SUBJECT},? (?:who )?(?:is|was|were|'s|lay|fell|dropped|be|being)(?: (?:now|quite|long|"
            rf"already|stone|certainly|really|indeed|truly|found|lying|shot)){{0,2}} dead\b{_NOT_DEAD}",
            "dead",
            0.85,
        ),
        (
            rf"{_SUBJECT},? (?:who )?(?:had|has|'s|have) been (?:\w+ )?dead\b{_NOT_DEAD}",
            "dead",
            0.95,
        ),
        (
            rf"{_SUBJECT},? (?:was|is|were|has been|had been|'s been)(?: now| already)? (?:some |about |"
            rf"nearly |almost |these |over )?(?:{NUMBER}|many|several|a|long|two|few) "
            r"(?:years?|months?|weeks?|days?|winters?|hours?) (?:dead|in (?:<p\d+[^>]*>|the) grave)",
            "dead",
            0.95,
        ),
        (
            rf"{_SUBJECT},? (?:who )?(?:(?:had|has|have|having) been|was|were|is|got|has been|'s been)"
            rf"(?: (?:\w+ly|cruelly|there|also|then|himself|herself))? {_TO_DEATH}\b"
            r"(?! (?:by (?:the|his|her) (?:kindness|looks)|out|up|in (?:silk|tears|debt|work)|with (?:"
            r"joy|grief|laughter|kindness)))",
            "dies",
            0.85,
        ),
        (
            rf"{_SUBJECT},? (?:who )?(?:(?:had|has|have) been|was|is|lies|lay)(?: \w+)? buried\b"
            r"(?! (?:in (?:thought|<p|a book|the (?:newspaper|paper|book)|study|sleep|deep|profound|"
            r"reflection|work|books)|under a|alive|beneath a|up to|away))",
            "buried",
            0.8,
        ),
        (
            r"<s\d+[^>]*>,? (?:had |have |has )?(?:already )?buried (?P<who><[no]\d+[^>]*>)"
            r"(?!'s|')",
            "buried",
            0.85,
        ),
        (r"\bthey (?:had |have )?buried (?P<who><[no]\d+[^>]*>)(?!'s|')", "buried", 0.9),
        (
            rf"\b(?:the|poor) (?:late|deceased|dead|murdered|departed)(?: and \w+)?(?: lamented)? "
            rf"(?P<who>{NAME})(?! (?:and|or) )(?:'s|')?",
            "dead",
            0.75,
        ),
        (
            rf"{OWN} (?:late|dead|deceased|departed) (?:husband|wife|father|mother|brother|sister|son|"
            rf"daughter|uncle|aunt|friend|master|mistress|partner|cousin|grandfather|grandmother),? "
            rf"(?P<who>{NAME})",
            "dead",
            0.95,
        ),
        (
            r"\b(?:since|after|of|upon|on|at|following|from|by|before|about|to|attended|announced|was)"
            rf" (?P<who>{OWN})(?: (?:untimely|sudden|early|own|last|tragic|mysterious|lamented|"
            r"recent|violent|sad))? (?:death|funeral|burial|murder|decease|demise)\b",
            "dead",
            0.7,
        ),
        (
            rf"(?P<who>{OWN})(?: \w+)? (?:death|funeral|burial|decease|demise) (?:had been|was|took|came|"
            r"left|had|reached)\b(?! (?:a mere|near|certain|only a|not|to be|inevitable|at hand|"
            r"imminent|expected|hourly|resolved|decreed))",
            "dead",
            0.8,
        ),
        (
            r"\b(?:death|funeral|burial|murder|grave|tomb|corpse|body|remains|coffin|ashes) of"
            rf" (?P<who>{NAME})(?!'s|')",
            "dead",
            0.75,
        ),
        (
            rf"(?P<who>{OWN}) (?:grave|tomb|tombstone|gravestone|corpse|coffin|dead body|lifeless body|"
            r"ashes|headstone)\b",
            "buried",
            0.7,
        ),
        (
            rf"(?P<who><o\d+[^>]*>|{NAME}),? (?:lying |stone |lay |found )?dead (?:on|in|at|by|under|upon)"
            r" (?:the|his|her|a)\b",
            "dead",
            0.7,
        ),
        (rf"(?P<who>{NAME}),? (?:had|has) broken <p\d+[^>]*> neck\b", "dies", 0.8),
        (r"\b(?:found|saw|shot|struck|left|laid) (?P<who><[on]\d+[^>]*>),? dead\b", "dead", 0.7),
    )
)
_ALIVE = re.compile(
    rf"{_SUBJECT} (?:is|was|'s) (?:still |yet |really )?(?:alive|living)(?! with| in)"
)
_UNREAL = re.compile(
    r"\b(?:if|would|wouldn't|might|may|should|shall|will|can|could|cannot|can't|couldn't|not|never|nearly|almost|half|as good as|"
    r"as if|as though|like|unless|lest|whether|until|till|wish(?:ed)?|hop(?:e|ed|ing)|afraid|"
    r"fear(?:ed|ing|s)?|dream(?:ed|t|s)?|pretend(?:ed|ing)?|suppos(?:e|ed|ing)|thought|think|"
    r"believ(?:e|ed|ing)|imagin(?:e|ed|ing)|fanc(?:y|ied)|report(?:ed)?|rumou?r(?:ed|s)?|perhaps|"
    r"maybe|must|once|seemed|suspect(?:ed)?|swear|swore|threat(?:en(?:ed)?)?|plot(?:ted)?|"
    r"conspir\w+|attempt(?:ed)?|intend(?:ed)?|danger|sentenced|condemned|expected|expect|sure|"
    r"doubt(?:ed)?|mourned as|given up for|supposed|told|heard|say|said|says|tell|declared|"
    r"convinced|hear|persuaded|wonder(?:ed)?|rather|sooner|want(?:ed)?|n't|ghost|play|"
    r"stage|part of|picture|painting|portrait|statue|moment|one day|some day|someday|soon|"
    r"about to|going to|who is to|in case|in the event|contemplat\w+|predict\w+|scene|account of|"
    r"story of|day of|hour of|night of|revenge|avenge\w*|accused|charged|guilty|verge|bed|"
    r"at the point|point of|prefer\w*|supposing|instead|promis\w+|ready to|resolved)\b"
)
_ASKS = re.compile(r"\?\s*$")
_REACH = 90


def deaths(view: View) -> Iterator[Statement]:
    """Who is dead, dies, or lives, as a sentence states."""
    plain = view.plain
    if _ASKS.search(plain):
        return
    for pattern, value, confidence in _PATTERNS:
        for match in pattern.finditer(plain):
            who = view.who(match["who"])
            if not _is_unreal(plain, match) and not _is_of_things(match):
                yield from _stated(view, who, match, "dead", value, confidence)
    for match in _ALIVE.finditer(plain):
        if not _is_unreal(plain, match):
            yield from _stated(view, view.who(match["who"]), match, "alive", "alive", 0.8)


def _is_unreal(plain: str, match: re.Match[str]) -> bool:
    before = plain[max(0, match.start() - _REACH) : match.start()]
    return bool(
        _UNREAL.search(re.split(r"[;:]", before)[-1])
        or _UNREAL.search(_UNREAL_SAFE.sub("", match.group()))
        or re.match(r"[^.;]{0,40}\b(?:if|would|unless|metaphor|almost)\b", plain[match.end() :])
    )


_UNREAL_SAFE = re.compile(r"<[^>]*>|\bbefore\b|\bday of\b")


def _is_of_things(match: re.Match[str]) -> bool:
    return "dead" in match.group() and "dead of night" in match.string


def _stated(
    view: View, who: Reference, match: re.Match[str], kind: str, value: str, confidence: float
) -> Iterator[Statement]:
    found = statement(
        view, who, "alive" if kind == "alive" else "dead", value, match.span(), confidence
    )
    if found is not None:
        yield found
