"""Tools and readers through Studio: engines, settings, hooks, cancelling, cached readings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand_sdk.errors import (
    Cancelled,
    InkstandError,
    NotFound,
    PluginError,
    UsageError,
    WorkerCrashed,
)
from inkstand_sdk.testing.environments import PluginEnvironment
from inkstand_sdk.worker.protocol import Progress, Write

MODEL = "scripted:small"
Make = Callable[..., Studio]


def run(studio: Studio, tool: str = "script", **options: Any) -> dict[str, Any]:
    return studio.run_tool(tool, **options).result().output


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "book.md"
    path.write_text("# One\n\nAda came.\n\n* * *\n\nBo left.\n", encoding="utf-8")
    return path


def test_input_goes_in_and_output_comes_out(studio: Studio) -> None:
    output = run(studio, values={"text": "ab", "times": 2, "name": "Ada"})
    assert output == {"text": "abab", "name": "Ada", "engine": "analysis", "items": []}


def test_a_model_named_for_a_run_chooses_the_model_engine(studio: Studio) -> None:
    job = studio.run_tool("script", {"do": "generate", "text": "say hello you"}, model=MODEL)
    events = list(job.events())
    assert job.result().output["text"] == "hello you "
    assert job.result().output["items"] == ["small", "scripted"]
    assert job.result().output["engine"] == "model"
    told = [e.message for e in events if isinstance(e, Progress)]
    assert told[0] == "half way"
    assert "Loading small" in told[1:]
    assert "".join(e.text for e in events if isinstance(e, Write)) == "hello you "


def test_a_tool_with_one_engine_uses_it(studio: Studio, text: Path) -> None:
    assert run(studio, "analysis-only", manuscript=text)["engine"] == "analysis"
    assert run(studio, "model-only")["text"] == "hello "
    with pytest.raises(UsageError, match="has no model engine"):
        studio.run_tool("analysis-only", manuscript=text, engine="model")
    with pytest.raises(UsageError, match="has no analysis engine"):
        studio.run_tool("model-only", engine="analysis")


def test_a_tool_may_prefer_a_model(make_studio: Make) -> None:
    studio = make_studio("[tools.script]\nmodel = 'scripted:small'\n")
    output = run(studio, values={"do": "generate", "text": "say x"}, engine="model")
    assert output["items"] == ["small", "scripted"]


def test_settings_reach_the_tool(make_studio: Make) -> None:
    assert run(make_studio("[tools.script]\nloud = true\n"), values={"text": "a"})["text"] == "A"


@pytest.mark.parametrize(
    "values", [{"times": 0}, {"times": "many"}, {"tims": 1}, {"text": 5}, {"text": None}]
)
def test_wrong_input_is_told(studio: Studio, values: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as told:
        run(studio, values=values)
    assert "script" in str(told.value)


def test_a_tool_that_needs_a_text_says_so(studio: Studio) -> None:
    with pytest.raises(UsageError, match="needs a text"):
        studio.run_tool("analysis-only")
    with pytest.raises(UsageError, match="asked for a text"):
        run(studio, values={"do": "text"})


def test_the_text_that_was_opened_is_what_tools_work_on(make_studio: Make, text: Path) -> None:
    studio = make_studio(path=text)
    assert run(studio, values={"do": "text"}) == {
        "text": "One", "name": "", "engine": "analysis", "items": ["Ada came.", "Bo left."],
    } or run(studio, values={"do": "text"})["items"] == ["Ada came.", "Bo left."]  # fmt: skip
    other = text.with_name("other.txt")
    other.write_text("Cy.")
    assert run(studio, values={"do": "text"}, manuscript=other)["items"] == ["Cy."]


def test_a_tool_without_a_model_is_told_that_there_is_none(studio: Studio) -> None:
    with pytest.raises(NotFound, match="asked for a model"):
        run(studio, values={"do": "generate", "text": "say x"}, engine="analysis")


def test_a_tools_mistake_is_the_plugins_and_the_next_run_works(studio: Studio) -> None:
    with pytest.raises(PluginError, match="inkstand-scripted") as told:
        run(studio, values={"do": "raise"})
    assert "a mistake" in str(told.value)
    assert run(studio, values={"text": "fine"})["text"] == "fine"


def test_an_unknown_tool_is_told_with_the_nearest(studio: Studio) -> None:
    with pytest.raises(NotFound, match="script"):
        studio.run_tool("scritp")


def test_cancelling_a_job_ends_the_tool(studio: Studio) -> None:
    job = studio.run_tool("script", {"do": "wait"})
    events = job.events()
    assert next(events) == Write("waiting ")
    job.cancel()
    assert list(events) == []
    with pytest.raises(Cancelled):
        job.result()


def test_cancelling_a_job_stops_the_engine_it_waits_for(
    studio: Studio, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    job = studio.run_tool("script", {"do": "generate", "text": "forever"}, model=MODEL)
    events = job.events()
    while not isinstance(next(events), Write):
        pass
    job.cancel()
    with pytest.raises(Cancelled):
        job.result()
    eventually(lambda: all(worker.state == "idle" for worker in studio.live_workers()))
    assert studio.generate("say next", model=MODEL).result.text == "next "


def test_hooks_may_change_a_tools_input_and_output(studio: Studio) -> None:
    assert run(studio, values={"text": "BEFORE"})["text"] == "changed before"
    assert run(studio, values={"text": "AFTER"})["text"] == "changed after"


def test_a_tool_hook_that_fails_is_named_and_skipped(studio: Studio) -> None:
    outcome = studio.run_tool("script", {"text": "AFTER-RAISES"}).result()
    assert outcome.output["text"] == "AFTER-RAISES"
    [note] = outcome.notes
    assert "inkstand-scripted failed in inkstand_after_tool" in note


def test_what_was_odd_about_the_text_is_noted(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("“Café,” she said.".encode("cp1252"))
    outcome = studio.run_tool("script", {"do": "text"}, manuscript=path).result()
    assert outcome.output["items"] == ["“Café,” she said."]
    assert any("Windows-1252" in note for note in outcome.notes)


def test_tokens_are_counted_by_the_model_of_the_run(studio: Studio) -> None:
    output = run(studio, values={"do": "count", "text": "x" * 40}, model=MODEL)
    assert (output["text"], output["items"]) == ("10", ["False"])


def when_read(studio: Studio, path: Path) -> str:
    reading = studio.read(path)
    assert reading.reader == "xx"
    return reading.notes[-1]


def test_a_reading_is_kept_until_the_text_changes(make_studio: Make, text: Path) -> None:
    studio = make_studio()
    first = when_read(studio, text)
    assert when_read(studio, text) == first
    assert run(studio, values={"do": "read"}, manuscript=text)["items"][-1] == first
    text.write_text("# One\n\nAda came at noon.\n")
    assert when_read(studio, text) != first


def test_a_reading_is_made_anew_when_the_readers_code_changes(
    make_studio: Make, text: Path, scripted: PluginEnvironment
) -> None:
    text.write_text("A text that no other test reads.")
    first = when_read(make_studio(), text)
    module = scripted.site_packages / "scripted.py"
    module.write_text(module.read_text() + "\n# changed\n")
    os.utime(module, ns=(1, module.stat().st_mtime_ns + 10**9))
    assert when_read(make_studio(), text) != first


def test_a_damaged_cached_reading_is_made_anew(
    make_studio: Make, text: Path, warm_index: Path
) -> None:
    studio = make_studio()
    text.write_text("Another text that no other test reads.")
    first = when_read(studio, text)
    for cached in (warm_index / "readings").iterdir():
        cached.write_bytes(b"\x81rubbish")
    assert when_read(studio, text) != first


def test_a_reader_that_dies_once_is_asked_again(studio: Studio, text: Path, tmp_path: Path) -> None:
    died = tmp_path / "died"
    text.write_text(f"DIE-ONCE {died}")
    assert when_read(studio, text)
    assert died.exists()


def test_a_reader_that_dies_again_is_an_error(studio: Studio, text: Path) -> None:
    text.write_text("Read this and DIE")
    with pytest.raises(WorkerCrashed, match="SIGKILL"):
        studio.read(text)
    text.write_text("Read this and live.")
    assert when_read(studio, text)


def test_a_text_in_a_language_without_a_reader_says_so(studio: Studio, text: Path) -> None:
    notes = studio.read(text).notes
    assert any("No installed reader reads the language 'en'" in note for note in notes)


def test_there_must_be_something_to_read(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        studio.read()
    with pytest.raises(InkstandError, match="no file or folder"):
        studio.read(tmp_path / "missing.md")
