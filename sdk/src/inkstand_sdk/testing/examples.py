"""The same examples in every run of tests that Hypothesis makes examples for."""

from __future__ import annotations


def same_examples() -> None:
    """Have Hypothesis try the same examples in every run, or others if it is asked to.

    For a `conftest.py`. Without Hypothesis it does nothing. Who wants other examples asks for
    them: `python -m pytest --hypothesis-profile=random PATHS`.
    """
    try:
        from hypothesis import settings
        from hypothesis.internal.conjecture import providers
        from hypothesis.internal.constants_ast import Constants
    except ImportError:
        return
    # How long an example takes on a busy machine says nothing about the code.
    settings.register_profile("random", deadline=None)
    # Hypothesis's own: examples follow from the test alone, and none are kept for the next run.
    settings.load_profile("ci")
    of_modules = providers._get_local_constants
    if of_modules.__module__ == __name__:
        return  # another conftest.py was here before

    def constants() -> Constants:
        """Leave out the constants of whatever modules happen to be imported by now.

        With them, examples would depend on which tests ran before in the same process.
        """
        known = settings.default
        return Constants() if known and known.derandomize else of_modules()

    providers._get_local_constants = constants
