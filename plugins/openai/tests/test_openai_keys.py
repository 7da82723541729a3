"""The key: where it is found, and that it is shown nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

pytest.importorskip("openai")
pytest.importorskip("inkstand_openai")
pytest.importorskip("keyring")

import keyring
from keyring.backend import KeyringBackend

from inkstand_openai.backend import OpenAIBackend
from inkstand_openai.keys import find_key
from inkstand_openai.settings import OpenAISettings
from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.errors import InkstandError, LoadFailed, UsageError
from inkstand_sdk.testing.servers import Fault, OpenAIServer

KEY = "sk-test-5f1c2e"


class MemoryKeyring(KeyringBackend):  # type: ignore[misc,unused-ignore]
    """A keyring that lasts as long as a test."""

    priority = 1.0  # type: ignore[assignment,unused-ignore]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    before = keyring.get_keyring()
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(key=KEY) as server:
        yield server


def written(server: OpenAIServer, **fields: Any) -> str:
    backend = OpenAIBackend()
    try:
        settings = OpenAISettings(base_url=server.url, **fields)
        backend.load(Model(id="toy", format="remote"), settings)
        request = GenerateRequest.of("Once", raw=True, max_tokens=4)
        return "".join(chunk.text for chunk in backend.generate(request, lambda: False))
    finally:
        backend.close()


def test_the_keyring_comes_before_the_environment(
    server: OpenAIServer, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    keyring.set_password("inkstand", "openai", KEY)
    assert written(server)


def test_the_key_may_have_another_name(
    server: OpenAIServer, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_password("inkstand", "cluster", KEY)
    assert written(server, key_name="cluster")
    monkeypatch.setenv("CLUSTER_KEY", KEY)
    assert written(server, key_name="nothing", key_env="CLUSTER_KEY")


def test_without_any_keyring_the_environment_serves(
    server: OpenAIServer, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keyring.backends import fail

    keyring.set_keyring(fail.Keyring())
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    assert written(server)


@pytest.mark.parametrize(("key", "expected"), [("", "and there is none"), ("sk-bad", "accept")])
def test_a_missing_or_wrong_key_is_told_when_loading(
    server: OpenAIServer, ring: MemoryKeyring, key: str, expected: str
) -> None:
    ring.set_password("inkstand", "openai", key)
    with pytest.raises(LoadFailed, match=expected) as caught:
        written(server)
    assert "keyring set inkstand openai" in caught.value.fix


def test_without_a_key_none_is_sent(ring: MemoryKeyring) -> None:
    with OpenAIServer() as open_server:
        assert written(open_server)
        sent = {seen.headers.get("authorization") for seen in open_server.seen}
    assert sent == {None}


def test_a_server_that_repeats_the_key_does_not_get_it_shown(
    server: OpenAIServer, ring: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ring.set_password("inkstand", "openai", KEY)
    body = b'{"error":{"message":"no quota for ' + KEY.encode() + b'"}}'
    for status, kind in ((400, "status"), (401, "status"), (200, "status")):
        server.faults.append(Fault(kind=kind, status=status, body=body))  # type: ignore[arg-type]
        with pytest.raises(InkstandError) as caught:
            written(server)
        info = msgspec.json.encode(caught.value.to_info()).decode()
        assert "no quota for [key]" in info
        assert KEY not in info
    assert KEY not in caplog.text


def test_settings_are_no_place_for_a_key(server: OpenAIServer, ring: MemoryKeyring) -> None:
    backend = OpenAIBackend()
    settings = OpenAISettings(base_url=server.url, headers=("Authorization: Bearer x",))
    with pytest.raises(UsageError, match="no place"):
        backend.load(Model(id="toy", format="remote"), settings)
    assert server.seen == []


def test_a_key_that_cannot_be_a_header_is_refused_without_showing_it(ring: MemoryKeyring) -> None:
    ring.set_password("inkstand", "openai", "sk-\u201cquoted\u201d")
    with pytest.raises(LoadFailed) as caught:
        find_key(OpenAISettings())
    assert "quoted" not in str(caught.value)
