"""Several Inkstands in one folder at once: every change is in the file, or was refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile

# Each process adds to its own paragraph, or all to the same; a refused change is tried again.
WRITER = """
import sys
from pathlib import Path
from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.errors import ChangedMeanwhile
at, place, data, own, times = sys.argv[1:]
workspace = Workspace.at(Path(at), Path(data))
saver = Saver(workspace, History(workspace.state))
path = Path(place)
refused = 0
for turn in range(int(times)):
    while True:
        basis = TextFile.read(path)
        text = basis.text.replace(f"<{own}>", f"<{own}>{own}{turn};")
        try:
            saver.save(path, text, basis=basis)
            break
        except ChangedMeanwhile:
            refused += 1
print(refused)
"""
TIMES = 15


def write_together(at: list[Path], path: Path, data: Path, owners: list[str]) -> list[int]:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(where), str(path), str(data), own, str(TIMES)],
            stdout=subprocess.PIPE,
        )
        for where, own in zip(at, owners, strict=True)
    ]
    answers = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [int(answer) for answer in answers]


def book(tmp_path: Path, text: str) -> tuple[Path, Path, Path]:
    folder = tmp_path / "book"
    folder.mkdir()
    path = folder / "one.md"
    path.write_text(text)
    return folder, path, tmp_path / "data"


def test_changes_of_different_paragraphs_are_all_in_the_file(tmp_path: Path) -> None:
    folder, path, data = book(tmp_path, "<a>\n\nBetween.\n\n<b>\n\nBetween.\n\n<c>\n")
    write_together([folder] * 3, path, data, ["a", "b", "c"])
    text = path.read_text()
    for own in "abc":
        assert all(f"{own}{turn};" in text for turn in range(TIMES)), text
    assert {each.name for each in folder.iterdir()} == {"one.md"}


def test_changes_of_the_same_paragraph_are_made_one_after_the_other(tmp_path: Path) -> None:
    folder, path, data = book(tmp_path, "<a><b><c>\n")
    write_together([folder] * 3, path, data, ["a", "b", "c"])
    text = path.read_text()
    for own in "abc":
        assert all(f"{own}{turn};" in text for turn in range(TIMES)), text


def test_a_folder_and_a_folder_in_it_as_two_workspaces_lose_nothing(tmp_path: Path) -> None:
    folder, path, data = book(tmp_path, "<a><b>\n")
    write_together([tmp_path, folder], path, data, ["a", "b"])
    text = path.read_text()
    for own in "ab":
        assert all(f"{own}{turn};" in text for turn in range(TIMES)), text


def test_different_files_are_written_at_once_by_threads(tmp_path: Path) -> None:
    folder, _, data = book(tmp_path, "One.\n")
    workspace = Workspace.at(folder, data)
    saver = Saver(workspace, History(workspace.state))

    def write(name: str) -> None:
        saver.save(folder / name, "0\n", basis=None)
        for turn in range(1, TIMES):
            saver.save(folder / name, f"{turn}\n", basis=TextFile.read(folder / name))

    threads = [threading.Thread(target=write, args=[f"{number}.md"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        assert (folder / f"{number}.md").read_text() == f"{TIMES - 1}\n"
        assert len(saver.history.of(f"{number}.md")) == TIMES
    saver.history.close()


def test_one_who_waits_for_another_inkstand_is_told_so(tmp_path: Path) -> None:
    folder, path, data = book(tmp_path, "Ada.\n")
    workspace = Workspace.at(folder, data)
    told: list[str] = []
    waiting = threading.Event()

    def on_wait(said: str) -> None:
        told.append(said)
        waiting.set()

    first = Saver(workspace, History(workspace.state))
    second = Saver(workspace, History(workspace.state), on_wait)
    writer = threading.Thread(
        target=lambda: second.save(path, "Bo.\n", basis=TextFile.read(path)), daemon=True
    )
    with first.alone():
        writer.start()
        assert waiting.wait(60)
    writer.join(60)
    assert path.read_text() == "Bo.\n"
    assert told == ["Another Inkstand is writing in this workspace; waiting for it", ""]
    second.save(path, "Cy.\n", basis=TextFile.read(path))
    assert len(told) == 2, "nobody was waited for"
    for each in (first, second):
        each.history.close()
