"""The tokenizer (byte-level BPE), and the corpus as batches of token ids."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from corpus import instructions
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

SPECIAL = ("<s>", "</s>", "<|user|>", "<|assistant|>")
BEGIN, END, USER, ASSISTANT = range(4)
IGNORED = -100  # targets that cross_entropy passes over
CHAT_TEMPLATE = (
    "{{ '<s>' }}{% for m in messages %}"
    "{{ '<|assistant|>' if m['role']=='assistant' else '<|user|>' }}{{ m['content'] }}"
    "{% if m['role']=='assistant' %}{{ '</s>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def train_tokenizer(novels: Sequence[Sequence[str]], size: int, path: Path) -> Tokenizer:
    """A tokenizer of `size` tokens; kept at `path` and read back from there the next time."""
    if path.exists():
        return Tokenizer.from_file(str(path))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator((part for novel in novels for part in novel), trainer)
    tokenizer.save(str(path))
    return tokenizer


class Batches:
    """Random windows of the novels, and of instructions with the passages that fulfil them."""

    def __init__(
        self, novels: Sequence[list[str]], tokenizer: Tokenizer, window: int, seed: int
    ) -> None:
        self._window = window
        self._seed = seed
        ids: list[int] = []
        self._chats: list[tuple[list[int], list[int]]] = []
        rng = random.Random(seed)
        for novel in novels:
            ids += [BEGIN, *tokenizer.encode("\n".join(novel)).ids, END]
            for instruction, passage in instructions(novel, rng):
                asked = [BEGIN, USER, *tokenizer.encode(instruction).ids]
                answer = [ASSISTANT, *tokenizer.encode(passage).ids, END]
                if len(asked) < window * 3 // 4:
                    self._chats.append((asked, answer))
        self._ids = torch.tensor(ids, dtype=torch.long)
        if len(ids) <= window + 1 or not self._chats:
            raise SystemExit("There is too little text to train on.")

    @property
    def tokens(self) -> int:
        """How many tokens the novels have."""
        return len(self._ids)

    def get(self, step: int, size: int, chats: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets (size, window) of that step; `chats` of the rows are instructions.

        The step alone decides what is drawn, so a resumed training goes on as if never stopped.
        """
        rng = random.Random(f"{self._seed}/{step}")
        rows = [self._window_of_novel(rng) for _ in range(size - chats)]
        rows += [self._window_of_chats(rng) for _ in range(chats)]
        inputs, targets = zip(*rows, strict=True)
        return torch.stack(inputs), torch.stack(targets)

    def _window_of_novel(self, rng: random.Random) -> tuple[Tensor, Tensor]:
        start = rng.randrange(len(self._ids) - self._window - 1)
        piece = self._ids[start : start + self._window + 1]
        return piece[:-1], piece[1:]

    def _window_of_chats(self, rng: random.Random) -> tuple[Tensor, Tensor]:
        ids: list[int] = []
        targets: list[int] = []
        while len(ids) <= self._window:
            asked, answer = rng.choice(self._chats)
            ids += asked + answer
            targets += [IGNORED] * len(asked) + answer
        return torch.tensor(ids[: self._window]), torch.tensor(targets[1 : self._window + 1])
