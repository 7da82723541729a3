"""How much context fits: what the key-value cache takes, against the memory that is free."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from inkstand_llamacpp.settings import LlamaCppSettings
from inkstand_sdk.errors import OutOfMemory
from inkstand_sdk.gguf import GgufHeader

DEFAULT_CONTEXT = 8_192
_SMALLEST_CONTEXT = 1_024
_ROUND = 256  # the engine rounds each slot's context up to this
_RESERVE = 256 << 20  # for everything else in the process


class Plan(msgspec.Struct, frozen=True):
    """The context of each slot in tokens, the slots, and sentences on what was reduced."""

    context_length: int
    slots: int
    notes: tuple[str, ...] = ()


def plan_context(header: GgufHeader, settings: LlamaCppSettings, free: int | None) -> Plan:
    """The context and slots to load with; `free` is the memory in bytes, None if unknown.

    Slots are given up first, then context, but only if it was not asked for. Raises
    `OutOfMemory` if the model does not fit even so.
    """
    notes = []
    wanted = settings.context_length or DEFAULT_CONTEXT
    context = min(-(-wanted // _ROUND) * _ROUND, header.context_length)
    if settings.context_length > header.context_length:
        notes.append(
            f"The model's own context is {header.context_length:,} tokens; the"
            f" {settings.context_length:,} that were asked for would not be understood."
        )
    elif not settings.context_length and context < header.context_length:
        notes.append(
            f"{context:,} tokens of the model's {header.context_length:,} are used; set"
            " `context_length` for more."
        )
    if free is None:
        return Plan(context, settings.slots, tuple(notes))
    per_token = max(header.cache_bytes_per_token(), 1)
    room = free - header.size - _RESERVE
    slots = max(1, min(settings.slots, room // (per_token * context)))
    if slots == 1 and per_token * context > room:
        context = _smaller_context(header, settings, context, room // per_token)
        notes.append(f"Memory is short: the context is {context:,} tokens.")
    if slots < settings.slots:
        notes.append(
            f"Memory is short: {slots} request{'s' if slots > 1 else ''} at a time"
            f" instead of {settings.slots}."
        )
    return Plan(context, slots, tuple(notes))


def _smaller_context(
    header: GgufHeader, settings: LlamaCppSettings, context: int, fitting: int
) -> int:
    smaller = fitting // _ROUND * _ROUND
    if not settings.context_length and smaller >= _SMALLEST_CONTEXT:
        return smaller
    needed = (header.size + _RESERVE + header.cache_bytes_per_token() * context) >> 20
    raise OutOfMemory(
        f"The model needs about {needed:,} MB of memory, which is more than is free.",
        f"Its file has {header.size >> 20:,} MB, and {context:,} tokens of context take"
        f" {header.cache_bytes_per_token() * context >> 20:,} MB.",
        "Set a smaller `context_length`, close other programs, stop idle models with"
        " `inkstand stop`, or take a smaller quantization of the model.",
        needed=needed << 20,
    )


def free_memory() -> int | None:
    """Bytes of memory that could be used now; None where the system does not say."""
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
