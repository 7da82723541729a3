"""The writing tools on the sample, with the installed reader, as the host would run them."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any

import msgspec
import pytest

from inkstand.workspace.manuscript import load
from inkstand_sdk import Manuscript, Reading
from inkstand_sdk.loading import load_distribution
from inkstand_sdk.testing.tools import run_tool

TOOLS = load_distribution("inkstand-writing").providers("tool")
ANALYSTS = [name for name, tool in TOOLS.items() if "analysis" in tool.capabilities.engines]


@pytest.fixture(scope="module")
def sample() -> Manuscript:
    with as_file(files("inkstand") / "sample") as folder:
        return load(folder)


@pytest.fixture(scope="module")
def reading(sample: Manuscript) -> Reading:
    (reader,) = load_distribution("inkstand-prose").providers("reader").values()
    read: Reading = reader().read(sample, reader.Settings(), lambda _fraction, _message: None)
    return read


def evidence_in(value: Any) -> list[dict[str, Any]]:
    """Every evidence in an output, at any depth."""
    if isinstance(value, dict):
        if "quote" in value:
            return [value]
        return [item for part in value.values() for item in evidence_in(part)]
    if isinstance(value, list | tuple):
        return [item for part in value for item in evidence_in(part)]
    return []


@pytest.mark.parametrize("name", sorted(ANALYSTS))
def test_every_quotation_stands_in_the_sample_word_for_word(
    name: str, sample: Manuscript, reading: Reading
) -> None:
    run = run_tool(TOOLS[name], manuscript=sample, reading=reading)
    found = evidence_in(msgspec.to_builtins(run.output))
    assert len(found) >= 5
    for item in found:
        text = sample.scenes[item["scene"]].text
        assert text[item["start"] : item["end"]] == item["quote"]
        assert item["quote"].strip()
        assert len(item["quote"]) < 2500


def test_the_samples_people_have_pages_with_lines_and_company(
    sample: Manuscript, reading: Reading
) -> None:
    output = run_tool(TOOLS["character"], {"limit": 4}, manuscript=sample, reading=reading).output
    assert len(output.people) == 4
    for person in output.people:
        assert person.first_seen is not None
        assert person.companions
    assert sum(person.lines for person in output.people) > 50


def test_the_samples_voices_can_be_told_apart(sample: Manuscript, reading: Reading) -> None:
    output = run_tool(TOOLS["dialogue"], manuscript=sample, reading=reading).output
    talkers = [voice for voice in output.speakers if voice.lines > 20]
    assert len(talkers) >= 3
    lengths = sorted(voice.words_per_line for voice in talkers)
    assert lengths[-1] > 1.5 * lengths[0]


def test_the_samples_plot_has_its_six_scenes_with_place_and_time(
    sample: Manuscript, reading: Reading
) -> None:
    output = run_tool(TOOLS["plot"], manuscript=sample, reading=reading).output
    assert len(output.chapters) == 6
    assert all(chapter.place and chapter.when for chapter in output.chapters)
    percents = [beat.percent for beat in output.outline]
    assert percents == sorted(percents)
