"""Which names are one person's: "Elizabeth Bennet", "Elizabeth", "Lizzy", "Miss Eliza"."""

from __future__ import annotations

from collections.abc import Iterable

from inkstand_prose.evidence import Evidence, genders, name_gender
from inkstand_prose.figure import LADDER, LEARNED, MATRONS, Figure, genders_agree
from inkstand_prose.given_forms import has_epithet, is_pet_form, is_short_for
from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.given_names import given_name_gender, is_given_name
from inkstand_prose.lexicon.titles import KIN_TITLES, PLAIN_TITLES, title_gender
from inkstand_prose.names import Key
from inkstand_prose.nearby import Nearby
from inkstand_prose.wives import wives

_MARRIED, _UNMARRIED = "mrs", "miss"
_WIVES = frozenset([_MARRIED, "lady"])
"""Titles that a woman may owe to her husband's name."""
_WELL_NEAR = 12
_TOLD = 5
_LEAD = 1.4
_SURELY = 3
"""How far pronouns must agree to tell whose a surname is."""
_EVERYBODYS = frozenset(["citoyen", "comrade"])
_RANKS = words("titles_of_men")
"""Titles that a man bears as long as nothing tells of a woman."""
_RARE = 0.02
_ENOUGH = 10
_RARER = 5
_ALIKE = 1.5
_MOST_NAMES = 2000
"""Names beyond these, the rarest, are left out: every name is compared with every figure."""
_SELDOM = 0.25
_DISPLAY = {"mr": "Mr.", "mrs": "Mrs.", "dr": "Dr.", "saint": "St."}


def gather_cast(evidence: dict[Key, Evidence], nearby: Nearby | None = None) -> list[Figure]:
    """People, each with all the names that are theirs, the most named first."""
    gathering = _Gathering(evidence, nearby or Nearby())
    ordered = sorted(evidence, key=lambda key: (-evidence[key].uses, key))[:_MOST_NAMES]
    styled = {key for key in ordered if len(key[1]) == 2 and has_epithet(key)}
    gathering.add_full_names(key for key in ordered if len(key[1]) > 1 and key not in styled)
    gathering.add_titled(key for key in ordered if len(key[1]) == 1 and key[0])
    gathering.add_bare(key for key in ordered if len(key[1]) == 1 and not key[0])
    gathering.add_styled([key for key in ordered if key in styled])
    for figure in gathering.figures:
        figure.gender = _gender(figure, evidence)
    gathering.unite_wives()
    return sorted(gathering.figures, key=lambda f: (-f.uses, f.keys))


def display_name(key: Key) -> str:
    """The name as it is written: "Mr. Darcy"."""
    title, parts = key
    name = " ".join(parts)
    return f"{_DISPLAY.get(title, title.capitalize())} {name}" if title else name


def best_name(figure: Figure, evidence: dict[Key, Evidence]) -> str:
    """What to call the person: the fullest name that is not a rarity."""
    ranks = figure.ranks()
    most = max(evidence[key].uses for key in figure.keys)

    def order(key: Key) -> tuple[bool, bool, bool, int, str]:
        title, parts = key
        uses = evidence[key].uses
        common = uses > _RARE * figure.uses
        full = (
            len(parts) > 1 + has_epithet(key)
            and len(parts[0]) > 1
            and title not in PLAIN_TITLES - {_UNMARRIED}
        )
        untitled = title in {"", _UNMARRIED}
        ranked = title in ranks and common and title not in {"king", "queen"}
        return (
            full and (common or (untitled and is_given_name(parts[0]))),
            ranked,
            bool(title) and uses > _SELDOM * most,
            uses,
            parts[0],
        )

    best = max(figure.keys, key=order)
    if best[0] == _UNMARRIED and len(best[1]) > 1:
        best = ("", best[1])
    if len(best[1]) > 1 and is_short_for(best[1][0], figure.given):
        short, formal = (evidence.get(("", (n,))) for n in (best[1][0], figure.given))
        if formal is not None and (short is None or formal.uses > short.uses):
            best = (best[0], (figure.given, *best[1][1:]))
    return display_name(best)


