"""Assisted decoding: the same text, drafted by a smaller model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import GenerateRequest, Model, Sampling
from inkstand_sdk.errors import UsageError
from inkstand_transformers.backend import Transformers

pytestmark = pytest.mark.filterwarnings("ignore")
SAMPLINGS = [
    Sampling(temperature=0),
    Sampling(temperature=0.9, seed=3, repeat_penalty=1.2),
    Sampling(temperature=1.5, seed=4, top_k=0, top_p=1.0, min_p=0.0),
]


def texts(model: Path, assistant: str, samplings: Sequence[Sampling] = SAMPLINGS) -> list[str]:
    backend = Transformers()
    backend.load(
        Model(id="tiny", format="safetensors", path=str(model)),
        Transformers.Settings(threads=1, assistant=assistant),
    )
    try:
        return [
            "".join(
                chunk.text
                for chunk in backend.generate(
                    GenerateRequest.of(
                        prompt, raw=True, max_tokens=40, sampling=sampling, stop=("zzq",)
                    ),
                    lambda: False,
                )
            )
            for prompt in ("It was a dark night", "The king")
            for sampling in samplings
        ]
    finally:
        backend.close()


@pytest.mark.parametrize("draft", ["the model itself", "another model"])
def test_an_assistant_changes_no_text(
    draft: str, tiny: Callable[[str], Path], save_model: Callable[..., Path], tmp_path: Path
) -> None:
    model = tiny("llama2")
    assistant = model
    if draft == "another model":
        assistant = save_model(tmp_path / "small", "llama2", seed=5, num_hidden_layers=1)
    plain = texts(model, "")
    drafted = texts(model, str(assistant))
    # Several tokens in one go round a little differently than one after the other.
    assert sum(one == other for one, other in zip(plain, drafted, strict=True)) >= len(plain) - 1


def test_an_assistant_that_agrees_has_its_tokens_taken(
    tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from inkstand_transformers import drafting

    made: list[drafting.Drafter] = []
    begin = drafting.Drafter.__init__

    def remembered(self: drafting.Drafter, *parts: object) -> None:
        begin(self, *parts)  # type: ignore[arg-type]
        made.append(self)

    monkeypatch.setattr(drafting.Drafter, "__init__", remembered)
    texts(tiny("llama2"), str(tiny("llama2")), SAMPLINGS[:1])
    assert made[0].drafted > 20
    assert made[0].accepted > 0.9 * made[0].drafted


def test_an_assistant_with_another_tokenizer_is_refused(
    tiny: Callable[[str], Path], save_model: Callable[..., Path], tmp_path: Path
) -> None:
    other = save_model(tmp_path / "other", "llama2", every_byte=True)
    with pytest.raises(UsageError, match="another tokenizer"):
        texts(tiny("llama2"), str(other))
