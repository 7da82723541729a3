"""What all suites share: Hypothesis tries the same examples in every run, or others if asked to.

It is asked by `python -m pytest --hypothesis-profile=random PATHS`.
"""

from __future__ import annotations

try:
    from hypothesis import settings
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants
except ImportError:
    pass  # The environment of LangChain's suites has no Hypothesis.
else:
    # How long an example takes on a busy machine says nothing about the code.
    settings.register_profile("random", deadline=None)
    # Hypothesis's own: examples follow from the test alone, and none are kept for the next run.
    settings.load_profile("ci")

    _of_modules = providers._get_local_constants

    def _constants() -> Constants:
        """Leave out the constants of whatever modules of ours happen to be imported by now.

        With them, examples would depend on which tests ran before in the same process.
        """
        known = settings.default
        return Constants() if known and known.derandomize else _of_modules()

    providers._get_local_constants = _constants
