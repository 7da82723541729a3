"""A thing that is lost, broken or given away for good, and is in use again later."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from inkstand_sdk import Span
from inkstand_writing.continuity import lost_limb
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.losses import Loss, losses
from inkstand_writing.continuity.suspicion import Suspicion

RARE = 8
"""A thing that is named oftener than this may be several."""
RARE_ALONE = 6
"""The same for a thing without a word that tells it from others of its kind."""
RARE_IN_HAND = 12
"""The same where one person loses it and uses it."""
_TITLE = re.compile(r"(?:(?<=\bMr)|(?<=\bDr)|(?<=\bSt)|(?<=\bMrs))\.")
_LONGEST = 400
_MOST_NAMED = 1_000
"""A thing that so many sentences name is not looked for."""
_CLOSE = 3
_GOES_ON = re.compile(r"(?:It|They|That|Nobody|No one|He never|She never|He had to|She had to) ")
"""How a sentence begins that may go on about the thing in the one before."""
_ASKS_ON = re.compile(r"\?|\bgone\b|\bno longer\b|\bwas without\b")
"""What the next sentence explains, or answers, however it begins."""
_OPENING = "“‘\"'"
_SOON = 3
"""Sentences after a loss in which "it" is the thing."""
_USE = re.compile(
    r"\b(?:took|takes|drew|pulled|produced|turned|laid|wound|read|put|pinned|raised|lifted|drank"
    r"|held"
    r"|wore|opened|closed|shut|unlocked|locked|fired|loaded|cleaned|dusted|set|fingered|touched"
    r"|touching|looked|glanced|consulted|checked|unfolded|folded|unsheathed|sheathed|lit|polished"
    r"|carried|carrying|brandished|tuned|played|swung|gripped|gripping|clutched|clutching|grasped"
    r"|handed|offered|showed|wrapped|tied|buttoned|kissed|slipped|tucked|placed|placing|hung"
    r"|hanging"
    r"|gleamed|glittered|shone|ticked|lay|stood|rode|saddled|filled|poured|sipped|leaned|leant"
    r"|tapped|rang|struck|used|wrote|sharpened|aimed|cocked|reached|picked|wearing|holding|snapped"
    r"|peered|twirled|drove|driving|parked|started|typed|dialed|scrolled|answered|packed|unpacked"
    r"|zipped|sat|slept|propped|rested|strapped|adjusted|wiped|sniffed|smoked|blew|beat|strummed"
    r"|practiced|practised|sewed|knitted|cut|dug|chopped|rowed|sailed|paddled|mounted|climbed"
    r"|stirred"
    r"|ate|combed|brushed|bought|paid|counted|signed|copied|studied|examined|admired|hummed"
    r"|swinging"
    r"|[Tt]aking|[Dd]rawing|[Tt]urning|reading|[Oo]pening|[Rr]aising|[Ll]ifting|pulling|putting|laying|winding|lighting"
    r"|tuning|spread|spreading|unclasped|fastened|unfastened|sealed|unrolled|shook|flicked|flipped"
    r"|fitted|slid|sliding|checking|sparkled|flashed|peeled|buckled|slung|shouldered|thumbed"
    r"|with|under|in|on|from|using|wears|holds|carries|opens|reads|turns|picks|pulls|puts|drives)\b"
)
_NOT_AGAIN = re.compile(
    r"\b(?:lost|losing|loss|gone|stolen|missing|missed|another|found|finds|recover\w*|restor\w*"
    r"|return\w*"
    r"|replac\w*|mended|repaired|bought|copy|remember\w*|recall\w*|dream\w*|once|formerly|used to"
    r"|search\w*|sought|burn\w*|destroy\w*|sold|sell|pawn\w*|threw|thrown|broken|ashes|fragments"
    r"|pieces"
    r"|similar|duplicate|rescued|saved|redeem\w*|fished|wreck\w*|ago|memory|portrait of|picture of"
    r"|drawing of|thought of|thinking of|thinking about|talked of|spoke of|imagin\w*|ghost"
    r"|regret\w*"
    r"|mourn\w*|instead of|replica|twin of|story of|tale of|told|no longer|last)\b"
)
_OF_ANOTHER = re.compile(
    r"\b(?:found|lost|missed|bought|remembered|told|burned|broke|sold|threw|returned"
    r"|(?:thought|thinking|talked|spoke) (?:of|about))"
    r" (?:the|his|her|a|an|that|out|no|what|how|him|himself|herself|me|to)\b"
    r"|\bat last\b|\bat once\b"
)
"""After the thing: what is done with another."""
_NOT_HERE = re.compile(
    r"\b(?:if|would|could|might|should|never|not|no|cannot|without|wish\w*|as though|like|where was"
    r"|had (?!the|his|her|my|a|an|it|on|out|in|no)\w+(?:ed|n|t|ne|wn|ught|id)|had been)\b|n[’']t\b"
)
_BACK = re.compile(
    r"\b(?:found|find|recover\w*|restor\w*|return\w*|back|replac\w*|mended|repaired|bought|brought"
    r"|redeem\w*|fished|rescued|saved|picked|duplicate|copy|new|another|dived|dug|retriev\w*"
    r"|regain\w*"
    r"|gave|given|sent|handed|presented|fixed|rebuilt|made)\b"
)
_IT_IS_BACK = re.compile(
    r"(?<!never )\b(?:found|recovered|fished|picked|brought|bought|gave|caught|rescued|saved"
    r"|returned|dragged"
    r"|snatched|mended|retrieved|restored|stopped) (?:it|them)\b|\b(?:a|another|new) copy\b"
    r"|\bit (?:was|had been) (?:\w+ly )?"
    r"(?:found|recovered|returned|brought|saved|rescued|picked|mended|restored|caught)\b"
    r"(?![^.;!?]{0,40}\b(?:bent|smashed|burnt|burned|broken|wrecked|twisted|crushed|ruined"
    r"|in pieces|in bits|in two))"
    r"|(?<!never )\bgot it back"
)
_IN_HAND = re.compile(
    r"\b(?:here is|here[’']s|I have|I[’']ve got|I[’']ve|take|look at|hand me|give me|pass me"
    r"|lend me|I wore"
    r"|wearing|wear|I always|keep|borrow|see|with|I use|still|put|hold)\b",
    re.IGNORECASE,
)
_ALSO_VERBS = frozenset(["will", "can", "saw"])
"""Words for things that are other words as well."""
_ANY = (
    r"(?:[Aa]n?|[Tt]he|[Hh]is|[Hh]er|[Mm]y|[Yy]our|[Tt]heir|[Oo]ur|[Tt]hat|[Tt]his|same|old|new"
    r"|[’']s)"
)
_KNOWN = (
    r"(?:[Tt]he|[Hh]is|[Hh]er|[Mm]y|your|[Tt]heir|[Oo]ur|[Tt]hat|[Tt]his|same|[A-Z][a-z]+[’']s)"
)


class _Gone(msgspec.Struct, frozen=True):
    """A loss, and where it is told."""

    loss: Loss
    span: Span
    sentence: int


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Things that somebody uses after they are gone."""
    sentences = [
        Span(scene.index, start, end)
        for scene in facts.scenes
        for start, end in facts.scene(scene.index).sentences
    ]
    yield from lost_limb.find(facts, sentences)
    gone = []
    for number, span in enumerate(sentences):
        following = sentences[number + 1] if number + 1 < len(sentences) else span
        text = _with_next(facts.scenes[span.scene].text, span, following)
        flat = _TITLE.sub("_", re.sub(r"[\n\r\t]", " ", text))
        for loss in losses(flat):
            if loss.start > span.end - span.start:
                continue
            where = Span(span.scene, span.start + loss.start, span.start + loss.end)
            gone.append(_Gone(loss, where, number))
    if not gone:
        return
    facts.tick()
    named = _named(facts, sentences, {one.loss.what for one in gone})
    for one in gone:
        used = _used(facts, one, sentences, named[one.loss.what])
        if used is not None:
            yield _suspicion(facts, one, used)


