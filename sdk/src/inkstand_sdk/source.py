"""ModelSource: where models come from. Provisional: pulling is added by the model library."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import msgspec

from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import Probe
from inkstand_sdk.settings import NoSettings


class ModelSource(ABC):
    """A source of models that are on this machine, such as a package with one bundled.

    `models` is asked when the plugin index is refreshed and the answer is cached.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    Settings: ClassVar[type[msgspec.Struct]] = NoSettings

    @classmethod
    def probe(cls) -> Probe:
        """Whether the source can be used."""
        return Probe()

    @abstractmethod
    def models(self) -> Sequence[Model]:
        """The models that are here, each with an absolute `path`."""
