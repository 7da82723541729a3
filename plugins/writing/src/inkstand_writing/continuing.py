"""The continuation: how a scene goes on, in a model's words, as a proposal for its file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import Dropped, GenerateRequest, Message, Scene, Text, Tool, ToolContext
from inkstand_sdk.capabilities import ToolCapabilities
from inkstand_sdk.errors import InputError, OutputInvalid, UsageError
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.progress import report_writing
from inkstand_writing.prompting import INVENTIVE, Budget

RULES = (
    "You go on with a writer's story. Write only the text that comes next: no heading, no remark,"
    " nothing that is there already. Keep the tense, the point of view and the voice."
)
TOKENS_PER_WORD = 1.6
BIBLE_SHARE = 0.3
"""The part of the prompt that pages of the bible take at most: the story itself is worth more."""
STEP = 4
"""The beginning of the story is left out in steps of a quarter of what fits, so that it stays the
same from one continuation to the next and an engine need not read it again."""
_PARAGRAPH = re.compile(r"\S.*?(?=\n\s*\n|\Z)", re.DOTALL)
_ENDS = re.compile(r"[.!?…‽。！？।؟۔:;\-—–]['\"’”»)\]*_]*$|[*_#]$")
_LAST_SENTENCE = re.compile(r".*[.!?…。！？।؟۔]['\"’”»)\]*_]*(?=\s|$)", re.DOTALL)


class ContinueInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to go on, and how."""

    scene: Annotated[
        str, Meta(description="The scene to go on with: its number, title or id; the last if none.")
    ] = ""
    at: Annotated[
        int, Meta(ge=-1, description="Characters into the scene to go on from; -1 is its end.")
    ] = -1
    words: Annotated[int, Meta(ge=10, le=5_000, description="About how many words to write.")] = 250
    wish: Annotated[str, Meta(description="What is to happen next.")] = ""


class Continuation(msgspec.Struct, frozen=True, kw_only=True):
    """How a scene may go on."""

    text: Annotated[str, Meta(description="What comes next.")]
    scene: Annotated[str, Meta(description="The scene that it goes on with.")]
    proposal: Annotated[int, Meta(ge=0, description="The proposal's number; 0 if none was kept.")]
    notes: Annotated[tuple[str, ...], Meta(description="What to know about it.")] = ()


class ContinueTool(Tool):
    """Goes on from the end of a scene; what it writes is a proposal for that scene."""

    name = "continue"
    title = "Continue"
    Input = ContinueInput
    Output = Continuation
    capabilities: ClassVar[ToolCapabilities] = ToolCapabilities(engines=("model",))

    def run(self, input: Any, ctx: ToolContext) -> Continuation:
        """Write with the run's model and propose what it wrote."""
        wanted: ContinueInput = input
        scene = _scene(ctx.manuscript.scenes, wanted.scene)
        at = len(scene.text) if wanted.at < 0 else wanted.at
        if at > len(scene.text):
            raise UsageError(
                f"{scene.label()} has {len(scene.text)} characters, fewer than {at}.",
                "",
                "Leave --at out to go on from its end.",
            )
        budget = Budget(ctx, int(wanted.words * TOKENS_PER_WORD) + 16)
        report_writing(ctx, 0.0, f"Going on with {scene.label()}")
        request = request_for(ctx, scene, at, wanted, budget)
        result = ctx.generate(request)
        text, notes = _whole(result.text, cut=result.finish == "length")
        if not text:
            raise OutputInvalid("The model wrote nothing.", "", "Try again, or another model.")
        proposal = 0
        try:
            proposal = _proposed(ctx, scene, at, text, wanted)
        except InputError as error:
            # The text is worth more than the place that it could not be kept in.
            notes.append(f"It could not be kept as a proposal: {error}")
        return Continuation(
            text=text,
            scene=scene.label(),
            proposal=proposal,
            notes=(*notes, *_told(scene, request)),
        )


def request_for(
    ctx: ToolContext, scene: Scene, at: int, wanted: ContinueInput, budget: Budget
) -> GenerateRequest:
    """The prompt, what changes seldom first: rules, bible, the story so far, the wish."""
    wish = _wish(wanted)
    room = budget.tokens - budget.count(RULES) - budget.count(wish)
    before = scene.text[:at]
    pages, without = _pages(ctx.bible, before, budget, int(room * BIBLE_SHARE))
    room -= sum(budget.count(page.text) for page in pages)
    story, left = _tail(before, budget, room)
    dropped = list(without)
    if left:
        dropped.append(
            Dropped("the scene's beginning", budget.count(left), "The model's context is too short")
        )
    system = (Text(RULES, "rules"), *pages)
    user = (Text(f"{story}\n\n", "manuscript tail"), Text(wish, "wish"))
    return GenerateRequest(
        messages=(Message("system", system), Message("user", user)),
        max_tokens=budget.answer,
        sampling=INVENTIVE,
        dropped=tuple(dropped),
    )


