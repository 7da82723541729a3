"""Writing in the editor: keys, mouse, paste, undo, looks, and finding."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Label

from inkstand.studio import Studio
from inkstand.tui.editor import finding
from inkstand.tui.editor.editor import Editor
from inkstand.tui.editor.find_bar import FindBar
from inkstand.tui.editor.finding import Query, find, replace_all
from inkstand.tui.editor.options import EditorOptions
from inkstand.tui.messages import Jump
from inkstand_sdk.errors import InputError

Settled = Callable[[Pilot[Any], Callable[[], Any]], Coroutine[Any, Any, None]]
STORY = (
    "---\ntitle: The Ferry\n---\n\n# The Ferry\n\n"
    "The ferry came in late. Ada counted the lamps.\n\n"
    "She said *nothing*, and the gulls said it again. Nobody heard.\n"
)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    folder = tmp_path / "novel"
    folder.mkdir()
    path = folder / "ferry.md"
    path.write_bytes(STORY.encode())
    return path


def writing(studio: Studio, *files: Path, **options: Any) -> Any:
    from tests.tui.writing_app import WritingApp

    return WritingApp(studio, *files, options=EditorOptions(**{"autosave": 0, **options}))


async def test_what_is_typed_stands_below_the_front_matter_and_undo_takes_it_back(
    story: Path,
) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test() as pilot:
            await pilot.press(*"Hi!", "enter")
            assert app.editor.text == STORY.replace("# The Ferry", "Hi!\n# The Ferry")
            await pilot.press("ctrl+z", "ctrl+z")
            assert app.editor.text == STORY
            await pilot.press("ctrl+y")
            assert "Hi!" in app.editor.text


async def test_keys_that_come_all_at_once_keep_their_order(story: Path, settled: Settled) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test() as pilot:
            keys = [*"abc", "left", "left", "X", "backspace", "Y", "end", *"!", "ctrl+w", *"?"]
            for key in keys:
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await settled(pilot, lambda: "?" in app.editor.text)
            assert app.editor.text == STORY.replace("# The Ferry", "aYbc# The ?")


async def test_a_keymap_gives_other_keys_to_the_editor(story: Path) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        app.keymap = SimpleNamespace(keys={"editor.undo": "f12", "editor.delete-left": "ctrl+b"})
        app.set_keymap(app.keymap.keys)
        async with app.run_test() as pilot:
            await pilot.press("a", "b", "ctrl+b")
            assert "\na# The Ferry" in app.editor.text
            await pilot.press("ctrl+z")
            assert "\na# The Ferry" in app.editor.text
            await pilot.press("f12", "f12")
            assert app.editor.text == STORY


async def test_a_key_with_alt_types_nothing_whether_it_is_bound_or_not(story: Path) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test() as pilot:
            for key in ("alt+i", "alt+t", "alt+z", "alt+q", "ctrl+b", "f12"):
                await pilot.press(key)
            assert app.editor.text == STORY


async def test_words_sentences_and_paragraphs_are_selected_and_deleted(story: Path) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            editor.goto(STORY.index("ferry came"))
            await pilot.press("ctrl+shift+right")
            assert editor.selected_text == "ferry"
            assert editor.selected_words == 1
            await pilot.press("alt+s")
            assert editor.selected_text == "The ferry came in late. "
            await pilot.press("alt+p")
            assert editor.selected_text == "The ferry came in late. Ada counted the lamps."
            await pilot.press("right", "alt+left", "alt+k")
            assert "Ada counted" not in editor.text
            await pilot.press("ctrl+z", "ctrl+w")
            assert "late. counted" not in editor.text
            await pilot.press("ctrl+z", "ctrl+a", "delete")
            assert editor.text == ""
            await pilot.press("ctrl+z")
            assert editor.text == STORY


async def test_cut_copy_and_paste_go_through_the_clipboard(story: Path) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            editor.view.editing.select(STORY.index("late"), STORY.index("late") + 4)
            await pilot.press("ctrl+x")
            assert app.clipboard == "late"
            assert "in ." in editor.text
            await pilot.press("ctrl+v", "ctrl+v")
            assert "in latelate." in editor.text


async def test_the_mouse_puts_the_cursor_selects_and_takes_words(story: Path) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test(size=(100, 30)) as pilot:
            editor: Editor = app.editor
            x = editor.view.margin
            await pilot.click(editor.view, offset=(x + 4, 6))
            assert editor.cursor == STORY.index("ferry came")
            await pilot.mouse_down(editor.view, offset=(x + 4, 6))
            await pilot.hover(editor.view, offset=(x + 9, 6))
            await pilot.mouse_up(editor.view, offset=(x + 9, 6))
            assert editor.selected_text == "ferry"
            await pilot.click(editor.view, offset=(x + 15, 6), times=2)
            assert editor.selected_text == "in"
            await pilot.click(editor.view, offset=(x + 15, 6), times=3)
            assert editor.selected_text == "The ferry came in late. Ada counted the lamps."


async def test_a_paste_of_a_megabyte_is_one_step(story: Path) -> None:
    pasted = "A line of what was pasted, with “quotes” and — dashes.\r\n" * 20_000
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            app.post_message(events.Paste(pasted))
            await pilot.pause()
            assert len(editor.text) == len(STORY) + len(pasted) - 20_000
            assert "\r" not in editor.text
            await pilot.press("x", "ctrl+z", "ctrl+z")
            assert editor.text == STORY


async def test_a_storm_of_sizes_loses_nothing_and_keeps_the_cursor_in_sight(story: Path) -> None:
    story.write_text(STORY + "A long paragraph. " * 3_000)
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test(size=(120, 40)) as pilot:
            editor: Editor = app.editor
            await pilot.press("ctrl+end")
            for width, height in [(60, 20), (200, 60), (8, 3), (1, 1), (80, 24), (31, 7)] * 5:
                await pilot.resize_terminal(width, height)
                await pilot.press("y")
                row = editor.view.editing.rows.row_of(
                    *editor.view.editing.buffer.where(editor.cursor)
                )
                top = editor.view.scroll_offset.y
                assert top <= row < top + max(1, editor.view.size.height)
            assert editor.text.endswith("y" * 30)


async def test_typewriter_mode_keeps_the_row_in_the_middle(story: Path) -> None:
    story.write_text(STORY * 20)
    with Studio(story) as studio:
        app = writing(studio, story, typewriter=True)
        async with app.run_test(size=(80, 25)) as pilot:
            view = app.editor.view
            for key in ("ctrl+home", "pagedown", "down", "ctrl+end"):
                await pilot.press(key)
                row = view.editing.rows.row_of(*view.editing.buffer.where(app.editor.cursor))
                assert row + view.pad - view.scroll_offset.y == view.size.height // 2


async def test_two_editors_of_one_file_stay_in_step(story: Path) -> None:
    with Studio(story) as studio:
        app = writing(studio, story, story)
        async with app.run_test(size=(120, 30)) as pilot:
            one, two = app.query(Editor)
            two.goto(STORY.index("Nobody"))
            await pilot.press(*"Both. ")
            assert two.text == one.text
            assert two.text[two.cursor :].startswith("Nobody")
            two.view.focus()
            await pilot.press(*"Here ", "ctrl+z", "ctrl+z")
            assert one.text == two.text == STORY


async def test_an_editor_paints_what_is_typed_far_from_its_cursor(
    story: Path, settled: Settled
) -> None:
    with Studio(story) as studio:
        app = writing(studio, story, story)
        async with app.run_test(size=(160, 30)) as pilot:
            one, two = app.query(Editor)
            two.goto(STORY.index("Nobody"))
            one.goto(STORY.index("ferry"))
            await pilot.press(*"slow ")
            await settled(pilot, lambda: app.export_screenshot().count("slow") == 2)


async def test_a_jump_lights_up_the_passage_and_leaves_the_text_alone(story: Path) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test():
            jump = Jump(story, STORY.index("gulls"), STORY.index("gulls") + 5)
            app.editor.goto(jump.start, jump.end)
            assert app.editor.cursor == jump.start
            assert app.editor.text == STORY
            assert app.editor.is_saved


async def test_replacing_all_is_one_step_and_matches_are_counted(
    story: Path, settled: Settled
) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test(size=(100, 30)) as pilot:
            editor: Editor = app.editor
            await pilot.press("ctrl+r")
            count = editor.query_one("#find-count", Label)
            pattern = editor.query_one("#find-pattern", Input)
            await settled(pilot, lambda: pattern.has_focus)
            pattern.value = "said"
            await settled(pilot, lambda: str(count.render()) == "1 of 2")
            await pilot.press("enter")
            await settled(pilot, lambda: str(count.render()) == "2 of 2")
            assert editor.selected_text == "said"
            editor.query_one("#find-template", Input).value = "sang"
            await pilot.press("alt+a")
            await settled(pilot, lambda: "sang" in editor.text)
            assert editor.text == STORY.replace("said", "sang")
            await pilot.press("escape", "ctrl+z")
            assert editor.text == STORY
            assert editor.view.has_focus


async def test_replacing_one_goes_to_the_next(story: Path, settled: Settled) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test(size=(100, 30)) as pilot:
            editor: Editor = app.editor
            await pilot.press("ctrl+r", "alt+x")
            editor.query_one("#find-pattern", Input).value = "s(ai)d"
            await settled(pilot, lambda: editor.selected_text == "said")
            template = editor.query_one("#find-template", Input)
            template.value = r"<\1>"
            template.focus()
            await pilot.press("enter")
            await settled(pilot, lambda: "<ai>" in editor.text)
            await settled(pilot, lambda: editor.selected_text == "said")
            assert editor.text == STORY.replace("said", "<ai>", 1)


async def test_a_bad_pattern_says_what_is_wrong_with_it(story: Path, settled: Settled) -> None:
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("ctrl+f", "alt+x")
            app.query_one("#find-pattern", Input).value = "gulls ("
            trouble = app.query_one("#find-trouble", Label)
            await settled(pilot, lambda: "pattern" in str(trouble.render()))
            assert "missing )" in str(trouble.render())
            assert app.query_one(FindBar).has_class("-trouble")
            app.query_one("#find-pattern", Input).value = "gulls"
            await settled(pilot, lambda: not app.query_one(FindBar).has_class("-trouble"))


async def test_a_pattern_that_would_take_for_ever_costs_no_key(
    story: Path, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.write_text("a" * 5_000)
    with Studio(story) as studio:
        app = writing(studio, story)
        async with app.run_test(size=(100, 30)) as pilot:
            monkeypatch.setattr(finding, "LONGEST_S", 2.0)
            await pilot.press("ctrl+f", "alt+x")
            app.query_one("#find-pattern", Input).value = r"(a+)+b\1"
            trouble = app.query_one("#find-trouble", Label)
            app.editor.view.focus()
            await pilot.press(*"typed")
            assert app.editor.text.startswith("typed")
            await settled(pilot, lambda: "takes more than" in str(trouble.render()))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_kind_are_one_character_to_a_pattern(newline: str) -> None:
    text = newline.join(["one", "two", "", "three"])
    query = Query(pattern=r"^t\w+$", is_regex=True)
    assert [text[a:b] for a, b in find(text, query).matches] == ["two", "three"]
    across = find(text, Query(pattern=r"two\n\nthree", is_regex=True)).matches
    assert [text[a:b] for a, b in across] == [f"two{newline}{newline}three"]
    done = replace_all(text, Query(pattern=r"\n\n", is_regex=True), r"\n", newline)
    assert done is not None
    assert text[: done.start] + done.text + text[done.end :] == newline.join(
        ["one", "two", "three"]
    )


def test_a_replacement_that_asks_for_too_much_says_so() -> None:
    with pytest.raises(InputError, match="cannot be used"):
        replace_all("abc", Query(pattern="b", is_regex=True), r"\2", "\n")
    assert replace_all("abc", Query(pattern="b"), r"\2", "\n") is not None


def test_capitals_in_what_is_looked_for_mean_capitals() -> None:
    assert len(find("Una una", Query(pattern="una")).matches) == 2
    assert len(find("Una una", Query(pattern="Una")).matches) == 1
    assert len(find("Una una", Query(pattern="una", case=True)).matches) == 1
    assert len(find("Una tuna", Query(pattern="una", words=True)).matches) == 1
