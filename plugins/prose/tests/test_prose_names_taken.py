"""Names that belong together by rank, family, marriage, nickname or role."""

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


def test_a_word_of_every_day_before_a_first_name_makes_nobody_new() -> None:
    text = """John Vorrel rose. "No," said John. John laughed. Long John Vorrel sat down.

"Yes," said Long John. John nodded.

"""
    reading = read(text * 3)
    assert person(reading, "Long John") is person(reading, "John Vorrel")


def test_one_name_may_go_on_where_another_ends() -> None:
    text = """"No," said Moody Orlan. Moody Orlan smiled. Moody Orlan Vorrel was his whole name.

"""
    reading = read(text * 3)
    assert person(reading, "Moody Orlan") is person(reading, "Moody Orlan Vorrel")


def test_an_uncle_is_not_the_nephew_who_has_his_name_and_another() -> None:
    text = """"No," said George Vorrel. Mr. Vorrel smiled. "Yes," said George Vorrel Prell.
Mr. Prell laughed.

"""
    reading = read(text * 3)
    assert person(reading, "George Vorrel") is not person(reading, "George Vorrel Prell")


def test_a_rank_without_a_pronoun_is_a_mans() -> None:
    text = """Nadia Vorrel rose. "No," said Nadia. She wept. Colonel Vorrel was far away.

"""
    reading = read(text * 4)
    assert person(reading, "Colonel Vorrel") is not person(reading, "Nadia Vorrel")


def test_a_husbands_surname_is_not_his_wifes_even_if_she_is_named_more() -> None:
    text = """Vorrel took his hat, and he went out. Vorrel shook his head. Madame Vorrel wept.
Madame Vorrel sat down. "No," said Madame Vorrel. "Yes," said Signor Vorrel.

Vorrel put on his coat, and Madame Vorrel sighed. Madame Vorrel rose.

"""
    reading = read(text * 6)
    assert person(reading, "Vorrel") is person(reading, "Signor Vorrel")
    assert person(reading, "Vorrel") is not person(reading, "Madame Vorrel")


def test_a_title_of_work_and_mister_are_one_mans() -> None:
    text = """"No," said Squire Vorrel. Mr. Vorrel smiled.

"Yes," said Ida.

"Sit down," said the squire.

"""
    reading = read(text * 3)
    assert person(reading, "Squire Vorrel") is person(reading, "Mr. Vorrel")
    assert person(reading, "The Squire") is person(reading, "Mr. Vorrel")


def test_an_officer_keeps_his_name_when_he_rises() -> None:
    before = '"No," said Captain Vorrel. Captain Vorrel rose. Ida laughed.\n\n'
    after = '"Yes," said Major Vorrel. Major Vorrel sat down. Ida wept.\n\n'
    reading = read(before * 10 + after * 10)
    assert person(reading, "Captain Vorrel") is person(reading, "Major Vorrel")


def test_a_general_and_a_captain_who_comes_after_him_are_two() -> None:
    before = '"No," said General Vorrel. General Vorrel rose. Ida laughed.\n\n'
    after = '"Yes," said Captain Vorrel. Captain Vorrel sat down. Ida wept.\n\n'
    reading = read(before * 10 + after * 10)
    assert person(reading, "Captain Vorrel") is not person(reading, "General Vorrel")


def test_a_woman_keeps_her_first_name_when_she_marries() -> None:
    text = """Nadia Prell rose. She would marry Tobias Vorrel. "No," said Nadia. Tobias laughed.

"""
    later = """Nadia Vorrel sat down. "Yes," said Nadia. Tobias Vorrel wept. Tobias rose.

"""
    reading = read(text * 2 + later * 12)
    assert person(reading, "Nadia Prell") is person(reading, "Nadia Vorrel")


def test_a_heading_ends_a_name_at_its_verb() -> None:
    text = """Captain Orme Proceeds To The Harbor

"No," said Captain Orme. Captain Orme rose. Ida laughed.

"""
    assert {p.name for p in read(text * 3).cast} == {"Captain Orme", "Ida"}


def test_two_names_that_a_heading_joins_with_and_are_two() -> None:
    text = """VORREL AND PRELL

"No," said Mr. Vorrel. Mr. Prell laughed. "Yes," said Mr. Prell. Mr. Vorrel rose.

"""
    reading = read(text * 3)
    assert {p.name for p in reading.cast} == {"Mr. Vorrel", "Mr. Prell"}


def test_a_relation_of_the_narrators_is_whoever_is_called_when_it_speaks() -> None:
    text = """I came home late. I was tired.

"Sit down," said my guardian. I sat down.

"Mr. Vorrel, she is cold," said Ida. I said nothing.

"She is," said my guardian. I laughed.

"""
    reading = read(text * 4 + "Mr. Vorrel had a house. Mr. Vorrel was rich. Mr. Vorrel slept.")
    assert person(reading, "My Guardian") is person(reading, "Mr. Vorrel")


def test_whom_a_role_itself_calls_is_somebody_else() -> None:
    text = """I came home late. I was tired.

"Sit down, Mr. Vorrel," said my guardian. I sat down.

"Thank you," said Mr. Vorrel. I said nothing.

"""
    reading = read(text * 4)
    assert person(reading, "My Guardian") is not person(reading, "Mr. Vorrel")


def test_the_captain_is_he_whom_the_narration_calls_so() -> None:
    text = """Captain Smolt came aboard. Captain Smolt rose. "Cast off," said Captain Smolt.

"Now?" asked John Vorrel. John Vorrel laughed, and John Vorrel went below.

"Captain Vorrel is ready," said Ida.

"Now," said the captain.

"""
    reading = read(text * 3)
    assert person(reading, "The Captain") is person(reading, "Captain Smolt")


def test_each_part_of_a_book_may_have_a_teller_whom_its_heading_names() -> None:
    first = """I came in late. Nadia was there. "Sit down," I said. I was tired. Nadia laughed.

"Tobias Vorrel, you are wet," said Nadia.

"""
    second = """I rose at dawn. Tobias slept. "Wake up," I said. I laughed. Tobias Vorrel woke.

"Nadia Prell, it is early," said Tobias.

"""
    headings = "TOBIAS VORREL'S JOURNAL\n\n", "NADIA PRELL'S DIARY\n\n"
    reading = read(headings[0] + first * 3 + headings[1] + second * 3)
    told = {q.text: q.speaker for q in reading.quotations}
    assert told["Sit down,"] == person(reading, "Tobias Vorrel").name
    assert told["Wake up,"] == person(reading, "Nadia Prell").name
    assert {p.name for p in reading.cast if p.narrator} == {"Tobias Vorrel", "Nadia Prell"}


def test_a_letter_within_a_story_changes_nobody_who_tells_it() -> None:
    text = """I read the letter of Nadia Prell that night. I was tired.

"It is late," I said. Tobias Vorrel laughed. "Nadia Prell wrote," said Tobias Vorrel. I slept.

"""
    assert [p.name for p in read(text * 3).cast if p.narrator] == ["Narrator"]
