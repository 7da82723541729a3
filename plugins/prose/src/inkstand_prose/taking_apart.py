"""Takes a manuscript apart, step by step, up to the point where speakers can be sought."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import log2

from inkstand_prose.book import SELDOM, Book, Character, SceneParts
from inkstand_prose.cast import best_name, display_name, gather_cast
from inkstand_prose.evidence import EPITHETS, Evidence, person_names
from inkstand_prose.identities import same_people
from inkstand_prose.memo import Memo, Recalled
from inkstand_prose.misjoined import misjoined, part_uses
from inkstand_prose.names import Key
from inkstand_prose.narrator import Narrator, find_narrator
from inkstand_prose.nearby import Nearby
from inkstand_prose.pack import Pack
from inkstand_prose.roles import (
    ANYBODY,
    Company,
    Role,
    find_roles,
    is_anybody,
    is_epithet,
    is_stranger,
    owner_by_call,
    owner_by_company,
    owner_by_telling,
    owner_by_title,
    role_noun,
)
from inkstand_prose.scene_steps import Scenes
from inkstand_prose.scene_text import find_names
from inkstand_prose.spellings import usual_keys
from inkstand_prose.tellers import find_tellers, opens_with

_FEW_TAGS = 3
_LEAST_SHARE = 0.01
Progress = Callable[[float, str], None]


class _Steps:
    """Counts steps, four a scene, as progress from 0 to 0.7."""

    def __init__(self, scenes: int, progress: Progress) -> None:
        self.done, self.all, self.progress = 0, 4 * scenes, progress
        self.message = ""

    def next(self, message: str) -> None:
        self.message = message
        self.tick()
        self.done += 1

    def tick(self) -> None:
        """Say the same again: a scene may be a whole book."""
        self.progress(0.7 * self.done / self.all, self.message)


def take_apart(
    texts: Sequence[str],
    povs: Sequence[str],
    progress: Progress,
    memo: Memo | None = None,
    pack: Pack | None = None,
) -> Scenes:
    """Read all scenes up to the point where speakers can be sought.

    Args:
        texts: One for each scene.
        povs: The names that the scenes' front matter gives, "" where there is none.
        progress: Called for every scene of every step.
        memo: What earlier readings left in this process.
        pack: What earlier processes left.

    """
    steps = _Steps(len(texts), progress)
    memo = Memo() if memo is None else memo
    kept = memo.of(texts, lambda: steps.next("Finding speech"), pack, steps.tick)
    parts = [
        SceneParts(
            text, found.paragraphs, found.quotes, weddings=found.weddings, you_are=found.you_are
        )
        for text, found in zip(texts, kept.scenes, strict=True)
    ]
    book = Book(parts, [])
    scenes = Scenes(book, kept)
    names = _names(book, kept, steps)
    found = [scene.names for scene in kept.scenes if scene.names is not None]
    _add_named(book, names, Nearby(memo.near.of(found), memo.beside.of(found)))
    for number, scene in enumerate(parts):
        steps.next("Finding people")
        scenes.find_mentions(scene, number)
        steps.tick()
    same = same_people(book)
    if same:
        book.unite(same)
    for number, scene in enumerate(parts):
        steps.next("Finding turns at speech")
        scenes.find_turns(scene, number, steps.tick)
    _add_narrator(book)
    _add_roles(book)
    _weigh(book)
    known = book.known_names()
    for scene, pov in zip(parts, povs, strict=True):
        scene.pov = known.get(pov.lower(), -1)
    return scenes


def _names(book: Book, kept: Recalled, steps: _Steps) -> dict[Key, Evidence]:
    """The names that are people's."""
    lowercase = kept.memo.lowercase.of([memo.lowercase for memo in kept.scenes])
    evidence: dict[Key, Evidence] = {}
    for scene, memo in zip(book.scenes, kept.scenes, strict=True):
        steps.next("Finding names")
        names = find_names(memo, scene.text, lowercase, steps.tick)
        scene.uses, scene.keys = names.uses, names.keys
        for key, seen in zip(names.keys, names.evidence, strict=True):
            evidence.setdefault(key, Evidence()).add(seen)
    return person_names(_without_misjoined(book.scenes, evidence, lowercase), lowercase)


def _without_misjoined(
    scenes: list[SceneParts], evidence: dict[Key, Evidence], lowercase: Counter[str]
) -> dict[Key, Evidence]:
    keys = misjoined(evidence, lowercase)
    if not keys:
        return evidence
    for scene in scenes:
        if not keys.isdisjoint(scene.keys):
            scene.uses = part_uses(scene.uses, keys)
            scene.keys = list(dict.fromkeys(use.key for use in scene.uses))
    for key in keys:
        evidence[("", key[1][1:])].uses += evidence[key].uses
    return {key: seen for key, seen in evidence.items() if key not in keys}


