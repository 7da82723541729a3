"""Train the pocket model from scratch on a folder of novels, and write it as GGUF.

    pip install -r requirements.txt
    python train.py --novels NOVELS --out BUILD --minutes 80

NOVELS holds plain text files, one novel each. BUILD gets the tokenizer, a checkpoint every few
minutes and at the end pocket.gguf; run it again to go on from the last checkpoint. `--smoke`
trains a few steps of a tiny model on made-up text, in seconds.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import checkpoint
import torch
from corpus import made_up_novels, read_novels
from model import Pocket, Shape
from to_gguf import write_gguf
from tokens import IGNORED, Batches, train_tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everyone uses

SEED = 7
_SMOKE_SHAPE = Shape(vocabulary=320, embedding=64, feed_forward=128, blocks=2, heads=4, kv_heads=2)


@dataclass(frozen=True)
class Plan:
    """How long to train, and how. One of `minutes` and `steps` may be 0: no limit."""

    minutes: float
    steps: int
    batch: int = 24
    chats: int = 8
    window: int = 256
    rate: float = 2.5e-3
    warm_up: int = 150
    save_every: float = 300.0


def main() -> None:
    """Read the command line, train, write the GGUF file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--novels", type=Path, help="folder of .txt files")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many minutes")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many steps")
    parser.add_argument("--smoke", action="store_true", help="a tiny model on made-up text")
    options = parser.parse_args()
    if options.smoke:
        options.steps = options.steps or 12
    elif options.novels is None:
        parser.error("--novels is needed")
    if not options.minutes and not options.steps:
        options.minutes = 80.0
    plan = Plan(options.minutes, options.steps)
    if options.smoke:
        plan = Plan(options.minutes, options.steps, batch=4, chats=2, window=64, warm_up=2)
    novels = made_up_novels() if options.smoke else read_novels(options.novels)
    options.out.mkdir(parents=True, exist_ok=True)
    model = train(novels, _SMOKE_SHAPE if options.smoke else Shape(), plan, options.out)
    tokenizer = options.out / "tokenizer.json"
    write_gguf(model, tokenizer, options.out / "pocket.gguf")
    print(f"Wrote {options.out / 'pocket.gguf'}")


def train(novels: list[list[str]], shape: Shape, plan: Plan, out: Path) -> Pocket:
    """Train to the end of the plan, from the checkpoint in `out` if there is one."""
    torch.manual_seed(SEED)
    tokenizer = train_tokenizer(novels, shape.vocabulary, out / "tokenizer.json")
    batches = Batches(novels, tokenizer, plan.window, SEED)
    saved = out / "checkpoint.safetensors"
    model, step = checkpoint.load_model(saved) if saved.exists() else (Pocket(shape), 0)
    optimizer = _optimizer(model, plan.rate)
    if step:
        checkpoint.load_optimizer(saved, model, optimizer)
    weights = sum(parameter.numel() for parameter in model.parameters())
    print(f"{batches.tokens:,} tokens, {weights:,} weights, from step {step}", flush=True)
    began = last_save = time.monotonic()
    average = math.nan

    def done() -> float:
        by_time = (time.monotonic() - began) / (plan.minutes * 60) if plan.minutes else 0.0
        return max(by_time, step / plan.steps if plan.steps else 0.0)

    while (part := done()) < 1:
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * _schedule(step, part, plan.warm_up)
        loss = _step(model, optimizer, *batches.get(step, plan.batch, plan.chats))
        step += 1
        average = loss if math.isnan(average) else 0.98 * average + 0.02 * loss
        if step % 25 == 0:
            print(f"step {step}  loss {average:.3f}  {part:.0%}", flush=True)
        if time.monotonic() - last_save > plan.save_every:
            checkpoint.save(saved, model, optimizer, step)
            last_save = time.monotonic()
    checkpoint.save(saved, model, optimizer, step)
    print(f"Done after {step} steps, loss {average:.3f}", flush=True)
    return model


def _optimizer(model: Pocket, rate: float) -> torch.optim.AdamW:
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    norms = [parameter for parameter in model.parameters() if parameter.ndim == 1]
    groups = [
        {"params": matrices, "weight_decay": 0.05},
        {"params": norms, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.95))


def _schedule(step: int, part: float, warm_up: int) -> float:
    """The share of the highest rate: up over the first steps, down to a tenth, then to nothing."""
    falling = 1 - 0.9 * part if part < 0.8 else 0.28 * (1 - part) / 0.2
    return min(1.0, (step + 1) / warm_up) * max(falling, 0.005)


def _step(
    model: Pocket, optimizer: torch.optim.Optimizer, inputs: Tensor, targets: Tensor
) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(inputs)
    loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


if __name__ == "__main__":
    main()
