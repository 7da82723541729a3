"""From what is known of the plugins to rows and descriptors: states are decided here.

Identity is (kind, name): of two entry points that claim one, neither can be used, and each row
names the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import NamedTuple

from inkstand.index.cache import KnownDistribution, KnownEnvironment, KnownPlugins
from inkstand.index.names import canonical
from inkstand.index.records import SLOW_MS, Descriptor, Row, State
from inkstand_sdk.description import KINDS, EntryPointDescription, Offer

NOISE_BYTES = 100_000
"""A plugin that prints more than this while it is examined is said to be noisy."""

Identity = tuple[str, str]


class Place(NamedTuple):
    """Where a plugin class comes from."""

    interpreter: str
    distribution: str
    entry_point: str


class _Known(NamedTuple):
    environment: KnownEnvironment
    distribution: KnownDistribution
    state: State
    """What it would be if nobody else claimed its names."""
    cause: str


class Catalog:
    """Everything that is installed, each in its state; `disabled` are canonical names."""

    def __init__(self, known: KnownPlugins, disabled: Collection[str]) -> None:
        self._known = [
            _Known(environment, distribution, *_state_alone(distribution, disabled, used_from))
            for environment, distribution, used_from in _without_shadows(known)
        ]
        self._unlisted = [each for each in known.environments if each.error is not None]
        self._claims: dict[Identity, list[Place]] = {}
        for each in self._known:
            if each.state == "ready":
                for point in each.distribution.entry_points:
                    for plugin in point.plugins:
                        place = _place(each, point.name)
                        self._claims.setdefault((plugin.kind, plugin.name), []).append(place)

    def rows(self) -> list[Row]:
        """One row for each entry point, and for each distribution or interpreter without any."""
        rows = [row for each in self._known for row in self._rows_of(each)]
        rows += [_unlisted_row(each) for each in self._unlisted]
        return sorted(rows, key=lambda row: (canonical(row.distribution), row.name))

    def descriptors(self) -> Iterator[Descriptor]:
        """The plugin classes that can be used."""
        for each in self._known:
            if each.state != "ready":
                continue
            for point in each.distribution.entry_points:
                for plugin in point.plugins:
                    if len(self._claims[plugin.kind, plugin.name]) == 1:
                        given = {name: getattr(plugin, name) for name in plugin.__struct_fields__}
                        yield Descriptor(
                            **given,
                            distribution=each.distribution.offer.distribution,
                            version=each.distribution.offer.version,
                            entry_point=point.name,
                            interpreter=each.environment.interpreter,
                            fingerprint=fingerprint(each.distribution.offer),
                        )

    def claims(self, kind: str, name: str) -> list[Place]:
        """All that offer a plugin of that kind and name, disabled ones aside."""
        return self._claims.get((kind, name), [])

    def working(self) -> Iterator[tuple[Place, Offer, tuple[str, ...]]]:
        """(place, offer, hooks it takes part in) of each entry point that can be used."""
        for each in self._known:
            if each.state == "ready":
                for point in each.distribution.entry_points:
                    if point.error is None:
                        yield _place(each, point.name), each.distribution.offer, point.takers

    def _rows_of(self, each: _Known) -> Iterator[Row]:
        offer = each.distribution.offer
        described = {point.name: point for point in each.distribution.entry_points}
        for name in offer.entry_points or (offer.distribution,):
            yield self._row(each, name, described.get(name))

    def _row(self, each: _Known, name: str, point: EntryPointDescription | None) -> Row:
        state, cause = each.state, each.cause
        fix = trace = ""
        offer, failure = each.distribution.offer, each.distribution.failure
        if state == "ready" and point is None:
            state, cause = "broken", "it has not been examined yet"
            fix = "inkstand plugins refresh"
        problem = point.error if point is not None else failure
        if state in ("ready", "broken") and problem is not None:
            state, cause, fix, trace = "broken", problem.cause, problem.fix, problem.detail
        elif state == "ready" and point is not None:
            state, cause, fix = self._duplicates(each, point)
        elif state == "disabled":
            fix = f"inkstand plugins enable {offer.distribution}"
        elif state == "refused":
            fix = f"Install a version of {offer.distribution} that is made for this Inkstand."
        point = point or EntryPointDescription(name=name)
        probe = next((plugin.probe for plugin in point.plugins if not plugin.probe.ok), None)
        return Row(
            name=name,
            distribution=offer.distribution,
            version=offer.version,
            state=state,
            kinds=tuple(k for k in KINDS if any(p.kind == k for p in point.plugins)),
            provides=tuple(f"{plugin.kind} {plugin.name}" for plugin in point.plugins),
            hooks=point.takers,
            cause=cause,
            missing=probe.missing or "it says that it cannot run here" if probe else "",
            fix=fix or (probe.fix if probe else ""),
            traceback=trace,
            import_ms=point.import_ms,
            slow=point.import_ms > SLOW_MS,
            heavy=point.heavy,
            notes=_notes(each.distribution.printed),
            interpreter=each.environment.interpreter,
        )

    def _duplicates(self, each: _Known, point: EntryPointDescription) -> tuple[State, str, str]:
        here = _place(each, point.name)
        clashes = []
        rivals: list[Place] = []
        for plugin in point.plugins:
            others = [p for p in self._claims[plugin.kind, plugin.name] if p != here]
            if others:
                names = " and ".join(other.distribution for other in others)
                clashes.append(f"{plugin.kind} {plugin.name!r} is also offered by {names}")
                rivals += others
        if not clashes:
            return "ready", "", ""
        fix = f"inkstand plugins disable {rivals[0].distribution}"
        return "duplicate", "; ".join(clashes), f"{fix} (or {here.distribution})"


def fingerprint(offer: Offer) -> str:
    """A digest of a distribution's watched files and their modification times."""
    watched = sorted(offer.watched.items())
    return hashlib.sha256(repr((offer.version, watched)).encode("utf-8", "replace")).hexdigest()


def _place(each: _Known, entry_point: str) -> Place:
    return Place(each.environment.interpreter, each.distribution.offer.distribution, entry_point)


def _without_shadows(
    known: KnownPlugins,
) -> Iterator[tuple[KnownEnvironment, KnownDistribution, str]]:
    """All distributions; with each, the interpreter that it is used from if that is another."""
    used: dict[str, str] = {}
    for environment in known.environments:
        for distribution in environment.distributions:
            name = canonical(distribution.offer.distribution)
            first = used.setdefault(name, environment.interpreter)
            yield environment, distribution, "" if first == environment.interpreter else first


def _state_alone(
    distribution: KnownDistribution, disabled: Collection[str], used_from: str
) -> tuple[State, str]:
    if canonical(distribution.offer.distribution) in disabled:
        return "disabled", "you disabled it"
    if used_from:
        return "duplicate", f"the same distribution is used from {used_from}"
    if distribution.refused:
        return "refused", distribution.refused
    if distribution.failure is not None and not distribution.entry_points:
        return "broken", distribution.failure.cause
    return "ready", ""


def _notes(printed: int) -> tuple[str, ...]:
    if printed < NOISE_BYTES:
        return ()
    return (f"it printed {printed / 1e6:.1f} MB while it was examined",)


def _unlisted_row(environment: KnownEnvironment) -> Row:
    error = environment.error
    assert error is not None
    return Row(
        name=environment.interpreter,
        distribution="",
        state="broken",
        cause=error.cause,
        fix=error.fix,
        traceback=error.detail,
        interpreter=environment.interpreter,
    )
