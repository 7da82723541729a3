"""A writer's desk: one workspace, with what belongs to it, each thing made when first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkstand.config import Config
from inkstand.jobs import Job
from inkstand_sdk.errors import InputError

if TYPE_CHECKING:
    from inkstand.exporting import Exported
    from inkstand.remembered import Remembered
    from inkstand.workspace.bible.bible import Bible
    from inkstand.workspace.checked import Checked
    from inkstand.workspace.counts import Counts
    from inkstand.workspace.creating import Created
    from inkstand.workspace.drafting import Draft
    from inkstand.workspace.history import History
    from inkstand.workspace.ignored import Ignored
    from inkstand.workspace.importing import Import
    from inkstand.workspace.locating import Located
    from inkstand.workspace.outlines import Outlines
    from inkstand.workspace.past import Past
    from inkstand.workspace.project import Workspace
    from inkstand.workspace.proposal_store import Proposal
    from inkstand.workspace.proposals import Proposals
    from inkstand.workspace.provenance import Provenance
    from inkstand.workspace.recovery import Recovery
    from inkstand.workspace.reordering import Moved
    from inkstand.workspace.saving import Saver
    from inkstand.workspace.status import Status
    from inkstand_sdk.manuscript import Manuscript
    from inkstand_sdk.messages import GenerateResult
    from inkstand_sdk.tool import BibleEntry

# SQLite, and what reads texts, is only loaded where a desk is used.


class Desk:
    """One workspace at work.

    Args:
        workspace: The folder.
        config: Gives the user's settings.
        noted: Told a sentence for the user when something was mended.
        on_wait: Told a sentence when another Inkstand has to be waited for.
        plain_state: Where what was kept of the folder lies while it had no `inkstand.toml`; the
            workspace's state by default.

    """

    def __init__(
        self,
        workspace: Workspace,
        config: Callable[[], Config],
        noted: Callable[[str], None],
        on_wait: Callable[[str], None] = lambda _said: None,
        plain_state: Path | None = None,
    ) -> None:
        self.workspace = workspace
        self._plain_state = workspace.state if plain_state is None else plain_state
        self._config = config
        self._noted = noted
        self._on_wait = on_wait

    @cached_property
    def history(self) -> History:
        """What its files held before."""
        from inkstand.workspace.history import History

        return History(self.workspace.state, self._noted)

    @cached_property
    def saver(self) -> Saver:
        """The way in which its files are written."""
        from inkstand.workspace.saving import Saver

        return Saver(self.workspace, self.history, self._on_wait)

    @cached_property
    def recovery(self) -> Recovery:
        """What was typed in its files and not saved: `pending`, `restore`, `discard`."""
        from inkstand.workspace.recovery import Recovery

        return Recovery(self.workspace, self._plain_state, lambda: self.saver)

    def draft(self, path: Path) -> Draft:
        """A file of it that is to be written in by hand. Raises `InputError` if it is no text."""
        from inkstand.workspace.drafting import Draft

        return Draft(self.workspace, path, lambda: self.saver, self.recovery)

    @cached_property
    def outlines(self) -> Outlines:
        """How its files were split into scenes before."""
        from inkstand.workspace.outlines import Outlines

        return Outlines(self.workspace.state, self._noted)

    @cached_property
    def counts(self) -> Counts:
        """Its words."""
        from inkstand.workspace.counts import Counts

        return Counts(self.workspace, self.outlines)

    def status(self, within: Path | None = None) -> Status:
        """Where the book stands, or a file or folder of it."""
        from inkstand.workspace.status import status_of

        inner = within.expanduser().absolute() if within is not None else None
        if inner in (self.workspace.root, self.workspace.only):
            inner = None
        return status_of(self.workspace, self.counts, inner, len(self.waiting()))

    def waiting(self) -> list[Proposal]:
        """The proposals that wait, which are not worth making their file for; the oldest first."""
        from inkstand.workspace.proposal_store import PROPOSALS

        there = (self.workspace.state / PROPOSALS).exists()
        return self.proposals.listed() if there else []

    def move_scene(self, scene: str, by: int) -> Moved:
        """Move the scene of that id one place up (-1) or down (1): `inkstand.workspace.reordering`.

        Raises:
            UsageError: there is nothing beside it that it could change places with.

        """
        from inkstand.workspace.reordering import move_scene

        return move_scene(self.workspace, self.saver, self.counts.count(), scene, by)

    def new_scene(self, title: str, after: str = "") -> tuple[Path, int]:
        """Make a file for a new scene: `inkstand.workspace.adding` says how."""
        from inkstand.workspace.adding import new_scene

        count = self.counts.count(may_be_empty=True)
        return new_scene(self.workspace, self.saver, count, title, after)

    def set_goal(self, typed: str) -> None:
        """Set a goal as it is typed: `total=80000`, `daily=500`, `by=2027-03-01`."""
        from inkstand.workspace.goals import parsed
        from inkstand.workspace.status import set_goal

        set_goal(self.workspace, self.saver, *parsed(typed))

    def watch(self) -> Job[None]:
        """Begin to watch it; the job's events are `Changed`, until it is cancelled."""
        from inkstand.workspace.watching import Watcher

        watcher = Watcher(self.workspace, self.outlines, self.counts)
        return Job(watcher.follow, name="watch")

    def manuscript(self, path: Path) -> Manuscript:
        """The manuscript at a file or folder of it."""
        from inkstand.workspace import manuscript

        return manuscript.load(path.expanduser(), self.workspace, self.outlines)

    def export(self, path: Path, out: str, to: str, **how: Any) -> tuple[Exported, bytes]:
        """Write the manuscript at a file or folder of it: `inkstand.exporting` says how."""
        from inkstand.exporting import export

        return export(path.expanduser(), out, to, self.workspace, self.manuscript, **how)

    @cached_property
    def bible(self) -> Bible:
        """The pages about its people, places, things and threads."""
        from inkstand.workspace.bible.bible import Bible

        return Bible(self.workspace, lambda: self.saver)

    def pages(self, *, of_nowhere: bool = False) -> tuple[BibleEntry, ...]:
        """The bible's pages, for a tool; of a text from nowhere, only a project's can be meant."""
        return self.bible.entries() if self.workspace.is_project or not of_nowhere else ()

    def locate(self, file: str, quote: str, **where: int) -> Located:
        """Where quoted words stand now in a file of it: `locating.locate`, with its arguments."""
        from inkstand.workspace.locating import locate

        return locate(self.workspace.root / file, quote, **where)

    @cached_property
    def checked(self) -> Checked:
        """What checks found last."""
        from inkstand.workspace.checked import Checked

        return Checked(self.workspace, self.manuscript, self.pages)

    @cached_property
    def ignored(self) -> Ignored:
        """The findings of checks that the writer wants to see no more."""
        from inkstand.workspace.ignored import Ignored

        return Ignored(self.workspace, lambda: self.saver, self._plain_state)

    @cached_property
    def proposals(self) -> Proposals:
        """What tools wrote for it, to be accepted or rejected."""
        from inkstand.workspace.proposals import Proposals

        return Proposals(self.saver, self._noted)

    def propose(self, path: Path, line: int | None, result: GenerateResult) -> int:
        """Keep what a model wrote as a proposal for a file of it, and return its number.

        It is to be a new paragraph: before a line, counted from 1, or at the file's end.
        """
        from inkstand.workspace.proposal_store import Proposal

        made = Proposal(
            file="",
            text=result.text,
            tool="generate",
            model=f"{result.backend}:{result.model}",
            requests=(result.request_id,) if result.request_id else (),
        )
        return self.proposals.add_paragraph(path, line, made).id

    def propose_change(
        self,
        path: Path,
        span: tuple[int, int],
        result: GenerateResult,
        *,
        seen: str,
        title: str = "",
        why: str = "",
    ) -> int:
        """Keep what a model wrote as a proposal for a place of a file, and return its number.

        It is to stand in the code points `span` of `seen`, which is the file's text as the model
        was given it; `title` and `why` say what it is and what it is good for.

        Raises:
            UsageError: the file lies outside of the workspace, or the range outside of the text.
            InputError: it cannot be kept.

        """
        from inkstand.workspace.proposal_store import Proposal

        made = Proposal(
            file="",
            text=result.text,
            tool="ask",
            model=f"{result.backend}:{result.model}",
            requests=(result.request_id,) if result.request_id else (),
            title=title,
            why=why,
        )
        return self.proposals.add(path, span, made, seen=seen).id

    def provenance(self, path: Path) -> Provenance:
        """Which sentences of a file or folder of it are a person's, and which a machine's."""
        from inkstand.workspace.provenance import provenance_of

        return provenance_of(self.manuscript(path), self.proposals.made())

    def close(self) -> None:
        """Thin the history if a day has gone by, and let go of it. It may be called twice."""
        if "outlines" in self.__dict__:
            self.outlines.close()
        if "proposals" in self.__dict__:
            self.proposals.close()
        if "history" not in self.__dict__:
            return
        try:
            if "saver" in self.__dict__ and self.history.is_due() and self._is_thinned():
                self.history.thin()
        except InputError as error:
            self._noted(str(error))
        finally:
            self.history.close()

    def _is_thinned(self) -> bool:
        """Whether the workspace, or else the user, lets old snapshots go."""
        section = self.workspace.settings.get("history", {})
        own = section.get("keep") if isinstance(section, dict) else section
        return (own or self._config().history.keep) == "thinned"


