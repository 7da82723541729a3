"""Where what a tool proposes goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.tools.proposing import ProposalsOfRun
from inkstand.workspace import manuscript
from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.proposals import Proposals
from inkstand.workspace.saving import Saver
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateResult
from inkstand_sdk.tool import Proposal

ONE = "---\ntitle: First\n---\n\n# One\n\nHe went home.\n\n* * *\n\nShe stayed.\n"


def desk(path: Path, tmp_path: Path) -> Proposals:
    workspace = Workspace.at(path, tmp_path / "data")
    return Proposals(Saver(workspace, History(workspace.state)))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    book = tmp_path / "book"
    (book / "manuscript").mkdir(parents=True)
    (book / "inkstand.toml").write_text("")
    (book / "manuscript" / "01.md").write_text(ONE)
    (book / "manuscript" / "02.md").write_text("# Two\n\nThey met.\n")
    return book


@pytest.mark.parametrize("named", [".", "manuscript", "manuscript/01.md"])
@pytest.mark.parametrize("plain", [True, False])
def test_a_scenes_proposal_is_for_its_file_however_that_was_named(
    book: Path, tmp_path: Path, named: str, *, plain: bool
) -> None:
    if plain:
        (book / "inkstand.toml").unlink()
    path = book / named
    proposals = desk(path, tmp_path)
    text = manuscript.load(path, proposals.workspace)
    run = ProposalsOfRun(lambda: proposals, path)
    first, second = text.scenes[:2]
    numbers = [
        run.keep("t", Proposal(text="He slept.", scene=first.id), text),
        run.keep("t", Proposal(text="ran", scene=first.id, start=3, end=7), text),
        run.keep("t", Proposal(text="Oh! ", scene=second.id, start=0), text),
    ]
    assert run.kept == numbers
    for number in numbers:
        proposals.accept(number)

    assert (book / "manuscript" / "01.md").read_text() == ONE.replace(
        "He went home.", "He ran home.\n\nHe slept."
    ).replace("She", "Oh! She")
    assert (book / "manuscript" / "02.md").read_text() == "# Two\n\nThey met.\n"


def test_a_proposal_says_whose_words_it_holds(book: Path, tmp_path: Path) -> None:
    proposals = desk(book, tmp_path)
    text = manuscript.load(book, proposals.workspace)
    run = ProposalsOfRun(lambda: proposals, book)
    for number in ("r1", "r2"):
        run.wrote(
            GenerateResult(text="x", finish="stop", model="m", backend="b", request_id=number)
        )
    asked = Proposal(text="More.", scene=text.scenes[0].id, title="A title", why="A reason")
    kept = proposals.get(run.keep("tool", asked, text))

    assert (kept.tool, kept.model, kept.requests) == ("tool", "b:m", ("r1", "r2"))
    assert (kept.title, kept.why) == ("A title", "A reason")


def test_a_new_file_is_named_from_the_workspaces_folder(book: Path, tmp_path: Path) -> None:
    proposals = desk(book / "manuscript", tmp_path)
    run = ProposalsOfRun(lambda: proposals, book / "manuscript")
    proposals.accept(run.keep("t", Proposal(text="New.\n", file="manuscript/03.md"), None))

    assert (book / "manuscript" / "03.md").read_text() == "New.\n"
    for name in ("../out.md", "/tmp/out.md", ".inkstand/out.md"):
        with pytest.raises(UsageError):
            run.keep("t", Proposal(text="No.", file=name), None)


def test_what_belongs_nowhere_is_refused_with_a_reason(book: Path, tmp_path: Path) -> None:
    proposals = desk(book, tmp_path)
    text = manuscript.load(book, proposals.workspace)
    piped = ProposalsOfRun(lambda: proposals, None)
    with pytest.raises(UsageError, match="no file"):
        piped.keep("t", Proposal(text="No.", scene=text.scenes[0].id), text)
    run = ProposalsOfRun(lambda: proposals, book)
    with pytest.raises(UsageError, match="there is none"):
        run.keep("t", Proposal(text="No.", scene="nothing"), text)
    with pytest.raises(UsageError, match="code points"):
        run.keep("t", Proposal(text="No.", scene=text.scenes[0].id, start=999), text)
    (book / "manuscript" / "01.md").unlink()
    with pytest.raises(UsageError, match="any more"):
        run.keep("t", Proposal(text="No.", scene=text.scenes[0].id), text)
    assert proposals.listed() == []
