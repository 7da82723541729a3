"""What the command palette finds: screens, commands, tools, scenes, people, themes and keymaps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import msgspec
from textual.command import DiscoveryHit, Hit, Hits, Provider

from inkstand.tui.app import InkstandApp
from inkstand.tui.keymaps import shown_key
from inkstand.tui.messages import Jump
from inkstand.tui.screens import SCREENS

_LESS = 0.9
"""What a match in the explanation is worth, beside one in the name."""


class Command(msgspec.Struct, frozen=True):
    """A thing that can be done: what it is called, what it does, and how.

    `is_shown` is whether it is in the list before anything is typed.
    """

    title: str
    about: str
    run: Callable[[], Any | Awaitable[Any]]
    is_shown: bool = True


class Everything(Provider):
    """Gives the palette all there is."""

    async def discover(self) -> Hits:
        """The list before anything is typed."""
        for command in self._commands():
            if command.is_shown:
                yield DiscoveryHit(command.title, command.run, command.title, command.about)

    async def search(self, query: str) -> Hits:
        """What fits the words typed so far."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                shown = matcher.highlight(command.title)
                yield Hit(score, shown, command.run, command.title, command.about)
            elif (score := matcher.match(command.about)) > 0:
                title = command.title
                yield Hit(score * _LESS, title, command.run, title, command.about)

    def _commands(self) -> Iterator[Command]:
        app = self.app
        if not isinstance(app, InkstandApp):
            return
        if app.path is not None:
            for entry in SCREENS.values():
                run = partial(app.action_show, entry.name)
                key = shown_key(entry.key)
                yield Command(f"{entry.title} screen", f"{entry.summary} {key}", run)
            yield from _tools(app)
        yield from self._actions(app)
        if app.path is not None:
            yield from _scenes(app)
            yield from _people(app)
        for name in app.theme_names():
            run = partial(app.choose_theme, name)
            yield Command(f"Theme: {name}", "Change the colors, and keep them.", run, False)
        for name in app.keymap_names():
            run = partial(app.choose_keymap, name)
            yield Command(f"Keys: {name}", "Change the keymap, and keep it.", run, False)

    def _actions(self, app: InkstandApp) -> Iterator[Command]:
        """What the keys do that work right now."""
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            known = (binding.action, binding.description)
            is_ours = not type(active.node).__module__.startswith("textual.")
            if not binding.description or known in seen or not active.enabled or not is_ours:
                continue
            if binding.action.startswith("show(") or binding.action == "command_palette":
                continue
            seen.add(known)
            run = partial(app.run_action, binding.action, active.node)
            area = (binding.id or "").partition(".")[0].replace("_", " ")
            about = " · ".join(part for part in (area, app.get_key_display(binding)) if part)
            # What moves the cursor by a character is known to every hand.
            is_shown = binding.show or area != "editor"
            yield Command(binding.description, about, run, is_shown)


def _tools(app: InkstandApp) -> Iterator[Command]:
    for tool in app.tools:
        title = f"Tool: {tool.title or tool.name}"
        yield Command(title, tool.summary, partial(app.open_tool, tool.name))


def _scenes(app: InkstandApp) -> Iterator[Command]:
    status = app.status
    if status is None:
        return
    root = app.desk.workspace.root
    for scene in status.count.scenes:
        where = " · ".join(part for part in (scene.part, scene.chapter) if part != scene.label)
        jump = Jump(root / scene.file, scene.offset)
        about = where or f"{scene.words:,} words"
        yield Command(f"Scene: {scene.label}", about, partial(app.post_message, jump), False)


def _people(app: InkstandApp) -> Iterator[Command]:
    for entry in app.entries:
        path = app.desk.workspace.root / entry.file
        run = partial(app.post_message, Jump(path))
        yield Command(f"Bible: {entry.name}", entry.kind.capitalize(), run, False)
