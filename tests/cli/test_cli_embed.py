"""`inkstand embed` with good and bad input, on the bundled model."""

from __future__ import annotations

import json
from typing import Any

Program = Any
POCKET = ("--embedder", "llamacpp", "--model", "pocket")


def test_each_text_and_file_is_a_line_of_json(inkstand: Program) -> None:
    inkstand.file("chapter.md", "The sea was grey.\n")
    done = inkstand("--offline", "embed", "Ann said no.", "chapter.md", *POCKET, "--json")
    assert done.status == 0, done.err
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["text"] for line in lines] == ["Ann said no.", "The sea was grey.\n"]
    assert len({len(line["vector"]) for line in lines}) == 1
    assert lines[0]["vector"] != lines[1]["vector"]


def test_lines_that_are_piped_in_are_texts_of_their_own(inkstand: Program) -> None:
    data = "Tag \u2014 na\u00efve\n\nnight\n".encode()
    done = inkstand("embed", "--lines", *POCKET, data=data)
    assert done.status == 0, done.err
    assert [line.partition("  ")[0] for line in done.out.splitlines()] == [
        "Tag \u2014 na\u00efve",
        "night",
    ]
    one = inkstand("embed", "-", *POCKET, "--json", data=data)
    assert json.loads(one.out)["text"] == data.decode()


def test_the_embedder_and_its_model_can_be_set(inkstand: Program) -> None:
    assert inkstand("config", "set", "models.embedder", "llamacpp").status == 0
    assert inkstand("config", "set", "embedders.llamacpp.model", "pocket").status == 0
    assert "numbers: " in inkstand("embed", "Ann said no.").out
    inkstand("config", "set", "embedders.llamacpp.modle", "x").refused("Did you mean model?")


def test_the_embedders_are_listed(inkstand: Program) -> None:
    assert "llamacpp" in inkstand("embed", "--list").out
    listed = inkstand("embed", "--list", "--json").json()
    assert "llamacpp" in [each["name"] for each in listed]


def test_wrong_input_is_one_clear_paragraph(inkstand: Program) -> None:
    inkstand("embed").refused("no text to embed")
    inkstand("embed", "", *POCKET).refused("Text 1 is empty")
    inkstand("embed", "sea", "-e", "lamacpp").refused("lamacpp")
    inkstand("embed", "sea", "-e", "llamacpp", "-m", "none.gguf").refused("none.gguf")
    inkstand("embed", "sea " * 9_000, *POCKET).refused("too long to embed")
    inkstand("embed", "sea", "-e", "llamacpp").refused("config set embedders.llamacpp.model")
