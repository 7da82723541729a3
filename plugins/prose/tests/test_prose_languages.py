"""Speech in other languages, which the English Reader is handed when no other reader is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from inkstand_prose import EnglishReader
from inkstand_sdk.reader import Reading
from inkstand_sdk.testing.manuscripts import manuscript_from_text

SPEECH = Path(__file__).parent / "speech"
_PART = re.compile("⟦(.*?)⟧", re.DOTALL)
PASSAGES = [
    *("french", "french_lines", "french_novel", "french_dashes", "french_first_person"),
    *("german", "german_marks", "german_novel", "german_dashes"),
    *("spanish", "italian", "english_dashes"),
]
VARIANTS: dict[str, Callable[[str], str]] = {
    "as typed": lambda text: text,
    "no-break spaces": lambda text: re.sub(
        " ([!?:;»])", "\u202f\\1", text.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    ),
    "Windows lines": lambda text: text.replace("\n", "\r\n"),
    "typewriter apostrophes": lambda text: text.replace("’", "'"),
    "typographic apostrophes": lambda text: text.replace("'", "’"),
}


def read(text: str) -> Reading:
    return EnglishReader().read(manuscript_from_text(text), None, lambda fraction, said: None)


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text without the brackets around its speech, and where that stands."""
    spans = []
    for found, part in enumerate(_PART.finditer(text)):
        start = part.start() - 2 * found
        spans.append((start, start + len(part[1])))
    return _PART.sub(r"\1", text), spans


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("passage", PASSAGES)
def test_all_speech_of_a_passage_is_found_and_nothing_else(passage: str, variant: str) -> None:
    text = (SPEECH / f"{passage}.txt").read_text(encoding="utf-8")
    text, wanted = marked(VARIANTS[variant](text))
    found = [(q.span.start, q.span.end) for q in read(text).quotations]
    assert [text[a:b] for a, b in found] == [text[a:b] for a, b in wanted]
    assert found == wanted


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_dropped_letters_and_old_contractions_end_no_speech(apostrophe: str, newline: str) -> None:
    text = (SPEECH / "english_single.txt").read_text(encoding="utf-8").replace("\n", newline)
    if apostrophe == "’":
        text = text.replace("⟧'", "⟧’").replace("'⟦", "‘⟦").replace("'", "’")
        text = text.replace("’change’", "‘change’")
    text, wanted = marked(text)
    found = [(q.span.start, q.span.end) for q in read(text).quotations]
    assert [text[a:b] for a, b in found] == [text[a:b] for a, b in wanted]


def spoken(text: str) -> list[str]:
    return [quotation.text for quotation in read(text).quotations]


def test_an_open_guillemet_holds_a_dialogue_in_dashes_until_it_closes() -> None:
    text = (
        "« Tu viens ? demanda Luc à sa sœur, qui était dans le jardin et ne bougeait pas.\n"
        "— Non. Je reste avec les poules.\n"
        "— Pourquoi ? »\n"
        "Elle ne répondit pas. La porte de la maison était ouverte et le chien dormait."
    )
    assert spoken(text) == ["Tu viens ?", "Non. Je reste avec les poules.", "Pourquoi ?"]


def test_a_guillemet_opens_each_paragraph_of_a_long_speech() -> None:
    text = (
        "« Le premier jour, il ne se passa rien dans la maison.\n\n"
        "« Le second jour, la pluie entra par la fenêtre et les livres furent perdus. »\n\n"
        "Il se tut."
    )
    first, second = read(text).quotations
    assert second.continues
    assert not first.continues


def test_spanish_dashes_set_off_the_words_that_tell_who_speaks() -> None:
    text = (
        "—No lo sé —dijo Marta—. Pregunta en la casa de los vecinos.\n\n"
        "—¿Y el perro? —preguntó el niño.\n\n"
        "—El perro —respondió ella— se fue con la lluvia y no volvió.\n\n"
        "Los dos miraron por la ventana que daba al río."
    )
    assert [part.strip() for part in spoken(text)] == [
        "No lo sé",
        "Pregunta en la casa de los vecinos.",
        "¿Y el perro?",
        "El perro",
        "se fue con la lluvia y no volvió.",
    ]


def test_nobody_is_held_to_have_surely_spoken_in_a_language_that_is_not_known() -> None:
    for name in ("french", "german"):
        text, _ = marked((SPEECH / f"{name}.txt").read_text(encoding="utf-8"))
        reading = read(text)
        assert max(q.confidence for q in reading.quotations) < 0.5
        assert reading.notes


@pytest.mark.parametrize(
    "text", ["", "Oui.", "« Oui »", "—", "— ", "« ", "»", "„", "« — »", "— « »"]
)
def test_scraps_of_other_languages_do_no_harm(text: str) -> None:
    long = text + " le la les et que est une pas vous dans le la les et que est"
    for given in (text, long, text + "\n" + long + "\n" + text):
        for quotation in read(given).quotations:
            assert quotation.text.strip()


def test_a_long_line_of_french_dialogue_takes_time_by_its_length() -> None:
    line = "— " + "le la les et que est une pas vous dans, dit Jean, oui, " * 8_000
    assert len(spoken(line)) == 8_001


def test_the_sign_of_a_hebrew_abbreviation_is_no_mark() -> None:
    text = (
        'דני שירת בצה"ל וגר בת"א.\n\n"בדרך," אמר דני. "ד"ר לוי עיכב אותי."\n\n"שוב המנכ"לית!" אמרה.'
    )
    assert spoken(text) == ["בדרך,", 'ד"ר לוי עיכב אותי.', 'שוב המנכ"לית!']


def test_a_straight_mark_may_close_what_a_low_one_opened() -> None:
    text = '„Doch", sagte er und ging in das Haus. „Dir schon."\n\nSie ist nicht mehr der Meinung.'
    assert spoken(text) == ["Doch", "Dir schon."]
