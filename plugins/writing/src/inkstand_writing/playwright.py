"""Writing a dialogue with a model: the prompt that shows how two people talk, and the reading of
what comes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

import msgspec

from inkstand_sdk import GenerateRequest, ToolContext
from inkstand_writing.dialogue import Dialogue, DialogueInput, Talk, Turn, Voice
from inkstand_writing.progress import report_writing
from inkstand_writing.prompting import INVENTIVE, Budget
from inkstand_writing.text import plain, words

_SCRIPT_LINE = re.compile(r"^\W*(?P<name>[^\W\d_][^:\n]{0,60}?)\W*:\W*?\s*(?P<text>\S.*)$")
_QUOTED = re.compile(r"[“\"«](?P<text>[^“”\"«»]+)(?:[”\"»]|$)")


def write_dialogue(
    talk: Talk, pair: tuple[str, str], wanted: DialogueInput, ctx: ToolContext
) -> Dialogue:
    """A new dialogue between the two, streamed as it is written, with their voices."""
    budget = Budget(ctx, wanted.max_tokens, examples=True)
    voices = tuple(talk.voice(name, wanted.samples) for name in pair)
    report_writing(ctx, 0.0, f"Writing for {pair[0]} and {pair[1]}")
    result = ctx.generate(
        GenerateRequest.of(
            prompt(talk, pair, wanted, budget), max_tokens=budget.answer, sampling=INVENTIVE
        )
    )
    turns = list(turns_of(result.text, pair))
    if result.finish == "length" and len(turns) > 1 and turns[-1].text[-1] not in ".!?…—":
        turns.pop()
    overview = talk.overview(pair, pair, wanted)
    notes = list(overview.notes)
    if result.finish == "length":
        notes.append(f"The dialogue was cut off at the limit of {budget.answer} tokens.")
    if not turns:
        notes.append("The model wrote no lines of dialogue that can be told apart.")
    notes.extend(
        f"No line in the text is {voice.name}'s for certain: the voice is a guess."
        for voice in voices
        if not voice.lines
    )
    return msgspec.structs.replace(
        overview,
        dialogue=result.text.strip(),
        lines=tuple(turns[: wanted.lines]),
        source=None,
        speakers=voices,
        notes=tuple(notes),
    )


def prompt(talk: Talk, pair: tuple[str, str], wanted: DialogueInput, budget: Budget) -> str:
    """How the two talk, with as many of their lines as fit, and what to write."""
    profiles = [_profile(talk.voice(name, 0)) for name in pair]
    typical = [talk.typical(name, wanted.samples) for name in pair]
    # Turn about, so that both are heard where not all fit.
    samples = [line for both in zip_longest(*typical) for line in both if line is not None]
    talks = talk.conversation(pair, wanted.samples * 2)
    heard = [f'{line.speaker} said: "{plain(line.text)}"' for line in (*samples, *talks)]
    tail = [
        f"The situation: {wanted.situation.strip()}" if wanted.situation.strip() else "",
        f"Write up to {wanted.lines} lines, each after the name of who speaks and a colon.",
        f"Write a dialogue between {pair[0]} and {pair[1]}.",
    ]
    return budget.fill("", [*profiles, *dict.fromkeys(heard)], "\n".join(filter(None, tail)))


def _profile(voice: Voice) -> str:
    if not voice.lines:
        return f"{voice.name} hardly speaks."
    traits = [f"about {round(voice.words_per_line)} words a line"]
    if voice.questions >= 0.3:
        traits.append("asks a lot")
    if voice.exclamations >= 0.3:
        traits.append("exclaims a lot")
    if voice.broken_off >= 0.1:
        traits.append("often breaks off")
    traits.append("uses contractions" if voice.contractions >= 0.01 else "no contractions")
    if voice.characteristic:
        traits.append(f"likes the words {', '.join(voice.characteristic)}")
    return f"How {voice.name} talks: {'; '.join(traits)}."


def turns_of(text: str, pair: tuple[str, str]) -> Iterator[Turn]:
    """The lines of a dialogue that a model wrote, as a script or as prose.

    In prose who speaks is whom the paragraph names beside the quotation; where it names neither or
    both, the other one than before.
    """
    scripted = list(_script(text, pair))
    yield from scripted or _prose(text, pair)


def _script(text: str, pair: tuple[str, str]) -> Iterator[Turn]:
    for line in text.splitlines():
        match = _SCRIPT_LINE.match(line.strip())
        if match is None:
            continue
        speaker = _meant(match["name"], pair)
        said = plain(match["text"]).strip('"“”«» ')
        if speaker and words(said):
            yield Turn(speaker=speaker, text=said)


def _prose(text: str, pair: tuple[str, str]) -> Iterator[Turn]:
    before = pair[1]
    for paragraph in re.split(r"\n+", text):
        quoted = [plain(match["text"]) for match in _QUOTED.finditer(paragraph)]
        quoted = [part for part in quoted if words(part)]
        if not quoted:
            continue
        other = pair[0] if before == pair[1] else pair[1]
        speaker = _meant(_QUOTED.sub(" ", paragraph), pair) or other
        yield Turn(speaker=speaker, text=" ".join(quoted))
        before = speaker


def _meant(text: str, pair: tuple[str, str]) -> str | None:
    """Which one of the two a text names, if it is only one."""
    said = set(words(text))
    named = [
        name for name, other in (pair, pair[::-1]) if said & (set(words(name)) - set(words(other)))
    ]
    return named[0] if len(named) == 1 else None
