"""Embedder: texts in, vectors out, inside a worker process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from inkstand_sdk.asked import check_text
from inkstand_sdk.capabilities import EmbedderCapabilities, Probe
from inkstand_sdk.errors import InputError
from inkstand_sdk.settings import NoSettings


class Embedder(ABC):
    """Turns texts into vectors of one fixed length. Set `name`, implement `load` and `embed`.

    One instance holds one model, in a worker process of its own. Import the library inside `load`,
    never at the top of the module. A setting called `model` names the model, if there is a choice.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    Settings: ClassVar[type[msgspec.Struct]] = NoSettings
    capabilities: ClassVar[EmbedderCapabilities] = EmbedderCapabilities()
    batch: ClassVar[int] = 32
    """How many texts `embed` is given at most at a time; a cancel waits for so many."""

    @classmethod
    def probe(cls) -> Probe:
        """Whether the embedder's library is installed."""
        return Probe()

    @abstractmethod
    def load(self, settings: Any) -> None:
        """Load the model with an instance of `Settings`.

        Raises:
            NotFound, ModelFileError: there is no such model, or it does not embed.
            LoadFailed: the library refused, or a server does not answer.

        """

    @abstractmethod
    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, in order, all of one length. Call `check_texts` first.

        Raises:
            InputError: a text is empty, or too long for the model: nothing is ever cut off.
            EngineError: whatever else the library reports.

        """

    def close(self) -> None:
        """Free the model. May be called twice."""


def check_texts(texts: Sequence[str]) -> None:
    """See that every text can be embedded: that it is valid Unicode and says something.

    Raises:
        InputError: one is not; its number, from 1, is told.

    """
    for number, text in enumerate(texts, 1):
        check_text(text, f"text {number}")
        if not text.strip():
            raise InputError(
                f"Text {number} is empty.", "Nothing can be said of it.", "Leave it out."
            )
