"""Talking to the endpoint through the `openai` client, which takes a second to import."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from inkstand_openai.failures import (
    broken_off,
    not_loaded,
    refused,
    reported,
    shown,
    timed_out,
    unreachable,
    unreadable,
)
from inkstand_openai.keys import headers_of, without_key
from inkstand_openai.limits import Overflow, overflow_of
from inkstand_openai.request import Prepared
from inkstand_openai.settings import OpenAISettings
from inkstand_sdk.endpoints import is_loopback
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.retry import wait_before

if TYPE_CHECKING:
    import openai

_CONNECT = 10.0


class DoesNotFit(Exception):
    """The server refused a request because of its context."""

    def __init__(self, overflow: Overflow) -> None:
        super().__init__("the context is too small")
        self.overflow = overflow


class Endpoint:
    """One endpoint with its key; all its methods but the constructor belong on one event loop."""

    def __init__(self, settings: OpenAISettings, key: str) -> None:
        import openai

        self._settings = settings
        self._key = key
        # Without a key nothing is sent in its place.
        self._headers: dict[str, Any] = {} if key else {"Authorization": openai.omit}
        # A proxy would take text off this machine on its way to this machine, and a redirect
        # might take text and key anywhere.
        http = openai.DefaultAsyncHttpxClient(
            timeout=openai.Timeout(settings.timeout, connect=_CONNECT),
            trust_env=not is_loopback(settings.base_url),
            follow_redirects=False,
            # Reading the certificates takes longer than all the rest.
            verify=settings.base_url.startswith("https"),
        )
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=settings.base_url,
            max_retries=0,
            default_headers=headers_of(settings),
            http_client=http,
        )
        # The client would otherwise take these from OPENAI_ORG_ID and OPENAI_PROJECT_ID, which
        # are no business of other endpoints.
        if not settings.base_url.startswith("https://api.openai.com/"):
            self._client.organization = self._client.project = None
        self.retries = 0

    async def models(self) -> list[dict[str, Any]]:
        """The models that it lists; none if it has no list.

        Raises:
            LoadFailed: nobody answers, or not to this key.

        """
        import openai

        try:
            page = await self._client.models.list(
                timeout=min(self._settings.timeout, 30.0), extra_headers=self._headers
            )
            return [entry.model_dump() for entry in page.data or ()]
        except openai.APIStatusError as error:
            mapped = refused(error, "", self._settings, self._key)
            if error.status_code in (401, 403) or 300 <= error.status_code < 400:
                raise mapped from None
            return []
        except openai.APITimeoutError:
            return []
        except openai.APIConnectionError as error:
            raise not_loaded(self._settings, error) from error
        except (openai.APIError, ValueError, AttributeError, TypeError):
            return []  # a list of another form is as good as none

    async def events(self, call: Prepared) -> AsyncIterator[dict[str, Any]]:
        """The events of the answer to a call.

        Raises:
            DoesNotFit: the context is too small.
            InkstandError: whatever else is wrong.

        """
        import openai

        stream = await self._begun(call)
        try:
            kind = stream.response.headers.get("content-type", "")
            if "json" in kind or "html" in kind:
                yield self._whole(await stream.response.aread(), kind)
                return
            async for event in stream:
                yield event if isinstance(event, dict) else event.model_dump()
        except openai.APITimeoutError:
            raise timed_out(self._settings, call.timeout) from None
        except openai.APIConnectionError as error:
            raise broken_off(f"The connection says: {error.__cause__ or error}") from error
        except openai.APIError as error:
            overflow = overflow_of(error.message, error.body)
            if overflow is not None:
                raise DoesNotFit(overflow) from None
            raise reported(shown(error, self._key), error.body) from None
        except ValueError as error:  # no JSON, or half of a character
            raise unreadable(without_key(str(error), self._key)) from None
        finally:
            await stream.close()

    async def close(self) -> None:
        """Close what is open."""
        await self._client.close()

    async def _begun(self, call: Prepared) -> openai.AsyncStream[Any]:
        """The answer as soon as it begins; tries again where that may help."""
        import openai

        create: Any = (
            self._client.chat.completions.create if call.chat else self._client.completions.create
        )
        attempt = 0
        while True:
            try:
                stream: openai.AsyncStream[Any] = await create(
                    **call.arguments, extra_headers=self._headers, **self._limit(call)
                )
                return stream
            except openai.APIStatusError as error:
                overflow = overflow_of(error.message, error.body)
                if overflow is not None and error.status_code < 500:
                    raise DoesNotFit(overflow) from None
                wait = wait_before(
                    attempt,
                    error.status_code,
                    str(error.code or ""),
                    error.response.headers,
                    self._settings.max_wait,
                )
                if wait is None or attempt >= self._settings.max_retries:
                    raise self._final(error, call, attempt) from None
            except openai.APITimeoutError:
                raise timed_out(self._settings, call.timeout) from None
            except openai.APIConnectionError as error:
                # A connection kept from before may have been closed meanwhile: one more try.
                if attempt >= min(1, self._settings.max_retries):
                    lost = unreachable(self._settings, error)
                    lost.data["tries"] = attempt + 1
                    raise lost from error
                wait = 0.0
            attempt += 1
            self.retries += 1
            await asyncio.sleep(wait)

    def _limit(self, call: Prepared) -> dict[str, Any]:
        """The time limit of a call that has its own: without it the settings' holds."""
        import openai

        if call.timeout is None:
            return {}
        return {"timeout": openai.Timeout(call.timeout, connect=_CONNECT)}

    def _final(self, error: openai.APIStatusError, call: Prepared, attempt: int) -> InkstandError:
        mapped = refused(error, call.arguments["model"], self._settings, self._key)
        # The host need not try again on top of it.
        mapped.data["tries"] = attempt + 1
        if attempt:
            mapped.cause += f" It was tried {attempt + 1} times."
        return mapped

    def _whole(self, body: bytes, kind: str) -> dict[str, Any]:
        """An answer that came in one piece, though a stream was asked for."""
        try:
            value = json.loads(body)
        except ValueError as error:
            raise unreadable(f"It came as {kind}, and is no JSON: {error}") from None
        if not isinstance(value, dict):
            raise unreadable(f"It is a JSON {type(value).__name__}")
        fault = value.get("error")
        if fault:
            words = fault.get("message") if isinstance(fault, dict) else fault
            overflow = overflow_of(str(words), fault)
            if overflow is not None:
                raise DoesNotFit(overflow)
            raise reported(without_key(str(words), self._key), fault)
        if not value.get("choices"):
            raise unreadable("It has a JSON object without choices")
        return value
