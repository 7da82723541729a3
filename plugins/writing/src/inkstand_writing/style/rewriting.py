"""A passage rewritten in the book's own style, as a proposal where it stands in the book."""

from __future__ import annotations

from inkstand_sdk import GenerateRequest, Message, Scene, Text, ToolContext
from inkstand_sdk.errors import InputError, OutputInvalid, UsageError
from inkstand_writing.book import Book, Sentence
from inkstand_writing.progress import report_writing
from inkstand_writing.prompting import INVENTIVE, Budget
from inkstand_writing.style.answer import StyleInput, StyleReport
from inkstand_writing.style.telling import in_words, listed

RULES = (
    "You rewrite a passage for a novelist in the novelist's own style. Keep everything that"
    " happens, who says what, the tense and the point of view; change only how it is told. Write"
    " the passage alone, without a remark."
)
_TOKENS_PER_WORD = 1.6
_SAMPLE_WORDS = 250
_SAMPLES = 3
_MOSTLY_SPOKEN = 0.3


def rewritten(book: Book, wanted: StyleInput, ctx: ToolContext) -> StyleReport:
    """The passage as the model has it; a proposal where it stands once in the book.

    Raises:
        UsageError: there is no passage.
        OutputInvalid: the model wrote nothing.

    """
    passage = wanted.passage.strip()
    if not passage:
        raise UsageError(
            "There is no passage to rewrite.",
            "With a model the style tool rewrites a passage in the book's style.",
            'Give one: --passage "...", or add --engine analysis to look at the style.',
        )
    count = len(passage.split())
    budget = Budget(ctx, int(1.5 * count * _TOKENS_PER_WORD) + 16)
    report_writing(ctx, 0.0, "Rewriting the passage")
    result = ctx.generate(request_for(book, passage, budget))
    text = result.text.strip()
    if not text:
        raise OutputInvalid("The model wrote nothing.", "", "Try again, or another model.")
    notes = list(book.notes)
    if result.finish == "length":
        notes.append("The model was cut off at the limit of tokens.")
    proposal = _proposed(ctx, passage, text, notes)
    return StyleReport(text=text, proposal=proposal, notes=tuple(notes))


def request_for(book: Book, passage: str, budget: Budget) -> GenerateRequest:
    """The prompt: rules, the style in words, stretches of the book, the passage."""
    style = book.reading.style
    told = "\n".join(f"- {line}" for line in in_words(style))
    leaning = f"\n- Phrases it leans on: {listed(style.phrases[:6])}." if style.phrases else ""
    head = f"How the book is told:\n{told}{leaning}\n\nStretches of it:"
    tail = f"\nThe passage to rewrite:\n\n{passage}"
    prompt = budget.fill(head, [f"\n{sample}" for sample in samples(book)], tail)
    return GenerateRequest(
        messages=(
            Message("system", (Text(RULES, "rules"),)),
            Message("user", (Text(prompt, "style, samples and passage"),)),
        ),
        max_tokens=budget.answer,
        sampling=INVENTIVE,
    )


def samples(book: Book) -> list[str]:
    """Stretches of narration from the beginning, the middle and later, as the book has them."""
    third = max(1, len(book.sentences) // (_SAMPLES + 1))
    found = []
    for number in range(1, _SAMPLES + 1):
        stretch = _narration_from(book, number * third)
        if stretch:
            first, last = stretch[0], stretch[-1]
            text = book.manuscript.scenes[first.scene].text[first.start : last.end]
            found.append(text.strip())
    return found


def _narration_from(book: Book, row: int) -> list[Sentence]:
    """The next row of sentences of one scene that are mostly narration."""
    best: list[Sentence] = []
    run: list[Sentence] = []
    words = 0
    for sentence in book.sentences[row : row + 200]:
        if sentence.spoken > _MOSTLY_SPOKEN or (run and run[-1].scene != sentence.scene):
            run, words = [], 0
            continue
        run.append(sentence)
        words += len(sentence.words)
        if len(run) > len(best):
            best = list(run)
        if words >= _SAMPLE_WORDS:
            break
    return best


def _proposed(ctx: ToolContext, passage: str, text: str, notes: list[str]) -> int | None:
    """The number of the proposal for the place where the passage stands, if there is one place."""
    places: list[tuple[Scene, int]] = []
    for scene in ctx.manuscript.scenes:
        at = scene.text.find(passage)
        while at >= 0 and len(places) < 2:
            places.append((scene, at))
            at = scene.text.find(passage, at + 1)
    if len(places) != 1:
        if places:
            notes.append("The passage stands in the text more than once, so nothing is proposed.")
        return None
    ((scene, at),) = places
    if not scene.file:
        notes.append("The text has no file, so nothing is proposed for one.")
        return None
    try:
        return ctx.propose(
            text,
            scene=scene,
            start=at,
            end=at + len(passage),
            title="A passage in the book's style",
        )
    except InputError as error:
        notes.append(f"It could not be kept as a proposal: {error}")
        return None
