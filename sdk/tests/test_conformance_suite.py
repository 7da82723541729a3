"""The backend suite itself: a sound backend passes all of it, and each fault is found."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from inkstand_sdk.testing.environments import PluginEnvironment

ECHO = Path(__file__).parent / "data/conformance_echo.py"
WORDS = "night was dark and the caf\u00e9 shut \u201cnow\u201d so Ann went home by sea with a lamp"
FAULTS = {
    "TwoEnds": "test_a_stream_ends_with_exactly_one_finish",
    "OneTooMany": "test_max_tokens_is_obeyed_and_ends_with_length",
    "AllAtOnce": "test_text_comes_in_more_than_one_chunk",
    "Deaf": "test_a_cancel_from_another_thread_is_seen_at_once",
    "Swallowing": "test_an_exception_out_of_cancelled_reaches_the_caller",
    "Cutting": "test_a_prompt_that_does_not_fit_is_refused_with_numbers",
    "Unseeded": "test_the_same_seed_writes_the_same",
    "FixedSeed": "test_without_a_seed_texts_differ",
    "Warm": "test_temperature_zero_always_writes_the_same",
    "Silent": "test_fields_that_are_not_honored_are_reported",
    "Careless": "test_a_constraint_that_is_not_claimed_is_refused",
    "Reloading": "test_a_second_load_is_refused_and_the_first_model_stays",
    "Lazy": "test_a_missing_file_is_a_typed_error",
    "Untyped": "test_a_foreign_file_is_a_typed_error",
    "Overcounting": "test_the_usage_is_possible",
    "Halving": "test_chunks_hold_whole_characters",
    "Holding": "test_a_reader_that_leaves_early_stops_the_engine",
    "OneForAll": "test_cancelling_one_request_leaves_another_whole",
    "ClaimingStops": "test_a_stop_string_ends_the_text_and_is_not_shown",
    "ClaimingSchemas": "test_output_under_a_schema_parses_and_validates",
    "ClaimingTooMuch": "test_only_fields_that_exist_are_claimed",
    "NoDocumentation": "test_every_setting_is_described_and_bounded",
    "VagueProbe": "test_the_probe_says_what_is_missing",
    "LastUserOnly": "test_every_turn_reaches_the_model",
    "Leaking": "test_closing_twice_is_harmless_and_then_nothing_is_generated",
    "Strange": "test_what_it_gives_survives_the_way_to_the_host",
    "LosingTokens": "test_every_token_has_its_log_probability",
    "Percent": "test_log_probabilities_are_numbers_not_above_zero",
    "Unranked": "test_alternatives_are_as_many_as_were_asked_for_and_ranked",
    "Penalized": "test_the_greedy_token_is_the_likeliest_of_its_alternatives",
    "Stripping": "test_the_tokens_are_the_text",
    "Unasked": "test_no_log_probabilities_come_unasked",
    "OneAlternative": "test_no_alternatives_can_be_asked_for",
    "Unclaimed": "test_log_probabilities_that_are_not_claimed_are_left_out",
}
SUITE = """
import pathlib

import conformance_echo
import pytest

from inkstand_sdk import Model
from inkstand_sdk.testing.backend_case import BackendCase
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite


class Words(BackendCase):
    backend_class = conformance_echo.Echo

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls):
        path = pathlib.Path(__file__).parent / "words.json"
        return Model(id="words", format="words", path=str(path))

"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PluginEnvironment]:
    folder = tmp_path_factory.mktemp("conformance") / "venv"
    made = PluginEnvironment(folder, shared=("inkstand-sdk", "pytest"))
    module = {"conformance_echo.py": ECHO.read_text(encoding="utf-8")}
    made.install("inkstand-echo", module, {"echo": "conformance_echo"})
    yield made
    shutil.rmtree(folder)


def outcomes(
    environment: PluginEnvironment, folder: Path, classes: str, *chosen: str
) -> dict[str, str]:
    """What became of each test: "Class::test" -> passed, skipped, or the failure."""
    (folder / "words.json").write_text(
        json.dumps([f"{word} " for word in WORDS.split()]), encoding="utf-8"
    )
    file = folder / "test_echo.py"
    file.write_text(SUITE + textwrap.dedent(classes), encoding="utf-8")
    report = folder / "report.xml"
    done = environment.run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={folder}"),
        *("-c", os.devnull, f"--junitxml={report}", *(f"{file}::{name}" for name in chosen)),
        *(() if chosen else (str(file),)),
        timeout=280,
    )
    assert report.exists(), done.stdout + done.stderr
    found = {}
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.attrib['classname'].rpartition('.')[2]}::{case.attrib['name']}"
        told = next((part for part in case if part.tag in ("failure", "error", "skipped")), None)
        if told is None:
            found[name] = "passed"
        else:
            found[name] = "skipped" if told.tag == "skipped" else f"{told.tag}: {told.text}"
    return found


@pytest.mark.parametrize("suite", ["BackendSuite", "WorkerBackendSuite"])
def test_a_sound_backend_passes_with_nothing_skipped_but_what_it_does_not_claim(
    environment: PluginEnvironment, tmp_path: Path, suite: str
) -> None:
    found = outcomes(environment, tmp_path, f"class TestEcho(Words, {suite}): ...\n")
    assert len({name.partition("[")[0] for name in found}) > 60
    wrong = {name: what for name, what in found.items() if what not in ("passed", "skipped")}
    assert wrong == {}
    skipped = {name.partition("[")[0] for name, what in found.items() if what == "skipped"}
    allowed = ["schema", "grammar", "candidate", "that_are_not_claimed_are_left_out"]
    if suite == "BackendSuite":
        allowed += ["stop_string", "held_back"]
    assert [name for name in skipped if not any(word in name for word in allowed)] == []


def test_every_fault_is_found(environment: PluginEnvironment, tmp_path: Path) -> None:
    classes = "".join(
        f"class Test{name}(Words, BackendSuite):\n    backend_class = conformance_echo.{name}\n\n\n"
        for name in FAULTS
    )
    chosen = [f"Test{name}::{test}" for name, test in FAULTS.items()]
    found = outcomes(environment, tmp_path, classes, *chosen)
    faults = {name.partition("::")[0] for name, what in found.items() if what.startswith("failure")}
    assert faults == {f"Test{name}" for name in FAULTS}


def test_a_worker_reports_log_probabilities_that_its_backend_does_not_know(
    environment: PluginEnvironment, tmp_path: Path
) -> None:
    classes = """
        class TestMute(Words, WorkerBackendSuite):
            backend_class = conformance_echo.Mute
    """
    test = "test_log_probabilities_that_are_not_claimed_are_left_out"
    found = outcomes(environment, tmp_path, classes, f"TestMute::{test}")
    assert list(found.values()) == ["passed"]
