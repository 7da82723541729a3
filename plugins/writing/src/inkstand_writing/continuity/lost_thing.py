"""A thing that is lost, broken or given away for good, and is in use again later."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import msgspec

from inkstand_sdk import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

RARE = 8
"""A thing that is named oftener than this may be several."""
RARE_ALONE = 6
"""The same for a thing without a word that tells it from others of its kind."""

_THING = (
    r"(?P<of>an?|[Tt]he|[Tt]hat|[Tt]his|[Hh]is|[Hh]er|[Mm]y|[A-Z][a-z]+[’']s) "
    r"(?P<how>(?:(?!(?:of|and|or|in|on|to|at|with|from|was|were|had|which|who|that|down|into|"
    r"over) )"
    r"[a-z]+(?:-[a-z]+)*(?:[’']s)? ){0,3}?)(?P<what>[a-z]+(?:-[a-z]+)*)"
)
_GONE_INTO = (
    r"(?:in(?:to)?|down|over|overboard|off|out of|through|on(?:to)?|at|upon|against|to)"
    r"[^.;!?]{0,40}?\b(?:sea|river|water|well|lake|pond|stream|harbou?r|ocean|fire|flames|"
    r"grate|"
    r"furnace|stove|chasm|cliff|rail|side|bridge|canal|waves?|overboard|hearth|coals|abyss|"
    r"ravine|"
    r"bottom|marsh|bog|embers)\b"
)
_LOSSES = tuple(
    re.compile(pattern)
    for pattern in (
        (
            rf"\b(?:threw|flung|tossed|hurled|cast|dropped|pitched|let fall|thrown|"
            rf"hurled) {_THING} {_GONE_INTO}"
        ),
        (
            rf"\b(?:burned|burnt|smashed|shattered|destroyed|sold|pawned|gave away|given away|"
            rf"tore up|broke up|"
            rf"melted down|lost) {_THING}(?=[,.;:!?]| (?:to|in|at|for|and|against|on|over|when|"
            rf"that|somewhere|with|"
            r"before|while|during|the|by|years?|long|forever|last|one)\b)"
        ),
        rf"\bgave {_THING} away\b",
        rf"\b(?:was|saw) the (?:last|end) of {_THING}(?=[,.;])",
        (
            rf"{_THING} (?:had |has )?(?:went|gone|go|was|lay|is|been) (?:\w+ )?(?:down with|"
            rf"to the bottom|"
            r"at the bottom|overboard|for ever|forever|for good|in ashes|beyond recall|"
            r"up in (?:smoke|"
            r"flames))\b"
        ),
        (
            rf"{_THING} (?:had |has )?(?:slipped|fell|fallen|dropped|went|gone|sank|sunk|"
            rf"tumbled|"
            rf"rolled|flew) {_GONE_INTO}"
        ),
        (
            rf"{_THING} (?:was|were|had been|is|has been) (?:\w+ly |now |then |all )?(?:stolen|"
            rf"lost|destroyed|burned|burnt|sold|"
            r"pawned|smashed|shattered|melted down|consumed|given away|crushed|trampled|"
            r"confiscated|"
            r"buried|burned up|cut up|torn up|torn to|ground to|swept away|dashed|gone (?:to|"
            r"for ever|"
            r"forever)|broken beyond|"
            r"beyond (?:repair|mending)|at the bottom)\b"
        ),
        (
            rf"{_THING} (?:had )?(?:snapped|broke|broken|split|cracked|flew|burst|came|fell)"
            r" (?:in (?:two|half)|into pieces|to (?:pieces|bits)|apart|clean through)\b"
        ),
        rf"\b(?:buried|sank|drowned) {_THING} (?:\w+ ){{0,5}}?(?:under|in|beneath|at|below)\b",
        (
            rf"{_THING} (?:burned|burnt|broke|shattered|perished|sank)(?= (?:with|in|into|to|"
            rf"on)\b|[,.;])"
        ),
    )
)
_USE = re.compile(
    r"\b(?:took|takes|drew|pulled|produced|turned|laid|wound|read|put|pinned|raised|lifted|"
    r"drank|held|"
    r"wore|opened|closed|shut|unlocked|locked|fired|loaded|cleaned|dusted|set|fingered|"
    r"touched|touching|"
    r"looked at|glanced at|consulted|checked|unfolded|folded|unsheathed|sheathed|lit|"
    r"polished|carried|"
    r"carrying|brandished|tuned|played|swung|gripped|gripping|clutched|clutching|grasped|"
    r"handed|"
    r"offered|showed|wrapped|tied|buttoned|kissed|slipped|tucked|placed|placing|hung|hanging|"
    r"gleamed|"
    r"glittered|shone|ticked|lay|stood|rode|saddled|filled|poured|sipped|leaned|tapped|rang|"
    r"struck|used|"
    r"wrote|sharpened|aimed|cocked|reached for|picked up|wearing|holding|snapped|peered|"
    r"twirled)\b"
)
_NOT_AGAIN = re.compile(
    r"\b(?:lost|losing|loss|gone|stolen|missing|missed|another|new|second|other|found|"
    r"recover\w*|"
    r"restor\w*|return\w*|replac\w*|mended|repaired|bought|copy|remember\w*|recall\w*|"
    r"dream\w*|"
    r"if|would|could|might|had|once|formerly|used to|never|not|no|n[’']t|without|search\w*|"
    r"sought|"
    r"wish\w*|like|as if|burn\w*|destroy\w*|sold|pawn\w*|threw|thrown|broken|ashes|fragments|"
    r"pieces|"
    r"similar|duplicate|rescued|saved|redeem\w*|fished|wreck\w*|who|whose|every|ago)\b"
)
_BACK = re.compile(
    r"\b(?:found|find|recover\w*|restor\w*|return\w*|back|replac\w*|mended|repaired|bought|"
    r"brought|"
    r"redeem\w*|fished|rescued|saved|picked|duplicate|copy|new|another|dived|dug|retriev\w*|"
    r"regain\w*|"
    r"again|same|gave|given|sent|handed|presented)\b"
)
_NEVER = re.compile(
    r"\b(?:not|never|nearly|almost|if|would|could|should|might|may|will|shall|to|"
    r"n[’']t)\b[^.;]{0,25}\Z"
)
_PLAIN = lexicon.words("plain_things")
_NO_THINGS = frozenset(
    {"hair", "voice", "face", "head", "heart", "hands", "eyes", "body", "way", "desire", "girls"}
    | {"dollars", "boys", "men", "women", "people", "pounds", "of", "to", "for", "in", "on"}
)


class _Thing(msgspec.Struct, frozen=True):
    """What is lost: the word for it, the words that tell it from others, and where that is said."""

    what: str
    how: frozenset[str]
    span: Span


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Things that somebody uses after they are gone."""
    sentences = [
        Span(scene.index, start, end)
        for scene in facts.scenes
        for start, end in facts.scene(scene.index).sentences
    ]
    lost = [thing for span in sentences for thing in _lost(facts, span)]
    if not lost:
        return
    wanted = {thing.what for thing in lost}
    named: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    count: Counter[str] = Counter()
    for number, span in enumerate(sentences):
        facts.tick()
        for word in set(re.findall(r"[a-z]+(?:-[a-z]+)*", facts.text(span))) & wanted:
            named[word].append((number, span))
            count[word] += 1
    for thing in lost:
        used = _used(facts, thing, named[thing.what])
        if used is not None:
            yield _suspicion(facts, thing, used)


