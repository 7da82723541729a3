"""The smaller commands: settings, lists, workers, the doctor, completion."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

Program = Any


@pytest.mark.parametrize(
    "arguments",
    [
        ("plugins", "list"), ("plugins", "info", "llamacpp"), ("plugins", "doctor"),
        ("tools", "list"), ("tools", "info", "plot"), ("models", "list"), ("backends", "list"),
        ("backends", "info", "llamacpp"), ("config", "get"), ("config", "get", "models"),
        ("config", "get", "offline"), ("config", "set", "offline", "false"), ("ps",),
        ("stop", "--all"), ("doctor",), ("backends", "test", "llamacpp", "-n", "4"),
    ],
)  # fmt: skip
def test_every_list_is_text_without_escape_codes_and_json(
    inkstand: Program, arguments: tuple[str, ...]
) -> None:
    shown = inkstand(*arguments)
    assert shown.status == 0, shown.err
    assert shown.out
    assert "\x1b" not in shown.out
    json.dumps(inkstand(*arguments, "--json").json())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nosuch",), "no command 'nosuch'"),
        (("genrate", "x"), "Did you mean generate"),
        (("--nonsense",), "--nonsense"),
        (("tools", "nosuch"), "nosuch"),
        (("tools", "info"), "NAME"),
        (("tools", "info", "plto"), "Did you mean 'plot'"),
        (("backends", "info", "nosuch"), "no backend called"),
        (("backends", "test", "nosuch"), "no backend called"),
        (("backends", "test", "llamacpp", "-m", "nosuch"), "no model called"),
        (("backends", "test", "llamacpp", "-n", "0"), "--max-tokens"),
        (("plugins", "info", "nosuch"), "no plugin called"),
        (("plugins", "disable", "nosuch"), "no plugin called"),
        (("config", "get", "nosuch"), "no setting nosuch"),
        (("config", "set", "offlin", "true"), "Did you mean offline"),
        (("config", "set", "offline", "maybe"), "not allowed"),
        (("config", "set", "offline"), "VALUE"),
        (("config", "set", "backends.llamacpp.threds", "2"), "Did you mean threads"),
        (("config", "set", "backends.llamacpp.threads", "-5"), "threads"),
        (("config", "set", "backends.lamacpp.threads", "2"), "Did you mean 'llamacpp'"),
        (("stop",), "Which worker"),
        (("stop", "999999"), "no worker '999999'"),
        (("stop", "nosuch"), "no worker 'nosuch'"),
        (("completion", "tcsh"), "tcsh"),
    ],
)
def test_wrong_usage_is_told(inkstand: Program, arguments: tuple[str, ...], words: str) -> None:
    inkstand(*arguments).refused(words)


def test_settings_are_set_got_and_commented(inkstand: Program) -> None:
    path = inkstand("config", "path").out.strip()
    assert path == str(inkstand.home / "config" / "config.toml")
    assert inkstand("config", "set", "workers.keep_alive", "60").out == "workers.keep_alive = 60\n"
    with open(path, "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write("# mine\n")
    assert inkstand("config", "set", "models.default", "pocket").status == 0
    assert inkstand("config", "get", "models.default").out == "pocket\n"
    assert inkstand("config", "get", "workers").out.startswith("workers.keep_alive = 60")
    assert "# mine" in (inkstand.home / "config" / "config.toml").read_text()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("offline = \n", "config.toml cannot be read"),
        ("ofline = true\n", "Did you mean offline"),
        ("[workers]\nkeep_alive = -1\n", "workers.keep_alive"),
    ],
)
def test_broken_settings_are_told_and_the_rest_works(
    inkstand: Program, content: str, words: str
) -> None:
    (inkstand.home / "config").mkdir()
    (inkstand.home / "config" / "config.toml").write_text(content)
    for command in (("generate", "x"), ("tools", "list"), ("config", "get"), ("ps",)):
        inkstand(*command).refused(words, "config.toml")
    inkstand("config", "set", "offline", "true").refused(words)
    assert (inkstand.home / "config" / "config.toml").read_text() == content
    for command in (("--help",), ("--version",), ("config", "path"), ("generate", "--help")):
        assert inkstand(*command).status == 0
    doctor = inkstand("doctor")
    assert doctor.status == 1
    assert words in doctor.out
    assert any(c["state"] == "fault" for c in json.loads(inkstand("doctor", "--json").out))


def test_workers_of_another_process_are_listed_and_stopped(scripted: Program) -> None:
    process = scripted.start("generate", "forever", "--model", "scripted:small")
    assert process.stdout is not None
    assert process.stdout.read(3) == b"on "
    [worker] = [w for w in scripted("ps", "--json").json() if w["kind"] == "backend"]
    assert (worker["title"], worker["state"]) == ("scripted:small", "busy")
    assert worker["host_pid"] == process.pid
    assert str(worker["pid"]) in scripted("ps").out
    stopped = scripted("stop", str(worker["pid"]))
    assert stopped.out == f"Stopped {worker['pid']} (scripted:small).\n"
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.endswith(b"on \n")
    assert b"stopped" in err
    assert scripted("ps", "--json").json() == []


def test_no_color_means_no_escape_codes_on_a_terminal(inkstand: Program) -> None:
    pty = pytest.importorskip("pty")
    for environment, expected in (({"NO_COLOR": "1"}, False), ({"TERM": "xterm"}, True)):
        ours, theirs = pty.openpty()
        done = subprocess.Popen(
            [inkstand.python, "-m", "inkstand", "tools", "list"],
            stdin=theirs, stdout=theirs, stderr=subprocess.PIPE,
            env=inkstand.environment(**{"TERM": "xterm", **environment}),
        )  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # Linux says so when the other side is gone
                break
            if not more:
                break
            shown += more
        os.close(ours)
        assert done.stderr is not None
        assert done.stderr.read() == b""
        done.stderr.close()
        assert done.wait(30) == 0
        assert b"summarizer" in shown
        assert (b"\x1b[" in shown) is expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(inkstand: Program, shell: str) -> None:
    script = inkstand("completion", shell)
    assert script.status == 0
    assert "_INKSTAND_COMPLETE" in script.out
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=script.out.encode(), check=False)
        assert checked.returncode == 0


@pytest.mark.skipif(not shutil.which("bash") or sys.platform == "win32", reason="needs bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("inkstand", "gen"), "generate"),
        (("inkstand", "config", ""), "get"),
        (("inkstand", "run", "sum"), "summarizer"),
        (("inkstand", "run", "summarizer", "--sent"), "--sentences"),
        (("inkstand", "run", "nosuch", "--x"), ""),
    ],
)
def test_bash_completes(inkstand: Program, words: tuple[str, ...], expected: str) -> None:
    program = inkstand.file(
        "bin/inkstand", f'#!/bin/sh\nexec "{inkstand.python}" -m inkstand "$@"\n'
    )
    (inkstand.folder / program).chmod(0o755)
    script = inkstand("completion", "bash").out
    line = (
        f"{script}\nCOMP_WORDS=({' '.join(repr(word) for word in words)})\n"
        f"COMP_CWORD={len(words) - 1}\n_inkstand_completion inkstand\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    path = f"{inkstand.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, env=inkstand.environment(PATH=path),
        check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert expected in done.stdout.splitlines()
