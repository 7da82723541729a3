"""A server that speaks the OpenAI protocol: server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from inkstand_sdk.testing.servers.faults import FaultyServer, Stream, until_stop
from inkstand_sdk.testing.servers.toy import Token, document, tokens_of, words


class OpenAIServer(FaultyServer):
    """Has the model "toy"; `key` is the key that it wants, if it wants one.

    `announces` are further fields of the model's entry in its list, by which vLLM and llama-server
    tell the context; `counts` is whether it sends a usage, `tells_logprobs` whether it sends log
    probabilities to those who want them.
    """

    context = 512

    def __init__(
        self,
        *,
        key: str = "",
        announces: dict[str, Any] | None = None,
        counts: bool = True,
        tells_logprobs: bool = True,
    ) -> None:
        self.key = key
        self.announces = announces or {}
        self.counts = counts
        self.tells_logprobs = tells_logprobs
        super().__init__()
        self.url += "/v1"

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        """See `FaultyServer.get`."""
        if not self._allowed(headers):
            return self._unauthorized()
        if path == "/v1/models":
            entry = {"id": "toy", "object": "model", **self.announces}
            return 200, {"object": "list", "data": [entry]}
        return 404, {"error": {"message": "no such page", "type": "invalid_request_error"}}

    def post(self, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any] | Stream:
        """See `FaultyServer.post`."""
        if not self._allowed(headers):
            return self._unauthorized()
        if body["model"] != "toy":
            return self._refused(
                404, f"The model `{body['model']}` does not exist.", "model_not_found"
            )
        if path not in ("/v1/chat/completions", "/v1/completions"):
            return 404, {"error": {"message": "no such page", "type": "invalid_request_error"}}
        chat = path == "/v1/chat/completions"
        prompt = (
            "".join(f"<{turn['role']}>{turn['content']}" for turn in body["messages"])
            if chat
            else body["prompt"]
        )
        evaluated = len(tokens_of(prompt))
        wanted = body.get("max_tokens") or body.get("max_completion_tokens") or 16
        if evaluated >= self.context:
            return self._refused(
                400,
                f"This model's maximum context length is {self.context} tokens. However, your"
                f" messages resulted in {evaluated} tokens. Please reduce the length of the"
                " messages.",
                "context_length_exceeded",
            )
        if evaluated + wanted > self.context:
            return self._refused(
                400,
                f"'max_tokens' or 'max_completion_tokens' is too large: {wanted}. This model's"
                f" maximum context length is {self.context} tokens and your request has"
                f" {evaluated} input tokens ({wanted} > {self.context} - {evaluated}).",
                "",
            )
        seed = body.get("seed")
        schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
        tokens = (
            document(schema, seed) if schema else words(prompt, body.get("temperature", 1.0), seed)
        )
        written = until_stop(tokens, wanted, body.get("stop") or ())
        return Stream(
            "text/event-stream",
            self._events(chat, body, written, evaluated),
            b'data: {"error": {"message": "the engine has died", "type": "server_error"}}\n\n',
            b'data: {"id":"1","choices":[{"index":0,"text":"\xc3',
        )

    def _events(
        self, chat: bool, body: Any, written: Iterator[tuple[str, str, Token]], evaluated: int
    ) -> Iterator[bytes]:
        count = 0
        head = {"id": "1", "created": 1, "model": "toy"}
        head["object"] = "chat.completion.chunk" if chat else "text_completion"
        for text, reason, token in written:
            count += 1
            shown: dict[str, Any] = {"delta": {"content": text}} if chat else {"text": text}
            told = self._told(chat, body, token)
            choice = {"index": 0, **shown, "logprobs": told, "finish_reason": reason or None}
            yield self._event({**head, "choices": [choice]})
        if self.counts and (body.get("stream_options") or {}).get("include_usage"):
            usage = {
                "prompt_tokens": evaluated, "completion_tokens": count,
                "total_tokens": evaluated + count,
                "prompt_tokens_details": {"cached_tokens": evaluated // 2},
            }  # fmt: skip
            yield self._event({**head, "choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def _told(self, chat: bool, body: Any, token: Token) -> dict[str, Any] | None:
        """A token's log probabilities, in the protocol's form for chats or in that of old."""
        wanted = body.get("logprobs")
        if not self.tells_logprobs or wanted is None or wanted is False:
            return None
        if chat:
            return {"content": [token.told(body.get("top_logprobs") or 0)], "refusal": None}
        top = dict(token.ranked[:wanted])
        return {
            "tokens": [token], "token_logprobs": [token.logprob], "top_logprobs": [top],
            "text_offset": [0],
        }  # fmt: skip

    def _allowed(self, headers: Mapping[str, str]) -> bool:
        return not self.key or headers.get("authorization") == f"Bearer {self.key}"

    def _unauthorized(self) -> tuple[int, Any]:
        return self._refused(401, "Incorrect API key provided.", "invalid_api_key")

    @staticmethod
    def _refused(status: int, message: str, code: str) -> tuple[int, Any]:
        return status, {
            "error": {"message": message, "type": "invalid_request_error", "code": code or None}
        }

    @staticmethod
    def _event(value: dict[str, Any]) -> bytes:
        return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"
