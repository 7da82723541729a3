"""Finding a person of the cast by what the user calls them."""

from __future__ import annotations

from difflib import get_close_matches

from inkstand_sdk import Person, Reading
from inkstand_sdk.errors import UsageError
from inkstand_writing.text import words

NEAREST = 5


def find_person(reading: Reading, name: str) -> Person:
    """The person of that name or alias; case does not matter, nor do titles.

    A part of a name is enough where it fits one person; where it fits several, the most
    important of them is meant.

    Raises:
        UsageError: nobody is called that; the message lists the nearest names.

    """
    wanted = words(name)
    if wanted:
        for person in reading.cast:
            if any(words(known) == wanted for known in (person.name, *person.aliases)):
                return person
        for person in reading.cast:
            if any(set(wanted) <= set(words(known)) for known in (person.name, *person.aliases)):
                return person
    raise UsageError(
        f"Nobody in the text is called {name!r}.",
        "" if reading.cast else "No people were found in the text at all.",
        f"The nearest names are: {', '.join(_nearest(reading, name))}." if reading.cast else "",
        name=name,
        known=[person.name for person in reading.cast[:50]],
    )


def _nearest(reading: Reading, name: str) -> list[str]:
    owners = {
        known.lower(): person.name
        for person in reversed(reading.cast)
        for known in (*person.aliases, person.name)
    }
    near = [
        owners[match] for match in get_close_matches(name.lower(), owners, n=NEAREST, cutoff=0.5)
    ]
    main = [person.name for person in reading.cast[:NEAREST]]
    return list(dict.fromkeys([*near, *main]))[:NEAREST]
