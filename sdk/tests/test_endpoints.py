"""Addresses: which are on this machine, and which only look like it."""

from __future__ import annotations

import pytest

from inkstand_sdk.endpoints import is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost",
        "http://LOCALHOST:1234/v1",
        "https://models.localhost/v1",
        "http://127.0.0.1:8000",
        "http://127.8.9.1",
        "http://[::1]:8080/v1",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_an_address_on_this_machine_is_known(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost",
        "127.0.0.1:8000",
        "https://api.openai.com/v1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/v1",
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1 .example.com/",
        "http://192.168.1.5:8000",
        "http://0.0.0.0:8000",
        "http://2130706433/",
        "http://[::1",
        "http://localhost:port/",
        "ftp://localhost/",
    ],
)
def test_what_only_looks_like_this_machine_counts_as_elsewhere(url: str) -> None:
    assert not is_loopback(url)
