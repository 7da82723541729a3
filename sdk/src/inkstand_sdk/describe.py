"""`python -I -m inkstand_sdk.describe`: what this environment, or one distribution, offers.

With `--list`, which distributions offer plugins; with a distribution's name, what its plugins are.
The answer goes out, one JSON message a line, on a private duplicate of stdout; stdout itself is
turned into stderr before any plugin is imported, so that nothing a plugin prints is in its way.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from inkstand_sdk.capabilities import Probe
from inkstand_sdk.description import (
    KINDS,
    Done,
    EntryPointDescription,
    Message,
    PluginDescription,
    Stage,
)
from inkstand_sdk.errors import PluginBroken
from inkstand_sdk.offline import guard_if_told

PROBE_SECONDS = 5.0
"""How long a plugin's `probe` may take, and at most a third of the time that is left."""
GRACE_SECONDS = 5.0
"""A child outlives its limit by at most this, should the host that would end it be gone."""
MANY_MODULES = 100
# fmt: off
HEAVY = frozenset({
    "PIL", "aiohttp", "anthropic", "chromadb", "cv2", "datasets", "faiss", "gpt4all", "gradio",
    "huggingface_hub", "jax", "langchain", "llama_cpp", "matplotlib", "mlx", "nltk", "numpy",
    "onnxruntime", "openai", "pandas", "pydantic", "requests", "scipy", "sentence_transformers",
    "sklearn", "spacy", "tensorflow", "textual", "tokenizers", "torch", "transformers",
    "xllamacpp",
})
# fmt: on

