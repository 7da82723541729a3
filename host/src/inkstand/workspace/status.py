"""Where a book stands: its words, today's words, goals, and what waits to be looked at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from inkstand.workspace.counts import Count, Counts
from inkstand.workspace.files import SETTINGS, read, sound
from inkstand.workspace.goals import Goals, Progress, with_goal
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.errors import UsageError


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Where a book stands. `goals` is None where none is set; `proposals` are those that wait."""

    title: str
    path: str
    project: bool
    goals: Progress | None
    proposals: int
    count: Count


def status_of(
    workspace: Workspace, counts: Counts, within: Path | None = None, proposals: int = 0
) -> Status:
    """Where the book stands.

    Args:
        workspace: Its folder.
        counts: What counts it.
        within: A file or folder of it, if only that is wanted; goals are those of the book.
        proposals: How many wait.

    Raises:
        InputError: there is no text, or the settings cannot be read.

    """
    # A workspace reads its settings once, and they may have been changed since.
    settings = Workspace(workspace.root, workspace.state, workspace.only).settings
    goals = Goals.of(settings)
    count = counts.count(within)
    named = workspace.only or (within if within is not None else workspace.root)
    whole = named == workspace.root
    title = str(settings.get("title") or workspace.root.name) if whole else named.name
    return Status(
        title=sound(title),
        path=sound(str(named)),
        project=workspace.is_project,
        goals=goals.reached(count.words, count.today, dt.date.today())  # noqa: DTZ011  the writer's day
        if goals != Goals()
        else None,
        proposals=proposals,
        count=count,
    )


def set_goal(workspace: Workspace, saver: Saver, name: str, value: int | str | None) -> None:
    """Write a goal into the workspace's settings.

    Raises:
        UsageError: the folder is no project.
        InputError: the settings cannot be read or written.

    """
    path = workspace.root / SETTINGS
    if not workspace.is_project:
        raise UsageError(
            f"{sound(str(workspace.root))} has no {SETTINGS} to keep goals in.",
            "It is a plain folder.",
            f"Make it a workspace: inkstand new {sound(str(workspace.root))} --here",
        )
    Goals.of(Workspace(workspace.root, workspace.state).settings)
    # Of two Inkstands that set one at once, the later one has its way.
    with saver.alone():
        basis = TextFile.of(read(path), SETTINGS)
        changed = with_goal(basis.text, name, value)
        if changed != basis.text:
            saver.save(path, changed, basis=basis, why="a goal was set")
