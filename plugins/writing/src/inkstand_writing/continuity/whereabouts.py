"""Sentences that tell where somebody is at a time that is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from inkstand_writing import lexicon
from inkstand_writing.continuity.calendar import (
    DAY,
    HOLIDAY,
    MONTH,
    NUMBER,
    ORDINAL,
    PART,
    count_of,
    holiday_of,
    month_of,
    ordinal_of,
)

Size = Literal["hour", "part", "day", "span"]


class When(msgspec.Struct, frozen=True):
    """A time that is named: a key that is the same for the same time, how long it is, and the part
    of the day, where it is said. `near` ones are the same only close to each other.
    """

    key: str
    size: Size
    part: str = ""
    near: bool = False


class Where(msgspec.Struct, frozen=True):
    """A place: its words, its kind ("" for one with a name), whether somebody is said to have been
    there the whole time (`whole`), or not to have been there (`absent`).
    """

    words: str
    kind: str = ""
    whole: bool = False
    absent: bool = False


_PLAIN_PART = {
    "forenoon": "morning",
    "dawn": "morning",
    "daybreak": "morning",
    "sunrise": "morning",
    "midday": "noon",
    "dusk": "evening",
    "sunset": "evening",
    "nightfall": "evening",
    "twilight": "evening",
    "midnight": "night",
}
_LONG = r"(?:week|weekend|fortnight|month|spring|summer|autumn|winter|year|season|holidays|term)"
_NO_EVENT = (
    r"(?:day|night|week|year|month|time|whole|same|morning|evening|first|second|third|last|next"
    r"|past"
    r"|summer|winter|war|house|town|city|world|sea|conversation|journey|rest|course|few|two|three"
    r"|lord|sun|other|latter|former|moon|hour|following|present|reign|of|and|in|at|on|to|was|were"
    r"|had"
    r"|old|great|long|young|little|new|man|woman|boy|girl|door|men|people|things?|one|way"
    r"|thought)\b"
)
_WHOSE = r"(?:the |his |her |their |that |[A-Z][\w-]+[’']s )"
_EVENT = (
    r"(?:(?!of |and |was |were |had |in |at |on )[a-z-]+ ){0,2}?"
    rf"(?P<event>(?!{_NO_EVENT})[a-z-]+)"
)
_EVENT_END = (
    r"(?=[,.;:!?)—–]|\s(?:and|in|at|when|on|to|with|was|were|had|he|she|it|of|by|from|but|that"
    r"|till|until"
    r"|who|I|they|while|for|as|after|before|[A-Z]\w+|[a-z]+ed|came|broke|lasted|never|spent|sat"
    r"|stood|lay|found|saw"
    r"|slept|fell|struck|began|all|did)\b|\s*\Z)"
)
_EVENTS = (
    re.compile(
        r"\b(?:[Oo]n |[Aa]t |[Aa]ll |[Tt]hrough |[Tt]hat |[Vv]ery |[Ss]ame |[Ww]hole |[Dd]uring "
        r"|[Tt]he )+"
        rf"(?P<unit>{PART}|day|hour|moment|minute|time|instant|{_LONG}) (?:of |that "
        rf"|when )?{_WHOSE}"
        rf"{_EVENT}{_EVENT_END}"
    ),
    re.compile(
        r"\b(?:[Dd]uring|[Tt]hroughout|[Aa]ll through|[Tt]hrough the whole of|[Aa]t the time of"
        r"|[Ww]hen|[Tt]hrough"
        rf"|[Ww]hile|[Aa]s|[Tt]he whole of) {_WHOSE}{_EVENT}{_EVENT_END}"
    ),
)
_DATES = (
    re.compile(rf"\b(?P<d>{ORDINAL}|\d{{1,2}})(?: day)? (?:of )?(?P<m>{MONTH})\b"),
    re.compile(rf"\b(?P<m>{MONTH}) (?:the )?(?P<d>{ORDINAL}|\d{{1,2}})\b(?! o['’]clock)"),
)
_HOLIDAY = re.compile(rf"\b(?P<h>(?i:{HOLIDAY}))")
_YEAR = re.compile(r"\b(1\d\d\d|20\d\d)\b")
_WEEKDAY = re.compile(
    rf"\b(?:[Oo]n|[Uu]pon|[Ii]t was|[Tt]oday was|[Tt]hat|[Tt]he|[Aa]ll|[Ss]ame"
    r"|[Vv]ery|[Ww]hole|of|day|[Tt]hroughout|[Tt]his)"
    rf" (?P<day>{DAY})\b(?!s|['’]s)(?: (?P<part>{PART}))?"
)
_THAT = re.compile(
    rf"\b(?:[Tt]hat|[Tt]he) (?:(?:same|very|whole|entire) )*(?P<unit>{PART}|day|{_LONG})\b(?! of\b)"
    rf"|\b[Aa]ll (?P<all>day|night|morning|afternoon|evening|week|weekend|summer|winter)\b"
    r"|\b(?P<ton>[Tt]onight|[Tt]oday|[Tt]his (?:morning|afternoon|evening)|[Ll]ast night"
    r"|[Yy]esterday)\b"
)
_WEEK_OF = re.compile(
    r"\b(?P<n>first|second|third|fourth|last) week (?:of|in) "
    rf"(?P<m>{MONTH})\b(?:,? (?P<year>1\d\d\d|20\d\d))?"
)
_SEASON = re.compile(
    r"\b(?:[Ii]n|[Aa]ll|[Tt]he|of|[Tt]hroughout|[Ww]hole)(?: the)? "
    r"(?P<season>spring|summer|autumn|winter|fall) of (?P<year>1\d\d\d|20\d\d)\b"
)
_FEAST = re.compile(
    r"\b(?:[Tt]hat|[Ww]hole)(?: same| very)? (?P<feast>Christmas|Easter|Michaelmas)\b"
)
_UNTIL = re.compile(
    rf"\b(?:until|till) (?:(?P<day>{DAY})\b|(?:about |nearly |past )?(?P<hour>{NUMBER})"
    r"(?= o[’']clock|[,.;]|\s(?:that|in the|and)))"
)
_SPENT = re.compile(r"\b(?:spent|passed|spending|passing)\s\Z")
_THAT_ONLY = re.compile(r"that|same|very|whole|entire|all", re.IGNORECASE)
_THAT_MONTH = re.compile(
    rf"\b(?:(?P<that>[Tt]hat) |[Ii]n |of |[Tt]hroughout |[Aa]ll )(?P<m>{MONTH})\b(?! \d\d?\b)"
    r"(?:,? (?:of )?(?P<year>1\d\d\d|20\d\d))?"
)
_MEAL = re.compile(r"\b(?P<meal>[Bb]reakfast|[Ll]unch|[Dd]inner|[Ss]upper)(?:time|-time| time)?\b")
_CLOCK = re.compile(
    rf"\b(?:[Aa]t|[Ii]t was|[Bb]y|[Aa]t exactly|[Aa]t just|struck|stroke of|[Aa]t about)"
    r" (?P<hour>(?:(?:half|quarter|a quarter|ten|five|twenty) (?:minutes )?(?:past"
    rf"|to) )?(?:{NUMBER})"
    r"(?= o['’]clock|[,.;]|\s(?:that|on|in|the|exactly|precisely|sharp|he|she|[A-Z]))|noon"
    r"|midnight"
    r"|midday|\d\d?[.:]\d\d)"
)
_NOW = re.compile(
    r"\b[Aa]t (?:that|the|this) (?:very |same |exact |precise )+(?:moment|hour|minute|instant"
    r"|time)\b"
)
_WHOLE = re.compile(
    r"\b(?:whole|entire|entirely|all (?:that|day|night|week|the|through|morning|evening|afternoon)"
    r"|throughout"
    r"|never (?:once )?(?:left|quitted|stirred|went out|set foot)|(?:did not|didn[’']t|had not"
    r"|hadn[’']t)"
    r" (?:once )?(?:leave|left|stir|quit|go out|set foot|move|moved)|from (?:morning|dawn|dusk"
    r"|first|noon)"
    r" (?:till|to|until)|the (?:day|night|evening|week) through|without (?:once )?(?:leaving"
    r"|stirring|going)"
    r"|not (?:once )?(?:leaving|left)|spent|passed|every (?:hour|minute)|from start to finish"
    r"|confined"
    r"|locked|snowed up|slept)\b",
    re.IGNORECASE,
)
_STAYED_IN = re.compile(
    r"(?:\bnever|\bnot|n[’']t|\bwithout) (?:once |even )?(?:leave|left|leaving|stir(?:red"
    r"|ring)? (?:from|out of)"
    r"|quit(?:ted)?|go(?:ne|ing)? out of|set foot outside(?: of)?|step(?:ped)? outside"
    r"|move from) (?P<place>(?:of )?"
    r"(?:the |his |her |their )?(?:(?:own|sick|hotel|little|old) )?[A-Za-z-]+)"
)
_ABSENT = re.compile(
    r"\b(?:was|were|had been|been|is|went|gone|set foot|n[’']t|come|came) ?(?:not|never|nowhere"
    r"|far|miles"
    r"|hundreds of miles)\b[^,;]{0,20}\Z|\bn[’']t (?:been |been anywhere )?(?:near |go |gone )?\Z"
    r"|\b(?:nowhere near|miles from|far from|away from|not been|never been|not set foot"
    r"|did not go)\b[^,;]{0,12}\Z"
)
_NAME = r"[A-Z][a-zà-ü]+(?:[ -](?:[A-Z][a-zà-ü]+|(?:upon|on|le|la|de)(?=[ -][A-Z])))*"
_PREPOSITION = (
    r"(?:in|at|inside|within|near|aboard|on board|on|outside|under|by|to|into|reached|visited"
    r"|attended"
    r"|toured|crossing|through|over|up|around|along|across|beside|behind|among|entered|(?:door"
    r"|gate|steps|counter|window|roof|porch) of|off"
    r"|(?:called|rang|telephoned|phoned|wired|cabled|wrote|texted)(?: him| her| me| them)? from"
    r"|(?:un)?locked|kept|kept to)"
)
_AT_TEXT = (
    rf"\b(?i:{_PREPOSITION}) (?:(?P<named>(?:the )?{_NAME})|(?:(?:the|his|her|my|their|a|an|that"
    r"|this) )?"
    r"(?P<mods>(?:[A-Za-z][a-z]+(?:-[a-z]+)?(?:[’']s)? ){0,3}?)(?P<noun>%NOUNS%)\b)"
)
_HOME = re.compile(
    r"\b(?:at home|abroad|overseas|indoors|on board|aboard|at sea|in bed|ashore|on horseback"
    r"|in the saddle"
    r"|miles (?:away|off|from home|from (?:there|here)|to the (?:north|south|east|west)|out)"
    r"|upstairs|on the sofa|on foot across)\b"
)
_HOMES = {
    "at home": "home",
    "indoors": "home",
    "in bed": "home",
    "abroad": "abroad",
    "overseas": "abroad",
    "on board": "sea",
    "aboard": "sea",
    "at sea": "sea",
    "ashore": "land",
    "on horseback": "road",
    "in the saddle": "road",
    "upstairs": "home",
    "on the sofa": "home",
    "on foot across": "road",
}
_VEHICLES = frozenset(["train", "sea", "road"])
_BOUND = re.compile(r"\b(?:to|into|through|from|off|by)\Z")
_TO = 4
"""Characters of a preposition that are looked at."""
_LAST = 10_000
_IN_TOWN = 26
_AT_EVENT = re.compile(
    r"\b(?:at|attended|through|for|(?P<missed>missed|never came to|did not (?:come to|attend"
    r"|go to)|stayed away"
    r" from|(?:was|were|had)(?: not|n[’']t)(?: been| gone)? (?:at|to)))"
    r" (?:the |his |her |their |[A-Z][\w-]+[’']s )(?:own )?"
    r"(?P<event>wedding|funeral|party|ball|concert|trial|hearing|burial|christening|banquet"
    r"|ceremony"
    r"|inauguration|coronation|execution|hanging|reception|inquest|auction|duel|premiere|opening"
    r"|memorial"
    r"|graduation|regatta|reunion|baptism|wake|gala|match|launch)\b"
)
_FEW = {"five": 5, "ten": 10, "twenty": 20}
_SEAS = frozenset(
    ["Atlantic", "Channel", "Pacific", "Mediterranean", "Baltic", "North Sea", "Indian Ocean"]
)
_NO_PLACES = lexicon.words("no_places")


def times(text: str) -> Iterator[tuple[int, int, When]]:
    """The times that a sentence names, and where."""
    year = found[1] if (found := _YEAR.search(text)) else ""
    part = next((_part(m[0]) for m in re.finditer(PART, text)), "")
    for pattern in _DATES:
        for match in pattern.finditer(text):
            key = f"{month_of(match['m'])}-{ordinal_of(match['d'])}-{year}"
            yield *match.span(), When(key, "part" if part else "day", part)
    for match in _HOLIDAY.finditer(text):
        month, date = holiday_of(match["h"])
        yield *match.span(), When(f"{month}-{date}-{year}", "part" if part else "day", part)
    for pattern in _EVENTS:
        for match in pattern.finditer(text):
            unit = match.groupdict().get("unit") or "hour"
            is_long = re.fullmatch(_LONG, unit)
            size: Size = "span" if is_long else "day" if unit == "day" else "part"
            yield *match.span(), When("e:" + match["event"].split()[-1], size, _part(unit))
    for match in _AT_EVENT.finditer(text):
        yield match.start(), match.start(), When("e:" + match["event"], "part")
    for match in _THAT_MONTH.finditer(text):
        said = match["year"] or year
        near = not (said or match["that"])
        yield *match.span(), When(f"m:{month_of(match['m'])}-{said}", "span", near=near)
    for match in _WEEK_OF.finditer(text):
        said = match["year"] or year
        key = f"w:{match['n']}-{month_of(match['m'])}-{said}"
        yield *match.span(), When(key, "span")
    for match in _SEASON.finditer(text):
        yield *match.span(), When(f"{match['season']}-{match['year']}", "span")
    for match in _FEAST.finditer(text):
        yield *match.span(), When(match["feast"], "span", near=True)
    for match in _UNTIL.finditer(text):
        key = match["day"] or f"h:{_minutes(match['hour'])}"
        yield *match.span(), When("<" + key, "day" if match["day"] else "hour", near=True)
    for match in _MEAL.finditer(text):
        yield *match.span(), When("meal:" + match["meal"][:3].lower(), "part", near=True)
    for match in _WEEKDAY.finditer(text):
        said = _part(match["part"] or "")
        yield *match.span(), When(match["day"], "part" if said else "day", said, near=True)
    for match in _THAT.finditer(text):
        unit = match["unit"] or match["all"] or match["ton"]
        is_spent = match["unit"] and _SPENT.search(text[: match.start()])
        if match["unit"] and not is_spent and not _THAT_ONLY.search(match[0]):
            continue
        yield *match.span(), _that(unit.lower())
    for match in _CLOCK.finditer(text):
        yield *match.span(), When(f"h:{_minutes(match['hour'])}", "hour", near=True)
    for match in _NOW.finditer(text):
        yield *match.span(), When("now", "hour", near=True)


def _minutes(told: str) -> int:
    """A time of the clock in minutes from twelve, in steps of a half hour at most a bit off."""
    told = told.lower()
    if told in {"noon", "midday", "midnight"}:
        return 0 if told != "midnight" else 720
    figures = re.fullmatch(r"(\d\d?)[.:](\d\d)", told)
    if figures is not None:
        return (int(figures[1]) % 12 * 60 + round(int(figures[2]), -1)) % 720
    *lead, hour = told.split()
    minutes = count_of(hour) % 12 * 60
    if not lead:
        return minutes
    shift = 30 if "half" in lead else 15 if "quarter" in lead else _FEW.get(lead[0], 0)
    return (minutes + (shift if "past" in lead else -shift)) % 720


def _that(unit: str) -> When:
    if unit in {"today", "yesterday", "day"}:
        return When("day" if unit == "today" else unit, "day", near=True)
    if re.fullmatch(_LONG, unit):
        return When(unit, "span", near=True)
    part = _part(unit.rpartition(" ")[2].removeprefix("to"))
    return When(("last " if unit.startswith("last") else "") + part, "part", part, near=True)


def _part(word: str) -> str:
    word = word.lower()
    return _PLAIN_PART.get(word, word) if re.fullmatch(PART, word) else ""


def place(text: str, taken: list[tuple[int, int]]) -> Where | None:
    """The place where a sentence says that somebody is; `taken` are words that tell when."""
    whole = bool(_WHOLE.search(text))
    stayed = _STAYED_IN.search(text)
    if stayed is not None:
        words = re.sub(r"\A(?:of )?(?:the |his |her |their )?", "", stayed["place"])
        noun = words.rpartition(" ")[2]
        kind = "home" if noun in {"house", "room", "home"} else _kinds().get(noun, "")
        if kind or noun[:1].isupper():
            return Where(noun, kind, whole=True)
    found = [
        (match.start(), Where(match[0], _HOMES.get(match[0], "away"), whole))
        for match in _HOME.finditer(text)
    ]
    for match in _at().finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        absent = bool(_ABSENT.search(text[: match.start()]))
        if match["named"]:
            words = match["named"].removeprefix("the ")
            if words in _SEAS:
                found.append((match.start(), Where(words, "sea", whole, absent)))
                continue
            if words.split()[0] in _NO_PLACES:
                continue
            found.append((match.start(), Where(words, "", whole, absent)))
        else:
            noun = match["noun"]
            town = next((word for word in match["mods"].split() if word[0].isupper()), "")
            if town:
                found.append((match.start(), Where(town, "", whole, absent)))
            else:
                found.append((match.start(), Where(noun, _kinds()[noun], whole, absent)))
    for match in _AT_EVENT.finditer(text):
        absent = match["missed"] is not None
        found.append((match.start() + _LAST, Where(match["event"], "event", whole, absent)))
    found.sort(key=lambda each: each[0])
    town = next((each for each in found if not each[1].kind), None)
    if found and found[0][1].kind and town is not None:
        # "in a café in Florence", but not "on the train to Florence"
        is_bound = _BOUND.search(text[: town[0] + _TO]) and found[0][1].kind in _VEHICLES
        if town[0] - found[0][0] <= _IN_TOWN and not is_bound:
            return town[1]
    return found[0][1] if found else None


@cache
def _kinds() -> dict[str, str]:
    return {word: kind for kind, words in lexicon.rows("places") for word in words.split()}


@cache
def _at() -> re.Pattern[str]:
    nouns = "|".join(sorted(map(re.escape, _kinds()), key=lambda word: (-len(word), word)))
    return re.compile(_AT_TEXT.replace("%NOUNS%", nouns))
