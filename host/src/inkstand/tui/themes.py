"""How the UI looks: light, dark and high-contrast, and the writer's own from TOML.

A file `themes/NAME.toml` in the configuration folder is a theme:

    dark = false
    primary = "#2f5d86"
    background = "#fbf8f0"
    foreground = "#2b2a27"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS
from textual.css.errors import StyleValueError
from textual.theme import Theme

from inkstand_sdk.errors import InputError

FOLDER = "themes"


class ThemeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A theme as a file holds it; what is left out follows from the rest."""

    primary: str
    secondary: str | None = None
    accent: str | None = None
    foreground: str | None = None
    background: str | None = None
    surface: str | None = None
    panel: str | None = None
    warning: str | None = None
    error: str | None = None
    success: str | None = None
    dark: bool = True
    variables: dict[str, str] = {}


def _theme(name: str, colors: Mapping[str, Any], variables: Mapping[str, str]) -> Theme:
    """A theme whose frame steps back behind the text."""
    plain = Theme(name=name, **colors).to_color_system().generate()

    def value(wanted: str) -> str:
        return plain.get(wanted[1:], wanted) if wanted.startswith("$") else wanted

    return Theme(
        name=name,
        variables={key: value(wanted) for key, wanted in {**_QUIET, **variables}.items()},
        **colors,
    )


_QUIET = {
    "block-cursor-text-style": "none",
    "footer-background": "$background",
    "footer-key-foreground": "$primary",
    "footer-description-foreground": "$foreground-muted",
    "scrollbar-background": "$background",
    "scrollbar-background-hover": "$background",
    "scrollbar-background-active": "$background",
    "scrollbar-corner-color": "$background",
    "scrollbar": "$panel",
    "scrollbar-hover": "$secondary",
    "scrollbar-active": "$primary",
    "button-focus-text-style": "bold",
}
OWN = (
    _theme(
        "ink",
        {
            "dark": True,
            "primary": "#8fb4d6",
            "secondary": "#5f7f9c",
            "accent": "#d8b26a",
            "foreground": "#d8d4ca",
            "background": "#14171b",
            "surface": "#191d22",
            "panel": "#252b32",
            "success": "#93bd8b",
            "warning": "#d8b26a",
            "error": "#e08585",
        },
        {
            "block-cursor-background": "#33475a",
            "block-cursor-foreground": "#f2efe6",
            "block-cursor-blurred-background": "#232931",
            "block-cursor-blurred-foreground": "#d8d4ca",
            "input-selection-background": "#33475a",
            "border": "#8fb4d6",
            "border-blurred": "#252b32",
        },
    ),
    _theme(
        "paper",
        {
            "dark": False,
            "primary": "#2c5c88",
            "secondary": "#7c94a8",
            "accent": "#935312",
            "foreground": "#2a2926",
            "background": "#faf7ef",
            "surface": "#f4f0e5",
            "panel": "#e6e0d0",
            "success": "#33713a",
            "warning": "#8a5a00",
            "error": "#b02a37",
        },
        {
            "block-cursor-background": "#c9d8e4",
            "block-cursor-foreground": "#1d1c1a",
            "block-cursor-blurred-background": "#e9e4d6",
            "block-cursor-blurred-foreground": "#2a2926",
            "input-selection-background": "#c9d8e4",
            "border": "#2c5c88",
            "border-blurred": "#d6cfbc",
        },
    ),
    _theme(
        "contrast",
        {
            "dark": True,
            "primary": "#ffd400",
            "secondary": "#ffffff",
            "accent": "#00e5ff",
            "foreground": "#ffffff",
            "background": "#000000",
            "surface": "#000000",
            "panel": "#303030",
            "success": "#5dff5d",
            "warning": "#ffd400",
            "error": "#ff6b6b",
            "text_alpha": 1.0,
        },
        {
            "block-cursor-background": "#ffd400",
            "block-cursor-foreground": "#000000",
            "block-cursor-blurred-background": "#505050",
            "block-cursor-blurred-foreground": "#ffffff",
            "input-selection-background": "#0050c8",
            "input-selection-foreground": "#ffffff",
            "text-muted": "#e0e0e0",
            "text-disabled": "#c0c0c0",
            "border": "#ffd400",
            "border-blurred": "#ffffff",
            "scrollbar": "#b0b0b0",
        },
    ),
)
DEFAULT = OWN[0].name


def own_themes(folder: Path) -> tuple[list[Theme], list[InputError]]:
    """The themes in the folder of the writer's own, and what is wrong with the others."""
    themes, errors = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            themes.append(read(path))
        except InputError as error:
            errors.append(error)
    return themes, errors


def read(path: Path) -> Theme:
    """The theme in a file.

    Raises:
        InputError: it cannot be read, or holds what is no color.

    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        told: ThemeFile = msgspec.convert(raw, ThemeFile)
        colors = msgspec.structs.asdict(told)
        variables = colors.pop("variables")
        for value in colors.values():
            if isinstance(value, str):
                Color.parse(value)
        made = _theme(path.stem, colors, {})
        for name, value in variables.items():
            _see_variable(made, name, value)
    except (
        ColorParseError,
        StyleValueError,
        OSError,
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        msgspec.ValidationError,
    ) as error:
        raise _wrong(path, str(error)) from error
    return _theme(path.stem, colors, variables)


def _see_variable(theme: Theme, name: str, value: str) -> None:
    """See that a variable of Textual's is given what it can be: a color, or a style of text."""
    usual = theme.to_color_system().generate().get(name)
    if usual is None:
        raise StyleValueError(f"there is no variable {name}")
    if name.endswith("style"):
        wrong = set(value.split()) - VALID_STYLE_FLAGS
        if wrong:
            raise StyleValueError(f"{name} cannot be {value!r}")
    elif not value.startswith("$"):
        Color.parse(value)


def _wrong(path: Path, why: str) -> InputError:
    return InputError(
        f"The theme {path.name} cannot be used: {why}.",
        'Its keys are primary, background, foreground ...; colors are written as "#2f5d86".',
        f"Mend {path}.",
    )
