"""Two hundred schemas, simple to nasty, with a small model that is made to write nonsense."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from inkstand.config import Directories
from inkstand.studio import Studio
from inkstand_sdk.errors import OutputInvalid, PromptTooLong, SchemaError
from inkstand_sdk.messages import GenerateRequest, Sampling

SCHEMAS = json.loads((Path(__file__).parent / "data" / "schemas.json").read_text(encoding="utf-8"))
WILD = Sampling(temperature=2.0, seed=1)


@pytest.mark.slow
def test_every_schema_ends_in_a_valid_value_or_a_typed_error(tmp_path: Path) -> None:
    names = ("config", "data", "cache", "state", "log")
    directories = Directories(**{name: tmp_path / name for name in names})
    valid, kept = 0, list[str]()
    with Studio(directories=directories, offline=True) as studio:
        for each in SCHEMAS:
            request = GenerateRequest.of(
                "Give an example.", schema=each["schema"], max_tokens=150, sampling=WILD
            )
            try:
                result = studio.generate(request, model="llamacpp:pocket").result
            except SchemaError:
                continue
            except PromptTooLong:
                # Only a schema that had to be asked for in the prompt can be too long for it.
                assert len(json.dumps(each["schema"])) > 2_000, each["name"]
                continue
            except OutputInvalid as error:
                kept.append(error.data["text"])
                continue
            assert not each.get("refused"), each["name"]
            Draft202012Validator(each["schema"]).validate(result.value)
            valid += 1
    assert valid > len(SCHEMAS) // 2
    assert any(kept)
