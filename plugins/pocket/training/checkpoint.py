"""Checkpoints as safetensors: the weights, the optimizer's state, and the step."""

from __future__ import annotations

from pathlib import Path

import torch
from model import Pocket, Shape
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

_STATE = ("exp_avg", "exp_avg_sq", "step")


def save(path: Path, model: Pocket, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write the checkpoint aside and move it into place, so that there is always a whole one."""
    tensors: dict[str, Tensor] = {
        f"model.{name}": value.detach() for name, value in model.named_parameters()
    }
    for name, parameter in model.named_parameters():
        for key in _STATE:
            if key in optimizer.state[parameter]:
                tensors[f"optimizer.{key}.{name}"] = optimizer.state[parameter][key].detach()
    metadata = {"step": str(step), **model.shape.as_text()}
    aside = path.with_suffix(".part")
    save_file({name: t.contiguous() for name, t in tensors.items()}, aside, metadata)
    aside.replace(path)


def load_model(path: Path) -> tuple[Pocket, int]:
    """The model of a checkpoint, and the step that it was written at."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        step = int(metadata.pop("step"))
        fields = {
            name: float(value) if name in ("rope_base", "epsilon") else int(value)
            for name, value in metadata.items()
        }
        model = Pocket(Shape(**fields))  # type: ignore[arg-type]
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(file.get_tensor(f"model.{name}"))
    return model, step


def load_optimizer(path: Path, model: Pocket, optimizer: torch.optim.Optimizer) -> None:
    """Put the optimizer's state of a checkpoint back."""
    with safe_open(path, "pt") as file:
        names = set(file.keys())
        for name, parameter in model.named_parameters():
            optimizer.state[parameter] = {
                key: file.get_tensor(f"optimizer.{key}.{name}")
                for key in _STATE
                if f"optimizer.{key}.{name}" in names
            }
