"""What a tool finds while it runs: what of it the writer ignores, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand_sdk.findings import Finding

if TYPE_CHECKING:
    from inkstand.workspace.ignored import Ignored


def findings_in(output: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The findings of an output, if it is a check's; none if it is another tool's."""
    try:
        return msgspec.convert(output.get("findings", ()), tuple[Finding, ...])
    except msgspec.ValidationError:
        return ()  # A field of that name, but of another kind.


class FindingsOfRun:
    """The findings of one run of a tool.

    Args:
        ignored: Gives those of the workspace that the run works in; None where it works in none.

    """

    def __init__(self, ignored: Callable[[], Ignored | None] = lambda: None) -> None:
        self._ignored = ignored

    def ignored(self) -> frozenset[str]:
        """The ids of those that the writer ignores.

        Raises:
            InputError: the workspace's settings cannot be read.

        """
        ignored = self._ignored()
        return frozenset() if ignored is None else frozenset(ignored.listed())

    def keep(self, output: Mapping[str, Any]) -> tuple[str, ...]:
        """Remember what was found, and say what went wrong with that."""
        found = findings_in(output)
        ignored = self._ignored() if found else None
        if ignored is None:
            return ()
        try:
            ignored.remember(msgspec.to_builtins(found))
        except OSError as error:
            return (f"The findings cannot be ignored by id, as they could not be kept: {error}",)
        return ()
