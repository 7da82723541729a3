"""The broken-plugin zoo, all of it installed at once: every command works, every cause is true."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest


@pytest.fixture(scope="module")
def rows(zoo: Any) -> dict[str, dict[str, Any]]:
    """What `plugins list --json` says, by name."""
    return {row["name"]: row for row in zoo.json("plugins", "list")}


def test_every_specimen_is_listed_in_its_true_state_with_its_true_cause(
    zoo: Any, rows: dict[str, dict[str, Any]]
) -> None:
    assert len(rows) == len(zoo.specimens)
    wrong = []
    for name, specimen in zoo.specimens.items():
        row = rows[specimen.row or name]
        notes = "; ".join(row["notes"])
        if (
            row["state"] != specimen.state
            or not re.search(specimen.cause, row["cause"])
            or not re.search(specimen.missing, row["missing"])
            or not re.search(specimen.notes, notes)
            or specimen.fix not in row["fix"]
        ):
            wrong.append((name, row["state"], row["cause"], row["missing"], notes, row["fix"]))
    assert wrong == []


def test_every_cause_fits_on_one_line_and_comes_with_something_to_do(
    rows: dict[str, dict[str, Any]],
) -> None:
    ill = [row for row in rows.values() if row["state"] != "ready"]
    assert [row["name"] for row in ill if "\n" in row["cause"] or not row["cause"]] == []
    assert [row["name"] for row in ill if not row["fix"]] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["plugins", "list"],
        ["plugins", "list", "--json"],
        ["plugins", "info", "segfaults"],
        ["plugins", "info", "counter", "--json"],
        ["plugins", "doctor"],
        ["plugins", "doctor", "--json"],
        ["tools", "list"],
        ["backends", "list"],
        ["backends", "info", "echo"],
        ["models", "list"],
        ["config", "get"],
        ["ps"],
        ["doctor"],
    ],
)
def test_every_command_still_works(
    zoo: Any, rows: dict[str, dict[str, Any]], arguments: list[str]
) -> None:
    done = zoo.inkstand(*arguments)
    # `doctor` has every reason to find fault, since the zoo has no model.
    assert done.returncode == (1 if arguments == ["doctor"] else 0), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout


def test_info_shows_the_traceback_and_what_to_do(zoo: Any, rows: dict[str, dict[str, Any]]) -> None:
    done = zoo.inkstand("plugins", "info", "raises-value-error")
    assert "ValueError: invalid literal" in done.stdout
    assert 'int("many")' in done.stdout
    assert "inkstand plugins disable zoo-raises-value-error" in done.stdout


def test_doctor_calls_the_heavy_one_slow_and_names_the_library(
    zoo: Any, rows: dict[str, dict[str, Any]]
) -> None:
    assert rows["imports-heavily"]["import_ms"] > 500
    told = zoo.inkstand("plugins", "doctor").stdout
    [line] = [line for line in told.splitlines() if "slow: " in line and "torch" in line]
    assert re.search(r"its import takes [0-9,]+ ms and brings in torch", line)
    assert "inside the functions" in line


def test_the_sound_plugin_among_them_is_usable(zoo: Any, rows: dict[str, dict[str, Any]]) -> None:
    assert rows["echo"]["provides"] == ["backend echo"]
    assert zoo.json("backends", "info", "echo")["backend"]["name"] == "echo"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["tools", "info", "counter"], 2, "both offer it"),
        (["backends", "info", "segfaults"], 1, "killed by SIGSEGV"),
        (["backends", "info", "ech"], 1, "Did you mean 'echo'"),
        (["plugins", "info", "ech"], 1, "Did you mean 'echo'"),
        (["plugins", "disable", "counter"], 2, "may mean zoo-claims-a-name-first or"),
        (["plugins", "frobnicate"], 2, "No such command"),
    ],
)
def test_wrong_names_get_a_paragraph_and_no_traceback(
    zoo: Any, rows: dict[str, dict[str, Any]], arguments: list[str], status: int, told: str
) -> None:
    if os.name != "posix" and "SIGSEGV" in told:
        pytest.skip("no signals here")
    done = zoo.inkstand(*arguments)
    assert done.returncode == status
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_help_and_version_never_examine_plugins(zoo: Any) -> None:
    fresh = {"INKSTAND_HOME": str(zoo.home / "elsewhere")}
    for option in ("--help", "--version"):
        assert zoo.inkstand(option, env=fresh).returncode == 0
        assert zoo.inkstand("plugins", "--help", env=fresh).returncode == 0
    assert not (zoo.home / "elsewhere").exists()
