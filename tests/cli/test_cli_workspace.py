"""Workspaces from the command line: new, status, watch, audit."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import pytest

Program = Any


def test_a_new_workspace_is_made_and_its_status_told(inkstand: Program) -> None:
    made = inkstand("new", "Мой роман", "--title", "Дождь")
    assert made.status == 0
    assert "manuscript/01-first-chapter.md" in made.out
    assert "inkstand status 'Мой роман'" in made.err
    inkstand("new", "Мой роман").refused("is not empty", "--here", status=2)
    again = inkstand("new", "Мой роман", "--here")
    assert (again.status, "nothing was added" in again.out) == (0, True)
    path = inkstand.folder / "Мой роман" / "manuscript" / "01-first-chapter.md"
    path.write_text(path.read_text(encoding="utf-8") + "Она пришла домой.\n", encoding="utf-8")
    done = inkstand("status", "Мой роман", "--goal", "total=300")
    assert done.out.startswith("Дождь: 3 words")
    assert "Goal: 300 words, 1% of them are there, 297 to go." in done.out
    status = inkstand("status", "Мой роман", "--json").json()
    assert (status["count"]["words"], status["goals"]["total"]) == (3, 300)


def test_status_needs_no_workspace_and_leaves_nothing_in_the_folder(inkstand: Program) -> None:
    inkstand.file("plain/one.md", "---\nstatus: draft\npov: Ada\n---\n# One\n\nAda came home.\n")
    inkstand.file("plain/two.txt", "Bo left.")
    done = inkstand("status", "plain")
    assert done.out.splitlines()[:2] == [
        "plain: 5 words, none of them today.",
        "By status: (no status) 2, draft 3.",
    ]
    scenes = inkstand("status", "plain", "--by", "scene").out
    assert "One" in scenes
    assert "Ada" in scenes
    assert inkstand("status", "plain/two.txt").out.startswith("two.txt: 2 words")
    folder = inkstand.folder / "plain"
    assert sorted(path.name for path in folder.iterdir()) == ["one.md", "two.txt"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("status", "nowhere"), "There is no file or folder"),
        (("status", "plain", "--goal", "words=5"), "is no goal"),
        (("status", "plain", "--goal", "total=5"), "--here"),
        (("status", "empty"), "There is no text"),
        (("new", ""), "The name is empty"),
        (("new", "plain/one.md/novel"), "cannot be made"),
        (("watch", "nowhere"), "There is no file or folder"),
        (("audit", "nowhere"), "There is no file or folder"),
        (("status", "broken"), "Mend that line"),
    ],
)
def test_what_cannot_be_done_is_told(
    inkstand: Program, arguments: tuple[str, ...], words: str
) -> None:
    inkstand.file("plain/one.md", "Ada.")
    inkstand.file("empty/picture.png", b"x")
    inkstand.file("broken/inkstand.toml", "title = ")
    inkstand(*arguments).refused(words)


def test_changes_are_told_line_by_line_until_ctrl_c(inkstand: Program) -> None:
    inkstand.file("plain/one.md", "Ada came.")
    running = inkstand.start("watch", "plain", "--json")
    try:
        assert running.stdout is not None
        # What is written before the watch has begun is not a change: so it is written again.
        line = b""
        for number in range(2, 50):
            inkstand.file("plain/one.md", "Ada came. " * number)
            try:
                running.wait(0.5)
            except subprocess.TimeoutExpired:
                import select

                if sys.platform == "win32" or select.select([running.stdout], [], [], 0)[0]:
                    line = running.stdout.readline()
                    break
        change = json.loads(line)
        assert change["files"][0]["name"] == "one.md"
        assert change["files"][0]["kind"] == "changed"
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
        assert (running.returncode, errors) == (0, b"")
    finally:
        running.kill()
        running.communicate()


def test_the_audit_says_that_nothing_leaves(inkstand: Program) -> None:
    inkstand("new", "novel")
    inkstand.file("novel/manuscript/02.md", "---\ncloud: never\n---\nAda came home.")
    done = inkstand("audit", "novel")
    assert done.status == 0
    assert "Nothing: no engine that is installed sends texts to another machine." in done.out
    assert "1 file is marked `cloud: never`:" in done.out
    assert "manuscript/02.md" in done.out
    audit = inkstand("audit", "novel", "--json").json()
    assert (audit["senders"], audit["sent"], audit["recorded"]) == ([], [], True)
    inkstand.file("novel/inkstand.toml", 'cloud = "never"\n')
    assert "Everything in this workspace" in inkstand("--offline", "audit", "novel").out


def test_the_audit_names_an_engine_that_sends(scripted: Program) -> None:
    scripted.file("one.md", "Ada.")
    assert "The backend faraway sends texts" in scripted("audit", "one.md").out
    assert scripted("config", "set", "usage.enabled", "false").status == 0
    assert "It is not known" in scripted("audit", "one.md").out
