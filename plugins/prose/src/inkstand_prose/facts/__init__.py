"""What a text states: of people, between them, and of the time, place and eyes of its scenes.

Per scene (`of_scene`) references are resolved (`coreference`), the sentences that hold a telling
word are put in a plain form (`views`), and patterns for each kind of fact are tried on them.
`tell` puts names to the people.
"""

from __future__ import annotations

from inkstand_prose.facts.scene import SceneFacts, of_scene, renumbered
from inkstand_prose.facts.telling import Statements, tell, with_facts

__all__ = ["SceneFacts", "Statements", "of_scene", "renumbered", "tell", "with_facts"]
