"""Asking the plugins what they offer, and only those that may have changed.

Each distribution is described by a child of its own, as many at a time as there are processors.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

import msgspec

from inkstand.index.cache import BackendSettings, KnownDistribution, KnownEnvironment, places_of
from inkstand.index.children import Child, Ending
from inkstand.index.names import canonical
from inkstand.index.records import Progress
from inkstand.index.requirement import refusal
from inkstand_sdk import __version__ as sdk_version
from inkstand_sdk.description import EntryPointDescription, Environment, Offer, modified_ns
from inkstand_sdk.errors import ErrorInfo

OnProgress = Callable[[Progress], None]
ROUNDS = 3
"""So often an environment is listed again if it changed while it was described."""


class Refresh:
    """One refresh of one environment.

    `disabled` are canonical names of distributions that are not asked; `retry` asks again those
    that were broken; `everything` asks all; `settings` are what probes are told;
    `offline` keeps plugins from the network.
    """

    def __init__(
        self,
        interpreter: str,
        *,
        seconds: float,
        disabled: frozenset[str] = frozenset(),
        retry: bool = False,
        everything: bool = False,
        settings: BackendSettings | None = None,
        offline: bool = False,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._settings = settings or {}
        self._offline = offline
        self._interpreter = interpreter
        self._seconds = seconds
        self._disabled = disabled
        self._retry = retry
        self._everything = everything
        self._on_progress = on_progress
        self._running: set[Child] = set()
        self._stopped = False
        self._lock = threading.Lock()

    def run(self, before: KnownEnvironment | None) -> KnownEnvironment:
        """The environment as it is now, given what was known of it before."""
        known = before
        for _ in range(ROUNDS):
            listed = self._list()
            if isinstance(listed, ErrorInfo):
                watched = {path: modified_ns(path) for path in places_of(self._interpreter)}
                return KnownEnvironment(
                    interpreter=self._interpreter, watched=watched, error=listed
                )
            known = self._describe_all(listed, known)
            # Importing may write bytecode folders beside the plugins: look whether it did.
            if not known.changed:
                break
            self._retry = self._everything = False
        assert known is not None
        return known

    def _list(self) -> Environment | ErrorInfo:
        try:
            ending = self._ask(["--list"])
        except OSError as error:
            return self._unlisted(f"it cannot be started: {error.strerror or error}")
        listed = [message for message in ending.messages if isinstance(message, Environment)]
        if ending.cause or not listed:
            if "No module named" in ending.tail and "inkstand_sdk" in ending.tail:
                return self._unlisted(
                    "inkstand-sdk is not installed in its environment",
                    f"{self._interpreter} -m pip install inkstand-sdk",
                )
            return self._unlisted(ending.cause, detail=ending.tail)
        if listed[0].sdk.partition(".")[0] != sdk_version.partition(".")[0]:
            return self._unlisted(
                f"its inkstand-sdk is {listed[0].sdk}, and this Inkstand needs {sdk_version}",
                f"{self._interpreter} -m pip install inkstand-sdk=={sdk_version}",
            )
        return listed[0]

    def _unlisted(self, cause: str, fix: str = "", detail: str = "") -> ErrorInfo:
        return ErrorInfo(
            "plugin-broken",
            f"The plugins of {self._interpreter} cannot be listed.",
            cause,
            fix or "Mend that environment, or: inkstand config set plugins.interpreters ''",
            detail,
        )

    def _describe_all(
        self, listed: Environment, before: KnownEnvironment | None
    ) -> KnownEnvironment:
        old = {each.offer.distribution: each for each in before.distributions} if before else {}
        moved = before is None or before.installed != listed.installed
        known: dict[str, KnownDistribution] = {}
        todo: list[Offer] = []
        for offer in listed.offers:
            kept = old.get(offer.distribution)
            if kept is not None and not self._is_due(kept, offer, moved=moved):
                known[offer.distribution] = kept
                continue
            known[offer.distribution] = answer = _from_metadata(offer, listed)
            if answer.failure is None and not answer.refused and not self._is_disabled(offer):
                todo.append(offer)
        for described in self._in_parallel(todo):
            known[described.offer.distribution] = described
        return KnownEnvironment(
            interpreter=self._interpreter,
            sdk=listed.sdk,
            installed=listed.installed,
            watched=listed.paths,
            distributions=tuple(known[offer.distribution] for offer in listed.offers),
        )

    def _is_due(self, kept: KnownDistribution, offer: Offer, *, moved: bool) -> bool:
        if self._everything or kept.offer != offer:
            return True
        if kept.concerned(self._settings) != kept.told:
            return True
        if not kept.described:  # what its metadata says costs nothing to find out again
            return True
        return not kept.settled and (self._retry or moved)

    def _is_disabled(self, offer: Offer) -> bool:
        return canonical(offer.distribution) in self._disabled

    def _in_parallel(self, offers: Sequence[Offer]) -> list[KnownDistribution]:
        from concurrent.futures import ThreadPoolExecutor, as_completed

        if not offers:
            return []
        found = []
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            try:
                for future in as_completed([pool.submit(self._describe, each) for each in offers]):
                    found.append(future.result())
                    if self._on_progress is not None:
                        name = found[-1].offer.distribution
                        self._on_progress(Progress(len(found), len(offers), name))
            except BaseException:
                # Ctrl-C reaches only us: the children have sessions of their own.
                pool.shutdown(wait=False, cancel_futures=True)
                self._stop()
                raise
        return found

    def _describe(self, offer: Offer) -> KnownDistribution:
        ending = self._ask(["--", offer.distribution, *offer.entry_points])
        points = tuple(m for m in ending.messages if isinstance(m, EntryPointDescription))
        failure = _failure(offer, self._interpreter, ending) if ending.cause else None
        known = KnownDistribution(
            offer=offer,
            described=True,
            entry_points=points,
            failure=failure,
            printed=ending.printed,
        )
        return msgspec.structs.replace(known, told=known.concerned(self._settings))

    def _ask(self, arguments: Sequence[str]) -> Ending:
        with self._lock:
            if self._stopped:
                return Ending(messages=(), cause="stopped")
            child = Child(
                self._interpreter,
                arguments,
                self._seconds,
                self._settings,
                offline=self._offline,
            )
            self._running.add(child)
        try:
            return child.wait()
        finally:
            child.end()
            with self._lock:
                self._running.discard(child)

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for child in running:
            child.end()


def _from_metadata(offer: Offer, environment: Environment) -> KnownDistribution:
    """What can be said of a distribution before it is asked."""
    cause, refused = offer.error, ""
    if not cause:
        try:
            refused = refusal(offer.requires, environment.sdk, environment.python)
        except ValueError as error:
            cause = str(error)
    failure = None
    if cause:
        failure = ErrorInfo(
            "plugin-broken",
            f"{offer.distribution} cannot be loaded.",
            cause,
            f"Install it again: pip install --force-reinstall --no-deps {offer.distribution}",
        )
    return KnownDistribution(offer=offer, refused=refused, failure=failure)


def _failure(offer: Offer, interpreter: str, ending: Ending) -> ErrorInfo:
    return ErrorInfo(
        "plugin-broken",
        f"{offer.distribution} cannot be loaded.",
        ending.cause,
        f"Upgrade it: {interpreter} -m pip install --upgrade {offer.distribution}"
        f" (or do without it: inkstand plugins disable {offer.distribution})",
        ending.tail,
    )
