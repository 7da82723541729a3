"""What a tool proposes while it runs: found its place in the writer's files, and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from inkstand_sdk.errors import UsageError
from inkstand_sdk.manuscript import Manuscript, Scene
from inkstand_sdk.messages import GenerateResult
from inkstand_sdk.tool import Proposal as Proposed

if TYPE_CHECKING:
    from inkstand.workspace.proposals import Proposals

# SQLite, and what compares texts, is only loaded by a run that proposes something.


class ProposalsOfRun:
    """The proposals of one run of a tool; their numbers are in `kept`.

    Args:
        proposals: Gives those of the workspace that the run works in.
        path: The file or folder that it works on; None for a text that came from no file.

    """

    def __init__(self, proposals: Callable[[], Proposals], path: Path | None) -> None:
        self._proposals = proposals
        self._path = None if path is None else path.expanduser()
        self._results: list[GenerateResult] = []
        self.kept: list[int] = []

    def wrote(self, result: GenerateResult) -> None:
        """Note what a model wrote in this run: a proposal says whose words it may hold."""
        self._results.append(result)

    def keep(self, tool: str, proposed: Proposed, manuscript: Manuscript | None) -> int:
        """Keep a proposal, and return its number.

        Raises:
            UsageError: it is for no scene of the manuscript, or that is in no file.

        """
        from inkstand.workspace.proposal_store import Proposal

        if self._path is None:
            raise UsageError(
                "The tool proposed a text, and there is no file that it could be for.",
                "The text that it works on came from standard input.",
                f"Name the file: inkstand run {tool} FILE",
            )
        made = Proposal(
            file="",
            text=proposed.text,
            tool=tool,
            model=", ".join(dict.fromkeys(_name(result) for result in self._results)),
            requests=tuple(result.request_id for result in self._results if result.request_id),
            title=proposed.title,
            why=proposed.why,
        )
        proposals = self._proposals()
        if not proposed.scene:
            path = proposals.workspace.root / proposed.file
            kept = proposals.add(path, (0, 0), made, seen="")
        else:
            scene = _scene(proposed.scene, manuscript)
            span, text = _place(proposed, scene)
            kept = proposals.add(
                self._file(scene),
                span,
                msgspec.structs.replace(made, text=text),
                seen=scene.text,
                offset=scene.offset,
            )
        self.kept.append(kept.id)
        return kept.id

    def _file(self, scene: Scene) -> Path:
        path = (self._path or Path()).absolute()
        if not path.is_dir():
            return path
        for folder in (self._proposals().workspace.root, path, path / "manuscript"):
            if (folder / scene.file).is_file():
                return folder / scene.file
        raise UsageError(
            f"The tool proposed a text for {scene.file}, and there is no such file any more.",
            "It was deleted or renamed while the tool ran.",
            "Run it again.",
        )


def _name(result: GenerateResult) -> str:
    return f"{result.backend}:{result.model}"


def _scene(scene: str, manuscript: Manuscript | None) -> Scene:
    for each in manuscript.scenes if manuscript is not None else ():
        if each.id == scene:
            return each
    raise UsageError(
        f"The tool proposed a text for the scene {scene!r}, and there is none.",
        "",
        "Report it to the tool's author.",
    )


def _place(proposed: Proposed, scene: Scene) -> tuple[tuple[int, int], str]:
    """From where to where in its scene's text a proposal goes, and what goes there."""
    if proposed.start is not None:
        return (proposed.start, proposed.start if proposed.end is None else proposed.end), (
            proposed.text
        )
    end = len(scene.text)
    return (end, end), f"\n\n{proposed.text.strip()}"
