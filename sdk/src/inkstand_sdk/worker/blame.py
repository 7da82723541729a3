"""Whatever a plugin raises, as an error that names the plugin."""

from __future__ import annotations

import traceback

from inkstand_sdk.errors import InkstandError, OutOfMemory, PluginError
from inkstand_sdk.loading import one_line


def blamed(subject: str, error: BaseException) -> InkstandError:
    """The error for whatever `subject` ("The tool x of dist") raised.

    An `InkstandError` is meant for the user and stays as it is.
    """
    if isinstance(error, InkstandError):
        return error
    detail = "".join(traceback.format_exception(error)).rstrip()
    if isinstance(error, MemoryError):
        return OutOfMemory(
            f"{subject} ran out of memory.",
            one_line(error),
            "Close other programs, or use a smaller model or text.",
            detail=detail,
        )
    if isinstance(error, SystemExit):
        what = f"{subject} tried to end its process ({one_line(error)})."
    else:
        what = f"{subject} failed: {one_line(error)}"
    return PluginError(
        what,
        "This is a mistake in the plugin, not in what you asked.",
        "Report it to the plugin's author; INKSTAND_DEBUG=1 shows the traceback.",
        detail=detail,
    )