def _with_next(text: str, span: Span, following: Span) -> str:
    """A sentence, and the one after it where that may tell what became of the thing."""
    one = text[span.start : span.end]
    if following.scene != span.scene or not 0 <= following.start - span.end < _CLOSE:
        return one
    ahead = text[following.start : following.end].lstrip(_OPENING)
    asks = _ASKS_ON.search(one) is not None
    if asks or (_GOES_ON.match(ahead) and one.endswith(".")):
        return f"{one.removesuffix('.')}; {ahead}"
    return one


def _named(
    facts: BookFacts, sentences: Sequence[Span], wanted: set[str]
) -> dict[str, list[tuple[int, Span]]]:
    """For each word, the sentences that have it."""
    named: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    words = "|".join(sorted(map(re.escape, wanted - _ALSO_VERBS)))
    verbs = "|".join(sorted(map(re.escape, wanted & _ALSO_VERBS))) or "-"
    pattern = re.compile(rf"\b(?:{words or '-'})\b|\b{_ANY} (?:old |last |own )?(?:{verbs})\b")
    for number, span in enumerate(sentences):
        text = facts.scenes[span.scene].text
        for word in {
            match[0].split()[-1] for match in pattern.finditer(text, span.start, span.end)
        }:
            named[word].append((number, span))
    return named