def _add_named(book: Book, names: dict[Key, Evidence], nearby: Nearby) -> None:
    usual = usual_keys(names)
    usually = {key: seen for key, seen in names.items() if key not in usual}
    also: dict[Key, list[Key]] = defaultdict(list)
    for rare, key in usual.items():
        also[key].append(rare)
    for figure in gather_cast(usually, nearby):
        name = best_name(figure, names)
        keys = [*figure.keys, *(rare for key in figure.keys for rare in also[key])]
        written = dict.fromkeys(display_name(key) for key in keys)
        for key in keys:
            seen = names[key]
            if 2 * seen.article > seen.uses >= max(_FEW_TAGS, figure.uses / _FEW_TAGS):
                written[f"The {display_name(key)}"] = None
            for epithet in EPITHETS:
                if getattr(seen, epithet) > 1:
                    written[f"{epithet.capitalize()} {display_name(key)}"] = None
        if f"The {name}" in written:
            name = f"The {name}"
        aliases = tuple(alias for alias in written if alias != name)
        for key in keys:
            book.person_of[key] = len(book.cast)
        book.cast.append(
            Character(
                name,
                aliases,
                figure.gender,
                figure.uses,
                frozenset(figure.titles),
                titled=_narrated_titles(keys, names),
                given=figure.given,
                surname=figure.surname,
            )
        )


def _narrated_titles(keys: Sequence[Key], names: Mapping[Key, Evidence]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for key in keys:
        if key[0]:
            found[key[0]] += names[key].uses - names[key].spoken
    return dict(found)


def _add_narrator(book: Book) -> None:
    found = find_narrator(
        [(scene.text, scene.mentions, scene.turns) for scene in book.scenes],
        [scene.pronouns for scene in book.scenes],
    )
    if found is None:
        return
    tellers = find_tellers([(s.text, s.paragraphs) for s in book.scenes], book.known_names())
    first = opens_with(tellers, [len(scene.text) for scene in book.scenes])
    if first >= 0:
        found = Narrator(first, found.uses)
    if found.person < 0:
        book.cast.append(Character("Narrator", ("The Narrator", "I"), "unknown", found.uses))
        found = Narrator(len(book.cast) - 1, found.uses)
    book.narrator = found.person
    book.cast[found.person].narrator = True
    for scene, parts in zip(book.scenes, tellers, strict=True):
        scene.tellers = parts
        for _, person in parts:
            book.cast[person].narrator = True


def _add_roles(book: Book) -> None:
    known = book.known_names()
    named = list(book.cast)
    company = Company([s.present for s in book.scenes], [s.turns for s in book.scenes])
    roles = find_roles((scene.text, scene.roles, scene.turns) for scene in book.scenes)
    spoken = _spoken(book)
    held = [_held(character) for character in named]
    told = [told for scene in book.scenes for told in scene.told_roles]
    for role in roles:
        person = known.get(role.phrase, known.get(role.phrase.removeprefix("the "), -1))
        if person < 0:
            person = owner_by_title(role, held, spoken)
        if person < 0:
            person = owner_by_telling(role, told, [c.gender for c in named])
        if person < 0:
            person = owner_by_company(role, company, [c.gender for c in named], held)
        if person < 0:
            person = owner_by_call(role, [c.gender for c in named], book.narrator)
        if person < 0 and len(role.tags) < _FEW_TAGS:
            person = book.role_person.get(f"the {role_noun(role.phrase)}", -1)
        if person < 0 and _is_nobody_new(role, company, named):
            continue
        if person < 0:
            person = len(book.cast)
            book.cast.append(_role_character(role))
        else:
            owner = book.cast[person]
            owner.aliases = tuple(dict.fromkeys((*owner.aliases, _title_case(role.phrase))))
        book.cast[person].role_tags += len(role.tags)
        book.role_person[role.phrase] = person


def _held(character: Character) -> dict[str, int]:
    """How often the narration gives somebody each title; 0 where only others do."""
    return dict.fromkeys(character.titles, 0) | character.titled


def _spoken(book: Book) -> list[int]:
    """How often everybody is named, the more weighty the more lines tags give to them."""
    tags = Counter(t.tag.mention.person for s in book.scenes for t in s.turns if t.tag is not None)
    return [c.uses * (1 + tags[number]) for number, c in enumerate(book.cast)]


def _weigh(book: Book) -> None:
    """Give everybody a share, the only trace of how often they are named that speakers see."""
    most = max((person.uses for person in book.cast), default=0) or 1
    for person in book.cast:
        person.share = min(SELDOM, int(-log2(max(person.uses / most, _LEAST_SHARE))))


def _is_nobody_new(role: Role, company: Company, named: Sequence[Character]) -> bool:
    """Whether a role is only another word for people who are known."""
    if is_anybody(role.phrase):
        return not is_stranger(role, company, [c.gender for c in named])
    return len(role.tags) < _enough_tags(role) or is_epithet(role)


def _enough_tags(role: Role) -> float:
    """From how many tags on a role is one person."""
    return _FEW_TAGS if role_noun(role.phrase) in ANYBODY else 0


def _role_character(role: Role) -> Character:
    name = _title_case(role.phrase)
    written = dict.fromkeys(form for form, _ in role.written.most_common())
    aliases = tuple(form for form in written if form.lower() != name.lower())
    return Character(name, aliases, role.gender, role.uses, role=role.phrase)


def _title_case(phrase: str) -> str:
    return " ".join(word.capitalize() for word in phrase.split())
