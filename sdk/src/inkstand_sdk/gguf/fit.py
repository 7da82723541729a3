"""What of a model fits: its key-value cache against the memory that is free."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from inkstand_sdk.errors import ModelFileError, OutOfMemory
from inkstand_sdk.gguf.header import GgufHeader

DEFAULT_CONTEXT = 8_192
_SMALLEST_CONTEXT = 1_024
_ROUND = 256  # the engine rounds each slot's context up to this
_RESERVE = 256 << 20  # for everything else in the process
_NOT_WRITERS = frozenset(
    {"bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert",
     "neo-bert", "eurobert", "gemma-embedding", "clip", "t5encoder", "wavtokenizer-dec"}
)  # fmt: skip


class Plan(msgspec.Struct, frozen=True):
    """The context of each slot in tokens, the slots, and sentences on what was reduced."""

    context_length: int
    slots: int
    notes: tuple[str, ...] = ()


def plan_context(header: GgufHeader, *, context_length: int, slots: int, free: int | None) -> Plan:
    """The context and slots to load with.

    Args:
        header: The model's.
        context_length: What was asked for; 0 takes the model's own up to `DEFAULT_CONTEXT`.
        slots: How many requests at once were asked for.
        free: The memory in bytes, None if unknown.

    Slots are given up first, then context, but only if it was not asked for. Raises
    `OutOfMemory` if the model does not fit even so.
    """
    notes, asked = [], slots
    wanted = context_length or DEFAULT_CONTEXT
    context = min(-(-wanted // _ROUND) * _ROUND, header.context_length)
    if context_length > header.context_length:
        notes.append(
            f"The model's own context is {header.context_length:,} tokens; the"
            f" {context_length:,} that were asked for would not be understood."
        )
    elif not context_length and context < header.context_length:
        notes.append(
            f"{context:,} tokens of the model's {header.context_length:,} are used; set"
            " `context_length` for more."
        )
    if free is None:
        return Plan(context, asked, tuple(notes))
    per_token = max(header.cache_bytes_per_token(), 1)
    room = free - header.size - _RESERVE
    slots = max(1, min(asked, room // (per_token * context)))
    if slots == 1 and per_token * context > room:
        context = _smaller_context(header, context_length, context, room // per_token)
        notes.append(f"Memory is short: the context is {context:,} tokens.")
    if slots < asked:
        notes.append(
            f"Memory is short: {slots} request{'s' if slots > 1 else ''} at a time"
            f" instead of {asked}."
        )
    return Plan(context, slots, tuple(notes))


def _smaller_context(header: GgufHeader, wanted: int, context: int, fitting: int) -> int:
    smaller = fitting // _ROUND * _ROUND
    if not wanted and smaller >= _SMALLEST_CONTEXT:
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


def refuse_what_is_no_model(header: GgufHeader) -> None:
    """Raise `ModelFileError` for a file that is no model of its own."""
    if header.type != "model":
        raise ModelFileError(
            f"This GGUF file is no model; it is of the type {header.type!r}.",
            "An adapter or projector is used together with a model.",
            "Name the model's own file.",
        )
    if header.split_index > 0:
        raise ModelFileError(
            "This file is a later part of a split model.",
            f"It is part {header.split_index + 1} of {header.split_count}.",
            "Name the first part; the others are found beside it.",
        )


def refuse_what_cannot_write(header: GgufHeader) -> None:
    """Raise `ModelFileError` for a file that is no language model of its own."""
    refuse_what_is_no_model(header)
    if header.architecture in _NOT_WRITERS:
        raise ModelFileError(
            f"A model of the architecture {header.architecture!r} does not write text.",
            "It makes embeddings, or belongs beside another model.",
            "Take a language model: `inkstand models list`.",
        )
