"""What color somebody's eyes and hair are said to be."""

from __future__ import annotations

import pytest

from inkstand_prose import EnglishReader
from inkstand_sdk.facts import Attribute
from inkstand_sdk.testing.manuscripts import manuscript_from_text

OPENING = "Nell Harker and Tobias Crane sat on the wall. Nell was cold. Tobias had a coat.\n\n"


def stated(text: str, *kinds: str) -> list[Attribute]:
    reading = EnglishReader().read(manuscript_from_text(OPENING + text), None, lambda *_: None)
    return [one for one in reading.attributes if one.kind in kinds and one.confidence >= 0.5]


def looks(text: str) -> list[tuple[str, str, str]]:
    return [(one.person, one.kind, one.value) for one in stated(text, "eyes", "hair")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Nell’s eyes were gray.", "grey"),
        ("Nell lifted her grey eyes.", "grey"),
        ("Nell’s eyes were a startling green.", "green"),
        ("Nell’s eyes, which were brown, filled slowly.", "brown"),
        ("Brown-eyed Nell laughed.", "brown"),
        ("“Nell has my own brown eyes,” said the general.", "brown"),
        ("Nell opened one eye. It was blue, and not pleased.", "blue"),
        ("Nature had given Nell a pair of fine dark eyes, nearly black.", "black"),
        ("Nell’s eyes, when she looked up, were brown.", "brown"),
        ("Nell fixed the man with a cold blue eye.", "blue"),
        ("There was something about Nell’s eyes—so blue, so steady—that held him.", "blue"),
        ("Nell, blue-eyed and restless, walked on.", "blue"),
        ("The green of Nell’s eyes was startling.", "green"),
        ("Nell had eyes the color of slate.", "grey"),
        ("Nell’s eyes were as blue as the sky.", "blue"),
        ("Nell, whose eyes were a pale and rather watery blue, said nothing.", "blue"),
        ("With her blue eyes and straight back, Nell might have been a queen.", "blue"),
        ("“Those green eyes of Nell’s will be the ruin of us,” said Tobias.", "green"),
        ("Nell was said to have the only black eyes in the family.", "black"),
        ("Nell had her mother’s hazel eyes.", "hazel"),
        ("Nell fixed a pair of cold blue eyes on the clock.", "blue"),
        ("Tobias noticed how brown Nell’s eyes were.", "brown"),
        ("Nell’s blue gaze swept the room.", "blue"),
        ("Nell regarded Tobias with sleepy brown eyes.", "brown"),
        ("Nell looked up from her newspaper with tired blue eyes.", "blue"),
        ("Nell glanced at him out of eyes as green as bottle glass.", "green"),
        ("Nell’s eyes were the brown of good ale.", "brown"),
        ("The lamp caught Nell’s face, and the brown eyes shone.", "brown"),
        ("Nell’s were the bluest eyes on the wall.", "blue"),
        ("Black eyes glittering, Nell leaned over.", "black"),
        ("Nobody had eyes so green as Nell’s.", "green"),
        ("The eyes that Nell lifted were violet.", "violet"),
        ("“I know Nell,” said Tobias. “Her eyes are too brown.”", "brown"),
        ("Nell’s eyes were her best feature. They were blue.", "blue"),
        ("Nell’s eyes were ice. Pale, pale blue.", "blue"),
        ("“What color are Nell’s eyes?” asked the clerk.\n\n“Blue,” said Tobias.", "blue"),
        ("Nell looked up. The eyes were gray, a soft gray.", "grey"),
        ("“What blue eyes you have, Nell!” cried the child.", "blue"),
        ("There are eyes that change, but Nell’s were blue.", "blue"),
        ("Blue eyes wide, Nell stared at him.", "blue"),
        ("Lowering her pale blue eyes, Nell went on with the sewing.", "blue"),
        ("If Nell’s blue eyes saw him, they gave no sign.", "blue"),
    ],
)
def test_the_color_of_eyes_is_read_however_it_is_said(text: str, value: str) -> None:
    assert looks(text) == [("Nell Harker", "eyes", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Tobias pushed back his red hair.", "red"),
        ("Tobias was a redhead, and had the temper that goes with it.", "red"),
        ("Red-haired Tobias was the first to laugh.", "red"),
        ("The barber swept up the ginger tufts of Tobias’s hair.", "red"),
        ("Tobias had washed his hair, and it hung down, black and shining.", "black"),
        ("The clerk remembered Tobias clearly, a man with sandy hair and a limp.", "sandy"),
        ("You could pick Tobias out: straight black hair.", "black"),
        ("“I’ve been blond all my life,” said Tobias.", "blond"),
        ("Fair-haired, pale, and not very tall, Tobias was hardly noticed.", "blond"),
        ("Tobias ran a hand through his thick dark hair.", "dark"),
        ("Tobias’s hair, the color of straw, wanted cutting.", "blond"),
        ("Tobias’s hair was so black it looked blue.", "black"),
        ("Nature had given Tobias hair of a bright copper red.", "red"),
        ("Tobias brushed a lock of chestnut hair from his forehead.", "chestnut"),
        ("“Tobias is the one with the yellow hair,” said the boy.", "blond"),
        ("Tobias, a tall man with fair hair, stood up.", "blond"),
        ("Tobias was blond, and burned in the sun.", "blond"),
        ("Tobias passed a hand over his bald head.", "bald"),
        ("Tobias stroked his black beard.", "black"),
        ("The hair under Tobias’s hat was chestnut brown.", "brown"),
        ("The clerk recognized Tobias from afar by the red hair.", "red"),
    ],
)
def test_the_color_of_hair_is_read_however_it_is_said(text: str, value: str) -> None:
    assert looks(text) == [("Tobias Crane", "hair", value)]