def _lost(facts: BookFacts, sentence: Span) -> Iterator[_Thing]:
    text = facts.scenes[sentence.scene].text[sentence.start : sentence.end]
    flat = text.replace("\n", " ")
    for pattern in _LOSSES:
        for match in pattern.finditer(flat):
            if _NEVER.search(flat[: match.start()]) or "?" in flat[match.end() : match.end() + 40]:
                continue
            owned = {_bare(word) for word in match["how"].split() if _bare(word) != word}
            how = owned | {word for word in match["how"].split() if word not in _PLAIN}
            how = {_bare(word) for word in how}
            what = match["what"]
            is_somebodys = match["of"].lower() in {"his", "her", "my"} or match["of"][0].isupper()
            is_lost_only = match[0].startswith("lost ")
            is_plural = what.endswith("s") and not what.endswith("ss") and not is_somebodys
            if not how and (is_lost_only or is_plural):
                continue
            if match["of"] in {"a", "an"} and not how:
                continue
            is_another = not how.isdisjoint({"own", "last", "other", "whole", "first"})
            if (what in _PLAIN and not how) or what in _NO_THINGS or is_another:
                continue
            start = sentence.start + match.start("of")
            yield _Thing(
                what,
                frozenset(how),
                Span(sentence.scene, start, sentence.start + match.end("what")),
            )


def _used(facts: BookFacts, thing: _Thing, named: list[tuple[int, Span]]) -> Span | None:
    """Where a lost thing is used later; None where it is not, comes back, or may be another."""
    alike = [span for _, span in named if not thing.how or thing.how <= _words(facts.text(span))]
    later = [span for span in alike if _after(span, thing.span)]
    if len(alike) > (RARE if thing.how else RARE_ALONE):
        same = re.compile(rf"\bsame (?:[a-z-]+ )?{re.escape(thing.what)}\b")
        later = [span for span in later if same.search(facts.text(span))]
    between = [span for span in alike if _after(span, thing.span)]
    for span in later:
        text = facts.text(span)
        if any(
            _BACK.search(facts.text(each))
            for each in between
            if _after(span, each) and each != span
        ):
            return None
        if (
            not _is_same(text, thing)
            or _NOT_AGAIN.search(text)
            or not (thing.how or _USE.search(text))
        ):
            continue
        if facts.is_spoken(span):
            continue
        return span
    return None


def _is_same(text: str, thing: _Thing) -> bool:
    """Whether a sentence has the thing as one that is known: the brass key, his watch."""
    how = "".join(rf"(?=[^.,;]*\b{re.escape(word)}\b)" for word in thing.how)
    return bool(
        re.search(
            rf"\b(?:the|his|her|my|their|that|same|[A-Z][a-z]+[’']s) {how}(?:[\w’'-]+ ){{0,4}}?"
            rf"{re.escape(thing.what)}\b(?! of\b)",
            text,
        )
    )


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def _words(text: str) -> set[str]:
    return {_bare(word) for word in re.findall(r"[a-z’'-]+", text)}


def _after(span: Span, other: Span) -> bool:
    return (span.scene, span.start) > (other.scene, other.end)


def _suspicion(facts: BookFacts, thing: _Thing, used: Span) -> Suspicion:
    people = [
        name
        for _, _, name in (*facts.people_in(facts.sentence(thing.span)), *facts.people_in(used))
    ]
    what = facts.text(thing.span)
    return Suspicion(
        kind="lost_thing",
        summary=f"“{what}”: gone, and used again later.",
        evidence=(thing.span, used),
        people=tuple(dict.fromkeys(people)),
        confidence=0.8,
    )
