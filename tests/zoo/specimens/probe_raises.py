"""A backend whose probe raises, and one whose probe never answers."""

import threading
from collections.abc import Callable, Iterator

from inkstand_sdk import Backend, Chunk, GenerateRequest, Loaded, Model, Probe, hookimpl
from inkstand_sdk.settings import NoSettings


class Raising(Backend):
    """Cannot say whether it could run."""

    name = "raising-probe"

    @classmethod
    def probe(cls) -> Probe:
        raise OSError("libengine.so: cannot open shared object file")

    def load(self, model: Model, settings: NoSettings) -> Loaded | None:
        return None

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(text="")


class Silent(Raising):
    """Never says whether it could run."""

    name = "silent-probe"

    @classmethod
    def probe(cls) -> Probe:
        threading.Event().wait()
        return Probe()


@hookimpl
def inkstand_backends() -> list[type[Backend]]:
    """Give both."""
    return [Raising, Silent]
