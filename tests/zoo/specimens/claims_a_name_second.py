"""The second of two that claim one name."""

from inkstand_sdk import Tool, ToolContext, hookimpl
from inkstand_sdk.settings import NoSettings


class Counter(Tool):
    """Counts nothing."""

    name = "counter"
    Output = NoSettings

    def run(self, input: NoSettings, ctx: ToolContext) -> NoSettings:
        return NoSettings()


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    """Give the tool."""
    return [Counter]
