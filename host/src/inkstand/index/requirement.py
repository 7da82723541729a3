"""Whether a plugin was made for this SDK, read from its requirements without importing it."""

from __future__ import annotations

from collections.abc import Sequence

# packaging is imported only while refreshing: reading the index must be quick.


def refusal(requirements: Sequence[str], sdk: str, python: str) -> str:
    """Why the requirements on inkstand-sdk exclude version `sdk`; "" if they do not.

    A requirement that is not meant for version `python` of Python does not count.

    Raises:
        ValueError: a requirement cannot be read.

    """
    from packaging.requirements import InvalidRequirement, Requirement

    environment = {
        "extra": "",
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
    }
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise ValueError(f"its requirement {text!r} cannot be read: {reason}") from error
        if requirement.marker is not None and not requirement.marker.evaluate(environment):
            continue
        if not requirement.specifier.contains(sdk, prereleases=True):
            return f"it needs inkstand-sdk {requirement.specifier}, and this is {sdk}"
    return ""
