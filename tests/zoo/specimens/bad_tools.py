"""Three tools that load well and run badly."""

import os
import threading

from inkstand_sdk import Tool, ToolContext, hookimpl
from inkstand_sdk.settings import NoSettings


class Raises(Tool):
    """Raises when it runs."""

    name = "raises"
    Output = NoSettings

    def run(self, input: NoSettings, ctx: ToolContext) -> NoSettings:
        raise ZeroDivisionError("no scenes to divide by")


class Exits(Tool):
    """Ends its process when it runs."""

    name = "exits"
    Output = NoSettings

    def run(self, input: NoSettings, ctx: ToolContext) -> NoSettings:
        os._exit(7)


class NeverReturns(Tool):
    """Runs for ever and never asks whether it was cancelled."""

    name = "never-returns"
    Output = NoSettings

    def run(self, input: NoSettings, ctx: ToolContext) -> NoSettings:
        threading.Event().wait()
        return NoSettings()


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    """Give all three."""
    return [Raises, Exits, NeverReturns]
