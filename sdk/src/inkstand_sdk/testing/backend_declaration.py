"""What a backend says of itself before it is loaded: its name, probe, settings, capabilities."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, get_type_hints

import msgspec
import pytest

from inkstand_sdk import engine_settings, settings
from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import Probe
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import Sampling
from inkstand_sdk.testing.backend_case import BackendCase, Subject, is_sentence

SHARED_TYPES: dict[str, Any] = {
    "context_length": engine_settings.ContextLength,
    "threads": engine_settings.Threads,
    "gpu_layers": engine_settings.GpuLayers,
    "device": engine_settings.Device,
    "device_map": engine_settings.DeviceMap,
    "half_precision": engine_settings.HalfPrecision,
    "quantization": engine_settings.Quantization,
    "keep_alive": engine_settings.KeepAlive,
}

_ALONE = """
import importlib, json, sys
import msgspec
module, name, what, *watched = sys.argv[1:]
backend = getattr(importlib.import_module(module), name)
if what == "probe":
    answer = msgspec.json.encode(backend.probe()).decode()
else:
    backend(), backend.capabilities, backend.Settings()
    answer = ""
print()
print(json.dumps([answer, [name for name in watched if name in sys.modules]]))
"""
_LIMIT = 60.0  # seconds; a limit on a process that hangs, not a measure of how quick it is


class DeclarationBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_nothing_heavy_is_imported_before_load(self) -> None:
        """If this fails: move the engine's import into `load` (or `probe`)."""
        assert self._alone("declare", self.heavy_modules)[1] == []

    def test_it_has_a_name_a_title_and_settings_with_defaults(self) -> None:
        """If this fails: set `name` and `title`, and give every setting a default."""
        assert self.backend_class.name
        assert self.backend_class.name == self.backend_class.name.lower()
        assert self.backend_class.title
        self.backend_class.Settings()

    def test_the_probe_says_what_is_missing(self) -> None:
        """If this fails: a probe that is not `ok` names what is missing and the command for it.

        One that is `ok` misses nothing: what merely could be better is a note.
        """
        probe = self.backend_class.probe()
        assert probe.ok or (probe.missing and probe.fix)
        assert not (probe.ok and probe.missing)
        assert all(map(is_sentence, probe.notes)), probe.notes
        assert not probe.missing or is_sentence(probe.missing), probe.missing
        assert all(device.name and device.memory >= 0 for device in probe.devices)

    def test_the_probe_needs_no_slow_import(self) -> None:
        """If this fails: ask `importlib.util.find_spec` and `importlib.metadata` instead.

        The probe runs whenever plugins were installed, for every backend there is.
        """
        answer, imported = self._alone("probe", self.slow_modules)
        assert imported == []
        assert msgspec.json.decode(answer, type=Probe).ok == self.backend_class.probe().ok

    def test_every_setting_is_described_and_bounded(self) -> None:
        """If this fails: give each setting `Annotated[int, Meta(ge=..., le=..., description=...)]`.

        Descriptions are the form that a writer sees; bounds keep absurd numbers from the engine.
        """
        for field in settings.form(self.backend_class.Settings):
            assert field.help, f"{field.name} has no description"
            if field.kind in ("integer", "number"):
                assert field.minimum is not None, f"{field.name} has no lower bound"
                assert field.maximum is not None, f"{field.name} has no upper bound"

    def test_a_setting_out_of_bounds_is_refused(self) -> None:
        """If this fails: the bounds in the field's `Meta` do not say what its form says."""
        for field in settings.form(self.backend_class.Settings):
            if field.kind in ("integer", "number") and field.minimum is not None:
                with pytest.raises(UsageError):
                    settings.build(self.backend_class.Settings, {field.name: field.minimum - 1})

    def test_a_setting_that_does_not_exist_is_refused(self) -> None:
        """If this fails: declare the Struct with `forbid_unknown_fields=True`."""
        with pytest.raises(UsageError):
            settings.build(self.backend_class.Settings, {"no_such_setting": 1})

    def test_shared_settings_mean_what_they_mean_elsewhere(self) -> None:
        """If this fails: take the type of that name from `inkstand_sdk.engine_settings`."""
        declared = get_type_hints(self.backend_class.Settings, include_extras=True)
        for name in declared.keys() & SHARED_TYPES.keys():
            assert declared[name] == SHARED_TYPES[name], name

    def test_only_fields_that_exist_are_claimed(self) -> None:
        """If this fails: `capabilities.sampling` names fields of `Sampling`; look for a typo."""
        assert set(self.backend_class.capabilities.sampling) <= set(Sampling.__struct_fields__)

    def test_the_capabilities_agree_with_each_other(self, model: Model) -> None:
        """If this fails: claim a seed where you claim seeds, and name formats as models do."""
        claimed = self.backend_class.capabilities
        assert claimed.concurrency >= 1
        assert "seed" in claimed.sampling or not claimed.seeds
        assert len(set(claimed.sampling)) == len(claimed.sampling)
        for name in claimed.formats:
            assert name == name.strip(". ").lower()
        assert not claimed.formats or model.format in claimed.formats

    def test_what_it_gives_survives_the_way_to_the_host(self, subject: Subject) -> None:
        """If this fails: fill the Structs with plain `int`, `float` and `str`.

        Engines like to give numbers of their own (numpy's, ctypes'); those do not travel.
        """
        given: list[Any] = [self.backend_class.capabilities, self.backend_class.probe()]
        given += [subject.loaded, subject.backend.count_tokens("one two")]
        given += subject.run(self.raw(max_tokens=4)).chunks
        for value in given:
            travelled = msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=type(value))
            assert travelled == value

    def _alone(self, what: str, watched: tuple[str, ...]) -> tuple[str, list[str]]:
        """What a fresh process answers, and which of the watched modules it imported."""
        arguments = [self.backend_class.__module__, self.backend_class.__qualname__, what, *watched]
        done = subprocess.run(
            [sys.executable, "-c", _ALONE, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer, imported = msgspec.json.decode(
            done.stdout.splitlines()[-1], type=tuple[str, list[str]]
        )
        return answer, imported
