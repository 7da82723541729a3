"""What the llama.cpp backend promises beyond the conformance suite, on the pocket model."""

from __future__ import annotations

import concurrent.futures
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import jsonschema
import msgspec
import numpy as np
import psutil
import pytest

from inkstand_llamacpp.backend import LlamaCpp
from inkstand_llamacpp.settings import LlamaCppSettings
from inkstand_sdk import Chunk, GenerateRequest, Model, Sampling
from inkstand_sdk.errors import InkstandError, LoadFailed, ModelFileError
from inkstand_sdk.messages import Mirostat
from inkstand_sdk.testing.backend_case import GREEDY, Subject

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


def load(path: Path = POCKET, **settings: int) -> Subject:
    backend = LlamaCpp()
    model = Model(id="pocket", format="gguf", path=str(path))
    return Subject(backend, backend.load(model, LlamaCppSettings(**settings)))


@pytest.fixture(scope="module")
def subject() -> Iterator[Subject]:
    loaded = load()
    yield loaded
    loaded.backend.close()


def raw(prompt: str, **fields: Any) -> GenerateRequest:
    return GenerateRequest.of(prompt, raw=True, **{"sampling": GREEDY, **fields})


def patched(tmp_path: Path, old: bytes, new: bytes) -> Path:
    assert len(old) == len(new)
    data = POCKET.read_bytes()
    assert old in data
    file = tmp_path / "patched.gguf"
    file.write_bytes(data.replace(old, new, 1))
    return file


def test_eight_threads_may_hammer_one_instance(subject: Subject) -> None:
    def one(number: int) -> str:
        if number % 5 == 0:
            asked = iter(range(number + 2))
            return subject.run(raw("It was", max_tokens=200), lambda: not next(asked, 0)).text
        if number % 7 == 0:
            with pytest.raises(InkstandError):
                subject.run(raw("word " * 3_000, max_tokens=2))
            return ""
        subject.backend.count_tokens("some words " * number)
        sampling = Sampling(temperature=1.0, seed=number)
        return subject.run(raw(f"Number {number}", max_tokens=20, sampling=sampling)).text

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(one, range(60)))) == 60
    assert subject.run(raw("It was", max_tokens=3)).finish.reason == "length"


def test_a_shared_beginning_is_evaluated_once(subject: Subject) -> None:
    beginning = " ".join(f"word{number}" for number in range(120))
    subject.run(raw(f"{beginning} one", max_tokens=2))
    usage = subject.run(raw(f"{beginning} two", max_tokens=2)).finish.usage
    assert usage.prompt_tokens > 300
    assert usage.cached_tokens > usage.prompt_tokens * 0.9


def test_what_mirostat_replaces_is_said(subject: Subject) -> None:
    alone = Sampling(temperature=0.9, seed=1, mirostat=Mirostat())
    beside = msgspec.structs.replace(alone, top_k=1, repeat_penalty=5.0)
    plain = subject.run(raw("It was", max_tokens=12, sampling=alone))
    run = subject.run(raw("It was", max_tokens=12, sampling=beside))
    assert plain.finish.notes == ()
    assert run.text == plain.text
    assert "top_k, repeat_penalty did nothing" in " ".join(run.finish.notes)


def test_log_probabilities_are_told_of_whole_characters_and_not_of_the_end(
    subject: Subject,
) -> None:
    grammar = 'root ::= "Yes, caf\u00e9 \U0001f680"'
    run = subject.run(raw("Hello", grammar=grammar, logprobs=1, max_tokens=40))
    told = [token.text for chunk in run.chunks for token in chunk.logprobs]
    assert run.finish.reason == "stop"
    assert "".join(told) == run.text == "Yes, caf\u00e9 \U0001f680"
    assert told[-1] == "\U0001f680"


def test_a_long_prompt_reports_progress_and_can_be_cancelled_between_batches() -> None:
    subject = load(batch=32)
    prompt = " ".join(f"name{number}" for number in range(250))
    seen: list[Chunk] = []
    stream = subject.backend.generate(raw(prompt, max_tokens=4), lambda: len(seen) >= 3)
    for chunk in stream:
        seen.append(chunk)
    subject.backend.close()
    steps = [chunk.progress for chunk in seen if chunk.progress]
    assert [step.evaluated for step in steps] == sorted(step.evaluated for step in steps)
    assert steps[-1].evaluated < steps[-1].total
    assert seen[-1].finish is not None
    assert seen[-1].finish.reason == "cancelled"
    assert not any(chunk.text for chunk in seen)


def test_every_slot_has_the_whole_context() -> None:
    subject = load(slots=3, context_length=512)
    assert (subject.loaded.context_length, subject.loaded.concurrency) == (512, 3)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        runs = list(
            pool.map(
                lambda n: subject.run(
                    raw(f"{n} It was", max_tokens=900, sampling=Sampling(temperature=1.0, seed=n))
                ),
                range(3),
            )
        )
    subject.backend.close()
    for run in runs:
        usage = run.finish.usage
        full = usage.prompt_tokens + usage.completion_tokens
        assert full == 512 or run.finish.reason == "stop"


