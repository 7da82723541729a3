"""A third party's plugin, to be installed for a test: tools that the UI has never seen."""

from __future__ import annotations

from pathlib import Path

from inkstand_sdk.testing.environments import PluginEnvironment

SOURCE = '''
"""Tools that the terminal UI has never seen."""

import enum
import os
import threading
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from inkstand_sdk import Tool, hookimpl
from inkstand_sdk.capabilities import Probe, ToolCapabilities
from inkstand_sdk.errors import UsageError
from inkstand_sdk.settings import NoSettings


class Mood(enum.Enum):
    CALM = "calm"
    WILD = "wild"


class Weather(msgspec.Struct, frozen=True, kw_only=True):
    wind: Annotated[int, Meta(ge=0, le=12, description="Beaufort.")] = 3
    rain: bool = False


class PoemInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[str, Meta(max_length=40, description="What it is called.")]
    about: Annotated[str, Meta(description="What it tells.", extra={"multiline": True})] = ""
    lines: Annotated[int, Meta(ge=1, le=40, description="How many lines.")] = 4
    share: Annotated[float, Meta(ge=0, le=1, description="How much of it rhymes.")] = 0.5
    form: Annotated[Literal["haiku", "ode"], Meta(description="Its form.")] = "ode"
    mood: Mood | None = None
    people: Annotated[tuple[str, ...], Meta(max_length=3, description="Who is in it.")] = ()
    senses: tuple[Literal["sight", "smell"], ...] = ("sight",)
    rhymes: bool = True
    notes: Annotated[str, Meta(description="A file.", extra={"file": True})] = ""
    weather: Weather = Weather()


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    quote: str
    label: str
    scene: int
    start: int
    end: int


class Verse(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    text: str


class Poem(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    given: dict[str, str]
    verses: tuple[Verse, ...]
    source: Evidence


class PoemTool(Tool):
    """Makes a poem of the first words of each scene."""

    name = "poem"
    title = "A poem"
    Input = PoemInput
    Output = Poem
    capabilities = ToolCapabilities(engines=("analysis",))

    def run(self, input, ctx):
        if input.title == "sea":
            raise UsageError("Invalid input of poem: The sea is taken - at `$.title`.", "", "")
        scene = ctx.manuscript.scenes[0]
        ctx.progress(0.5, "Rhyming")
        ctx.write("A *line* that streams.\\n\\n")
        words = " ".join(scene.text.split()[:3])
        at = scene.text.index(scene.text.split()[0])
        ctx.propose(f"\\n\\n{input.title}: {words}", scene=scene, start=len(scene.text))
        return Poem(
            text=f"{input.title}\\n{words}",
            given={
                key: os.path.basename(value) if key == "notes" else str(value)
                for key, value in msgspec.to_builtins(input).items()
            },
            verses=tuple(Verse(line=n + 1, text=f"line {n + 1}") for n in range(input.lines)),
            source=Evidence(quote=scene.text[at:at + 20], label=scene.label(), scene=0,
                            start=at, end=at + 20),
        )


class Raises(Tool):
    """Raises."""

    name = "raises"
    Output = NoSettings

    def run(self, input, ctx):
        raise ZeroDivisionError("no scenes to divide by")


class Exits(Tool):
    """Ends its process."""

    name = "exits"
    Output = NoSettings

    def run(self, input, ctx):
        ctx.write("Half a sentence")
        os._exit(7)


class NeverReturns(Tool):
    """Hangs, deaf to whoever wants to stop it."""

    name = "never-returns"
    Output = NoSettings

    def run(self, input, ctx):
        ctx.progress(None, "Thinking deeply")
        threading.Event().wait()
        return NoSettings()


class Floods(Tool):
    """Writes a megabyte as fast as it can."""

    name = "floods"
    Output = NoSettings

    def run(self, input, ctx):
        for number in range(10_000):
            ctx.write(f"Word {number} of *very* many that nobody asked for, and on it goes. ")
            if number % 20 == 19:
                ctx.write("\\n\\n")
        return NoSettings()


class Unusable(Tool):
    """Cannot run here."""

    name = "unusable"
    title = "A tool without its harp"
    Output = NoSettings

    @classmethod
    def probe(cls):
        return Probe(ok=False, missing="There is no harp here.", fix="pip install harp")

    def run(self, input, ctx):
        return NoSettings()


@hookimpl
def inkstand_tools():
    return [PoemTool, Raises, Exits, NeverReturns, Floods, Unusable]
'''


def installed(folder: Path) -> PluginEnvironment:
    """An environment with that plugin in it."""
    environment = PluginEnvironment(folder)
    environment.install(
        "inkstand-third-party", {"third_party_tools.py": SOURCE}, {"third": "third_party_tools"}
    )
    return environment
