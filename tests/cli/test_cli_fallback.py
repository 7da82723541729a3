"""Chains of models and contests between texts, from the command line."""

from __future__ import annotations

from typing import Any

import pytest

Program = Any
BROKEN = ("-m", "faulty:refuses", "--fallback", "faulty:busy")


def test_the_next_model_writes_and_a_note_says_why(scripted: Program) -> None:
    done = scripted("generate", "a line", *BROKEN, "--fallback", "faulty:well")
    assert (done.status, done.out) == (0, "a line\n")
    assert "Note: faulty:well wrote this. faulty:refuses could not" in done.err
    result = scripted("generate", "a line", *BROKEN, "--fallback", "faulty:well", "--json").json()
    assert [failure["code"] for failure in result["failures"]] == ["load-failed", "rate-limited"]


def test_when_no_model_can_write_one_error_names_them_all(scripted: Program) -> None:
    done = scripted("generate", "a line", *BROKEN)
    done.refused("None of 2 models", "faulty:refuses: The model cannot", "faulty:busy: Too many")


def test_the_settings_chain_is_used_and_a_named_model_stands_alone(scripted: Program) -> None:
    assert scripted("config", "set", "models.default", "faulty:refuses").status == 0
    assert scripted("config", "set", "models.fallback", "faulty:away, faulty:well").status == 0
    assert scripted("generate", "a line").out == "a line\n"
    scripted("generate", "a line", "-m", "faulty:refuses").refused("cannot be loaded")


def test_a_tool_goes_down_its_chain_and_says_so_once(scripted: Program) -> None:
    asked = ("run", "script", "--do", "generate", "--text", "a line")
    done = scripted(*asked, "--field-model", "x", *BROKEN, "--fallback", "faulty:well")
    assert done.status == 0, done.err
    assert "a line" in done.out
    assert done.err.count("faulty:well wrote this") == 1
    scripted(*asked, *BROKEN).refused("None of 2 models", "faulty:busy")


def test_the_timeout_of_the_settings_ends_a_silent_engine(scripted: Program) -> None:
    assert scripted("config", "set", "models.timeout", "0.3").status == 0
    done = scripted("generate", "a line", "-m", "faulty:silent", "--fallback", "faulty:well")
    assert done.out == "a line\n"
    assert "no sign of life" in done.err
    scripted("config", "set", "models.timeout", "-1").refused("models.timeout")


def test_the_best_of_several_texts_is_printed_and_json_has_them_all(inkstand: Program) -> None:
    asked = ("generate", "A ferry", "-n", "8", "--seed", "3", "-t", "0.9", "--best-of", "4")
    done = inkstand(*asked, "--verbose")
    assert done.status == 0
    assert done.err.count("logprob -") == 4
    best = inkstand(*asked, "--json").json()
    assert done.out.strip() == best["winner"]["text"].strip()
    assert sorted(best["seeds"]) == [3, 4, 5, 6]
    assert best["scores"] == sorted(best["scores"], reverse=True)
    assert len({text["text"] for text in (best["winner"], *best["losers"])}) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--best-of", "0"), ("best-of",)),
        (("--best-of", "many"), ("best-of",)),
        (("--best-of", "2", "--scorer", "taste"), ("no scorer", "schema-valid")),
        (("--best-of", "2", "-m", "scripted:small"), ("log probabilities", "--scorer length")),
        (("--best-of", "2", "-t", "0", "-m", "faulty:sure"), ("temperature 0",)),
        (("--best-of", "2", "-m", "faulty:sure", "--fallback", "small"), ("go together",)),
        (("-m", "small", "-m", "large"), ("Several models", "--fallback large")),
    ],
)
def test_a_contest_that_cannot_be_is_refused(
    scripted: Program, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    scripted("generate", "say x", *arguments).refused(*words)