def _wish(wanted: ContinueInput) -> str:
    wish = f" What happens next: {wanted.wish.strip()}" if wanted.wish.strip() else ""
    return f"[Go on from here with about {wanted.words} words.{wish}]"


def _pages(
    bible: Sequence[BibleEntry], story: str, budget: Budget, room: int
) -> tuple[list[Text], list[Dropped]]:
    """The pages of whoever the story names, in one order, as far as there is room for them."""
    pages: list[Text] = []
    dropped: list[Dropped] = []
    folded = story.casefold()
    for entry in sorted(bible, key=lambda each: (each.kind, each.name)):
        aliases = entry.fields.get("aliases") or ()
        names = (entry.name, *(aliases if isinstance(aliases, list | tuple) else ()))
        if entry.kind != "style" and not any(str(each).casefold() in folded for each in names):
            continue
        page = f"\n\n{entry.name} ({entry.kind}):\n{_facts(entry)}"
        tokens = budget.count(page)
        if tokens > room:
            dropped.append(Dropped(f"bible: {entry.name}", tokens, "No room beside the story"))
            continue
        room -= tokens
        pages.append(Text(page, f"bible: {entry.name}"))
    return pages, dropped


def _facts(entry: BibleEntry) -> str:
    told = [
        f"{key}: {value if isinstance(value, str) else _plain(value)}"
        for key, value in entry.fields.items()
        if value not in ("", None, [], {}) and key not in ("name", "cloud", "image")
    ]
    return "\n".join([*told, entry.text.strip()]).strip()


def _plain(value: Any) -> str:
    return msgspec.json.encode(value).decode("utf-8")


def _tail(story: str, budget: Budget, room: int) -> tuple[str, str]:
    """As much of the end of a story as fits, from the beginning of a paragraph on; and the rest."""
    if budget.count(story) <= room:
        return story, ""
    starts = [found.start() for found in _PARAGRAPH.finditer(story)]
    step = max(1, len(story) * room // (STEP * max(1, budget.count(story))))
    low = 0
    for start in _steps(starts, step):
        low = start
        if budget.count(story[start:]) <= room:
            return story[start:], story[:start]
    # The last paragraph alone is too long: as many of its last words as fit.
    tail = story[low:]
    while tail and budget.count(tail) > room:
        tail = tail[len(tail) // STEP + 1 :].partition(" ")[2]
    return tail, story[: len(story) - len(tail)]


def _steps(starts: Sequence[int], step: int) -> list[int]:
    """The first paragraph of each step, and the last paragraph."""
    chosen: dict[int, int] = {}
    for start in starts:
        chosen.setdefault(start // step, start)
    return sorted({*chosen.values(), starts[-1]}) if starts else []


def _whole(text: str, *, cut: bool) -> tuple[str, list[str]]:
    """What a model wrote, up to its last whole sentence where it was cut off."""
    text = text.strip()
    if not cut:
        return text, []
    whole = _LAST_SENTENCE.match(text)
    note = "The model was cut off at the limit of tokens"
    if whole is None:
        return text, [f"{note}, in the middle of a sentence."]
    return whole.group().strip(), [f"{note}; its last, unfinished sentence is left out."]


def _proposed(ctx: ToolContext, scene: Scene, at: int, text: str, wanted: ContinueInput) -> int:
    """The number of the proposal; 0 for a text from standard input, which has no file."""
    if not scene.file:
        return 0
    title = "A continuation"
    before, after = scene.text[:at], scene.text[at:]
    if not after and _ENDS.search(before):
        return ctx.propose(text, scene=scene, title=title, why=wanted.wish)
    # In the middle of a paragraph: on the same line, with one space where there is none.
    lead = "" if not before or before[-1].isspace() else " "
    trail = " " if after and not after[0].isspace() else ""
    return ctx.propose(f"{lead}{text}{trail}", scene=scene, start=at, title=title, why=wanted.wish)


def _told(scene: Scene, request: GenerateRequest) -> list[str]:
    notes = []
    if not scene.file:
        notes.append("The text has no file, so nothing is proposed for one.")
    if request.dropped:
        left = ", ".join(each.label for each in request.dropped)
        notes.append(f"What did not fit into the model's context: {left}.")
    return notes


def _scene(scenes: Sequence[Scene], wanted: str) -> Scene:
    name = wanted.strip()
    if not name:
        return scenes[-1]
    if name.isdecimal() and 1 <= int(name) <= len(scenes):
        return scenes[int(name) - 1]
    for each in scenes:
        if name in (each.id, each.title, each.chapter, each.file):
            return each
    alike = [each for each in scenes if name.casefold() in each.label().casefold()]
    if len(alike) == 1:
        return alike[0]
    raise UsageError(
        f"There is no scene {wanted!r}." if not alike else f"{wanted!r} may be several scenes.",
        "Scenes are named by their number, title or id.",
        f"For example: --scene {alike[0].index + 1 if alike else len(scenes)}",
    )
