"""The far side of a worker: `PYTHON -I -m inkstand_sdk.worker` serves plugins to its host.

`protocol` says what is spoken, `frames` how it travels, `peer` keeps calls apart; both the host
and the worker use these three. The other modules run in the worker alone.
"""
