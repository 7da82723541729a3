"""What the writer may choose for a run beside the tool's own input, as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand.tui.assistant.material import BOOK, SCENE, SELECTION
from inkstand.tui.assistant.work import Chosen
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.settings import Field

if TYPE_CHECKING:
    from inkstand.index import Descriptor
    from inkstand.studio import Studio

ANY_MODEL, ANY_PRESET = "the default", "the usual"
MOST_TAKES = 9
_ENGINES = {"analysis": "the text", "model": "a model"}


class Writers(msgspec.Struct, frozen=True):
    """The models and presets that there are, by name."""

    models: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()


def writers(studio: Studio) -> Writers:
    """The models and presets that there are. Blocks."""
    try:
        models = tuple(dict.fromkeys(listed.model.id for listed in studio.models()))
    except InkstandError:
        models = ()
    try:
        presets = tuple(preset.name for preset in studio.presets.all())
    except InkstandError:
        presets = ()
    return Writers(models, presets)


def fields_for(tool: Descriptor, *, has_text: bool, selects: bool) -> list[Field]:
    """The fields for a tool.

    Args:
        tool: The tool.
        has_text: Whether a text is open.
        selects: Whether something is selected in it.

    """
    fields: list[Field] = []
    capabilities = tool.capabilities
    engines: Sequence[str] = tuple(capabilities.get("engines", ("analysis", "model")))
    if capabilities.get("needs_manuscript", True):
        places = [*([SCENE] if has_text else []), *([SELECTION] if selects else []), BOOK]
        first = SELECTION if selects else SCENE if is_of_scene(tool) and has_text else BOOK
        fields.append(_choice("on", "Works on", places, first, "What it is to look at."))
    if len(engines) > 1:
        said = [_ENGINES.get(engine, engine) for engine in engines]
        about = "What the text itself says, or what a model makes of it."
        fields.append(_choice("engine", "Asks", said, said[0], about))
    return fields


def writing_fields(known: Writers) -> list[Field]:
    """The fields for whoever lets a model write."""
    fields = []
    if known.models:
        models = [ANY_MODEL, *known.models]
        fields.append(_choice("model", "Model", models, ANY_MODEL, "Which model writes."))
    if known.presets:
        presets = [ANY_PRESET, *known.presets]
        about = "How bold it is: see the presets in the settings."
        fields.append(_choice("preset", "Preset", presets, ANY_PRESET, about))
    fields.append(
        Field(
            name="takes",
            kind="integer",
            title="Takes",
            help="So many are written; you choose one.",
            default=1,
            minimum=1,
            maximum=MOST_TAKES,
        )
    )
    return fields


def chosen_of(tool: Descriptor, values: Mapping[str, Any], shown: Sequence[Field]) -> Chosen:
    """What the writer chose, from the values of the forms; `shown` are their fields."""
    values = {**{field.name: field.default for field in shown}, **values}
    engines = tuple(tool.capabilities.get("engines", ("analysis", "model")))
    engine = next((name for name, said in _ENGINES.items() if said == values.get("engine")), "")
    engine = engine or (engines[0] if engines else "auto")
    chosen = chosen_writer(values) if engine == "model" else Chosen()
    return msgspec.structs.replace(
        chosen,
        on=values.get("on", ""),
        engine=engine if engine in ("analysis", "model") else "auto",
    )


def chosen_writer(values: Mapping[str, Any]) -> Chosen:
    """Who is to write, and how often."""
    model, preset = values.get("model", ANY_MODEL), values.get("preset", ANY_PRESET)
    return Chosen(
        engine="model",
        model="" if model == ANY_MODEL else model,
        preset="" if preset == ANY_PRESET else preset,
        takes=values.get("takes", 1),
    )


def is_of_scene(tool: Descriptor) -> bool:
    """Whether a tool works at a place of one scene: its input names a scene and a place in it."""
    return {"scene", "at"} <= {field.name for field in tool.input_fields}


def asks_model(values: Mapping[str, Any], fields: Sequence[Field], tool: Descriptor) -> bool:
    """Whether a model is to write, by what is chosen in the form."""
    engines = tuple(tool.capabilities.get("engines", ("analysis", "model")))
    if not any(field.name == "engine" for field in fields):
        return engines == ("model",)
    default = next(field.default for field in fields if field.name == "engine")
    return bool(values.get("engine", default) == _ENGINES["model"])


def _choice(name: str, title: str, choices: Sequence[str], first: str, about: str) -> Field:
    return Field(
        name=name, kind="choice", title=title, help=about, default=first, choices=tuple(choices)
    )
