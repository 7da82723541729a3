"""Accepts proposals until it is killed; a program for `test_workspace_accepts.py`.

python crashing_accepts.py lines FOLDER DATA STEP    kills children of its own at every STEP-th line
python crashing_accepts.py accept FOLDER DATA ID     accepts one, once a line can be read
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.proposal_store import Proposal
from inkstand.workspace.proposals import Proposals
from inkstand.workspace.saving import Saver
from inkstand_sdk.errors import UsageError

STORY = "# One\n" + "\nThe house stood where the lane ended, and nobody went in." * 30 + "\n"
MORE = "\n\nThen it rained on the roof and on the lane. Nobody in the whole of the town cared."


def proposals_of(folder: Path, data: Path) -> Proposals:
    workspace = Workspace.at(folder, data)
    return Proposals(Saver(workspace, History(workspace.state)))


def add(proposals: Proposals, path: Path, story: str = STORY) -> int:
    end = len(story.rstrip())
    return proposals.add(path, (end, end), Proposal(file="", text=MORE), seen=story).id


def lines(folder: Path, data: Path, step: int) -> None:
    at = 1
    seen = {"old": 0, "new": 0}
    path = folder / "one.md"
    proposals = proposals_of(folder, data)
    while True:
        path.write_text(STORY)
        number = add(proposals, path)
        proposals.close()
        if not _killed(folder, data, number, at):
            break
        seen[_check(proposals_of(folder, data), path, number)] += 1
        at += step
    print(seen["old"], seen["new"])


def _check(proposals: Proposals, path: Path, number: int) -> str:
    text = path.read_text()
    is_new = text == STORY.rstrip() + MORE + "\n"
    assert is_new or text == STORY
    proposal = proposals.get(number)
    assert proposal.status == ("accepted" if is_new else "waiting")
    mine = [each for each in proposals.made() if each.proposal == number]
    assert len(mine) == (2 if is_new else 0)
    if is_new:
        try:
            proposals.accept(number)
            raise AssertionError("it was accepted twice")
        except UsageError:
            pass
    else:
        proposals.accept(number)
    assert path.read_text() == STORY.rstrip() + MORE + "\n"
    assert len([each for each in proposals.made() if each.proposal == number]) == 2
    proposals.close()
    return "new" if is_new else "old"


def _killed(folder: Path, data: Path, number: int, at: int) -> bool:
    """Whether a process that accepts was killed at the `at`-th line of ours before its end."""
    pid = os.fork()
    if pid == 0:
        left = at

        def trace(frame: Any, event: str, _argument: object) -> Any:
            nonlocal left
            if f"{os.sep}workspace{os.sep}" not in frame.f_code.co_filename:
                return None
            if event == "line":
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        status = 1
        try:
            proposals = proposals_of(folder, data)
            sys.settrace(trace)
            proposals.accept(number)
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    if os.WIFSIGNALED(ended):
        return True
    assert os.WEXITSTATUS(ended) == 0, "an accept failed that nobody had killed"
    return False


def accept(folder: Path, data: Path, number: int) -> None:
    proposals = proposals_of(folder, data)
    proposals.get(number)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        proposals.accept(number)
        print("accepted")
    except UsageError:
        print("refused")


if __name__ == "__main__":
    kind, where, state, amount = sys.argv[1:]
    {"lines": lines, "accept": accept}[kind](Path(where), Path(state), int(amount))
