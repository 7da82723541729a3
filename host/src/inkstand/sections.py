"""The sections of `config.toml`: every setting, its bounds, its default, and what it means."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from inkstand_sdk.messages import Sampling

# MLX is made for the chips of Macs; elsewhere it is the slowest.
_FOLDERS = ("mlx", "transformers") if sys.platform == "darwin" else ("transformers", "mlx")
_PREFERRED = ("llamacpp", "llama-cpp-python", "gpt4all", *_FOLDERS)


class ModelsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which models are used, and where they are looked for."""

    default: Annotated[
        str, Meta(description="The model used when none is named: `[backend:]id` or a path.")
    ] = ""
    fallback: Annotated[
        tuple[str, ...],
        Meta(description="Models to try, in this order, where the default one cannot answer."),
    ] = ()
    timeout: Annotated[
        float,
        Meta(ge=0, le=86_400, description="Seconds an engine may be silent; 0 is for ever."),
    ] = 600.0
    folders: Annotated[
        tuple[str, ...], Meta(description="Folders with model files, besides the data folder.")
    ] = ()
    prefer: Annotated[
        tuple[str, ...],
        Meta(description="Backends in the order they are tried for a model that several read."),
    ] = _PREFERRED
    preset: Annotated[
        str, Meta(description="The preset used when none is named: see `inkstand presets list`.")
    ] = ""
    embedder: Annotated[
        str, Meta(description="The embedder used when none is named: see `inkstand embed --list`.")
    ] = ""


class WorkersConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long workers live and how much memory they may take together."""

    keep_alive: Annotated[
        float, Meta(ge=0, le=86_400, description="Seconds an idle worker is kept.")
    ] = 300.0
    ram_budget_mb: Annotated[
        int, Meta(ge=0, description="Memory for all workers in MB; 0 is 80% of the machine's.")
    ] = 0
    start_timeout: Annotated[
        float, Meta(gt=0, le=3_600, description="Seconds a worker may take to start.")
    ] = 30.0
    load_timeout: Annotated[
        float,
        Meta(ge=0, le=86_400, description="Seconds a load may show no progress; 0 is for ever."),
    ] = 1_800.0


class PluginsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which plugins are used, and the environments they are looked for in."""

    disabled: Annotated[
        tuple[str, ...], Meta(description="Distributions that are not to be used.")
    ] = ()
    interpreters: Annotated[
        tuple[str, ...],
        Meta(description="Python interpreters of other environments that hold plugins."),
    ] = ()
    timeout: Annotated[
        float, Meta(gt=0, le=600, description="Seconds a plugin may take to describe itself.")
    ] = 15.0


class CacheConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether results are kept to be given again, and how many."""

    enabled: Annotated[
        bool, Meta(description="Keep what models wrote, for the same request made again.")
    ] = True
    size_mb: Annotated[int, Meta(ge=1, le=1_000_000, description="Disk space for that in MB.")] = (
        256
    )


class UsageConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether calls of models are counted."""

    enabled: Annotated[
        bool, Meta(description="Keep a row of numbers for each call of a model, on this machine.")
    ] = True


class ReceiptsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it is kept what models were sent, and how much of it."""

    enabled: Annotated[
        bool, Meta(description="Keep what went into each prompt, on this machine.")
    ] = True
    texts: Annotated[bool, Meta(description="Keep the texts too, not only their tokens.")] = True
    most: Annotated[int, Meta(ge=1, le=1_000_000, description="How many receipts are kept.")] = (
        1_000
    )
    size_mb: Annotated[int, Meta(ge=1, le=100_000, description="Disk space for them in MB.")] = 50


class HistoryConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is kept of what a text was before."""

    keep: Annotated[
        Literal["thinned", "all"],
        Meta(
            description="Whether, of old snapshots that lie close together, some are dropped."
            " A workspace may set it too, in its own `inkstand.toml`."
        ),
    ] = "thinned"


class UiConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the terminal UI looks, and which keys it takes."""

    theme: Annotated[
        str,
        Meta(description="ink, paper, contrast, or the name of a file in the folder `themes`."),
    ] = "ink"
    keymap: Annotated[
        str,
        Meta(description="default, vim, emacs, or the name of a file in the folder `keymaps`."),
    ] = "default"
    measure: Annotated[int, Meta(ge=20, le=200, description="Characters in a row of text.")] = 72
    focus: Annotated[
        bool, Meta(description="Light the paragraph one writes in, calm the rest.")
    ] = True
    typewriter: Annotated[bool, Meta(description="Keep the row one writes in the middle.")] = False
    autosave: Annotated[
        float,
        Meta(ge=0, le=600, description="Seconds after the last key until it is saved; 0 is never."),
    ] = 1.5


# What can be typed on a command line and stand in a dotted key; "none" means no preset.
PresetName = Annotated[str, Meta(pattern=r"^(?!none$)[A-Za-z0-9][\w-]*$")]


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything in `config.toml`. `backends.NAME` holds a backend's settings, `tools.NAME` a
    tool's, with `model`, `fallback` and `preset` as those that this tool is to use;
    `readers.NAME` holds a reader's, `embedders.NAME` an embedder's. `presets.NAME` is a preset of
    the user's.
    """

    offline: Annotated[bool, Meta(description="Refuse whatever needs the network.")] = False
    models: ModelsConfig = ModelsConfig()
    workers: WorkersConfig = WorkersConfig()
    plugins: PluginsConfig = PluginsConfig()
    cache: CacheConfig = CacheConfig()
    usage: UsageConfig = UsageConfig()
    receipts: ReceiptsConfig = ReceiptsConfig()
    history: HistoryConfig = HistoryConfig()
    ui: UiConfig = UiConfig()
    backends: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    tools: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    readers: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    embedders: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    presets: dict[PresetName, Sampling] = msgspec.field(default_factory=dict)


# Sections whose keys are names: any key is allowed below them.
OPEN_SECTIONS = ("backends", "tools", "readers", "embedders", "presets")
