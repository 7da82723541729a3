"""Talking to Ollama: JSON questions, and answers that are streams of JSON lines.

httpx is imported when the first daemon is made: it takes a tenth of a second.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from inkstand_ollama.failures import broken_off, refused, unreadable
from inkstand_sdk.endpoints import is_loopback
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    import httpx

_CONNECT = 5.0
_MAX_LINE = 64 << 20


class Refusal(Exception):
    """Ollama's own words with the status that they came with; 200 in the middle of a stream."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words

    def as_error(self, model: str) -> InkstandError:
        """The contract's error for it."""
        return refused(self.status, self.words, model)


class Daemon:
    """One Ollama; all its methods belong on one event loop."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON that answers a question.

        Raises:
            Refusal: with Ollama's words.
            LoadFailed: nobody answers.
            EngineError: the connection broke, or what came is no JSON.

        """
        import httpx

        try:
            response = await self._open().request(
                "GET" if body is None else "POST", path, json=body
            )
        except httpx.HTTPError as error:
            raise broken_off(error, self.url) from error
        if response.status_code != 200:
            raise Refusal(response.status_code, _words(response.content))
        return _object(response.content)

    async def lines(self, path: str, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """The JSON objects of a streamed answer; raises as `ask` does."""
        import httpx

        try:
            async with self._open().stream("POST", path, json=body) as response:
                if response.status_code != 200:
                    raise Refusal(response.status_code, _words(await response.aread()))
                rest = b""
                # Not aiter_lines: that splits within strings, at U+2028, and hides broken UTF-8.
                async for piece in response.aiter_bytes():
                    *whole, rest = (rest + piece).split(b"\n")
                    for line in whole:
                        if line.strip():
                            yield _checked(line)
                    if len(rest) > _MAX_LINE:
                        raise unreadable("A line of it has no end")
                if rest.strip():
                    yield _checked(rest)
        except httpx.HTTPError as error:
            raise broken_off(error, self.url) from error

    async def close(self) -> None:
        """Close what is open."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            self._client = httpx.AsyncClient(
                base_url=self.url,
                timeout=httpx.Timeout(self._timeout, connect=_CONNECT),
                # A proxy would take text off this machine on its way to this machine.
                trust_env=not is_loopback(self.url),
                follow_redirects=False,
                # Reading the certificates takes longer than the rest of a load.
                verify=self.url.startswith("https"),
            )
        return self._client


def _checked(line: bytes) -> dict[str, Any]:
    value = _object(line)
    if value.get("error"):
        raise Refusal(200, str(value["error"]))
    return value


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:  # broken UTF-8 is one too
        raise unreadable(f"It is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise unreadable(f"It is a JSON {type(value).__name__}")
    return value


def _words(data: bytes) -> str:
    try:
        return str(json.loads(data)["error"])
    except (ValueError, KeyError, TypeError):
        return data.decode("utf-8", "replace").strip()[:500] or "nothing"
