"""Whether a plugin was made for this SDK, read from its requirements without importing it."""

from __future__ import annotations

from collections.abc import Sequence

# packaging is imported only while refreshing: reading the index must be quick.


def refusal(requirements: Sequence[str], sdk: str) -> str:
    """Why the requirements on inkstand-sdk exclude version `sdk`; "" if they do not.

    Raises:
        ValueError: a requirement cannot be read.

    """
    from packaging.requirements import InvalidRequirement, Requirement

    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise ValueError(f"its requirement {text!r} cannot be read: {reason}") from error
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if not requirement.specifier.contains(sdk, prereleases=True):
            return f"it needs inkstand-sdk {requirement.specifier}, and this is {sdk}"
    return ""
