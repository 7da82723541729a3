"""Two names of one person, and one name that two people might have."""

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


def test_a_wife_is_known_by_her_own_and_her_husbands_name() -> None:
    text = """Nadia Vorrel came in. "Sit down," said Mrs. Vorrel.

Nadia sat down. "Is it late?" asked Nadia. She was tired. Mrs. Vorrel had walked far.

"""
    reading = read(text * 6)
    assert person(reading, "Mrs. Vorrel") is person(reading, "Nadia Vorrel")


def test_a_mother_whom_sentences_set_beside_her_daughter_is_another() -> None:
    text = """Nadia Vorrel came in with Mrs. Vorrel. "Sit down," said Mrs. Vorrel.

Nadia looked at Mrs. Vorrel. "Is it late?" asked Nadia. Mrs. Vorrel had walked far.

"""
    reading = read(text * 6)
    assert person(reading, "Mrs. Vorrel") is not person(reading, "Nadia Vorrel")


def test_a_father_whom_sentences_set_beside_his_son_is_another() -> None:
    text = """Paul Vorrel came in. Paul looked at Vorrel. "Sit down," said Vorrel. Paul sat.

"Is it late?" asked Paul. Vorrel laughed, and Paul went out.

"""
    reading = read(text * 4)
    assert person(reading, "Vorrel") is not person(reading, "Paul")


def test_a_surname_is_the_bearers_whom_pronouns_fit() -> None:
    text = """Vorrel took his hat. "No," said Vorrel, and he rose. Mr. Vorrel smiled.

"Yes," said Mrs. Ida Vorrel. Mrs. Vorrel rose. Mrs. Vorrel wept. Mrs. Vorrel sat down.

Vorrel put on his coat. Mrs. Vorrel sighed. Vorrel shook his head.

"""
    reading = read(text * 3)
    assert person(reading, "Vorrel") is person(reading, "Mr. Vorrel")
    assert person(reading, "Vorrel").gender == "male"
    assert person(reading, "Mrs. Vorrel") is person(reading, "Mrs. Ida Vorrel")


def test_a_wife_under_her_husbands_full_name_is_not_the_husband() -> None:
    text = """John Dashall bowed. "Come," said John Dashall. "No," said Mrs. John Dashall. Mrs. John
Dashall wept. John laughed.

"""
    reading = read(text * 3)
    assert person(reading, "Mrs. John Dashall") is not person(reading, "John Dashall")
    assert person(reading, "John Dashall").gender == "male"


def test_a_surname_that_is_also_a_month_names_somebody_after_a_title() -> None:
    reading = read('"It is May," said Mrs. March. Mrs. March rose. In March it rained. ' * 2)
    assert [p.name for p in reading.cast] == ["Mrs. March"]


def test_a_name_with_a_saint_in_it_is_one_name() -> None:
    text = """St. John Rivers rose. "No," said St. John. St. John smiled. "Yes," said Armand
St. Just. Armand laughed. St. Just nodded. They met in St. James's Street.

"""
    reading = read(text * 3)
    assert person(reading, "St. John Rivers") is person(reading, "St. John")
    assert person(reading, "St. Just") is person(reading, "Armand")


def test_a_particle_with_an_apostrophe_belongs_to_the_name() -> None:
    text = "Alec d'Aubrey rose. “No,” said d’Aubrey. D'Aubrey smiled. Alec laughed. " * 3
    assert [p.name for p in read(text).cast] == ["Alec D'Aubrey"]


def test_an_inspector_may_be_plain_mister_too() -> None:
    text = '"No," said Inspector Budge. Mr. Budge smiled. "Yes," said Mr. Budge. Budge rose. ' * 3
    assert len(read(text).cast) == 1


def test_a_quarter_of_a_city_is_nobody() -> None:
    text = '"No," said Ida. South London was dark. Ida went to South London. Ida smiled. ' * 3
    assert [p.name for p in read(text).cast] == ["Ida"]


def test_pronouns_tell_that_a_man_has_a_womans_name() -> None:
    text = '"No," said Rose. Rose took his hat, and he went. ' * 30
    assert [p.gender for p in read(text).cast] == ["male"]


def test_whoever_the_text_says_has_a_role_is_called_by_it() -> None:
    text = """Mr. Orme, the parish undertaker, came in. "Sit down," said Ida. Mr. Orme sat.

"It is late," said the undertaker.

"Very late," said Ida. Mr. Orme rose.

"""
    reading = read(text * 2)
    assert person(reading, "Mr. Orme") is person(reading, "The Undertaker")


def test_a_baronet_is_the_sir_who_speaks() -> None:
    text = """Sir Henry came in. "Is this it?" asked Sir Henry. "Surely," said Ida.

"And this is the room?" asked Sir Henry. Sir Charles had died there.

"It is," said Ida. They spoke of Sir Charles, and of how Sir Charles had died.

"Then I will sleep here," said the baronet.

"""
    reading = read(text * 2)
    assert reading.quotations[4].speaker == "Sir Henry"


def test_somebody_always_named_with_the_has_it_in_the_name() -> None:
    text = (
        '"Now," said the Time Traveller. The Time Traveller smiled. The Time Traveller rose. ' * 2
    )
    assert [p.name for p in read(text).cast] == ["The Time Traveller"]


def test_the_young_man_is_whoever_is_there() -> None:
    text = """Edmund came in, and Ida rose. "You are late," said Ida.

"I was held up," said the young man. Edmund took off his coat.

"""
    reading = read(text * 4)
    assert {p.name for p in reading.cast} == {"Edmund", "Ida"}
    assert reading.quotations[1].speaker == "Edmund"


def test_a_role_that_nobody_was_brought_in_as_is_nobody_new() -> None:
    text = """Noah crept in. "Who is there?" asked Ida. Noah hid.

"Nobody," replied the spy. Ida laughed, and Noah came out.
"""
    assert {p.name for p in read(text).cast} == {"Noah", "Ida"}


def test_whoever_was_brought_in_as_a_role_is_somebody() -> None:
    text = """A turnkey stood there. "Who is there?" asked Ida. The turnkey looked up.

"Nobody," replied the turnkey.
"""
    assert "The Turnkey" in {p.name for p in read(text).cast}


def test_a_stranger_who_talks_with_the_only_one_there_is_somebody_else() -> None:
    text = """Cameron sat by the fire. A man came out of the dark.

"I saw your fire," said the man.

"You are welcome to it," said Cameron.

"Are you alone?" asked the man.

"As you see," said Cameron.
"""
    assert [q.speaker for q in read(text).quotations] == ["The Man", "Cameron"] * 2
