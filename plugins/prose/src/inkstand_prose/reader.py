"""The English Reader, as the contract has it."""

from __future__ import annotations

import contextlib
import functools
import gc
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from inkstand_sdk.capabilities import ReaderCapabilities
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import Reader, Reading

if TYPE_CHECKING:
    from inkstand_prose.memo import Memo


class EnglishReader(Reader):
    """Reads English prose by rules and a small table of learnt weights: no model, no network."""

    name = "english"
    title = "English prose"
    capabilities = ReaderCapabilities(languages=("en",))

    def read(
        self, manuscript: Manuscript, settings: Any, progress: Callable[[float, str], None]
    ) -> Reading:
        """Sentences, quotations, the cast and who says each line."""
        del settings
        from inkstand_prose.reading import read_manuscript

        pack = None
        if self.cache is not None:
            from inkstand_prose.pack import Pack

            files = dict.fromkeys(scene.file for scene in manuscript.scenes)
            pack = Pack(self.cache, "\n".join([manuscript.title, *files]))
        with _without_collection():
            return read_manuscript(
                manuscript, self.name, version("inkstand-prose"), progress, _memo(), pack
            )


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Nothing here makes cycles, and a sixth of the time would go into looking for some."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made is likely to be kept, so it counts as old at once. Else all of it
            # would be looked through as soon as the collector is on again.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


@functools.cache
def _memo() -> Memo:
    """What earlier readings in this process left."""
    from inkstand_prose.memo import Memo

    return Memo()