def test_more_context_than_the_model_has_is_not_given_and_it_is_said() -> None:
    subject = load(context_length=1 << 20)
    subject.backend.close()
    assert subject.loaded.context_length == 1024
    assert "1,024" in subject.loaded.notes[0]


def test_without_a_chat_template_messages_are_sent_in_a_plain_form(tmp_path: Path) -> None:
    file = patched(tmp_path, b"tokenizer.chat_template", b"tokenizer.chat_templat_")
    subject = load(file)
    request = GenerateRequest.of("Tell me about Ann.", system="Be brief.", max_tokens=8)
    run = subject.run(request)
    counted = subject.backend.count_tokens("Be brief.\n\nUser:\nTell me about Ann.\n\nAssistant:\n")
    subject.backend.close()
    assert not subject.loaded.chat_template
    assert "no chat template" in subject.loaded.notes[0]
    assert run.finish.usage.prompt_tokens == counted.count


def test_a_load_that_fails_carries_the_engines_own_words(tmp_path: Path) -> None:
    file = patched(tmp_path, b"blk.3.attn_q.weight", b"blk.3.attn_q.weighs")
    with pytest.raises(LoadFailed) as caught:
        load(file)
    assert "blk.3.attn_q.weight" in caught.value.detail
    assert "It says: " in caught.value.cause


def test_an_adapter_is_not_loaded_as_a_model(tmp_path: Path) -> None:
    file = tmp_path / "lora.gguf"
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_type("adapter")
    writer.add_tensor("blk.0.attn_q.weight.lora_a", np.ones((4, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelFileError, match="adapter"):
        load(file)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no Unix sockets for this")
def test_the_listener_is_a_private_socket_that_is_gone_after_close() -> None:
    def folders() -> set[Path]:
        return set(Path(tempfile.gettempdir()).glob(f"inkstand-llamacpp-{os.getpid()}-*"))

    before = folders()
    subject = load()
    (folder,) = folders() - before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    listening = [c for c in psutil.Process().net_connections("inet") if c.status == "LISTEN"]
    assert listening == []
    subject.backend.close()
    assert not folder.exists()


def test_folders_of_killed_engines_are_swept_away() -> None:
    left = Path(tempfile.gettempdir()) / "inkstand-llamacpp-999999999-left"
    left.mkdir(exist_ok=True)
    load().backend.close()
    assert not left.exists()


NAMED: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 12}},
    "required": ["name"],
}
AGED: dict[str, Any] = {"properties": {"age": {"type": "integer"}}}
BOTH = {**NAMED, "properties": {**NAMED["properties"], **AGED["properties"]}}


@pytest.mark.parametrize(
    "schema",
    [
        BOTH,
        {"allOf": [NAMED, AGED]},
        {"$ref": "#/$defs/named", **AGED, "$defs": {"named": NAMED}},
        {**NAMED, "anyOf": [AGED, {"required": ["name"]}]},
        {**BOTH, "patternProperties": {"^n": {"minLength": 2}}},
        {**BOTH, "dependentRequired": {"age": ["name"]}, "not": {"required": ["x"]}},
    ],
    ids=["plain", "allOf", "$ref", "anyOf", "patternProperties", "dependentRequired"],
)
def test_an_open_schema_does_not_make_the_model_invent_properties(
    subject: Subject, schema: dict[str, Any]
) -> None:
    for seed in range(5):
        request = GenerateRequest.of(
            "Describe Ann.",
            schema=schema,
            max_tokens=120,
            sampling=Sampling(temperature=1.2, seed=seed),
        )
        run = subject.run(request)
        value = msgspec.json.decode(run.text.encode())
        jsonschema.validate(value, schema)
        assert set(value) <= {"name", "age"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number"},
        {"type": "number", "minimum": 0.5, "maximum": 0.75},
        {"type": ["number", "null"], "exclusiveMinimum": 0},
        {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        {"type": "integer", "minimum": 0},
        {"type": "integer", "multipleOf": 7},
    ],
    ids=str,
)
def test_the_digits_of_a_number_come_to_an_end(subject: Subject, schema: dict[str, Any]) -> None:
    for seed in range(4):
        hot = Sampling(temperature=2.0, seed=seed)
        run = subject.run(raw("A number: ", schema=schema, max_tokens=90, sampling=hot))
        assert run.finish.reason == "stop"
        jsonschema.validate(msgspec.json.decode(run.text.encode()), schema)


def test_a_number_between_two_close_bounds_can_still_be_written(subject: Subject) -> None:
    schema = {"type": "number", "minimum": 1e-9, "maximum": 2e-9}
    assert subject.run(raw("A number: ", schema=schema, max_tokens=8)).text.startswith("0.00")


def test_what_in_a_schema_does_not_hold_the_model_is_said(subject: Subject) -> None:
    schema = {"type": "array", "items": {"enum": [1, 2]}, "maxItems": 3, "uniqueItems": True}
    notes = subject.run(raw("Numbers:", schema=schema, max_tokens=20)).finish.notes
    assert any("uniqueItems" in note for note in notes)


def test_schema_and_grammar_together_are_refused(subject: Subject) -> None:
    with pytest.raises(InkstandError, match="both"):
        subject.run(raw("x", schema={"type": "integer"}, grammar='root ::= "a"'))
