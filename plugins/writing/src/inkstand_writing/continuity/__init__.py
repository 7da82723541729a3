"""Continuity: what a manuscript says in one place and takes back in another.

`facts.BookFacts` is what the checks ask; each kind of check is a module `KIND.py` with a function
`find(facts) -> Iterator[Suspicion]`, listed in `checks.py`; `tool.py` makes findings of what they
give.
"""
