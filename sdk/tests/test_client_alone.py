"""The SDK in an environment without the application."""

from __future__ import annotations

from pathlib import Path

from inkstand_sdk.testing.environments import PluginEnvironment


def test_opening_without_the_application_says_what_to_install(tmp_path: Path) -> None:
    environment = PluginEnvironment(tmp_path / "environment")
    code = (
        "import inkstand_sdk, sys\n"
        "try:\n    inkstand_sdk.open()\n"
        "except inkstand_sdk.InkstandError as error:\n    print(error.code, error.fix)\n"
        "print('pluggy' in sys.modules)\n"
    )
    done = environment.run("-c", code)
    assert done.stderr == ""
    assert done.stdout.startswith("not-found pip install inkstand ")
    assert done.stdout.endswith("False\n")
