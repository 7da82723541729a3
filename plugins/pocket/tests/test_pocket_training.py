"""The training script from text to a GGUF file, on a tiny model; needs torch to be installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from inkstand_sdk.gguf import read_header

SCRIPT = Path(__file__).parents[1] / "training/train.py"
NEEDED = ("torch", "tokenizers", "safetensors", "gguf")


@pytest.mark.slow
@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED),
    reason="training/requirements.txt is not installed here",
)
def test_training_goes_on_from_its_checkpoint_and_writes_a_sound_gguf(tmp_path: Path) -> None:
    for steps, begun in ((3, 0), (6, 3)):
        command = [sys.executable, str(SCRIPT), "--smoke", "--steps", str(steps)]
        done = subprocess.run(
            [*command, "--out", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert f"from step {begun}" in done.stdout
    header = read_header(tmp_path / "pocket.gguf")
    assert (header.architecture, header.name, header.quantization) == ("llama", "Pocket", "Q8_0")
    assert header.chat_template
