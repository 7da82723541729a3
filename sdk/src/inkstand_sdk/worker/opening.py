"""What opening an engine's worker takes, whatever its kind: the class, and that it can run here."""

from __future__ import annotations

from typing import Any

from inkstand_sdk.capabilities import Probe
from inkstand_sdk.errors import NotFound, PluginError
from inkstand_sdk.loading import LoadedPlugins
from inkstand_sdk.worker.blame import blamed


def provider(plugins: LoadedPlugins, kind: str, name: str) -> Any:
    """The class of that kind and name.

    Raises:
        NotFound: the distribution has none.

    """
    found = plugins.providers(kind)
    if name not in found:
        raise NotFound(
            f"{plugins.distribution} has no {kind} {name!r}.",
            f"It has: {', '.join(sorted(found)) or 'none'}.",
            "Refresh what Inkstand knows of its plugins: inkstand plugins refresh",
        )
    return found[name]


def probed(cls: Any, subject: str) -> Probe:
    """What the class's probe says.

    Raises:
        PluginError: it cannot run here; `fix` says what to install.

    """
    try:
        probe: Probe = cls.probe()
    except BaseException as error:
        raise blamed(subject, error) from error
    if not probe.ok:
        raise PluginError(f"{subject} cannot run here.", probe.missing, probe.fix)
    return probe