@pytest.mark.parametrize(
    "text",
    [
        "Nell’s mother’s grey eyes were on her.",
        "His sister’s eyes were green, and Tobias said so.",
        "Tobias had a black eye by the evening.",
        "Tobias gave Nell a black look.",
        "Nell’s eyes were red with weeping.",
        "Nell’s eyes were black with anger.",
        "If Nell had blue eyes, Tobias would have known her.",
        "Nell’s eyes were not blue.",
        "Nell wore a black wig over her hair.",
        "Nell had dyed her hair red.",
        "Nell had put on powder, and her hair was white.",
        "Nell saw his eyes plainly in the dark.",
        "Nell saw a portrait of a girl with blue eyes.",
        "Nell stared at a woman with blue eyes.",
        "Nell’s eyes were like flint.",
        "Nell’s eyes rested on a blue coat.",
        "Nell met the blue eyes of a stranger.",
        "Nell’s eyes were tired of the dark.",
        "Blue eyes are common, and the cat had them, Nell thought.",
        "Tobias caught a glimpse of golden hair at the window.",
        "There was a long black hair on Tobias’s sleeve.",
        "All was black before her eyes, and Nell sat down.",
        "Are Nell’s eyes blue?",
    ],
)
def test_what_does_not_stay_or_is_another_s_is_not_taken(text: str) -> None:
    assert looks(text) == []


def test_each_of_two_people_in_one_sentence_has_their_own() -> None:
    text = "Nell’s blue eyes met Tobias’s brown eyes."
    assert looks(text) == [("Nell Harker", "eyes", "blue"), ("Tobias Crane", "eyes", "brown")]


def test_one_sentence_may_tell_of_eyes_and_of_hair() -> None:
    text = "Tobias, a tall man with grey eyes and black hair, stood up."
    assert looks(text) == [("Tobias Crane", "eyes", "grey"), ("Tobias Crane", "hair", "black")]


def test_what_is_said_in_speech_names_the_speaker_and_may_be_of_the_one_spoken_to() -> None:
    text = "“Your eyes are blue, Nell,” said Tobias. “I like my brown hair,” he added."
    of_eyes, of_hair = stated(text, "eyes", "hair")
    assert (of_eyes.person, of_eyes.value, of_eyes.speaker) == (
        "Nell Harker",
        "blue",
        "Tobias Crane",
    )
    assert (of_hair.person, of_hair.value) == ("Tobias Crane", "brown")


def test_a_pronoun_stands_for_the_person_of_its_paragraph() -> None:
    assert looks("Nell came in. She looked up, and her eyes were green.") == [
        ("Nell Harker", "eyes", "green")
    ]


def test_the_span_holds_the_words_that_state_it() -> None:
    text = "Nell lifted her large, very blue eyes."
    (one,) = stated(text, "eyes")
    assert (OPENING + text)[one.span.start : one.span.end] == "her large, very blue eyes"
