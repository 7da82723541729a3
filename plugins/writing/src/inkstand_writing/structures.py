"""The structures that a plot can be laid along: their beats, what each is for, and where.

Positions are shares of the whole, as the usual handbooks give them; they are habits, not laws.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

StructureName = Literal[
    "three-act", "save-the-cat", "hero's-journey", "kishotenketsu", "seven-point"
]


class Beat(NamedTuple):
    """A beat: its name, what it does for the story, where it stands (0 to 1), and whether the
    story turns there.
    """

    name: str
    purpose: str
    at: float
    turns: bool = False


STRUCTURES: dict[StructureName, tuple[Beat, ...]] = {
    "three-act": (
        Beat("Setup", "Shows the hero's world and what is missing in it.", 0.02),
        Beat("Inciting incident", "Something happens that cannot be ignored.", 0.12, turns=True),
        Beat("First turning point", "The hero commits; there is no way back.", 0.25, turns=True),
        Beat("Rising action", "Attempts, obstacles, growing stakes.", 0.38),
        Beat("Midpoint", "A gain or a loss changes what the hero knows.", 0.50, turns=True),
        Beat("Complications", "The opposition closes in.", 0.63),
        Beat("Second turning point", "The lowest point forces a last choice.", 0.75, turns=True),
        Beat("Climax", "The conflict is decided.", 0.90, turns=True),
        Beat("Resolution", "What the world is like now.", 0.98),
    ),
    "save-the-cat": (
        Beat("Opening image", "A picture of the hero's life before.", 0.01),
        Beat("Theme stated", "Somebody says what the story is about.", 0.05),
        Beat("Setup", "The hero's world, wants and faults.", 0.08),
        Beat("Catalyst", "The event that starts it all.", 0.12, turns=True),
        Beat("Debate", "The hero hesitates.", 0.17),
        Beat("Break into two", "The hero chooses to act.", 0.22, turns=True),
        Beat("B story", "A second thread, often of love or friendship, begins.", 0.27),
        Beat("Fun and games", "What the premise promised.", 0.37),
        Beat("Midpoint", "A false victory or a false defeat.", 0.50, turns=True),
        Beat("Bad guys close in", "Pressure from outside, doubt from inside.", 0.62),
        Beat("All is lost", "The worst happens; something dies.", 0.75, turns=True),
        Beat("Dark night of the soul", "The hero faces the loss.", 0.80),
        Beat("Break into three", "A new idea, a new will.", 0.85, turns=True),
        Beat("Finale", "The hero proves the change.", 0.92, turns=True),
        Beat("Final image", "The opening image, changed.", 0.99),
    ),
    "hero's-journey": (
        Beat("Ordinary world", "The hero at home.", 0.02),
        Beat("Call to adventure", "A task, a threat or a summons.", 0.10, turns=True),
        Beat("Refusal of the call", "Fear or duty holds the hero back.", 0.15),
        Beat("Meeting the mentor", "Help, counsel or a gift.", 0.20),
        Beat("Crossing the threshold", "Into the unknown.", 0.25, turns=True),
        Beat("Tests, allies, enemies", "The rules of the new world are learned.", 0.38),
        Beat("Approach to the inmost cave", "Preparing for the great danger.", 0.47),
        Beat("Ordeal", "The hero faces death or the deepest fear.", 0.52, turns=True),
        Beat("Reward", "What was sought is seized.", 0.62),
        Beat("The road back", "The consequences give chase.", 0.74, turns=True),
        Beat("Resurrection", "A last, purifying test.", 0.88, turns=True),
        Beat("Return with the elixir", "Home, with something for all.", 0.98),
    ),
    "kishotenketsu": (
        Beat("Ki: introduction", "People and place, without conflict.", 0.06),
        Beat("Shō: development", "What was shown is deepened.", 0.35),
        Beat("Ten: twist", "Something unforeseen puts all in another light.", 0.68, turns=True),
        Beat("Ketsu: conclusion", "The parts are brought into one.", 0.94),
    ),
    "seven-point": (
        Beat("Hook", "The hero's state, the opposite of the end.", 0.03),
        Beat("First plot point", "The call: the conflict is introduced.", 0.22, turns=True),
        Beat("First pinch", "Pressure: the opposition shows its strength.", 0.36, turns=True),
        Beat("Midpoint", "From reaction to action.", 0.50, turns=True),
        Beat("Second pinch", "More pressure: all seems lost.", 0.64, turns=True),
        Beat("Second plot point", "The last thing needed is found.", 0.78, turns=True),
        Beat("Resolution", "The conflict is decided.", 0.94, turns=True),
    ),
}
