"""The reader as the host meets it."""

from __future__ import annotations

import gc
from importlib.metadata import version

import pytest

import inkstand_prose
from inkstand_sdk.errors import Cancelled
from inkstand_sdk.testing.manuscripts import manuscript_from_text


def test_the_plugin_offers_the_english_reader() -> None:
    (reader,) = inkstand_prose.inkstand_readers()
    assert reader.name == "english"
    assert reader.capabilities.languages == ("en",)


def test_a_reading_says_which_reader_and_version_made_it() -> None:
    reading = inkstand_prose.EnglishReader().read(
        manuscript_from_text("Nothing."), None, lambda fraction, message: None
    )
    assert (reading.language, reading.reader) == ("en", "english")
    assert reading.version == version("inkstand-prose")


def test_collecting_garbage_goes_on_after_a_reading_that_ended_or_was_stopped() -> None:
    manuscript = manuscript_from_text('"Yes," said Nell.')

    def stop(fraction: float, said: str) -> None:
        raise Cancelled

    inkstand_prose.EnglishReader().read(manuscript, None, lambda fraction, said: None)
    assert gc.isenabled()
    with pytest.raises(Cancelled):
        inkstand_prose.EnglishReader().read(manuscript, None, stop)
    assert gc.isenabled()
