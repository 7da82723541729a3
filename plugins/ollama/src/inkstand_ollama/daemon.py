"""Talking to Ollama: JSON questions, and answers that are streams of JSON lines.

httpx is imported when the first daemon is made: it takes a tenth of a second.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from inkstand_ollama.failures import broken_off, refused, unreadable
from inkstand_ollama.settings import OllamaEmbedderSettings, OllamaSettings
from inkstand_sdk.endpoints import is_loopback
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.retry import wait_asked, wait_before

if TYPE_CHECKING:
    import httpx

_CONNECT = 5.0
_BUSY = (429, 503)  # its other failures would only fail again
_MAX_LINE = 64 << 20


class Refusal(Exception):
    """Ollama's own words with the status that they came with; 200 in the middle of a stream.

    `tries` is how often it was asked; `data` what its error is to hold for programs.
    """

    def __init__(
        self, status: int, words: str, tries: int = 1, data: dict[str, Any] | None = None
    ) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self._tries = tries
        self._data = data or {}

    def as_error(self, model: str) -> InkstandError:
        """The contract's error for it."""
        error = refused(self.status, self.words, model)
        # The host need not try again on top of it.
        error.data.update(self._data, tries=self._tries)
        if self._tries > 1:
            error.cause += f" It was tried {self._tries} times."
        return error


class Daemon:
    """One Ollama; all its methods belong on one event loop.

    One that says that it is busy is asked again, as often as the settings' `max_retries` says.
    """

    def __init__(self, url: str, settings: OllamaSettings | OllamaEmbedderSettings) -> None:
        self.url = url
        self._settings = settings
        self._client: httpx.AsyncClient | None = None

    async def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON that answers a question.

        Raises:
            Refusal: with Ollama's words.
            Unavailable: nobody answers.
            TimedOut: not in time.
            EngineError: the connection broke, or what came is no JSON.

        """
        import httpx

        try:
            response = await self._begun(path, body, None)
            try:
                return _object(await response.aread())
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise broken_off(error, self.url) from error

    async def lines(
        self, path: str, body: dict[str, Any], limit: float | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """The JSON objects of a streamed answer; raises as `ask` does.

        `limit` is how many seconds Ollama may be silent, if not as many as the settings say.
        """
        import httpx

        try:
            response = await self._begun(path, body, limit)
            try:
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
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise broken_off(error, self.url) from error

    async def _begun(
        self, path: str, body: dict[str, Any] | None, limit: float | None
    ) -> httpx.Response:
        """The answer as soon as it begins; asks again where that may help."""
        import httpx

        client = self._open()
        timeout = httpx.Timeout(limit or self._settings.timeout, connect=_CONNECT)
        method = "GET" if body is None else "POST"
        attempt = 0
        while True:
            request = client.build_request(method, path, json=body, timeout=timeout)
            try:
                response = await client.send(request, stream=True)
            except httpx.RemoteProtocolError:
                # A connection kept from before may have been closed meanwhile: one more try.
                if attempt >= min(1, self._settings.max_retries):
                    raise
                wait = 0.0
            else:
                if response.status_code == 200:
                    return response
                status, headers = response.status_code, response.headers
                words = _words(await response.aread())
                await response.aclose()
                longest = self._settings.max_wait
                pause = wait_before(attempt, status, "", headers, longest)
                if status not in _BUSY or pause is None or attempt >= self._settings.max_retries:
                    raise Refusal(status, words, attempt + 1, wait_asked(headers))
                wait = pause
            attempt += 1
            await asyncio.sleep(wait)

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
        raise Refusal(200, _said(value["error"]))
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
        return _said(json.loads(data)["error"])
    except (ValueError, KeyError, TypeError):
        return data.decode("utf-8", "replace").strip()[:500] or "nothing"


def _said(error: Any) -> str:
    """The words of an `error`; what stands before an Ollama may wrap them, as OpenAI does."""
    words = error.get("message") if isinstance(error, dict) else None
    return str(words or error)
