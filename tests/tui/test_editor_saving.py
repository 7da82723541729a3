"""What is typed reaches the file byte for byte, and survives what other programs do to it."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from inkstand.studio import Studio
from inkstand.tui.editor import open_file
from inkstand.tui.editor.editor import Editor
from inkstand.tui.editor.files import open_files, save_now
from inkstand.tui.editor.notice import Notice
from inkstand.tui.editor.open_file import OpenFile
from inkstand.tui.editor.options import EditorOptions

Settled = Callable[[Pilot[Any], Callable[[], Any]], Coroutine[Any, Any, None]]
SOON = 0.05


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    folder = tmp_path / "novel"
    folder.mkdir()
    (folder / "inkstand.toml").write_text('title = "Novel"\n')
    path = folder / "scene.md"
    path.write_bytes(b"First line.\n\nSecond line.\n\nThird line.\n")
    return path


def writing(studio: Studio, *files: Path, autosave: float = SOON) -> Any:
    from tests.tui.writing_app import WritingApp

    return WritingApp(studio, *files, options=EditorOptions(autosave=autosave))


@pytest.mark.parametrize("beside", [1, 2], ids=["one editor", "two editors"])
async def test_a_text_wrapped_anew_by_another_program_is_shown_as_it_is_now(
    scene: Path, settled: Settled, beside: int
) -> None:
    text = "word " * 2_000
    scene.write_text(text)
    with Studio(scene) as studio:
        app = writing(studio, *[scene] * beside)
        async with app.run_test() as pilot:
            await pilot.press("ctrl+end")
            scene.write_text(text.replace(" ", "\n"))
            await settled(pilot, lambda: app.editor.text.count("\n") == 2_000)
            await settled(
                pilot,
                lambda: all(each.view.editing.rows.height > 2_000 for each in app.query(Editor)),
            )
            await settled(pilot, lambda: app.editor.view.virtual_size.height > 2_000)
            assert app.is_running


@pytest.mark.parametrize(
    "data",
    [
        b"one\r\ntwo\r\n",
        b"one\rtwo",
        b"one\ntwo\r\nthree\rfour",
        b"\xef\xbb\xbfone\r\ntwo",
        "oné\ntwo".encode("utf-16"),
        "“oné”\r\ntwo\r\n".encode("cp1252"),
        b"no end of line",
        b"",
        b"\n\n\n",
        b"---\r\ntitle:  'x'   # comment\r\n---\r\n\r\nText.\r\n",
    ],
)  # fmt: skip
async def test_a_letter_typed_is_the_only_byte_that_changes(
    scene: Path, data: bytes, settled: Settled
) -> None:
    scene.write_bytes(data)
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            text = editor.text
            await pilot.press("ctrl+end", "x")
            await settled(pilot, lambda: editor.is_saved)
            assert editor.text == text + "x"
            changed = scene.read_bytes()
            assert changed.startswith(data)
            assert len(changed) - len(data) in (1, 2)
            await pilot.press("backspace")
            await settled(pilot, lambda: editor.is_saved)
            assert scene.read_bytes() == data
            assert not editor.desk.recovery.pending()


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.text(alphabet=st.sampled_from("aé\n\r—“𝄞 "), max_size=40), st.integers(0, 40))
def test_any_text_comes_back_as_it_was(scene: Path, text: str, at: int) -> None:
    data = text.encode()
    scene.write_bytes(data)
    with Studio(scene) as studio:
        file = OpenFile(studio.desk(scene).draft(scene), autosave=0)
        document = file.document
        at = document.buffer.at(*document.buffer.where(min(at, len(document.text))))
        document.replace(at, at, "x", before=at, after=at + 1)
        assert file.save_now() is not None
        document.replace(at, at + 1, "", before=at, after=at)
        file.save_now()
        assert scene.read_bytes() == data


async def test_it_is_saved_with_history_a_moment_after_the_last_key(
    scene: Path, settled: Settled
) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test() as pilot:
            await pilot.press(*"Now ")
            await settled(pilot, lambda: scene.read_bytes().startswith(b"Now First"))
            await settled(pilot, lambda: app.editor.is_saved)
            assert app.told[-1].words == 7
        history = studio.desk(scene).history.of("scene.md")
        texts = [studio.desk(scene).history.data(each.sha256) for each in history]
        assert texts[0].startswith(b"Now First")
        assert texts[-1].startswith(b"First")


async def test_leaving_saves_and_nothing_is_kept_beside_it(scene: Path) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene, autosave=0)
        async with app.run_test() as pilot:
            await pilot.press(*"Left ")
            assert scene.read_bytes().startswith(b"First")
        assert scene.read_bytes().startswith(b"Left First")
        assert not list((scene.parent / ".inkstand").rglob("*.unsaved"))


async def test_another_programs_change_is_shown_where_nothing_was_typed(
    scene: Path, settled: Settled
) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            editor.goto(editor.text.index("Third"))
            scene.write_bytes(scene.read_bytes().replace(b"First", b"Very first"))
            await settled(pilot, lambda: "Very first" in editor.text)
            assert editor.text[editor.cursor :].startswith("Third")
            assert editor.is_saved
            await pilot.press("ctrl+z")
            assert "Very first" not in editor.text


async def test_changes_of_different_lines_are_brought_together(
    scene: Path, settled: Settled
) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene, autosave=0)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            await pilot.press(*"Mine. ")
            scene.write_bytes(scene.read_bytes().replace(b"Third", b"Their third"))
            await editor.save()
            both = b"Mine. First line.\n\nSecond line.\n\nTheir third line.\n"
            assert scene.read_bytes() == both
            assert editor.text.encode() == both
            assert editor.is_saved
            await settled(pilot, lambda: any("both" in n for t in app.told for n in t.notes))


@pytest.mark.parametrize(
    ("key", "kept"), [("alt+m", b"Mine First line."), ("alt+o", b"Theirs first line.")]
)
async def test_of_two_changes_of_a_line_the_writer_chooses_and_the_other_is_kept(
    scene: Path, settled: Settled, key: str, kept: bytes
) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene, autosave=0)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            await pilot.press(*"Mine ")
            theirs = scene.read_bytes().replace(b"First", b"Theirs first")
            scene.write_bytes(theirs)
            await editor.save()
            await settled(pilot, lambda: editor.query_one(Notice).has_class("-conflict"))
            assert scene.read_bytes() == theirs
            assert editor.text.startswith("Mine First")
            await pilot.press("end", "!", key)
            await settled(pilot, lambda: editor.is_saved)
            assert scene.read_bytes().startswith(kept)
            assert editor.text.encode() == scene.read_bytes()
            assert not editor.query_one(Notice).has_class("-open")
        desk = studio.desk(scene)
        texts = [desk.history.data(each.sha256) for each in desk.history.of("scene.md")]
        for text in (b"Theirs first line.", b"Mine First line.!"):
            assert any(each.startswith(text) for each in [*texts, scene.read_bytes()])


async def test_a_file_that_may_not_be_written_is_said_once_and_the_text_is_kept(
    scene: Path, settled: Settled
) -> None:
    scene.chmod(0o444)
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            await pilot.press(*"Kept ")
            await settled(pilot, lambda: editor.query_one(Notice).has_class("-open"))
            await pilot.press(*"on ")
            recovery = scene.parent / ".inkstand" / "recovery"
            await settled(pilot, lambda: any(recovery.iterdir()))
            assert scene.read_bytes().startswith(b"First")
            assert "read-only" in app.told[-1].error.what
            scene.chmod(0o644)
            await editor.save()
            assert scene.read_bytes().startswith(b"Kept on First")
            assert not any(recovery.iterdir())
            assert not editor.query_one(Notice).has_class("-open")


async def test_of_a_folder_that_is_gone_the_text_is_kept_elsewhere_and_it_is_not_made_anew(
    scene: Path, settled: Settled
) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            await pilot.press(*"One ")
            await settled(pilot, lambda: editor.is_saved)
            shutil.rmtree(scene.parent)
            await pilot.press(*"Two ")
            await settled(pilot, lambda: editor.query_one(Notice).has_class("-open"))
            kept = studio.desks.at(scene.parent.parent)._plain_state.parent
            await settled(pilot, lambda: list(kept.rglob("*.unsaved")))
            assert not scene.parent.exists()
            await pilot.press(*"Three ")
            assert editor.text.startswith("One Two Three First")


async def test_a_deleted_file_can_be_had_back(scene: Path, settled: Settled) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            scene.unlink()
            await settled(pilot, lambda: editor.query_one(Notice).has_class("-conflict"))
            await pilot.press("x", "alt+m")
            await settled(pilot, lambda: editor.is_saved)
            assert scene.read_bytes().startswith(b"xFirst")


async def test_everything_is_saved_without_an_event_loop(scene: Path) -> None:
    with Studio(scene) as studio:
        app = writing(studio, scene, autosave=0)
        async with app.run_test() as pilot:
            await pilot.press(*"Crash ")
            saved = save_now(app)
            assert [each.saved for each in saved] == [True]
            assert scene.read_bytes().startswith(b"Crash First")
            assert save_now(app) == []


async def test_what_cannot_be_saved_at_the_end_says_where_it_lies(scene: Path) -> None:
    scene.chmod(0o444)
    with Studio(scene) as studio:
        app = writing(studio, scene, autosave=0)
        async with app.run_test() as pilot:
            await pilot.press(*"Crash ")
            (left,) = save_now(app)
            assert not left.saved
            assert left.kept is not None
            assert left.kept.exists()
            assert "read-only" in left.error


async def test_of_files_opened_one_after_another_the_last_is_shown(scene: Path) -> None:
    others = [scene.with_name(f"other-{number}.md") for number in range(6)]
    for other in others:
        other.write_text(other.name * 1_000)
    with Studio(scene) as studio:
        app = writing(studio, scene, autosave=0)
        async with app.run_test() as pilot:
            editor: Editor = app.editor
            await pilot.press(*"Mine ")
            await asyncio.gather(*(editor.open(other) for other in others))
            assert editor.file == others[-1]
            assert editor.text == others[-1].read_text()
            assert scene.read_bytes().startswith(b"Mine First")
            assert [file.path for file in open_files(app).all()] == [others[-1]]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
async def test_one_file_by_two_names_is_one_text(scene: Path) -> None:
    link = scene.with_name("link.md")
    link.symlink_to(scene)
    with Studio(scene) as studio:
        app = writing(studio, scene, link, autosave=0)
        async with app.run_test() as pilot:
            one, two = app.query(Editor)
            await pilot.press(*"Both ")
            assert one.text == two.text
            assert len(open_files(app).all()) == 1
        assert link.is_symlink()
        assert scene.read_bytes().startswith(b"Both First")


async def test_an_inkstand_that_holds_the_folder_holds_up_neither_keys_nor_the_end(
    scene: Path, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_file, "PATIENCE_S", 0.2)
    with Studio(scene) as other, Studio(scene) as studio:
        with other.desk(scene).saver.alone():
            app = writing(studio, scene)
            async with app.run_test() as pilot:
                editor: Editor = app.editor
                await pilot.press("a", "ctrl+s")
                await settled(pilot, lambda: app.editor.open_file.told.state == "saving")
                await pilot.press(*"bc")
                assert editor.text.startswith("abcFirst")
                (left,) = save_now(app)
                assert not left.saved
                assert left.kept is not None
            assert scene.read_bytes().startswith(b"First")
        await asyncio.to_thread(_until, lambda: scene.read_bytes().startswith(b"abcFirst"))


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.01)


def test_what_is_kept_late_does_not_outlive_what_is_saved(scene: Path) -> None:
    with Studio(scene) as studio:
        draft = studio.desk(scene).draft(scene)
        assert draft.keep("First", version=3) is not None
        draft.forget(version=5)
        assert draft.keep("an older text, by a slow thread", version=4) is None
        assert not list((scene.parent / ".inkstand").rglob("*.unsaved"))
        assert draft.keep("a later one", version=6) is not None