class _Gathering:
    """Adds names from the most to the least telling kind."""

    def __init__(self, evidence: dict[Key, Evidence], nearby: Nearby) -> None:
        self.evidence = evidence
        self.nearby = nearby
        self.figures: list[Figure] = []
        self.surnames = {key[1][0] for key in evidence if key[0] and len(key[1]) == 1}
        """Words that stand alone after a title."""

    def add_full_names(self, keys: Iterable[Key]) -> None:
        for key in keys:
            given, surname = key[1][has_epithet(key)], key[1][-1]
            gender = name_gender(key, self.evidence[key])
            if key[0] == _MARRIED and self._is_husbands(key[1]):
                self._add(key, gender, None, "", surname)
                continue
            same = [
                f
                for f in self.figures
                if ((f.surname == surname and f.is_called(given)) or self._goes_on(f, key))
                and genders_agree(f.gender, gender)
                and (self._titles_agree(f, key[0]) or self._rose(f, key[0]))
            ]
            self._add(key, gender, same[0] if same else None, given, surname)

    def _rose(self, figure: Figure, title: str) -> bool:
        """Whether it may be another rank of the same officer's."""
        return title in LADDER and figure.ranks() <= frozenset(LADDER)

    def _goes_on(self, figure: Figure, key: Key) -> bool:
        """Whether one name goes on where the other ends: "John Andrew", "John Andrew Last"."""
        for other in figure.keys:
            short, long = sorted((other[1], key[1]), key=len)
            if 1 < len(short) < len(long) and long[: len(short)] == short:
                return short[-1] not in self.surnames
        return False

    def _is_husbands(self, parts: tuple[str, ...]) -> bool:
        """Whether the full name after "Mrs." is a man's: "Mrs. John Dashwood"."""
        gender = given_name_gender(parts[0])
        if gender != "unknown":
            return gender == "male"
        seen = self.evidence.get(("", parts)) or self.evidence.get(("mr", parts))
        bare = self.evidence.get(("", parts[:1]))
        return seen is not None and (bare or seen).he > (bare or seen).she

    def add_titled(self, keys: Iterable[Key]) -> None:
        for key in keys:
            title, (name,) = key
            gender = name_gender(key, self.evidence[key])
            fitting = [
                f
                for f in self.figures
                if genders_agree(f.gender, gender) and self._titles_agree(f, title)
            ]
            as_surname = [f for f in fitting if f.surname == name and not self._apart(f, key)]
            as_given = [f for f in fitting if f.is_called(name)]
            if title in KIN_TITLES:
                as_given = [f for f in fitting if name in f.givens]
            if title == _UNMARRIED and len(as_surname) > 1:
                as_surname = self._eldest(as_surname)
            if title in MATRONS:
                # Without more, "Mrs. Barry" is no "Diana Barry", but the mother.
                as_surname = [f for f in as_surname if title in f.titles]
            if title == _MARRIED and not is_given_name(name):
                as_given = []
            if self._is_mans(key):
                as_surname = [f for f in as_surname if f.gender != "female"]
            if title == _MARRIED:
                as_given = self._wives_of(name) or as_given
            if len(as_given) > 1:
                as_given = [self._likeliest(as_given, key)]
            chosen = _most_used(as_given if title in KIN_TITLES else as_surname or as_given)
            if chosen is None and self._is_given(name) and title not in {"mr", "mrs"}:
                self._add(key, gender, None, name, "")
            else:
                self._add(key, gender, chosen, "", name)

    def _is_mans(self, key: Key) -> bool:
        """Whether pronouns, or a rank without any, tell of a man: "Colonel Rufford"."""
        seen = self.evidence[key]
        if title_gender(key[0]) != "unknown":
            return False
        return seen.he > seen.she or (key[0] in _RANKS and seen.he == seen.she)

    def _wives_of(self, name: str) -> list[Figure]:
        """Those whom "Mrs. Bute" may mean, because they are "Mrs. Bute Crawley" too."""
        return [
            f
            for f in self.figures
            if any(k[0] == _MARRIED and len(k[1]) > 1 and k[1][0] == name for k in f.keys)
        ]

    def _likeliest(self, figures: list[Figure], key: Key) -> Figure:
        """Of some who bear a name, the one whose family is named near it most."""
        most = max(f.uses for f in figures)
        often = [f for f in figures if f.uses * _ALIKE >= most]
        near = [self.nearby.counts([key], self._family(f))[0] for f in often]
        if max(near) < _WELL_NEAR:
            return max(figures, key=lambda f: f.uses)
        return often[near.index(max(near))]

    def _family(self, figure: Figure) -> list[Key]:
        """Names of others who have the figure's surname."""
        others = [f for f in self.figures if f is not figure and f.surname == figure.surname]
        givens = {given for f in others for given in f.givens} - figure.givens
        titled = {(title, (figure.surname,)) for title in (_MARRIED, _UNMARRIED, "mr", "")}
        return [*sorted({("", (given,)) for given in givens} | titled)]

    def add_bare(self, keys: Iterable[Key]) -> None:
        for key in keys:
            name = key[1][0]
            gender = name_gender(key, self.evidence[key])
            fitting = [f for f in self.figures if genders_agree(f.gender, gender)]
            by_given = [f for f in fitting if name in f.givens and not self._is_rarity(f, key)]
            named_so = [f for f in self.figures if f.surname == name]
            by_surname = [f for f in named_so if self._may_bear(f, key)]
            by_short = [
                f
                for f in fitting
                if "lady" not in f.titles and f.is_called(name) and not self._apart(f, key)
            ]
            chosen = (
                (self._likeliest(by_given, key) if by_given else None)
                or self._owner_of_surname(by_surname, key)
                or self._dominant(by_short)
                or self._dominant(self._petted(fitting, key))
            )
            if chosen is not None and self._is_namesake(key, chosen):
                self._add_namesake(key, gender, chosen)
                continue
            is_given = self._is_given(name) and not named_so
            self._add(key, gender, chosen, name if is_given else "", "" if is_given else name)

    def _petted(self, figures: list[Figure], key: Key) -> list[Figure]:
        """Those of whose surnames a word is made that is mostly said: "Jelly" for Jellyband."""
        seen, (name,) = self.evidence[key], key[1]
        return [f for f in figures if 2 * seen.spoken > seen.uses and is_pet_form(name, f.surname)]

    def add_styled(self, keys: Iterable[Key]) -> None:
        """Names with a word before them: "Long John" is whoever is "Long John Silver"."""
        for key in keys:
            given = key[1][1]
            bare = [f for f in self.figures if ("", (given,)) in f.keys]
            same = [f for f in self.figures if any(k[1][:2] == key[1] for k in f.keys)]
            often = self.evidence[key].uses * _RARER
            same += [f for f in bare if len(f.keys) == 1 or f.uses >= often]
            gender = name_gender((key[0], (given,)), self.evidence[key])
            fitting = [f for f in same if genders_agree(f.gender, gender)]
            fitting = [f for f in fitting if not self._apart(f, key)]
            self._add(key, gender, fitting[0] if fitting else None, given, "")

    def _apart(self, figure: Figure, key: Key) -> bool:
        """Whether sentences set the figure's names beside the name as two people's."""
        givens = {(title, (g,)) for g in figure.givens for title in ("", "mr", _UNMARRIED)} - {key}
        return self.nearby.apart(givens, key)

    def _may_bear(self, figure: Figure, key: Key) -> bool:
        """Whether a bare surname may be this bearer's: pronouns may tell, or its company."""
        seen = self.evidence[key]
        if figure.gender == "female" and seen.he >= max(_TOLD, _SURELY * seen.she):
            return False
        if figure.gender == "male" and seen.she >= max(_TOLD, _SURELY * seen.he):
            return False
        if figure.titles & MATRONS and not figure.given and seen.he > max(1, seen.she):
            return False  # her husband's
        return not self._apart(figure, key)

    def unite_wives(self) -> None:
        """Make one of "Mrs. Pocock" and "Sarah Pocock", whom no sentence sets side by side."""
        for wife, same in wives(self.figures, self.nearby):
            for key in wife.keys:
                self._add(key, "female", same, "", wife.surname)
            self.figures.remove(wife)

    def _is_rarity(self, figure: Figure, key: Key) -> bool:
        """Whether a surname of others only once or so stands first: "Osborne Todd"."""
        (name,) = key[1]
        bearers = [f for f in self.figures if f.surname == name]
        if is_given_name(name) or not bearers:
            return False
        return figure.uses * _RARER < max(f.uses for f in bearers)

    def _dominant(self, figures: list[Figure]) -> Figure | None:
        """The only one, or the one who is named far more than the others."""
        ordered = sorted(figures, key=lambda f: -f.uses)
        if len({f.given for f in ordered}) > 1 and ordered[0].uses < _RARER * ordered[1].uses:
            return None
        return ordered[0] if ordered else None

    def _narrated(self, key: Key) -> int:
        return self.evidence[key].uses - self.evidence[key].spoken

    def _is_namesake(self, key: Key, figure: Figure) -> bool:
        """Whether the narration's plain "Tom" is another than its "Mr. Thomas Gradgrind"."""
        if self._narrated(key) < _ENOUGH or not is_short_for(key[1][0], figure.given):
            return False
        mister = [k for k in figure.keys if k[0] in {"mr", "mrs"}]
        if any(k[1][0] == key[1][0] and self._narrated(k) >= _ENOUGH for k in mister):
            return False  # "Mr. Jos" is Jos
        formal = sum(self._narrated(k) for k in mister)
        familiar = sum(self._narrated(k) for k in figure.keys) - formal
        return formal > 2 * familiar and formal >= _ENOUGH

    def _add_namesake(self, key: Key, gender: str, figure: Figure) -> None:
        given = key[1][0]
        self._add(key, gender, None, given, figure.surname)
        for other in [k for k in figure.keys if k[1][0] == given and len(k[1]) > 1 and not k[0]]:
            figure.keys.remove(other)
            figure.uses -= self.evidence[other].uses
            self._add(other, gender, self.figures[-1], given, figure.surname)

    def _owner_of_surname(self, figures: list[Figure], key: Key) -> Figure | None:
        """A bare surname is a man's, or that of its one bearer."""
        seen = self.evidence[key]
        if seen.he >= max(_TOLD, _LEAD * seen.she):
            figures = [f for f in figures if f.gender == "male"] or figures
        called = [f.uses if f.gender == "male" else self._formal_uses(f) for f in figures]
        most = max(called, default=0)
        often = [f for f, uses in zip(figures, called, strict=True) if uses * _RARER >= most]
        men = [f for f in often if f.gender == "male"]
        unmarried = [f for f in figures if _MARRIED not in f.titles]
        return _most_used(men) or _most_used(unmarried if len(often) > 1 else often)

    def _formal_uses(self, figure: Figure) -> int:
        return sum(self.evidence[k].uses for k in figure.keys if k[0] and len(k[1]) == 1)

    def _titles_agree(self, figure: Figure, title: str) -> bool:
        if not title or title in figure.titles:
            return True
        if title in _WIVES | {_UNMARRIED} and figure.titles & (_WIVES | {_UNMARRIED}) - {title}:
            return False
        if title in PLAIN_TITLES or title in KIN_TITLES:
            return not (title == "mr" and figure.ranks() and not figure.given)
        if title in LEARNED:
            return not figure.titles & {_MARRIED, _UNMARRIED}
        if figure.ranks() or "mr" in figure.titles:
            return False
        return bool(figure.given or figure.titles & _EVERYBODYS)

    def _eldest(self, sisters: list[Figure]) -> list[Figure]:
        """Who may be "Miss Bennet": the one who, of those named often, is least "Miss Jane"."""
        weight = {id(f): self._bare_uses(f) for f in sisters}
        most = max(weight.values())
        named = [f for f in sisters if weight[id(f)] * _RARER >= most]
        return [min(named, key=lambda f: (self._miss_uses(f) / (1 + weight[id(f)]), -f.uses))]

    def _miss_uses(self, figure: Figure) -> int:
        """How often "Miss" stands before the given name."""
        return sum(
            seen.uses
            for given in figure.givens
            for key in ((_UNMARRIED, (given,)), (_UNMARRIED, (given, figure.surname)))
            if (seen := self.evidence.get(key)) is not None
        )

    def _bare_uses(self, figure: Figure) -> int:
        bare = (self.evidence.get(("", (given,))) for given in figure.givens)
        return figure.uses + sum(seen.uses for seen in bare if seen is not None)

    def _is_given(self, name: str) -> bool:
        return is_given_name(name) or any(name in f.givens for f in self.figures)

    def _add(self, key: Key, gender: str, figure: Figure | None, given: str, surname: str) -> None:
        if figure is None:
            figure = Figure(keys=[])
            self.figures.append(figure)
        figure.keys.append(key)
        figure.uses += self.evidence[key].uses
        if not figure.given or is_short_for(figure.given, given):
            figure.given = given or figure.given
        if len(given) > 1:
            figure.givens.add(given)
        figure.surname = figure.surname or surname
        if figure.gender == "unknown":
            figure.gender = gender
        if key[0]:
            figure.titles.add(key[0])


def _gender(figure: Figure, evidence: dict[Key, Evidence]) -> str:
    votes = genders(figure.keys, evidence)
    female, male = votes["female"], votes["male"]
    if female == male or max(female, male) < 2 or max(female, male) < 1.3 * min(female, male):
        return figure.gender
    return "female" if female > male else "male"


def _most_used(figures: list[Figure]) -> Figure | None:
    return max(figures, key=lambda f: f.uses) if figures else None
