"""A run on the screen: its takes as they are written, and what can be done with them."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.assistant.keyed import keyed
from inkstand.tui.assistant.receipt import ReceiptScreen
from inkstand.tui.assistant.take import Take
from inkstand.tui.assistant.work import Outcome, PromptWork, Run, Work, context_of
from inkstand.tui.background import batches, run_blocking
from inkstand.tui.messages import ProposalsChanged, TokensTold
from inkstand_sdk.errors import Cancelled, InkstandError
from inkstand_sdk.worker.memory import trim

_TELL_S = 0.5
"""Seconds between two words to the status line."""
_BESIDE_KEYS_S = 0.1
"""Seconds between two paints that are left to keys while the writer types."""
_LONG = 200_000
"""Characters of a text from which on what was used to write it is worth giving back at once."""
_LEAST_COLUMN = 28
"""Columns that a take has at least where takes stand side by side."""


class RunPage(Vertical):
    """Takes of one piece of work.

    A run that hangs or dies costs nothing but itself: it is followed in threads.
    """

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    RunPage { height: 1fr; }
    RunPage > .run-title { height: auto; color: $foreground 60%; margin-bottom: 1; }
    RunPage > #takes { height: 1fr; layout: vertical; }
    RunPage > #takes.-beside { layout: horizontal; }
    RunPage > .run-notes { height: auto; max-height: 6; color: $foreground 60%; display: none; }
    RunPage > .run-actions { height: auto; margin-top: 1; }
    RunPage > .run-actions Button { width: auto; min-width: 4; margin-right: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,d", "propose", "Show the change in the text", id="assistant.diff"),
        Binding("a,r", "again", "Once more", id="assistant.again"),
        Binding("c", "copy", "Copy", id="assistant.copy"),
        Binding("o", "receipt", "What the model was sent", id="assistant.receipt"),
        Binding("w", "widen", "Wide view", id="assistant.wide"),
        Binding("escape", "leave", "Stop, or back", id="assistant.back"),
        *(
            Binding(str(n), f"choose({n})", f"Take {n}", show=False, id=f"assistant.take_{n}")
            for n in range(1, 10)
        ),
    ]

    class Left(Message):
        """The writer goes back."""

    class Proposed(Message):
        """A proposal is to be shown in the text; `others` are those of the other takes."""

        def __init__(self, number: int, others: tuple[int, ...] = ()) -> None:
            super().__init__()
            self.number = number
            self.others = others

    class Wide(Message):
        """The writer wants to see a take in a wide view."""

        def __init__(self, takes: list[Take]) -> None:
            super().__init__()
            self.takes = takes

    def __init__(self) -> None:
        super().__init__()
        self.work: Work | None = None
        self._count = 1
        self._chosen = 0
        self._told = 0.0
        self._kept: dict[int, int] = {}

    def compose(self) -> ComposeResult:
        """The title, the takes, and the buttons."""
        yield Static("", classes="run-title", markup=False)
        yield Vertical(id="takes")
        yield Static("", classes="run-notes", markup=False)
        with Horizontal(classes="run-actions"):
            yield Button("Stop", id="run-leave", compact=True)
            propose = Button(keyed("Show change"), id="run-propose", compact=True)
            propose.variant = "primary"
            yield propose
            yield Button(keyed("Again"), id="run-again", compact=True)
            yield Button(keyed("Copy"), id="run-copy", compact=True)

    @property
    def takes(self) -> list[Take]:
        """The takes."""
        return list(self.query(Take))

    @property
    def chosen(self) -> Take | None:
        """The take that is meant."""
        takes = self.takes
        return takes[min(self._chosen, len(takes) - 1)] if takes else None

    @property
    def is_at_work(self) -> bool:
        """Whether something is being written."""
        return any(not take.is_over for take in self.takes)

    # -- running --------------------------------------------------------------------------------

    async def begin(self, work: Work, count: int = 1) -> None:
        """Set work going, some takes of it at once."""
        self.work, self._count, self._chosen = work, count, 0
        self._kept.clear()
        self.workers.cancel_node(self)
        holder = self.query_one("#takes", Vertical)
        await holder.remove_children()
        takes = [Take(number + 1, alone=count == 1) for number in range(count)]
        await holder.mount_all(takes)
        self._place()
        what = work.where.label
        on = getattr(getattr(work, "chosen", None), "on", "")
        self.query_one(".run-title", Static).update(
            Content.assemble(
                (work.title, "bold $primary"), (f"  {on or what}" if on or what else "")
            )
        )
        self.query_one(".run-notes", Static).display = False
        self._renew()
        self.screen.set_focus(takes[0].body)
        for take in takes:
            self.run_worker(
                self._follow(take, work), group=f"take {take.number}", exit_on_error=False
            )

    async def _follow(self, take: Take, work: Work) -> None:
        """Follow a take to its end, whatever that is."""
        run: Run | None = None
        try:
            run = await run_blocking(work.start)
            take.run_of = run
            if take.state == "stopping":
                run.cancel()
            async for batch in batches(run.events()):
                take.take_in(batch)
                self._tell_speed()
                if self.app.is_typed_in:
                    await asyncio.sleep(_BESIDE_KEYS_S)
            await take.end(await run_blocking(run.result))
        except asyncio.CancelledError:
            raise
        except Cancelled:
            take.stop()
        # Whatever a plugin or an engine does, it costs this take and nothing else.
        except Exception as error:  # noqa: BLE001
            take.fail(error)
        finally:
            if run is not None and not take.is_over:
                run.cancel()
        self._ended(take)
        if len(take.text) > _LONG:
            run = None
            await run_blocking(trim)

    def _ended(self, take: Take) -> None:
        if take.outcome is not None:
            self._note(take.outcome)
            if take.outcome.proposals:
                self.post_message(ProposalsChanged())
            self.run_worker(self._tell_of(take.outcome), group="told", exit_on_error=False)
        self._renew()

    def _note(self, outcome: Outcome) -> None:
        if outcome.notes:
            notes = self.query_one(".run-notes", Static)
            notes.update("\n".join(outcome.notes))
            notes.display = True

    def _tell_speed(self) -> None:
        now = monotonic()
        if now - self._told >= _TELL_S:
            self._told = now
            speed = sum(take.speed for take in self.takes if not take.is_over)
            if speed:
                self.post_message(TokensTold(speed))

    async def _tell_of(self, outcome: Outcome) -> None:
        """Say in the status line what the last call took."""
        if not outcome.calls:
            return
        call = outcome.calls[-1]
        limit = await run_blocking(context_of, self.app.studio, f"{call.backend}:{call.model}")
        used = call.usage.prompt_tokens + call.usage.completion_tokens
        self.post_message(TokensTold(call.tokens_per_second, used, limit))

    # -- looks ----------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Put takes side by side where there is room."""
        self._place()

    def _place(self) -> None:
        count = max(1, len(self.takes))
        beside = count > 1 and self.size.width // count >= _LEAST_COLUMN
        self.query_one("#takes").set_class(beside, "-beside")

    def _renew(self) -> None:
        chosen = self.chosen
        for take in self.takes:
            take.set_class(take is chosen, "-chosen")
        at_work = self.is_at_work
        self.query_one("#run-leave", Button).label = "Stop" if at_work else "Back"
        self.query_one("#run-again", Button).display = not at_work
        self.query_one("#run-copy", Button).display = bool(chosen and chosen.text)
        self.query_one("#run-propose", Button).display = self._can_propose(chosen)

    def _can_propose(self, take: Take | None) -> bool:
        if take is None or not take.is_over or take.outcome is None:
            return False
        return bool(take.outcome.proposals) or (
            isinstance(self.work, PromptWork)
            and bool(take.text)
            and self.work.where.file is not None
        )

    @on(Take.Pointed)
    def _pointed(self, pointed: Take.Pointed) -> None:
        self._chosen = pointed.take.number - 1
        self._renew()

    @on(Button.Pressed)
    async def _pressed(self, pressed: Button.Pressed) -> None:
        pressed.stop()
        await self.run_action((pressed.button.id or "").removeprefix("run-"))

    # -- what the writer does ---------------------------------------------------------------------

    def stop_all(self) -> bool:
        """Stop whatever is at work; whether something was."""
        stopped = False
        for take in self.takes:
            if not take.is_over and take.state != "stopping":
                stopped = True
                take.stopping()
                if take.run_of is not None:
                    take.run_of.cancel()
        return stopped

    def action_leave(self) -> None:
        """Stop what is at work; go back if nothing is, or if it does not stop."""
        if not self.stop_all():
            self.post_message(self.Left())

    def action_choose(self, number: int) -> None:
        """Choose a take."""
        takes = self.takes
        if len(takes) > 1 and number <= len(takes):
            self._chosen = number - 1
            self.screen.set_focus(takes[number - 1].body)
            self._renew()

    async def action_again(self) -> None:
        """Do the same once more."""
        if self.work is not None and not self.is_at_work:
            await self.begin(self.work, self._count)

    def action_copy(self) -> None:
        """Copy the text."""
        take = self.chosen
        if take is not None and take.text:
            self.app.copy_to_clipboard(take.text)
            self.notify("Copied.", timeout=2)

    def action_receipt(self) -> None:
        """Show what the model was sent."""
        take = self.chosen
        calls = take.outcome.calls if take is not None and take.outcome is not None else ()
        if not calls:
            self.notify("No model was asked.", timeout=3)
            return
        self.app.push_screen(ReceiptScreen(calls[-1].request_id))

    def action_widen(self) -> None:
        """Show it in a wide view."""
        if self.takes:
            self.post_message(self.Wide(self.takes))

    async def action_propose(self) -> None:
        """Show in the text what the chosen take would change there."""
        take = self.chosen
        if take is None or not self._can_propose(take) or take.outcome is None:
            self.notify("There is nothing to propose.", timeout=3)
            return
        number = next(iter(take.outcome.proposals), 0) or self._kept.get(take.number, 0)
        if not number:
            try:
                number = await self._keep(take, take.outcome)
            except InkstandError as error:
                self.app.show_error(error)
                return
        others = tuple(
            each
            for other in self.takes
            if other is not take and other.outcome is not None
            for each in other.outcome.proposals
        )
        self.post_message(self.Proposed(number, others))

    async def _keep(self, take: Take, outcome: Outcome) -> int:
        """Keep what a prompt gave as a proposal for the selection, or for where the cursor was."""
        work, result = self.work, outcome.result
        if not isinstance(work, PromptWork) or result is None or work.where.file is None:
            return 0
        import msgspec

        span, text = placed(work.where.text, work.where.selection, work.where.cursor, take.text)
        made = msgspec.structs.replace(result, text=text)
        desk = self.app.desk
        number = await run_blocking(
            desk.propose_change,
            work.where.file,
            span,
            made,
            seen=work.where.text,
            title="A rewritten passage" if work.where.selected else "An answer",
            why=work.wish,
        )
        self._kept[take.number] = number
        self.post_message(ProposalsChanged())
        return number


def placed(
    text: str, selection: tuple[int, int], cursor: int, new: str
) -> tuple[tuple[int, int], str]:
    """Where a new text goes, and how it is set off there: in the place of what is selected, or as
    a paragraph of its own behind the one that the cursor is in.
    """
    start, end = min(selection), max(selection)
    if text[start:end].strip():
        old = text[start:end]
        lead = old[: len(old) - len(old.lstrip())]
        trail = old[len(old.rstrip()) :]
        return (start, end), f"{lead}{new.strip()}{trail}"
    at = text.find("\n", cursor)
    at = len(text) if at < 0 else at
    at = len(text[:at].rstrip())
    lead = "\n\n" if at else ""
    trail = "" if at < len(text) else "\n"
    return (at, at), f"{lead}{new.strip()}{trail}"