class Desks:
    """The desks of a Studio: one for each workspace that was asked for.

    Args:
        data: The user's data folder, for workspaces that have none of their own.
        config: Gives the user's settings.
        noted: Told a sentence for the user when something was mended.
        on_progress: Told what is going on, such as that another Inkstand is waited for.

    """

    def __init__(
        self,
        data: Path,
        config: Callable[[], Config],
        noted: Callable[[str], None],
        on_progress: Callable[[str, float | None], None] | None = None,
    ) -> None:
        self._data = data
        self._config = config
        self._noted = noted
        self._on_progress = on_progress
        self._open: dict[tuple[Path, Path, Path | None], Desk] = {}
        self._lock = threading.Lock()

    def at(self, path: Path) -> Desk:
        """The desk of the workspace that a file or folder is, or lies in.

        Raises:
            InputError: there is no such file or folder.

        """
        from inkstand.workspace.project import Workspace

        return self._of(Workspace.at(path, self._data))

    def create(self, path: Path, **how: Any) -> Created:
        """Make a workspace: `how` are the arguments of `inkstand.workspace.creating.create`."""
        from inkstand.workspace.creating import create

        return create(path, **how)

    def import_file(self, path: Path, into: Path | None, **how: Any) -> Import:
        """Bring in a file: `how` are arguments of `inkstand.workspace.importing.import_file`."""
        from inkstand.workspace.importing import import_file

        return import_file(path, into, **how)

    @cached_property
    def remembered(self) -> Remembered:
        """What the UI remembers of earlier runs."""
        from inkstand.remembered import Remembered

        return Remembered(self._data / "remembered.json")

    def copy_sample(self, sample: Path, into: Path) -> Path:
        """Copy the sample into a new folder, to be written in, and return that.

        Raises:
            UsageError: the folder is there already.
            InputError: it cannot be written.

        """
        from inkstand.workspace.creating import copy_workspace

        return copy_workspace(sample, into)

    def past(self, path: Path) -> Past:
        """What a file was, even if it is deleted, or if a larger folder was worked on then."""
        from inkstand.workspace.files import absolute
        from inkstand.workspace.past import Past
        from inkstand.workspace.project import Workspace

        path = absolute(path)

        def last_known(desk: Desk) -> str:
            latest = desk.history.of(desk.workspace.history_name(path), 1)
            return latest[0].at if latest else ""

        desks = [self._of(each) for each in Workspace.around(path, self._data)]
        return Past(max(desks, key=last_known).saver, path)

    def _of(self, workspace: Workspace) -> Desk:
        from inkstand.workspace.project import plain_state

        key = (workspace.root, workspace.state, workspace.only)
        plain = plain_state(workspace.root, self._data)
        with self._lock:
            return self._open.setdefault(
                key, Desk(workspace, self._config, self._noted, self._waiting, plain)
            )

    def _waiting(self, said: str) -> None:
        if self._on_progress is not None:
            self._on_progress(said, None)

    def close(self) -> None:
        """Close them all. It may be called twice."""
        with self._lock:
            desks = list(self._open.values())
        for desk in desks:
            desk.close()
