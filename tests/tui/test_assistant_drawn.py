"""Of a long text only the rows are kept that are looked at; the rest is drawn again."""

from __future__ import annotations

import random
from collections import deque

from textual.strip import Strip

from inkstand.tui.assistant.drawn import _MOST_DRAWN, DrawnBlocks


def rows_of(block: str) -> list[Strip]:
    return [Strip.blank(int(width)) for width in block.split()]


def test_rows_are_those_of_all_blocks_below_each_other_whatever_goes() -> None:
    choose = random.Random(3)
    kept = DrawnBlocks(rows_of)
    blocks: deque[str] = deque()
    for step in range(600):
        new = [" ".join(str(choose.randint(1, 90)) for _ in range(choose.randint(0, 4)))]
        blocks.extend(new)
        kept.add(new)
        if step % 3 == 0:
            gone = choose.randint(0, min(3, len(blocks)))
            for _ in range(gone):
                blocks.popleft()
            kept.drop(gone)
        widths = [int(width) for block in blocks for width in block.split()]
        assert len(kept) == len(widths)
        assert kept.row(len(widths), blocks) is None
        for place in choose.sample(range(len(widths)), min(5, len(widths))):
            row = kept.row(place, blocks)
            assert row is not None
            assert row.cell_length == widths[place]


def test_rows_of_no_more_blocks_are_kept_than_a_screen_shows() -> None:
    drawn: list[str] = []

    def draw(block: str) -> list[Strip]:
        drawn.append(block)
        return rows_of(block)

    blocks = [str(number + 1) for number in range(3 * _MOST_DRAWN)]
    kept = DrawnBlocks(draw)
    kept.add(blocks)
    assert len(drawn) == len(blocks)
    last = range(len(blocks) - _MOST_DRAWN, len(blocks))
    for place in last:
        kept.row(place, blocks)
    assert len(drawn) == len(blocks)
    for place in range(_MOST_DRAWN):
        kept.row(place, blocks)
    assert len(drawn) == len(blocks) + _MOST_DRAWN