def _used(
    facts: BookFacts, gone: _Gone, sentences: Sequence[Span], named: list[tuple[int, Span]]
) -> Span | None:
    """Where a lost thing is used later; None where it is not, comes back, or may be another."""
    loss = gone.loss
    if len(named) > _MOST_NAMED:
        return None
    alike = [
        one for one in named if not loss.how or not loss.how.isdisjoint(_words(facts.text(one[1])))
    ]
    later = [span for number, span in alike if number > gone.sentence]
    after = " ".join(
        facts.text(span) for span in sentences[gone.sentence : gone.sentence + _SOON + 1]
    )
    if not later or _IT_IS_BACK.search(after):
        return None
    often = len(alike)
    if often > (RARE if loss.how else RARE_ALONE):
        same = re.compile(rf"\bsame (?:[a-z-]+ ){{0,3}}{re.escape(loss.what)}\b")
        later = [
            span
            for span in later
            if same.search(facts.text(span))
            or (often <= RARE_IN_HAND and _people(facts, gone.span) & _people(facts, span))
        ]
    for span in later:
        if _is_use(facts, gone, span):
            return span
        if _BACK.search(facts.text(span)):
            return None
    return None


def _is_use(facts: BookFacts, gone: _Gone, span: Span) -> bool:
    text = facts.text(span)
    if len(text) > _LONGEST:
        return False
    same = _same(text, gone.loss)
    if same is None or _NOT_AGAIN.search(_of_thing(text, same)):
        return False
    clause = _clause(text, same)
    if _NOT_HERE.search(clause):
        return False
    if facts.is_spoken(span) and not _IN_HAND.search(text):
        return False
    if not (gone.loss.how and gone.loss.known) and not _USE.search(text):
        return False
    people, others = _people(facts, gone.span), _people(facts, span)
    if gone.loss.kind in {"given", "named"}:
        giver = next((name for _, _, name in facts.people_in(facts.sentence(gone.span))), "")
        return others == {giver}
    if not (gone.loss.how or gone.loss.owned):
        alike = not people and text[same[0] :].startswith(("the ", "The "))
        return alike or not people.isdisjoint(others)  # "his quiver" is not the one named before
    return not people or not others or not people.isdisjoint(others)


def _people(facts: BookFacts, span: Span) -> set[str]:
    """Who is named in the sentence."""
    return {name for _, _, name in facts.people_in(facts.sentence(span))}


def _same(text: str, loss: Loss) -> tuple[int, int] | None:
    """Where a sentence has the thing as one that is known: the brass key, his watch."""
    for match in re.finditer(
        rf"\b{_KNOWN} (?P<how>(?:[\w’'-]+ ){{0,4}}?){re.escape(loss.what)}\b", text
    ):
        around = _words(text[max(0, match.start() - 30) : match.end() + 40])
        if loss.how <= around:
            return match.span()
    return None


def _of_thing(text: str, at: tuple[int, int]) -> str:
    """A sentence without what it tells of another thing after naming this one: "took up his watch
    and found the place".
    """
    return text[: at[1]] + _OF_ANOTHER.sub(" ", text[at[1] :])


def _clause(text: str, at: tuple[int, int]) -> str:
    """The part of a sentence between commas and the like that a place is in."""
    start = max(text.rfind(mark, 0, at[0]) for mark in ',;:—.?!“”"')
    ends = [end for mark in ',;:—.?!“”"' if (end := text.find(mark, at[1])) >= 0]
    return text[start + 1 : min(ends, default=len(text))]


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def _words(text: str) -> set[str]:
    return {_bare(word) for word in re.findall(r"[a-zà-ü’'-]+", text.lower())}


def _suspicion(facts: BookFacts, gone: _Gone, used: Span) -> Suspicion:
    people = [
        name for _, _, name in (*facts.people_in(facts.sentence(gone.span)), *facts.people_in(used))
    ]
    return Suspicion(
        kind="lost_thing",
        summary=f"“{facts.text(gone.span)}” is gone for good in one place, and in use later.",
        evidence=(gone.span, used),
        people=tuple(dict.fromkeys(people)),
        confidence=0.8,
    )
