"""A server that speaks Ollama's native protocol: JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from inkstand_sdk.testing.servers.faults import FaultyServer, Stream, until_stop
from inkstand_sdk.testing.servers.toy import Token, document, tokens_of, words

TOO_LONG = (
    "the prompt is longer than the context length currently available to the model; shorten the"
    " prompt, adjust the context length in settings, or use a model with a longer context length"
)


class OllamaServer(FaultyServer):
    """Has the models "toy" (writes), "embed" (only embeds), "far:cloud" (runs elsewhere).

    `truncates` makes it an old server, which knows no `truncate` and `shift` and cuts silently,
    and no `logprobs` either.
    """

    trained = 4096

    def __init__(self, *, truncates: bool = False, version: str = "0.33.2") -> None:
        self.truncates = truncates
        self.version = version
        self.context = 0
        self.details: dict[str, dict[str, Any]] = {
            "toy:latest": {"capabilities": ["completion"]},
            "thinker:1b": {"capabilities": ["completion", "thinking"]},
            "embed:latest": {"capabilities": ["embedding"]},
            "far:cloud": {
                "capabilities": ["completion"], "remote_host": "https://ollama.com:443",
                "remote_model": "far",
            },
        }  # fmt: skip
        super().__init__()

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        """See `FaultyServer.get`."""
        if path == "/api/version":
            return 200, {"version": self.version}
        if path == "/api/tags":
            return 200, {"models": [self._tag(name) for name in self.details]}
        if path == "/api/ps":
            return 200, {"models": [{"name": "toy:latest", "context_length": self.context}]}
        return 404, {"error": "404 page not found"}

    def post(self, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any] | Stream:
        """See `FaultyServer.post`."""
        name = body["model"] if ":" in body["model"] else f"{body['model']}:latest"
        if name not in self.details:
            return 404, {"error": f"model '{body['model']}' not found"}
        details = self.details[name]
        if path == "/api/show":
            return 200, {
                **details,
                "parameters": 'stop                           "<|end|>"',
                "details": {"family": "toy", "format": "gguf"},
                "model_info": {
                    "general.architecture": "toy", "toy.context_length": self.trained,
                },
            }  # fmt: skip
        if path == "/api/embed":
            if any(len(tokens_of(text)) > self.trained for text in body["input"]):
                return 400, {"error": "the input length exceeds the context length"}
            return 200, {"embeddings": [[float(len(text)), 1.0] for text in body["input"]]}
        if "completion" not in details["capabilities"]:
            return 400, {"error": f'"{name}" does not support generate'}
        options = body.get("options", {})
        self.context = min(options.get("num_ctx", 4096), self.trained)
        if path == "/api/generate" and not body.get("prompt"):
            return 200, {"model": name, "response": "", "done": True, "done_reason": "load"}
        return self._generated(path, body, options)

    def _generated(self, path: str, body: Any, options: dict[str, Any]) -> tuple[int, Any] | Stream:
        chat = path == "/api/chat"
        prompt = (
            "".join(f"<{turn['role']}>{turn['content']}" for turn in body["messages"])
            if chat
            else body["prompt"]
        )
        evaluated = len(tokens_of(prompt))
        if evaluated >= self.context:
            if not self.truncates and body.get("shift") is False:
                return 400, {"error": TOO_LONG}
            evaluated = self.context // 2 + 2
        room = self.context - evaluated
        wanted = options.get("num_predict", -1)
        limit = min(wanted, room) if wanted > 0 else room
        seed = options.get("seed")
        tokens = (
            document(body["format"], seed)
            if isinstance(body.get("format"), dict)
            else words(prompt, _temperature(options), seed)
        )
        return Stream(
            "application/x-ndjson",
            self._lines(chat, body, until_stop(tokens, limit, options.get("stop", ())), evaluated),
            b'{"error":"an unknown error was encountered while running the model"}\n',
            b'{"model":"toy","response":"\xc3',
        )

    def _lines(
        self, chat: bool, body: Any, written: Iterator[tuple[str, str, Token]], evaluated: int
    ) -> Iterator[bytes]:
        for count, (text, reason, token) in enumerate(written, 1):
            shown: dict[str, Any] = (
                {"message": {"role": "assistant", "content": text}} if chat else {"response": text}
            )
            if body.get("logprobs") and not self.truncates:
                shown["logprobs"] = [token.told(body.get("top_logprobs", 0))]
            yield self._line({"model": body["model"], **shown, "done": False})
            if reason:
                last = {"message": {"role": "assistant", "content": ""}} if chat else {
                    "response": ""
                }  # fmt: skip
                yield self._line(
                    {
                        "model": body["model"], **last, "done": True, "done_reason": reason,
                        "prompt_eval_count": evaluated, "prompt_eval_duration": 2_000_000,
                        "eval_count": count, "eval_duration": count * 1_000_000,
                    }
                )  # fmt: skip

    def _tag(self, name: str) -> dict[str, Any]:
        far = {key: value for key, value in self.details[name].items() if "remote" in key}
        return {"name": name, "model": name, "size": 1000, "details": {"family": "toy"}, **far}

    @staticmethod
    def _line(value: dict[str, Any]) -> bytes:
        return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _temperature(options: dict[str, Any]) -> float:
    """How warm the toy is to be: one candidate leaves nothing to draw from."""
    return 0.0 if options.get("top_k") == 1 else float(options.get("temperature", 0.8))
