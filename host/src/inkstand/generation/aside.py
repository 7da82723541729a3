"""Work on a model's text that may never end, done by a process that is ended when it takes long.

Patterns that backtrack and libraries that mend broken JSON can take longer than a lifetime over a
page of text, and Python has no way to stop them but to end the process that they run in.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

SECONDS = 5
"""How long it may take, the start of the process (about 0.2 s) included."""
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def done(task: str, payload: Any) -> Any:
    """What the task makes of a JSON value, as a JSON value.

    Args:
        task: "check" or "mend".
        payload: What it works on.

    Raises:
        TimeoutError: it took longer than `SECONDS`, or its process died.

    """
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-m", __name__, task],
            input=json.dumps(payload).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            creationflags=_NO_WINDOW,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise TimeoutError(str(error)) from error
    return json.loads(ran.stdout)


def _main() -> None:
    from inkstand.generation import checking, mending

    tasks = {"check": checking.check, "mend": mending.mend}
    # Bytes both ways: the standard streams may have another encoding.
    answer = tasks[sys.argv[1]](sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    _main()
