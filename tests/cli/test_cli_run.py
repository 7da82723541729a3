"""`inkstand run` and `inkstand read` with good and bad input."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import pytest

Program = Any
STORY = (
    "# One\n\n“Rain again,” said Ada.\n\n“It will pass,” said Bo. He looked out.\n\n"
    "# Two\n\nAda left the house. Bo stayed. “Come back,” Bo said.\n"
)
TOOLS = ("summarizer", "character", "dialogue", "plot")


@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_works_on_a_file_a_folder_and_a_pipe(inkstand: Program, tool: str) -> None:
    inkstand.file("book/one.md", STORY)
    shown = inkstand("run", tool, "book/one.md")
    assert shown.status == 0
    assert shown.out.strip()
    assert "\x1b" not in shown.out
    output = inkstand("run", tool, "book", "--json").json()
    assert isinstance(output, dict)
    assert inkstand("run", tool, "-", "--json", data=STORY.encode()).json().keys() == output.keys()
    assert inkstand("run", tool, "--json", data=STORY.encode()).json().keys() == output.keys()


def test_read_shows_people_and_who_says_what(inkstand: Program) -> None:
    inkstand.file("one.md", STORY)
    reading = inkstand("read", "one.md", "--json").json()
    assert {"Ada", "Bo"} <= {person["name"] for person in reading["cast"]}
    for quotation in reading["quotations"]:
        assert STORY[quotation["start"] : quotation["end"]].strip("“”") == quotation["text"]
    shown = inkstand("read", "one.md")
    assert shown.status == 0
    assert "Ada" in shown.out


@pytest.mark.parametrize("command", [("run", "character"), ("run", "summarizer"), ("read",)])
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.md", None, "There is no file or folder missing.md"),
        ("empty.md", b"", "There is no text in empty.md"),
        ("blank.txt", b" \r\n\t\n", "There is no text in blank.txt"),
        ("headings.md", b"# One\n\n## Two\n", "There is no text in headings.md"),
        ("binary.txt", b"\x7fELF" + bytes(200), "binary.txt is not a text file"),
        ("nothing/picture.png", b"\x89PNG", "There is no text in the folder nothing"),
    ],
)
def test_a_text_that_is_none_is_told(
    inkstand: Program, command: tuple[str, ...], name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        inkstand.file(name, content)
    path = name.partition("/")[0]
    inkstand(*command, path).refused(words, status=1)


def test_a_name_of_any_length_is_told(inkstand: Program) -> None:
    inkstand("run", "plot", "x" * 4000).refused("There is no file or folder")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nosuch", "one.md"), "no tool called 'nosuch'"),
        (("sumarizer", "one.md"), "Did you mean 'summarizer'"),
        (("summarizer", "one.md", "--nonsense"), "--nonsense"),
        (("summarizer", "one.md", "--sentences", "-3"), "--sentences"),
        (("summarizer", "one.md", "--sentences", "many"), "--sentences"),
        (("summarizer", "one.md", "--engine", "magic"), "--engine"),
        (("summarizer", "one.md", "two.md"), "unexpected"),
        (("summarizer", "one.md", "--model", "nosuch"), "no model called nosuch"),
        (("summarizer",), "needs a text"),
    ],
)
def test_wrong_usage_is_told(inkstand: Program, arguments: tuple[str, ...], words: str) -> None:
    inkstand.file("one.md", STORY)
    inkstand("run", *arguments).refused(words)
    assert inkstand("read", data=b"").refused("no text to read") is None


def test_odd_texts_are_read(inkstand: Program) -> None:
    inkstand.file("odd.txt", "“Café?” said Zoë…\r\rShe left.".encode("utf-16"))
    done = inkstand("run", "character", "odd.txt")
    assert done.status == 0, done.err
    inkstand.file("win.txt", "“Café?” said Zoë. ".encode("cp1252") * 30)
    done = inkstand("run", "character", "win.txt")
    assert done.status == 0
    assert "Note: win.txt was read as Windows-1252." in done.err


def test_an_unwritable_home_does_not_stop_what_needs_none_and_is_named(inkstand: Program) -> None:
    inkstand.file("one.md", STORY)
    for home in (os.devnull, os.path.join(os.devnull, "below")):  # noqa: PTH118
        for command in (("plugins", "list"), ("tools", "list"), ("config", "get"), ("ps",)):
            assert inkstand(*command, INKSTAND_HOME=home).status == 0
        for line in ("run plot one.md", "generate x", "config set offline true"):
            inkstand(*line.split(), INKSTAND_HOME=home).refused(os.devnull, status=1)
        doctor = inkstand("doctor", INKSTAND_HOME=home)
        assert doctor.status == 1
        assert "INKSTAND_HOME" in doctor.out


# -- with the scripted tool


def test_flags_come_from_the_tools_input(scripted: Program) -> None:
    shown = scripted("run", "script", "--help").out
    assert "--times" in shown
    assert "Not the model of the run." in shown
    output = scripted(
        "run",
        "script",
        "--text",
        "ab",
        "--times",
        "2",
        "--name",
        "Ada",
        "--field-model",
        "x",
        "--json",
    ).json()
    assert output == {"text": "abab", "name": "Ada", "engine": "analysis", "items": []}


def test_a_models_text_streams_before_the_output(scripted: Program) -> None:
    arguments = ("run", "script", "--do", "generate", "--text", "say hello", "-m", "scripted:small")
    done = scripted(*arguments)
    assert done.out.startswith("hello \n")
    assert "Text: hello" in done.out
    quiet = scripted(*arguments, "--no-stream")
    assert not quiet.out.startswith("hello")
    assert scripted(*arguments, "--json").json()["text"] == "hello "


def test_a_tools_mistake_is_told_as_the_plugins(scripted: Program) -> None:
    scripted("run", "script", "--do", "raise").refused("inkstand-scripted", "a mistake", status=1)


def test_a_failing_hook_is_noted(scripted: Program) -> None:
    done = scripted("run", "script", "--text", "AFTER-RAISES", "--json")
    assert json.loads(done.out)["text"] == "AFTER-RAISES"
    assert "Note: The plugin inkstand-scripted failed in inkstand_after_tool" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_stops_a_tool_and_leaves_no_process(scripted: Program) -> None:
    process = scripted.start("run", "script", "--do", "wait")
    assert process.stdout is not None
    assert process.stdout.read(8) == b"waiting "
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err) == (b"\n", b"Stopped.\n")
