"""A first token, to see that a model which loaded can write: the library does not say."""

from __future__ import annotations

from inkstand_gpt4all.architectures import ANOTHER_BACKEND
from inkstand_gpt4all.library import LibraryModel
from inkstand_gpt4all.sampling import EngineSampling
from inkstand_gpt4all.vocabulary import Vocabulary
from inkstand_sdk.errors import LoadFailed

_PROMPTS = ("The", "It was", "1")
_DRAWS = 6
_GREEDY = EngineSampling(temperature=1.0, top_p=1.0, top_k=1, min_p=0.0)
# Not among all tokens: the library ends the process when it writes one that is not in use.
_ANY = EngineSampling(temperature=3.0, top_p=1.0, top_k=40, min_p=0.0)


def check_writes(model: LibraryModel, vocabulary: Vocabulary | None) -> None:
    """Raise `LoadFailed` if the model evaluates nothing, or if its weights are no numbers.

    A sound model may end its text at once, or like one token above all others. But it does not
    begin every text with an empty token and also draw the same one each time.
    """
    for prompt in _PROMPTS:
        token, data = _first_token(model, prompt, _GREEDY)
        if data.strip() and (vocabulary is None or not vocabulary.is_control(token)):
            return
    drawn = {_first_token(model, _PROMPTS[0], _ANY)[0] for _ in range(_DRAWS)}
    if len(drawn) == 1:
        raise _writes_nothing("It was loaded without an error, and all that it writes is empty.")


def _first_token(model: LibraryModel, prompt: str, sampling: EngineSampling) -> tuple[int, bytes]:
    """The first token that follows, with its bytes; -1 if the text ends there."""
    evaluated = 0
    written: list[tuple[int, bytes]] = []

    def on_prompt(_token: int) -> bool:
        nonlocal evaluated
        evaluated += 1
        return True

    def on_token(token: int, data: bytes | None) -> bool:
        written.append((token, data or b""))
        return False

    model.write(prompt, 1, sampling, on_prompt, on_token)
    if any(token < 0 for token, _ in written):
        raise _writes_nothing(f"It says: {written[0][1].decode(errors='replace')}")
    if not evaluated:
        raise _writes_nothing("It did not even read a prompt.")
    return written[0] if written else (-1, b"")


def _writes_nothing(cause: str) -> LoadFailed:
    return LoadFailed("GPT4All loaded this model and cannot write with it.", cause, ANOTHER_BACKEND)
