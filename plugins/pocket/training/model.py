"""A small Llama in plain PyTorch, shaped so that llama.cpp runs it as the architecture "llama".

Pre-norm transformer with RMS norms, rotary positions (Su et al., 2021; halves rotated), grouped
queries (Ainslie et al., 2023), SwiGLU (Shazeer, 2020), and the embedding tied to the output.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everyone uses


@dataclass(frozen=True)
class Shape:
    """The size of a model; the defaults are Pocket's: 5.8 million weights."""

    vocabulary: int = 4096
    embedding: int = 256
    feed_forward: int = 768
    blocks: int = 6
    heads: int = 8
    kv_heads: int = 4
    context: int = 1024
    rope_base: float = 10_000.0
    epsilon: float = 1e-6

    @property
    def head_size(self) -> int:
        """Values in each attention head."""
        return self.embedding // self.heads

    def as_text(self) -> dict[str, str]:
        """The fields as text, for a safetensors file's metadata."""
        return {name: str(value) for name, value in asdict(self).items()}


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn each pair (i, i + half) of the last axis by its position's angle."""
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


class Attention(nn.Module):
    """Causal self-attention with grouped queries."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        kv = shape.kv_heads * shape.head_size
        self.q = nn.Linear(shape.embedding, shape.embedding, bias=False)
        self.k = nn.Linear(shape.embedding, kv, bias=False)
        self.v = nn.Linear(shape.embedding, kv, bias=False)
        self.output = nn.Linear(shape.embedding, shape.embedding, bias=False)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        """(batch, tokens, embedding) to the same."""
        batch, tokens, _ = x.shape
        size = self.shape.head_size
        q = self.q(x).view(batch, tokens, self.shape.heads, size).transpose(1, 2)
        k = self.k(x).view(batch, tokens, self.shape.kv_heads, size).transpose(1, 2)
        v = self.v(x).view(batch, tokens, self.shape.kv_heads, size).transpose(1, 2)
        seen = F.scaled_dot_product_attention(
            rotate(q, cosine, sine), rotate(k, cosine, sine), v, is_causal=True, enable_gqa=True
        )
        joined = seen.transpose(1, 2).reshape(batch, tokens, self.shape.embedding)
        result: Tensor = self.output(joined)
        return result


class Block(nn.Module):
    """One layer: attention, then a gated feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(shape.embedding, eps=shape.epsilon)
        self.attention = Attention(shape)
        self.feed_norm = nn.RMSNorm(shape.embedding, eps=shape.epsilon)
        self.gate = nn.Linear(shape.embedding, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.embedding, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.embedding, bias=False)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        """(batch, tokens, embedding) to the same."""
        x = x + self.attention(self.attention_norm(x), cosine, sine)
        normed = self.feed_norm(x)
        result: Tensor = x + self.down(F.silu(self.gate(normed)) * self.up(normed))
        return result


class Pocket(nn.Module):
    """The whole model."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.embedding)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.norm = nn.RMSNorm(shape.embedding, eps=shape.epsilon)
        self.apply(_initialize)

    def forward(self, tokens: Tensor) -> Tensor:
        """Token ids (batch, tokens) to logits (batch, tokens, vocabulary)."""
        cosine, sine = self._positions(tokens.shape[1])
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, cosine, sine)
        return F.linear(self.norm(x), self.embedding.weight)

    def _positions(self, tokens: int) -> tuple[Tensor, Tensor]:
        half = torch.arange(0, self.shape.head_size, 2) / self.shape.head_size
        angles = torch.outer(torch.arange(tokens), self.shape.rope_base**-half)
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos(), angles.sin()


def _initialize(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