T = TypeVar("T")
Say = Callable[[Message], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer on the descriptor that was stdout. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -I -m inkstand_sdk.describe")
    parser.add_argument("distribution", nargs="?", default="")
    parser.add_argument("entry_points", nargs="*", default=[])
    parser.add_argument("--list", action="store_true", help="list the environment")
    parser.add_argument("--limit", type=float, default=0.0, help="seconds that this may take")
    options = parser.parse_args(arguments)
    if options.limit > 0 and hasattr(signal, "setitimer"):
        # The signal's default action ends even a process that is stuck in native code.
        signal.setitimer(signal.ITIMER_REAL, options.limit + GRACE_SECONDS)
    answer = _private_stdout()
    guard_if_told()
    encoder = msgspec.json.Encoder()

    def say(message: Message) -> None:
        _write_all(answer, encoder.encode(message) + b"\n")

    if options.list:
        from inkstand_sdk.listing import list_environment

        say(list_environment())
    else:
        describe(options.distribution, options.entry_points, say, options.limit)
    say(Done())
    return 0


def describe(
    distribution: str, entry_points: Sequence[str], say: Say, seconds: float = 0.0
) -> None:
    """Describe each entry point of one distribution; what breaks one leaves the others be.

    Args:
        distribution: Its name.
        entry_points: Their names.
        say: Is given the messages, as they are ready.
        seconds: The time limit that slow probes are to stay within; 0 for none.

    """
    description = _Description(distribution, say, seconds)
    for name in entry_points:
        say(description.of(name))


class _Description:
    """The describing of one distribution."""

    def __init__(self, distribution: str, say: Say, seconds: float) -> None:
        self._distribution = distribution
        self._say = say
        self._deadline = time.monotonic() + seconds if seconds > 0 else float("inf")

    def of(self, entry_point: str) -> EntryPointDescription:
        """What one entry point gives, or what is wrong with it."""
        from inkstand_sdk.loading import load_distribution

        self._say(Stage("importing it"))
        before = set(sys.modules)
        started = time.perf_counter()
        elapsed = 0.0
        plugins: list[PluginDescription] = []
        takers: tuple[str, ...] = ()
        error = None
        try:
            loaded = load_distribution(self._distribution, [entry_point])
            elapsed = time.perf_counter() - started
            takers = loaded.takers()
            for kind in KINDS:
                self._say(Stage(f"asking it for {kind} classes"))
                classes = loaded.providers(kind).values()
                plugins += [self._class(entry_point, kind, cls) for cls in classes]
        except PluginBroken as broken:
            elapsed = elapsed or time.perf_counter() - started
            error, plugins, takers = broken.to_info(), [], ()
        return EntryPointDescription(
            name=entry_point,
            plugins=tuple(plugins),
            takers=takers,
            import_ms=round(elapsed * 1000, 1),
            heavy=_heavy(self._distribution, set(sys.modules) - before),
            error=error,
        )

    def _class(self, entry_point: str, kind: str, cls: type[Any]) -> PluginDescription:
        from inkstand_sdk.loading import broken

        try:
            declared = _declared(kind, cls)
        except Exception as error:
            what = f"{kind} {cls.name} cannot be described: {type(error).__name__}: {error}"
            raise broken(self._distribution, entry_point, what, error) from error
        self._say(Stage(f"probing {kind} {cls.name}"))
        probe = self._guarded(cls.probe, Probe, "probe()")
        models: tuple[Any, ...] = ()
        if kind == "source" and probe.ok:
            self._say(Stage(f"asking source {cls.name} for its models"))
            models, probe = self._models(cls, probe)
        return PluginDescription(
            kind=kind,
            name=cls.name,
            title=cls.title or cls.name,
            summary=_summary(cls),
            probe=probe,
            models=models,
            **declared,
        )

    def _models(self, cls: type[Any], probe: Probe) -> tuple[tuple[Any, ...], Probe]:
        from inkstand_sdk.backend import Model

        given = self._guarded(lambda: tuple(cls().models()), tuple, "models()")
        if isinstance(given, Probe):
            return (), given
        for model in given:
            if not isinstance(model, Model):
                wrong = f"models() must give Model structs, but gave a {type(model).__name__}"
                return (), Probe(ok=False, missing=wrong)
        return given, probe

    def _guarded(self, call: Callable[[], object], expected: type[T], what: str) -> T | Probe:
        """What `call` gives, or a probe that says how it failed; it may not take too long."""
        answers: list[object] = []
        errors: list[BaseException] = []

        def ask() -> None:
            try:
                answers.append(call())
            except BaseException as error:  # noqa: BLE001 - even sys.exit() is only this plugin's
                errors.append(error)

        seconds = min(PROBE_SECONDS, max(0.0, self._deadline - time.monotonic()) / 3)
        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(seconds)
        if errors:
            return Probe(ok=False, missing=f"{what} raised {type(errors[0]).__name__}: {errors[0]}")
        if not answers:
            return Probe(ok=False, missing=f"{what} did not answer within {seconds:.1f} s")
        if not isinstance(answers[0], expected):
            given = type(answers[0]).__name__
            wrong = f"{what} must give a {expected.__name__}, but gave {given}"
            return Probe(ok=False, missing=wrong)
        return answers[0]


def _declared(kind: str, cls: type[Any]) -> dict[str, Any]:
    from inkstand_sdk.settings import form, json_schema

    described: dict[str, Any] = {
        "capabilities": msgspec.to_builtins(getattr(cls, "capabilities", {}), str_keys=True),
        "fields": form(cls.Settings),
        "settings_schema": json_schema(cls.Settings),
    }
    if kind == "tool":
        described["input_fields"] = form(cls.Input)
        described["input_schema"] = json_schema(cls.Input)
        described["output_schema"] = json_schema(cls.Output)
    return described


def _summary(cls: type[Any]) -> str:
    """The first paragraph of the class's own docstring."""
    paragraph = (cls.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(paragraph.split())


def _heavy(distribution: str, imported: set[str]) -> tuple[str, ...]:
    """Libraries among the new modules that are known, or by their size likely, to be slow."""
    own = distribution.replace("-", "_").lower()
    tops: dict[str, int] = {}
    for module in imported:
        top = module.partition(".")[0]
        if top != own and top not in sys.stdlib_module_names and top != "inkstand_sdk":
            tops[top] = tops.get(top, 0) + 1
    return tuple(sorted(top for top, count in tops.items() if top in HEAVY or count > MANY_MODULES))


def _private_stdout() -> int:
    """Duplicate descriptor 1 for the answer, and let it and `sys.stdout` lead to stderr."""
    answer = os.dup(1)
    os.dup2(2, 1)
    return answer


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    status = main()
    # A plugin's threads and exit handlers are not waited for.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
