"""A model in Ollama: what is known of it, and the options that it is loaded with."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from inkstand_ollama.daemon import Daemon, Refusal
from inkstand_ollama.settings import OllamaSettings
from inkstand_sdk.errors import LoadFailed, UsageError

_SENSIBLE_CONTEXT = 8192
_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)", re.MULTILINE)
_REFUSES_SINCE = (0, 13)
_MAY_CUT = (
    "This Ollama may cut a prompt that is too long in silence; what it read is compared with an"
    " estimate afterwards. Upgrade it to have such prompts refused."
)


class Shown(msgspec.Struct, frozen=True):
    """What /api/show tells; `trained` is the context the model was trained for, 0 if unknown."""

    trained: int
    wanted: int
    writes: bool
    thinks: bool
    host: str

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Shown:
        """The facts in an answer."""
        info = answer.get("model_info") or {}
        lengths = [value for key, value in info.items() if key.endswith(".context_length")]
        pinned = _NUM_CTX.search(str(answer.get("parameters") or ""))
        can = answer.get("capabilities")
        return cls(
            trained=int(lengths[0]) if lengths else 0,
            wanted=int(pinned[1]) if pinned else 0,
            writes=not can or "completion" in can,
            thinks="thinking" in (can or ()),
            host=str(answer.get("remote_host") or ""),
        )


class Resident(msgspec.Struct, frozen=True):
    """A model that Ollama holds in memory, with the options to ask for it by."""

    name: str
    options: dict[str, Any]
    context_length: int
    thinks: bool
    notes: tuple[str, ...]


async def load(daemon: Daemon, name: str, settings: OllamaSettings) -> Resident:
    """Have Ollama load a model, and say with what context it did.

    Raises:
        LoadFailed: nobody answers, or the model does not write.
        NotFound: it was not pulled.
        OutOfMemory: it does not fit.
        UsageError: it runs elsewhere, and the settings do not allow that.

    """
    try:
        version = str((await daemon.ask("/api/version")).get("version", ""))
        shown = Shown.of(await daemon.ask("/api/show", {"model": name}))
        _check(name, shown, allow_remote=settings.allow_remote)
        context = _context(shown, settings.context_length)
        options: dict[str, Any] = {"num_ctx": context}
        if settings.threads:
            options["num_thread"] = settings.threads
        if settings.gpu_layers >= 0:
            options["num_gpu"] = settings.gpu_layers
        await daemon.ask(
            "/api/generate",
            {
                "model": name,
                "stream": False,
                "options": options,
                "keep_alive": lifetime(settings.keep_alive),
            },
        )
        actual = _actual(await daemon.ask("/api/ps"), name) or context
    except Refusal as refusal:
        raise refusal.as_error(name) from refusal
    return Resident(
        name,
        options,
        min(actual, context),
        shown.thinks,
        tuple(_notes(settings.context_length, context, actual, version)),
    )


def lifetime(seconds: float) -> str:
    """A time as Ollama reads it."""
    return f"{seconds:g}s"


def _check(name: str, shown: Shown, *, allow_remote: bool) -> None:
    if shown.host and not allow_remote:
        raise UsageError(
            f"{name} does not run here: Ollama passes your text on to {shown.host}.",
            "It is one of its cloud models, and text leaves this machine only if you say so.",
            "To allow it: inkstand config set backends.ollama.allow_remote true",
        )
    if not shown.writes:
        raise LoadFailed(
            f"{name} does not write text.",
            "It makes embeddings.",
            "Take a language model: ollama list",
        )


def _context(shown: Shown, wanted: int) -> int:
    limit = shown.trained or 1 << 28
    return min(wanted or shown.wanted or _SENSIBLE_CONTEXT, limit)


def _actual(running: dict[str, Any], name: str) -> int:
    """The context that the loaded model has, 0 if Ollama does not tell."""
    full = name if ":" in name.rpartition("/")[2] else f"{name}:latest"
    for model in running.get("models") or ():
        if full in (model.get("name"), model.get("model")):
            return int(model.get("context_length") or 0)
    return 0


def _notes(wanted: int, context: int, actual: int, version: str) -> list[str]:
    notes = []
    if wanted > min(context, actual):
        notes.append(
            f"A context of {wanted:,} tokens was wanted; the model has {min(context, actual):,}."
        )
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers and (0, 0) < numbers < _REFUSES_SINCE:
        notes.append(_MAY_CUT)
    return notes
