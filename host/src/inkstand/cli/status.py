"""`inkstand status`: words, today's words and goals."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkstand.cli.output import for_terminal, json_option, print_json, print_table
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.workspace.counts import Count
    from inkstand.workspace.goals import Progress
    from inkstand.workspace.status import Status

_MOST_ROWS = 60


@click.command("status")
@click.argument("path", required=False, type=click.Path())
@click.option(
    "--goal",
    "goals",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a goal: total=80000, daily=500 or by=2027-03-01; no value takes it away.",
)
@click.option(
    "--by",
    type=click.Choice(["chapter", "scene", "file"]),
    help="What is listed: chapters where there are some, else files.",
)
@json_option
@click.pass_obj
def command(
    state: State, *, path: str | None, goals: tuple[str, ...], by: str | None, as_json: bool
) -> None:
    """Say where a book stands: words, today's words, goals.

    PATH is any folder of texts, or one file; the current folder by default. Today's words are
    those that have been added since the day's first count.
    """
    where = Path(path or ".").expanduser()
    desk = state.studio.desk(where)
    for goal in goals:
        desk.set_goal(goal)
    status = desk.status(where if path else None)
    for note in status.count.notes:
        print(f"Note: {note}", file=sys.stderr)
    if as_json:
        print_json(status)
    else:
        _print(status, by)


def _print(status: Status, by: str | None) -> None:
    count = status.count
    print(for_terminal(f"{status.title}: {_words(count)}."))
    if status.goals is not None:
        for line in _goal_lines(status.goals, count.today):
            print(line)
    if count.by_status:
        shares = (
            f"{name or '(no status)'} {words:,}" for name, words in sorted(count.by_status.items())
        )
        print(for_terminal(f"By status: {', '.join(shares)}."))
    if status.proposals:
        proposals = f"{status.proposals:,} proposal{'' if status.proposals == 1 else 's'}"
        print(f"Waiting for you: {proposals}: inkstand proposals list")
    _print_list(count, by or ("chapter" if len(count.chapters) > 1 else "file"))


def _print_list(count: Count, by: str) -> None:
    if by == "scene":
        columns = ["Scene", "Chapter", "Words", "Status", "POV"]
        rows = [
            [scene.label, scene.chapter, f"{scene.words:,}", scene.status, scene.pov]
            for scene in count.scenes
        ]
    elif by == "chapter":
        columns = ["Chapter", "Part", "Scenes", "Words"]
        rows = [
            [each.chapter or "(none)", each.part, f"{each.scenes:,}", f"{each.words:,}"]
            for each in count.chapters
        ]
    else:
        columns = ["File", "Scenes", "Words", "Today"]
        rows = [
            [
                file.name,
                f"{file.scenes:,}",
                f"{file.words:,}",
                f"{file.today:+,}" * bool(file.today),
            ]
            for file in count.files
        ]
    if not rows:
        return
    print()
    # A part is only worth a column where there are some.
    kept = [place for place in range(len(columns)) if place == 0 or any(row[place] for row in rows)]
    shown = [[row[place] for place in kept] for row in rows[:_MOST_ROWS]]
    print_table([columns[place] for place in kept], shown)
    if len(rows) > _MOST_ROWS:
        print(f"... and {len(rows) - _MOST_ROWS:,} more; --json has them all.")


def _goal_lines(goals: Progress, today: int) -> Iterable[str]:
    if goals.share is not None:
        line = f"Goal: {goals.total:,} words, {goals.share:.0%} of them are there"
        line += f", {goals.words_left:,} to go" if goals.words_left else ""
        if goals.by:
            line += f" by {goals.by}"
        yield f"{line}."
        if goals.words_a_day:
            days = f"{goals.days_left:,} day{'' if goals.days_left == 1 else 's'}"
            yield f"That is {goals.words_a_day:,} words a day for {days}, today included."
        elif goals.by and goals.words_left:
            yield "That day has gone by. To set another: inkstand status --goal by=2027-03-01"
    if goals.share_of_today is not None:
        yield f"Today: {today:,} of {goals.daily:,} words, {goals.share_of_today:.0%}."


def _words(count: Count) -> str:
    if not count.words and not count.today:
        return "no words yet"
    words = f"{count.words:,} word{'' if count.words == 1 else 's'}"
    return f"{words}, {f'{count.today:+,}' if count.today else 'none of them'} today"
