"""Who is in the book, under which names."""

from __future__ import annotations

from inkstand_prose import EnglishReader
from inkstand_sdk.reader import Person, Reading
from inkstand_sdk.testing.manuscripts import manuscript_from_text


def read(text: str) -> Reading:
    return EnglishReader().read(manuscript_from_text(text), None, lambda fraction, message: None)


def person(reading: Reading, name: str) -> Person:
    found = [p for p in reading.cast if name in {p.name, *p.aliases}]
    assert len(found) == 1, [(p.name, p.aliases) for p in reading.cast]
    return found[0]


FAMILY = """Miss Eleanor Ashdown came down first, and Mr. Ashdown laid his paper aside. "You are
early, Nelly," he said. Eleanor laughed.

"I could not sleep," said Eleanor. "Has Mr. Pryor come?"

"Pryor?" said Mr. Ashdown. "Not before noon. Mrs. Ashdown would have told us." Mrs. Ashdown was
in the garden, and she heard nothing of this.

Edmund Pryor came at eleven. "Miss Ashdown," said Pryor, "you look tired." Nelly smiled at Edmund.

"Mr. Pryor," said Eleanor, "sit by me." Eleanor's hand shook. Pryor sat. "Eleanor," said Edmund
Pryor, "listen." Mr. Pryor spoke low. Eleanor Ashdown bent her head to hear him."""


def test_names_and_diminutives_of_one_person_are_gathered() -> None:
    eleanor = person(read(FAMILY), "Eleanor Ashdown")
    assert {"Eleanor", "Nelly", "Miss Ashdown"} <= {eleanor.name, *eleanor.aliases}
    assert eleanor.gender == "female"


def test_husband_wife_and_daughter_are_three() -> None:
    reading = read(FAMILY)
    three = {person(reading, n).name for n in ("Mr. Ashdown", "Mrs. Ashdown", "Eleanor")}
    assert len(three) == 3
    assert person(reading, "Mr. Ashdown").gender == "male"


def test_a_surname_goes_with_the_one_who_bears_it() -> None:
    pryor = person(read(FAMILY), "Edmund Pryor")
    assert {"Pryor", "Mr. Pryor", "Edmund"} <= {pryor.name, *pryor.aliases}


def test_places_are_no_people() -> None:
    text = (
        "They went to Harwick in June. In Harwick it rained. Harwick was full of sailors, and the "
        "road from Harwick to Saltmere Bay was bad. Tobias said he hated Harwick. Tobias had lived "
        "at Saltmere Bay. 'Well,' said Tobias. Tobias smiled."
    )
    assert [p.name for p in read(text).cast] == ["Tobias"]


def test_words_that_only_open_sentences_are_no_people() -> None:
    text = "Suddenly it rained. Nobody came. Perhaps she slept. Nell said so. Then Nell woke. " * 3
    assert [p.name for p in read(text).cast] == ["Nell"]


def test_a_possessive_is_the_same_name() -> None:
    nell = person(read('Nell\'s boat was blue. Nell said, "It is mine." It was Nell’s.'), "Nell")
    assert nell.mentions == 3


def test_spans_point_at_the_names() -> None:
    reading = read(FAMILY)
    for someone in reading.cast:
        names = {someone.name, *someone.aliases}
        for span in someone.spans:
            written = " ".join(FAMILY[span.start : span.end].split())
            assert written in names


def test_a_narrator_is_found_and_named_by_what_others_call_him() -> None:
    text = """I came home late. I was wet.

"Where have you been, Tobias?" asked Nell.

"On the ice," I said.

"Tobias, you fool," said Nell.

I took off my boots. I had nothing to say. "It held," I said.

"Sit down, Tobias," said Nell. I sat."""
    reading = read(text)
    narrator = [p for p in reading.cast if p.narrator]
    assert [p.name for p in narrator] == ["Tobias"]
    assert [q.speaker for q in reading.quotations if q.text == "It held,"] == ["Tobias"]


def test_a_narrator_without_a_name_is_called_narrator() -> None:
    text = 'I rowed out. I was alone. "Hello," I said. I heard nothing. I rowed back.'
    reading = read(text)
    assert [(p.name, p.narrator) for p in reading.cast] == [("Narrator", True)]


def test_somebody_known_by_a_role_is_a_person_when_they_speak() -> None:
    text = """The lock-keeper stood at the gate. "You are late," said the lock-keeper.

"The river is high," said Nell.

"It is always high," said the lock-keeper. The lock-keeper spat.

"Not like this," said Nell.

"Pay or go back," said the lock-keeper."""
    reading = read(text)
    keeper = person(reading, "The Lock-keeper")
    assert keeper.quotations == 3


def test_a_title_by_itself_is_its_bearers() -> None:
    text = """Captain Orme came aboard. "Cast off," said Captain Orme.

"Now?" asked Nell.

"Now," said the captain."""
    reading = read(text)
    assert reading.quotations[-1].speaker == "Captain Orme"


def test_a_name_that_a_place_runs_into_is_no_new_one() -> None:
    text = "Lydia sang. Lydia wept. Lydia smiled. " * 2 + "Returned from London Lydia said no."
    assert [(p.name, p.aliases) for p in read(text).cast] == [("Lydia", ())]


def test_two_names_that_the_text_equates_are_one_person() -> None:
    text = "Bolter smiled. Claypole nodded. " * 3 + '"No," said Mr. Bolter, late Claypole.'
    reading = read(text)
    assert person(reading, "Claypole") is person(reading, "Bolter")


def test_a_stammered_name_is_the_same_name() -> None:
    text = 'Oliver ran. Oliver hid. Oliver slept. Oliver woke. "Master O-li-ver!" said Noah.'
    reading = read(text)
    assert person(reading, "Master O-li-ver") is person(reading, "Oliver")


def test_a_narrator_who_says_a_name_is_called_by_it() -> None:
    text = "Call me Ishmael. I went to sea. I sat. Ishmael, I said to myself, go. I went."
    assert [(p.name, p.narrator) for p in read(text).cast] == [("Ishmael", True)]


def test_titles_of_a_mother_are_not_her_daughters() -> None:
    text = "Lady Lucas smiled at Charlotte Lucas. Charlotte sat. Miss Lucas sat. Lady Lucas left."
    reading = read(text)
    assert person(reading, "Lady Lucas") is not person(reading, "Charlotte")


def test_what_somebody_else_would_call_a_narrator_is_not_their_name() -> None:
    text = "I sat. I went out. He would call me Alice, or some other name. I wept. Alice was dead."
    assert [p.narrator for p in read(text).cast if p.name == "Alice"] == [False]
