"""A model's tokenizer, safe to use from many threads, and its chat template."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import Message

# Tokens that end an answer in the chat forms of well-known families; a model's own config names
# often only one of them.
_TURN_ENDS = (
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|end|>", "<|endoftext|>",
    "<|end_of_text|>", "<|return|>", "<turn|>",
)  # fmt: skip


class Tokens:
    """Text to tokens and back."""

    def __init__(self, tokenizer: Any, ends: Sequence[int]) -> None:
        """`tokenizer` is transformers' own; `ends` the tokens that its model ends with."""
        self.tokenizer = tokenizer
        self._backend = getattr(tokenizer, "backend_tokenizer", None)
        if self._backend is not None:
            # Set once: changing it later, from another thread, fails while a text is encoded.
            self._backend.no_truncation()
            self._backend.no_padding()
        self._lock = threading.Lock()
        special = set(tokenizer.all_special_tokens) | set(tokenizer.get_added_vocab())
        turns = [name for name in _TURN_ENDS if name in special]
        known = [tokenizer.eos_token_id, *tokenizer.convert_tokens_to_ids(turns), *ends]
        self.ends = frozenset(token for token in known if type(token) is int and token >= 0)
        self.has_template = bool(tokenizer.chat_template)

    @property
    def is_fast(self) -> bool:
        """Whether it is one of the `tokenizers` library."""
        return self._backend is not None

    def encode(self, text: str, *, special: bool) -> list[int]:
        """The tokens of `text`; `special` adds what the model wants around a text."""
        if self._backend is not None:
            return list(self._backend.encode(text, add_special_tokens=special).ids)
        with self._lock:
            return list(self.tokenizer.encode(text, add_special_tokens=special))

    def decode(self, tokens: list[int]) -> str:
        """The text of `tokens`, special ones left out."""
        if self._backend is not None:
            return str(self._backend.decode(tokens, skip_special_tokens=True))
        with self._lock:
            return str(
                self.tokenizer.decode(
                    tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
                )
            )

    def chat(self, messages: Sequence[Message]) -> str:
        """The messages in the model's chat form; raises `UsageError` if it takes them not."""
        turns = [{"role": message.role, "content": message.text()} for message in messages]
        goes_on = messages[-1].role == "assistant"
        try:
            text = self.tokenizer.apply_chat_template(
                turns,
                tokenize=False,
                add_generation_prompt=not goes_on,
                continue_final_message=goes_on,
                enable_thinking=False,
            )
        except Exception as error:  # a template raises what it likes
            raise UsageError(
                "The model's chat template does not take these messages.",
                f"It says: {error}",
                "Many templates want user and assistant in turns and some no system message; a raw"
                " prompt (`--raw`) goes without the template.",
            ) from error
        return str(text)
