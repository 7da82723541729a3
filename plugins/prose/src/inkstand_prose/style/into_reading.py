"""Puts the style of a book into its reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from inkstand_prose.book import SceneParts
from inkstand_prose.running import Running
from inkstand_prose.scene_memo import SceneMemo
from inkstand_prose.style.curves import mean_of
from inkstand_prose.style.places import TextOfScene
from inkstand_prose.style.scene import SceneStyle, of_scene
from inkstand_prose.style.tally import Tally
from inkstand_prose.style.whole import of_book
from inkstand_sdk.reader import Reading


def keep_style(scene: SceneParts, memo: SceneMemo, tick: Callable[[], None] = lambda: None) -> None:
    """Find what the scene's text decides of its style, if it is not kept already."""
    if memo.style is None:
        memo.style = of_scene(scene.text, scene.paragraphs, memo.sentences, scene.quotes, tick)


def with_style(
    reading: Reading,
    scenes: Sequence[SceneParts],
    memos: Sequence[SceneMemo],
    said: Sequence[Sequence[str]],
    tallies: Running[SceneStyle, Tally],
    tick: Callable[[], None] = lambda: None,
) -> Reading:
    """The reading with fingerprint, voices, remarks and curves; `keep_style` was called for
    each scene. `said` are the speakers of its quotations, "" where that is not certain.
    `tallies` count on from the book before. `tick` is called now and then, and
    raises to stop.
    """
    parts = [
        TextOfScene(scene.text, scene.quotes, memo.style)
        for scene, memo in zip(scenes, memos, strict=True)
        if memo.style is not None
    ]
    found = of_book(parts, said, tallies.of([part.style for part in parts]), tick)
    return msgspec.structs.replace(
        reading,
        scenes=tuple(
            msgspec.structs.replace(
                scene,
                pace=mean_of(stretches, "pace", 0.5),
                tension=mean_of(stretches, "tension", 0.5),
                sentiment=mean_of(stretches, "sentiment", 0.0),
                stretches=stretches,
            )
            for scene, stretches in zip(reading.scenes, found.stretches, strict=True)
        ),
        style=found.style,
        voices=found.voices,
        remarks=found.remarks,
        notes=(*reading.notes, *found.notes),
    )
