"""A sound plugin: a backend that gives the prompt back."""

from collections.abc import Callable, Iterator

from inkstand_sdk import Backend, Chunk, GenerateRequest, Loaded, Model, hookimpl
from inkstand_sdk.settings import NoSettings


class Echo(Backend):
    """Writes what it was asked."""

    name = "echo"

    def load(self, model: Model, settings: NoSettings) -> Loaded | None:
        return None

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(text=request.prompt_text())


@hookimpl
def inkstand_backends() -> list[type[Backend]]:
    """Give the backend."""
    return [Echo]
