"""How the editor looks: pictures that were read before they were kept."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label

from inkstand.studio import Studio
from inkstand.tui.editor.options import EditorOptions

Settled = Callable[[Pilot[Any], Callable[[], Any]], Coroutine[Any, Any, None]]
SCENE = """---
title: The Ferry
pov: Ada
---

# The Ferry

The ferry came in *late*. Ada counted the lamps along the quay, **one by one**, as she had every \
evening since the flood, and lost count where the wall was down.

“You could stay,” said Tomas. `quay-4`, the board said; nobody had painted over it.

* * *

> The letter was short, and it was in her mother’s hand.

- 我們在船上等了很久，天氣很冷。
- שלום, said the man; e\u0301 and 👩\u200d👩\u200d👧 are each one character.
- A tab\there, a bell\x07 there.

She said nothing. The gulls said it twice.
"""
SIZES = [(80, 24), (120, 40), (200, 60), (60, 20)]


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.md"
    path.write_bytes(SCENE.encode())
    return path


def writing(studio: Studio, scene: Path, **options: Any) -> Any:
    from tests.tui.writing_app import WritingApp

    return WritingApp(studio, scene, options=EditorOptions(**{"autosave": 0, **options}))


@pytest.mark.parametrize("size", SIZES)
async def test_the_paragraph_one_writes_in_is_lit(
    scene: Path, snapshot: Any, size: tuple[int, int]
) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test(size=size) as pilot:
            app.editor.goto(SCENE.index("as she had"))
            await pilot.press("shift+right", "shift+right")
            await pilot.pause()
            snapshot(app, "editor-lit")


async def test_finding_and_a_modal_keymap(scene: Path, snapshot: Any, settled: Settled) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene, keys="vim", focus=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("slash")
            app.query_one("#find-pattern", Input).value = "said"
            count = app.query_one("#find-count", Label)
            await settled(pilot, lambda: "of 5" in str(count.render()))
            snapshot(app, "editor-find")


async def test_a_file_that_cannot_be_saved_is_said_above_the_text(
    scene: Path, snapshot: Any, settled: Settled
) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("x")
            scene.unlink()
            await app.editor.save()
            await settled(pilot, lambda: app.query("Notice.-conflict"))
            app.clear_notifications()
            await pilot.pause()
            snapshot(app, "editor-deleted")
